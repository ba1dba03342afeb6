package ui

import (
	"errors"

	"meshsecrets/backend"
	"meshsecrets/keymap"
)

// refusedDeed is a deed that could not be done when its key was pressed, and
// why.
type refusedDeed struct {
	id  keymap.ID
	why string
}

// relieved drops a message that says why a deed cannot be done, once that is no
// longer so: the next answer may change it, and no key is pressed then.
func (a App) relieved() App {
	if a.refused.id == "" || a.message != refused(a.refused.why) {
		return a
	}
	for _, deed := range a.stack[len(a.stack)-1].Deeds(a.frame()) {
		if deed.ID == a.refused.id && deed.Not == a.refused.why {
			return a
		}
	}
	a.message, a.refused = Message{}, refusedDeed{}
	return a
}

// passes tells whether what failed may go well a little later without anybody
// doing anything here, so that it is tried again by itself. A program that logs
// in is not run on and on: it may ask somebody something.
func passes(err error) bool {
	var e *backend.Error
	switch {
	case !errors.As(err, &e):
		return false
	case e.Is(backend.ErrUnauthorized):
		return e.Reason == "" // else it is the program's failure
	case e.Is(backend.ErrUnavailable):
		return !kept(e)
	}
	return e.Is(backend.ErrBusy)
}

// fits tells whether a message with a mark can be read to its end in the two
// lines that there are for it.
func fits(text string, w int) bool { return len(wrap(text, w-4)) <= 2 }
