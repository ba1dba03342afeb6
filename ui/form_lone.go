package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

// onlyCopy is a value that is in this console and nowhere else: who leaves is
// asked first, and nothing else drops it.
type onlyCopy struct {
	what string // within a sentence: "the key of payments-ca"
	loss string // in sentences: where it is not, and what comes of leaving
	stay string // what whoever stays can do; the key that saves stands where it says keyHere
	then string // in a sentence: what comes after the write under way
	away string // what leaving does while that is under way; "" where it saves the value itself
}

// askedAbout says that a question comes once what is under way is over.
func askedAbout(what string) string {
	return "Then it is asked about " + what + ", which is only here."
}

// lone is the other half of a CA that was made here, once the first half is
// saved. No other value takes its place in the form, and its mesh is the first
// half's.
type lone struct {
	of    string    // the secret that has the first half, made visible; "" for all other forms
	what  string    // "key" or "certificate"
	saved time.Time // when the first half was; zero once that cannot be undone any more
	undo  *token    // that change, for the list, which can undo it
}

// is tells that a form holds such a half.
func (l lone) is() bool { return l.of != "" }

// undoable tells that the first half can be taken back.
func (l lone) undoable(now time.Time) bool { return !l.saved.IsZero() && now.Sub(l.saved) < madeFor }

// undoFirst asks for the first half to be taken back. The other half stays until that
// is done: it may be refused, or not be wanted any more.
func (f form) undoFirst(fr Frame) (Screen, Result) {
	if !f.lone.undoable(fr.Now) {
		return f, Result{Say: refused("Adding " + f.lone.of + " cannot be undone any more, so its " + f.lone.what + " was not dropped.")}
	}
	return f, Result{Tell: undoWanted{to: f.to, id: f.lone.undo}}
}

// ofFirst takes what becomes of the first half: once it was taken back, the other
// half goes with it.
func (f form) ofFirst(msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case changed:
		if f.lone.is() && msg.undid == f.lone.undo {
			return f, Result{Close: true}
		}
	case notUndone:
		if f.lone.is() && msg.id == f.lone.undo && !msg.lost {
			f.lone.saved = time.Time{}
		}
	case locking:
		f.lone.saved = time.Time{}
	}
	return f, Result{}
}

// keeps tells that the value, or the other half of it, would be lost with the form.
// While the first half is written, or nobody knows whether it was, its other half
// is as good as needed.
func (f form) keeps() (onlyCopy, bool) {
	switch {
	case f.lone.is():
		return onlyCopy{
			what: "the " + f.lone.what + " of " + f.lone.of,
			loss: f.lone.of + " is saved, and this is its only " + f.lone.what + ": it is here and nowhere else. Leaving drops it for good, and " + f.lone.of + " is of no use without it.",
			stay: "stay; " + keyHere + " saves it",
		}, true
	case f.hasSpare() && (f.saving != nil || f.lost != nil):
		first := f.firstHalf()
		half := "the " + f.halfWord(f.spare) + " of " + first
		return onlyCopy{
			what: half,
			loss: first + " may be saved by now, and " + half + " is here and nowhere else. Leaving drops it for good, and " + first + " is of no use without it.",
			stay: "stay; " + keyHere + " saves one after the other",
			then: askedAbout(half),
			away: "leave now, without waiting, and lose " + half,
		}, true
	}
	return onlyCopy{}, false
}

// firstHalf is the secret that may have the first half by now: the name may have been
// changed since it was sent.
func (f form) firstHalf() string {
	if f.saving == nil && f.lost != nil {
		return model.Visible(f.lost.Ref().Name)
	}
	return f.called()
}

// halfWord is what a half of a CA is called.
func (f form) halfWord(v model.Value) string {
	if learnt(f.to, v).Kind == model.PrivateKey {
		return "key"
	}
	return "certificate"
}

// fixed tells that no other value may take the place of what is written, as it, or
// its other half, is nowhere else.
func (f form) fixed() bool { return f.lone.is() || f.hasSpare() && f.lost != nil }

// unmoved says why the value of a form that is nowhere else is not replaced.
func (f form) unmoved() Message {
	if !f.lone.is() {
		return noted("Whether " + f.firstHalf() + " is saved is not known, and its " + f.halfWord(f.spare) + " is only here, so nothing takes their place. " +
			"Another CA is begun anew, once both are saved or left.")
	}
	return noted("This is the only " + f.lone.what + " of " + f.lone.of + ", so nothing takes its place. " +
		"Another CA is begun anew, once this one is saved or left.")
}
