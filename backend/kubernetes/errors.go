package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

func (c *client) failure(call call, kind error, reason string, cause error) *backend.Error {
	return &backend.Error{Kind: kind, Op: call.op, Ref: call.ref, Namespace: call.namespace, Address: c.address, Reason: reason, Err: cause}
}

// stranger says that what answered is no API server, or talks like none.
func (c *client) stranger(call call, header http.Header, start []byte) error {
	if call.writes() {
		return c.failure(call, backend.ErrUnknown, "it was sent, and the answer cannot be read", nil)
	}
	return c.failure(call, backend.ErrStranger, "it sent "+network.Document(header, start), nil)
}

// unreadable says that an answer cannot be what was asked for.
func (c *client) unreadable(call call) error { return c.stranger(call, nil, []byte("{}")) }

// quote makes a text of the other side fit to be shown.
func (c *client) quote(call call, text string) string {
	return network.Quote(text, c.hidden.and(call.flight)...)
}

// explain translates what client-go says of a call that failed, by what the
// guard saw of it.
func (c *client) explain(ctx context.Context, e *exchange, err error) error {
	switch {
	case e.failure != nil:
		return c.broken(ctx, e.call, e.reached.Load(), e.failure)
	case e.status >= 300:
		return c.refused(e, err)
	case e.broke != nil:
		return c.lost(ctx, e.call, e.broke)
	case e.status != 0:
		return c.stranger(e.call, e.header, e.start())
	case ctx.Err() != nil:
		return c.broken(ctx, e.call, false, err)
	}
	return c.failure(e.call, backend.ErrInvalid, "its name cannot stand in an address", nil)
}

// errSlow is the cause of the failure of a call whose answer was coming when its
// time was up.
var errSlow = fmt.Errorf("the answer came too slowly: %w", context.DeadlineExceeded)

// lost says that an answer broke off.
func (c *client) lost(ctx context.Context, call call, err error) error {
	fault, cause := c.diagnose(ctx, err), network.Plain(err)
	if errors.Is(cause, context.DeadlineExceeded) {
		cause = errSlow
	}
	if call.writes() {
		return c.failure(call, backend.ErrUnknown, "the answer was lost ("+fault.Reason+")", cause)
	}
	return c.failure(call, fault.Kind, fault.Reason, cause)
}

// broken translates the failure of a call that got no answer. Sent tells that
// the request may have reached the other side.
func (c *client) broken(ctx context.Context, call call, sent bool, err error) error {
	if login := c.notLoggedIn(call, err); login != nil {
		return login
	}
	fault := c.diagnose(ctx, err)
	if sent && fault.Reason == network.NoSecureConnection {
		// The connection was agreed, and broke later.
		fault.Kind, fault.Before = backend.ErrUnavailable, false
	}
	cause := context.Cause(ctx)
	if !sent && c.program != "" && cause != nil && !errors.Is(cause, errOwnTime) && !errors.Is(cause, context.Canceled) {
		return c.failure(call, backend.ErrUnavailable, model.Visible(c.program)+", which logs in, did not end in time", network.Plain(err))
	}
	if call.writes() && sent && !fault.Before {
		return c.failure(call, backend.ErrUnknown, "the answer was lost ("+fault.Reason+")", network.Plain(err))
	}
	return c.failure(call, fault.Kind, fault.Reason, network.Plain(err))
}

func (c *client) diagnose(ctx context.Context, err error) network.Fault {
	fault := network.Diagnose(ctx, c.base.Hostname(), err)
	if errors.Is(context.Cause(ctx), errOwnTime) && fault.Kind == backend.ErrUnavailable { //nolint:errorlint // a kind, not a chain
		fault.Reason = c.ownTime()
	}
	return fault
}

// unusable says why a configuration cannot be used at all.
func (c *client) unusable(err error) error {
	failure := c.failure(call{op: opConnect}, backend.ErrInvalid, "the configuration of this cluster cannot be used", nil)
	failure.Hint = hintMend
	for _, known := range unusable {
		if strings.Contains(err.Error(), known.text) {
			failure.Reason = known.reason
			break
		}
	}
	return failure
}

// unusable are the complaints of client-go and crypto/tls about a
// configuration, in the console's words.
var unusable = []struct{ text, reason string }{
	{"empty token", "its token file is empty"},
	{"exec plugin", "the program that logs in is configured wrongly"},
	{"no Auth Provider found", "it logs in by a way that was given up, an auth-provider; use a program that logs in (exec)"},
	{"root certificates", "what stands as its certificate authority is no certificate in PEM"},
	{"insecure flag", "it names a certificate authority, and says not to look at certificates"},
	{"does not match", "its client key does not belong to its client certificate"},
	{"private key", "what stands as its client key is no key in PEM"},
	{"key input", "what stands as its client key is no key in PEM"},
	{"x509: malformed", "what stands as its client certificate is no certificate in PEM"},
	{"certificate input", "what stands as its client certificate is no certificate in PEM"},
	{"certificate", "a certificate or key of its configuration cannot be read"},
	{"tls:", "a certificate or key of its configuration cannot be read"},
	{"proxy", "its proxy-url is not the address of a proxy"},
}

// noSuchPath is how an API server answers for a group that is not installed.
const noSuchPath = "404 page not found"

// refused translates an answer of 300 and above, of which client-go made err.
func (c *client) refused(e *exchange, err error) error {
	if e.status < 400 {
		failure := c.failure(e.call, backend.ErrRedirect, "sends callers on to "+c.quote(e.call, network.Redirected(e.header)), nil)
		failure.Status = e.status
		return failure
	}
	if e.status == http.StatusBadRequest && c.base.Scheme == "http" && network.ExpectsHTTPS(e.start()) {
		failure := c.failure(e.call, backend.ErrInvalid, "it expects https, and is called with http", nil)
		failure.Hint = hintMend
		return failure
	}
	status, spoken := said(err, e.call.at.group)
	failure := c.status(e.call, e.status, status, spoken)
	switch {
	case e.status == http.StatusTooManyRequests:
		failure.Reason = network.Waiting(e.header.Get("Retry-After"), c.now())
	case failure.Reason == "" && errors.Is(failure, backend.ErrStranger):
		failure.Reason = fmt.Sprintf("%s came with status %d", network.Document(e.header, e.start()), e.status)
	case failure.Reason == "" && errors.Is(failure, backend.ErrUnavailable):
		failure.Reason = fmt.Sprintf("status %d", e.status)
	}
	return failure
}

// said gives the words of an API server, if these are any: client-go finds
// some where there are none.
func said(err error, group string) (status metav1.Status, spoken bool) {
	if cause, found := apierrors.StatusCause(err, metav1.CauseTypeUnexpectedServerResponse); found {
		return metav1.Status{}, group != "" && cause.Message == noSuchPath
	}
	var told apierrors.APIStatus
	if !errors.As(err, &told) {
		return metav1.Status{}, false
	}
	return told.Status(), true
}

// status translates what an API server says of a refusal, be it the whole
// answer or an event of a watch. Spoken tells that there were any words.
func (c *client) status(call call, code int, status metav1.Status, spoken bool) *backend.Error {
	told := words{status}
	kind := kindOf(code, call, told, spoken)
	failure := c.failure(call, kind, c.quote(call, told.reason()), nil)
	failure.Status, failure.Field = code, c.quote(call, told.field())
	switch {
	case errors.Is(kind, backend.ErrUnknown):
		failure.Reason = fmt.Sprintf("it answered with status %d, and whether it was done is not known", code)
	case told.admissionSilent():
		failure.Reason = "the admission of the cluster did not answer, and nothing was changed"
	case errors.Is(kind, backend.ErrForbidden) && told.notAs():
		failure.Reason, failure.Hint, failure.Err = "you may not impersonate user "+model.Visible(c.login.as), hintNotAs, errNotAs
	case errors.Is(kind, backend.ErrForbidden) && told.noRight():
		failure.Reason, failure.Err = "you may not "+call.deed(), errNoRight
		failure.Hint = "Whoever runs the cluster can give you that right."
	case errors.Is(kind, backend.ErrUnauthorized):
		// The server says no more than "Unauthorized".
		failure.Reason, failure.Hint = c.login.refused()
	case errors.Is(kind, backend.ErrExpired):
		failure.Reason, failure.Err = "what was read has expired", goOn(status.Continue)
	}
	return failure
}

// errNoRight is the cause of a refusal by access rules, and of no other.
var errNoRight = errors.New("no right")

// goOn is the cause of an ErrExpired of a list: the token that reads on, in
// spite of changes between the pages.
type goOn string

// Error is never shown.
func (goOn) Error() string { return "expired" }

// kindOf is the one place where a status gets its meaning.
func kindOf(code int, call call, told words, spoken bool) error {
	switch code {
	case http.StatusUnauthorized:
		return backend.ErrUnauthorized
	case http.StatusForbidden:
		return backend.ErrForbidden
	case http.StatusNotFound:
		// A proxy's 404 says nothing: only an API server's own words make
		// something missing.
		if spoken {
			return backend.ErrNotFound
		}
		return backend.ErrStranger
	case http.StatusMethodNotAllowed:
		if methods[call.verb] != "" { // a trial says what the write would
			return backend.ErrReadOnly
		}
		return backend.ErrStranger
	case http.StatusConflict:
		if told.Reason == metav1.StatusReasonAlreadyExists {
			return backend.ErrExists
		}
		return backend.ErrConflict
	case http.StatusGone:
		return backend.ErrExpired
	case http.StatusTooManyRequests:
		return backend.ErrBusy
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		if call.verb == verbDelete && strings.Contains(told.reason(), "currently in use in Mesh") {
			return backend.ErrInUse
		}
		return backend.ErrInvalid
	}
	if code >= 499 || code == http.StatusRequestTimeout {
		// Whoever gave up waiting cannot know whether the write was made; one
		// that failed at admission was not.
		if call.writes() && !told.admissionSilent() {
			return backend.ErrUnknown
		}
		return backend.ErrUnavailable
	}
	return backend.ErrStranger
}
