package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// NoSecureConnection is the reason of every fault of TLS that has no words of
// its own.
const NoSecureConnection = "agrees to no secure connection"

// Fault is what broke when there was no answer.
type Fault struct {
	Kind   error  // one of package backend's
	Reason string // visible, without what was sent
	Before bool   // it broke before anything was sent
}

// Plain keeps of a cause only what errors.Is asks for: the text of url.Error
// holds the address with everything in it.
func Plain(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// Diagnose tells what broke. Host is the name that was dialled.
func Diagnose(ctx context.Context, host string, err error) Fault {
	if reason := untrusted(err); reason != "" {
		return Fault{backend.ErrUntrusted, reason, true}
	}
	var dns *net.DNSError
	var op *net.OpError
	var slow net.Error
	switch {
	case errors.Is(context.Cause(ctx), ErrIdle), errors.Is(err, ErrIdle):
		return Fault{backend.ErrUnavailable, ErrIdle.Error(), false}
	case errors.Is(err, ErrTooLarge):
		return Fault{backend.ErrTooLarge, ErrTooLarge.Error(), false}
	case errors.Is(err, context.Canceled):
		return Fault{backend.ErrUnavailable, "stopped", false}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return Fault{backend.ErrUnavailable, "the proxy on the way: " + proxying(op), true}
	case errors.As(err, &dns) && !dns.IsNotFound:
		return Fault{backend.ErrUnavailable, "the name " + model.Visible(host) + " cannot be looked up now", true}
	case errors.As(err, &dns):
		return Fault{backend.ErrUnavailable, "the name " + model.Visible(host) + " is not known here", true}
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return Fault{backend.ErrStranger, "it speaks http, not https", true}
	case errors.As(err, &op) && op.Op == "dial":
		return Fault{backend.ErrUnavailable, dialing(op), true}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return Fault{backend.ErrUnavailable, "no answer in time", false}
	case Broke(err):
		return Fault{backend.ErrUnavailable, "the connection broke", false}
	}
	return Fault{backend.ErrUnavailable, "no answer", false}
}

// Broke tells whether a connection ended in the middle of a call. Which error
// says so depends on who noticed first: a reader is told of the reset, a writer
// that comes after it only that the pipe is broken.
func Broke(err error) bool {
	for _, end := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
	} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

func proxying(op *net.OpError) string {
	var name *net.DNSError
	var dial *net.OpError
	switch {
	case errors.As(op.Err, &name):
		return "its name is not known here"
	case errors.As(op.Err, &dial):
		return dialing(dial)
	}
	return "no connection"
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

// untrusted says why a certificate is not trusted, or "". It is said of the host,
// whose name stands before it.
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
		return "shows a certificate for " + certificateNames(host.Certificate)
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return "shows a certificate that has expired, or is not valid yet, by this machine's clock"
		}
		return "shows a certificate that is not for servers"
	}
	text := err.Error()
	var record tls.RecordHeaderError
	switch {
	case strings.Contains(text, "protocol version"):
		return "offers only TLS older than 1.2"
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"):
		return "asks for a client certificate that it trusts"
	case errors.As(err, &record):
		return "" // told as a stranger
	case strings.Contains(text, "tls: "):
		return NoSecureConnection
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
