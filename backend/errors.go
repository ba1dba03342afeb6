package backend

import (
	"errors"
	"fmt"
	"time"

	"meshsecrets/model"
)

// The kinds of errors, for errors.Is. Each backend wraps its own errors in
// one of them, once, in its errors.go.
var (
	ErrNotFound     = errors.New("not found")
	ErrExists       = errors.New("exists already")
	ErrConflict     = errors.New("changed meanwhile")
	ErrOverwrote    = errors.New("overwrote another one") // a create found a secret in its place, and replaced it
	ErrNotPutBack   = errors.New("not put back")          // a reassign was refused in the new mesh, and then in the old one
	ErrInUse        = errors.New("in use")                // the control plane refuses: a mesh's mTLS backend uses it
	ErrForbidden    = errors.New("not allowed")           // 403: logged in or anonymous, but not allowed
	ErrUnauthorized = errors.New("login not accepted")    // 401
	ErrUnavailable  = errors.New("no answer")             // refused, unknown host, time-out, 5xx
	ErrInvalid      = errors.New("refused as invalid")
	ErrExpired      = errors.New("watch expired")
	ErrReadOnly     = errors.New("read-only")
	ErrUnknown      = errors.New("outcome unknown") // a write was sent and its answer was lost
	ErrUntrusted    = errors.New("certificate not trusted")
	ErrPlaintext    = errors.New("token over plain http")
	ErrRedirect     = errors.New("redirect not followed")
	ErrStranger     = errors.New("not a control plane") // something else answers
	ErrTooLarge     = errors.New("answer too large")
	ErrBusy         = errors.New("asked to wait")    // 429
	ErrElsewhere    = errors.New("listed elsewhere") // a kind of resource that only the cluster of the control plane lists
	ErrNoneThere    = errors.New("none there")       // a kind of resource of which there can be none where it runs
)

// Error is what went wrong, with what screens need to say it. Its text is
// built from operation, object and reason, never from what was sent: every
// string in it is visible and free of values.
type Error struct {
	Kind error     // one of the kinds above
	Op   string    // "reading", "saving", "deleting", "listing", "connecting"
	Ref  model.Ref // the secret; zero when it is not about one
	// Namespace is that of a cluster in which Ref.Name is the name of an object,
	// whatever mesh it is in; "" when Ref says all.
	Namespace string
	Address   string // the control plane's address, without user and password
	Status    int    // HTTP status; 0 when there was none
	Reason    string // "connection refused"; the control plane's own words where they help; "" when the kind says all
	Field     string // the field the control plane names in a refusal, "name"
	Hint      string // the next step, when it is not the kind's usual one
	Err       error  // the cause, for errors.Is; never printed
	// Retry is when a watch tries again by itself; 0 when it does not.
	Retry time.Duration
}

// Error is one line.
func (e *Error) Error() string {
	text := e.Kind.Error()
	if e.Reason != "" {
		text = e.Reason
	}
	if e.Namespace != "" {
		return fmt.Sprintf("%s Secret %s of %s: %s", e.Op, model.Visible(e.Ref.Name), model.Visible(e.Namespace), text)
	}
	if e.Ref.Name != "" {
		return fmt.Sprintf("%s %s: %s", e.Op, model.Visible(e.Ref.String()), text)
	}
	if e.Address != "" {
		return fmt.Sprintf("%s %s: %s", e.Op, model.Visible(e.Address), text)
	}
	return fmt.Sprintf("%s: %s", e.Op, text)
}

// Is matches the kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
