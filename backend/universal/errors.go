package universal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
)

func (c client) failure(call call, kind error, reason string, cause error) *backend.Error {
	return &backend.Error{Kind: kind, Op: call.op, Ref: call.ref, Address: c.address.String(), Reason: reason, Err: cause}
}

// stranger says that what answered is no control plane, or talks like none.
func (c client) stranger(call call, format string, args ...any) error {
	return c.failure(call, backend.ErrStranger, fmt.Sprintf(format, args...), nil)
}

// cluster says that the API server of a cluster answered, which speaks another
// language.
func (c client) cluster(call call) *backend.Error {
	failure := c.failure(call, backend.ErrStranger, "it is the API server of a Kubernetes cluster", nil)
	failure.Hint = "Reach it by a context of the kubeconfig: --context."
	return failure
}

// quote makes a text of the other side fit to be shown.
func (c client) quote(call call, text string) string {
	return network.Quote(text, c.hidden(call)...)
}

// broken translates the failure of a call that got no answer. Sent tells that
// the request may have reached the other side.
func (c client) broken(ctx context.Context, call call, sent bool, err error) error {
	fault := c.diagnose(ctx, err)
	if sent && fault.Reason == network.NoSecureConnection {
		// The connection was agreed, and broke later.
		fault.Kind, fault.Before = backend.ErrUnavailable, false
	}
	if call.writes() && sent && !fault.Before {
		return c.failure(call, backend.ErrUnknown, "the answer was lost ("+fault.Reason+")", network.Plain(err))
	}
	return c.failure(call, fault.Kind, fault.Reason, network.Plain(err))
}

func (c client) diagnose(ctx context.Context, err error) network.Fault {
	return network.Diagnose(ctx, c.address.base.Hostname(), err)
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
	if call.op == opConnect && words.cluster() {
		failure := c.cluster(call)
		failure.Status = status
		return failure
	}
	kind := kindOf(status, call, words)
	failure := c.failure(call, kind, c.quote(call, words.reason()), nil)
	failure.Status = status
	failure.Field = c.quote(call, words.field())
	if errors.Is(kind, backend.ErrNotFound) && words.meshMissing() {
		failure.Err = errMeshMissing
	}
	switch {
	case status == http.StatusTooManyRequests:
		failure.Reason = network.Waiting(response.Header.Get("Retry-After"), c.options.now()())
	case errors.Is(kind, backend.ErrUnknown):
		failure.Reason = fmt.Sprintf("it answered with status %d, and whether it was done is not known", status)
	case failure.Reason != "":
	case status == http.StatusRequestEntityTooLarge:
		failure.Reason = "it is too large for the control plane, or for a proxy before it"
	case errors.Is(kind, backend.ErrUnavailable):
		failure.Reason = fmt.Sprintf("status %d", status)
	case errors.Is(kind, backend.ErrStranger):
		failure.Reason = fmt.Sprintf("%s came with status %d", network.Document(response.Header, text), status)
	default:
		failure.Reason = fmt.Sprintf("%v (status %d)", kind, status)
	}
	return failure
}

// redirected names where the caller was sent, without user, password and
// query. Nothing was sent there.
func (c client) redirected(call call, response *http.Response) error {
	to := c.quote(call, network.Redirected(response.Header))
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
