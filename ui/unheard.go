package ui

import (
	"errors"

	"meshsecrets/backend"
)

// An open watch may not notice that a control plane takes no more requests, or
// not ours: then nothing shown is called live any more, from the first request
// beside the watch that says so.

// unreached tells of an error that nobody answered, or that our login is not
// accepted. A status of a server that is busy or broken in one place is neither.
func unreached(err error) bool {
	var e *backend.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Is(backend.ErrUnauthorized) || e.Is(backend.ErrUnavailable) && e.Status == 0
}

// beside takes how a request beside the watch ended: that of this screen, or of
// one above it.
func (b browse) beside(f Frame, err error) browse {
	switch {
	case b.to == nil || !b.watches() || b.readAt.IsZero():
	case err == nil:
		b.unheard = nil
	case unreached(err):
		if b.down() == nil {
			b.readAt = f.Now // until now it was live
		}
		b.unheard, b.stirred = err, true
	}
	return b
}

// revived takes a word of the watch: the control plane answers. Whether it
// accepts our login only a new request tells, which is asked soon.
func (b browse) revived(f Frame) browse {
	if b.failed != nil || !errors.Is(b.unheard, backend.ErrUnauthorized) {
		b.readAt, b.unheard = f.Now, nil
	}
	if b.failed != nil && b.blinds > 0 {
		b.blinds, b.stirred = 0, true
	}
	return b
}

// down is why what is shown is not live.
func (b browse) down() error {
	if b.failed != nil {
		return b.failed
	}
	return b.unheard
}
