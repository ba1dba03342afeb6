package ui

import (
	"slices"
	"time"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// deeds are those of a screen that can be offered: read-only takes the writing
// ones away, and no-reveal those that show a value; here and nowhere else.
func (a App) deeds(s Screen) []Deed {
	deeds := s.Deeds(a.frame())
	if !slices.ContainsFunc(deeds, func(d Deed) bool { return a.withheld(a.keys.Get(d.ID)) != "" }) {
		return deeds
	}
	return slices.DeleteFunc(slices.Clone(deeds), func(d Deed) bool { return a.withheld(a.keys.Get(d.ID)) != "" })
}

// offered are the deeds of the screen on top, and those that the console itself
// has.
func (a App) offered() []Deed {
	deeds := a.deeds(a.stack[len(a.stack)-1])
	if a.config.Suspends {
		deeds = append(slices.Clip(deeds), Deed{ID: keymap.Suspend, Quiet: true})
	}
	return deeds
}

// withheld says why an action is not to be had where the screens are, "" when
// it is.
func (a App) withheld(action keymap.Action) string {
	s := a.session()
	switch {
	case s == nil:
	case action.Reveals && s.veiled():
		return "Revealing is switched off for " + model.Visible(s.entry.Name) + ". Facts and references stay visible."
	case action.Writes:
		if is, because := s.gate.ReadOnly(); is {
			return model.Visible(s.entry.Name) + " is read-only (" + model.Visible(because) + "): nothing can be changed here."
		}
	}
	return ""
}

// veiled tells that no value of this control plane is shown, whatever is
// pressed.
func (s *session) veiled() bool { return s.entry.NoReveal }

// revealFor is how long a value stays revealed when nobody said otherwise.
const revealFor = 60 * time.Second

// maskAt is when a value that is revealed now is masked again.
func (f Frame) maskAt() time.Time { return f.Now.Add(f.RevealFor) }

// maskedAgain is said when a value was revealed long enough.
func maskedAgain(f Frame, id keymap.ID) Message {
	return Message{Text: "The value is masked again after " + spanWord(f.RevealFor) + ". " + f.Keys.Get(id).Label() + " reveals it."}
}

// spanWord is a time that was chosen, in a sentence: "60 s", "10 minutes".
func spanWord(d time.Duration) string {
	if d >= 2*time.Minute && d%time.Minute == 0 {
		return plural(int(d/time.Minute), "minute", "minutes")
	}
	return shortSeconds(d)
}
