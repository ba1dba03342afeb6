package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

// held is a snapshot on its way to a screen; it is wiped when nobody waits for
// it any more.
type held struct{ model.Snapshot }

func (h held) wipe() { h.Wipe() }

// wipeRest lets go of what came beside the value: other keys and annotations
// may be as secret, and a screen that shows the value shows none of them.
func (h held) wipeRest() {
	beside := h.Snapshot
	beside.Value = model.Value{}
	beside.Wipe()
}

// readSecret asks for one secret and its value. Every screen that needs a value
// asks for it here.
func readSecret(to *session, f Frame, ref model.Ref) (*request, tea.Cmd) {
	plane := to.plane
	return ask(to, f, readLimit, func(ctx context.Context) (held, error) {
		got, err := plane.Get(ctx, ref)
		return held{got}, err
	})
}
