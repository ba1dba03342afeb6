package universal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// maxReason bounds what is quoted of the other side, in runes.
const maxReason = 200

func (c client) failure(call call, kind error, reason string, cause error) *backend.Error {
	return &backend.Error{Kind: kind, Op: call.op, Ref: call.ref, Address: c.address.String(), Reason: reason, Err: cause}
}

// stranger says that what answered is no control plane, or talks like none.
func (c client) stranger(call call, format string, args ...any) error {
	return c.failure(call, backend.ErrStranger, fmt.Sprintf(format, args...), nil)
}

// quote makes a text of the other side fit to be shown.
func (c client) quote(call call, text string) string {
	text = model.Visible(model.Redact(strings.Join(strings.Fields(text), " "), c.hidden(call)...))
	if runes := []rune(text); len(runes) > maxReason {
		return string(runes[:maxReason-1]) + "…"
	}
	return text
}

// broken translates the failure of a call that got no answer. Sent tells that
// the request may have reached the other side.
func (c client) broken(ctx context.Context, call call, sent bool, err error) error {
	kind, reason, before := c.diagnose(ctx, err)
	if sent && reason == noSecureConnection {
		// The connection was agreed, and broke later.
		kind, before = backend.ErrUnavailable, false
	}
	if call.writes() && sent && !before {
		return c.failure(call, backend.ErrUnknown, "the answer was lost ("+reason+")", plain(err))
	}
	return c.failure(call, kind, reason, plain(err))
}

// noSecureConnection is every fault of TLS that has no words of its own.
const noSecureConnection = "no secure connection could be agreed"

// plain keeps of a cause only what errors.Is asks for: the text of url.Error
// holds the address with everything in it.
func plain(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// diagnose tells what broke, and whether that was before anything was sent.
//
//nolint:staticcheck // the kind is a result, not the failure of diagnose
func (c client) diagnose(ctx context.Context, err error) (kind error, reason string, before bool) {
	if reason := untrusted(err); reason != "" {
		return backend.ErrUntrusted, reason, true
	}
	var dns *net.DNSError
	var op *net.OpError
	var slow net.Error
	switch {
	case errors.Is(context.Cause(ctx), errIdle), errors.Is(err, errIdle):
		return backend.ErrUnavailable, errIdle.Error(), false
	case errors.Is(err, errBodyTooLarge):
		return backend.ErrTooLarge, errBodyTooLarge.Error(), false
	case errors.Is(err, context.Canceled):
		return backend.ErrUnavailable, "stopped", false
	case errors.As(err, &dns) && !dns.IsNotFound:
		return backend.ErrUnavailable, "the name " + model.Visible(c.address.base.Hostname()) + " cannot be looked up now", true
	case errors.As(err, &dns):
		return backend.ErrUnavailable, "the name " + model.Visible(c.address.base.Hostname()) + " is not known here", true
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return backend.ErrStranger, "it speaks http, not https", true
	case errors.As(err, &op) && op.Op == "dial":
		return backend.ErrUnavailable, dialing(op), true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return backend.ErrUnavailable, "no answer in time", false
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return backend.ErrUnavailable, "the connection broke", false
	}
	return backend.ErrUnavailable, "no answer", false
}

func dialing(op *net.OpError) string {
	switch {
	case errors.Is(op, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(op, syscall.ENETUNREACH), errors.Is(op, syscall.EHOSTUNREACH):
		return "the network does not lead there"
	case op.Timeout():
		return "no answer in time"
	}
	return "no connection"
}

// untrusted says why a certificate is not trusted, or "".
func untrusted(err error) string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		if cert := unknown.Cert; cert != nil && string(cert.RawIssuer) == string(cert.RawSubject) {
			return "shows a certificate that it signed itself"
		}
		return "shows a certificate of an unknown authority"
	case errors.As(err, &host):
		return "its certificate is for " + certificateNames(host.Certificate)
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return "its certificate has expired, or is not valid yet, by this machine's clock"
		}
		return "its certificate cannot be used for a server"
	}
	text := err.Error()
	var record tls.RecordHeaderError
	switch {
	case strings.Contains(text, "protocol version"):
		return "it offers only TLS older than 1.2"
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"):
		return "it asks for a client certificate that it trusts"
	case errors.As(err, &record):
		return "" // told as a stranger
	case strings.Contains(text, "tls: "):
		return noSecureConnection
	}
	return ""
}

func certificateNames(cert *x509.Certificate) string {
	if cert == nil || len(cert.DNSNames)+len(cert.IPAddresses) == 0 {
		return "no host at all"
	}
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) > 2 {
		names = append(names[:2:2], fmt.Sprintf("%d others", len(names)-2))
	}
	return model.Visible(strings.Join(names, ", "))
}

// refused translates an answer of 300 and above.
func (c client) refused(call call, response *http.Response, body io.Reader) error {
	status := response.StatusCode
	if status < 400 {
		return c.redirected(call, response)
	}
	text, err := io.ReadAll(io.LimitReader(body, maxErrorBody))
	words := apiWords{}
	if err == nil {
		words = readWords(text)
	}
	defer clear(text)
	kind := kindOf(status, call, words)
	failure := c.failure(call, kind, c.quote(call, words.reason()), nil)
	failure.Status = status
	failure.Field = c.quote(call, words.field())
	if errors.Is(kind, backend.ErrNotFound) && words.meshMissing() {
		failure.Err = errMeshMissing
	}
	switch {
	case status == http.StatusTooManyRequests:
		failure.Reason = waiting(response.Header.Get("Retry-After"), c.options.now()())
	case errors.Is(kind, backend.ErrUnknown):
		failure.Reason = fmt.Sprintf("the answer was lost (status %d)", status)
	case failure.Reason != "":
	case status == http.StatusRequestEntityTooLarge:
		failure.Reason = "it is too large for the control plane, or for a proxy before it"
	case errors.Is(kind, backend.ErrUnavailable):
		failure.Reason = fmt.Sprintf("status %d", status)
	case errors.Is(kind, backend.ErrStranger):
		failure.Reason = fmt.Sprintf("%s came with status %d", document(response.Header, text), status)
	default:
		failure.Reason = fmt.Sprintf("%v (status %d)", kind, status)
	}
	return failure
}

// redirected names where the caller was sent, without user, password and
// query. Nothing was sent there.
func (c client) redirected(call call, response *http.Response) error {
	to := "another address"
	if target, err := url.Parse(response.Header.Get("Location")); err == nil && target.Host != "" {
		to = c.quote(call, target.Host)
	}
	failure := c.failure(call, backend.ErrRedirect, "sends callers on to "+to, nil)
	failure.Status = response.StatusCode
	return failure
}

// kindOf is the one place where a status gets its meaning.
func kindOf(status int, call call, words apiWords) error {
	switch status {
	case http.StatusUnauthorized:
		return backend.ErrUnauthorized
	case http.StatusForbidden:
		return backend.ErrForbidden
	case http.StatusNotFound:
		// A proxy's 404 says nothing about the secret: only a control plane's
		// own words make it missing.
		if words.spoken() {
			return backend.ErrNotFound
		}
		return backend.ErrStranger
	case http.StatusMethodNotAllowed:
		if call.writes() {
			return backend.ErrReadOnly
		}
		return backend.ErrStranger
	case http.StatusConflict:
		return backend.ErrConflict
	case http.StatusTooManyRequests:
		return backend.ErrBusy
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		if call.method == http.MethodDelete && strings.Contains(words.reason(), "currently in use in Mesh") {
			return backend.ErrInUse
		}
		return backend.ErrInvalid
	case http.StatusServiceUnavailable:
		return backend.ErrUnavailable
	}
	if status >= 499 || status == http.StatusRequestTimeout {
		// Whoever gave up waiting cannot know whether the write was made.
		if call.writes() {
			return backend.ErrUnknown
		}
		return backend.ErrUnavailable
	}
	return backend.ErrStranger
}

// waiting reads Retry-After: seconds, or a date.
func waiting(after string, now time.Time) string {
	seconds, err := strconv.Atoi(strings.TrimSpace(after))
	if date, dateErr := http.ParseTime(after); err != nil && dateErr == nil {
		seconds, err = int(date.Sub(now)/time.Second), nil
	}
	if err != nil || seconds <= 0 || seconds > 24*60*60 {
		return "it asks to wait"
	}
	return fmt.Sprintf("it asks to wait %d s", seconds)
}
