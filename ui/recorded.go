package ui

import "meshsecrets/keymap"

// Recording is what is known of somebody who keeps what the terminal shows.
type Recording uint8

// What is known.
const (
	NotRecorded   Recording = iota // nothing says that it is
	MayBeRecorded                  // it is reached through machines that often do
	SeemsRecorded                  // a recorder says that it runs
)

// recorded is what is said, once, instead of the first deed that would put a
// value on the terminal of somebody who is recorded; "" when there is nothing to
// say. The same key then does it.
func (a App) recorded(d Deed) string {
	action := a.keys.Get(d.ID)
	if a.warnedOf || !action.Reveals && !d.Shows {
		return ""
	}
	if d.ID == keymap.CopyValue && (a.config.Clipboard == nil || !a.config.Clipboard.ThroughTerminal()) {
		return "" // a program of the desktop takes it, and the terminal never has it
	}
	what, then := "a revealed value", "reveals it"
	switch {
	case d.ID == keymap.CopyValue:
		what, then = "a value copied through the terminal", "copies it"
	case d.ID == keymap.EditOutside, d.Shows:
		what, then = "a value shown in an editor", "opens it"
	}
	end := what + " would be in the recording. " + action.Label() + " again " + then + "."
	switch a.config.Recording {
	case SeemsRecorded:
		return "This terminal session seems to be recorded, and " + end
	case MayBeRecorded:
		return "SSH sessions may be recorded, and " + end
	case NotRecorded:
	}
	return ""
}
