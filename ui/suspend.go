package ui

import (
	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

// suspend gives the terminal back to the shell, every value masked. A write
// under way would be stopped in the middle of it, which may be when a secret is
// in no mesh, so it is waited for.
func (a App) suspend() (tea.Model, tea.Cmd) {
	what, busy := a.busy()
	switch {
	case !a.config.Suspends:
		a.message = Message{Text: a.keys.Get(keymap.Suspend).Label() + " does nothing here: no shell is waiting behind this terminal."}
		return a, nil
	case busy:
		a.message = noted("Not now: " + what + " is under way. " + a.keys.Get(keymap.Suspend).Label() + " again once it is done.")
		return a, nil
	case a.copy.putting != nil || a.copy.taking != nil:
		a.message = noted("Not now: the clipboard does not answer yet. Try again in a moment.")
		return a, nil
	}
	a = a.masked()
	a.message = Message{}
	// A program that stands still clears nothing when the time is over.
	a, cleared := a.takeOut()
	if cleared != nil {
		return a, tea.Sequence(cleared, tea.Suspend)
	}
	return a, tea.Suspend
}
