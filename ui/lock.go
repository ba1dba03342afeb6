package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// The parts a screen may have for being left alone.
type (
	// holder may hold a value that somebody looks at or works on. It is closed
	// when the console locks, unless a write of it is under way, or its value is
	// nowhere else.
	holder interface{ holds() bool }
	// masker shows a value and can go on without.
	masker interface{ masked() Screen }
)

// locking tells all screens that nobody is there: what holds a value lets go of
// it.
type locking struct{}

// idled locks the console when no key came for too long. A write under way goes
// on.
func (a App) idled() (App, tea.Cmd) {
	if a.config.LockAfter == 0 || a.locked || a.leaving || a.session() == nil || a.away() || a.now.Sub(a.touched) < a.config.LockAfter {
		return a, nil
	}
	next, run := a.tellAll(locking{})
	a = next.(App)
	a.locked = true
	lost := a.typedOver()
	a.message.Right = "" // what it counts or promises is over
	a, swept := a.swept()
	if lost != "" {
		a.message = noted("What you typed for " + lost + " was dropped when the console locked.")
	}
	a.copy.swept = ""
	a, cleared := a.takeOut()
	return a, tea.Batch(run, swept, cleared)
}

// lockNotice is for how long it is said before that the console locks, or half of
// the time to it where that is less.
const lockNotice = time.Minute

// locksIn is how long it is until the console locks, where that is soon; else 0.
func (a App) locksIn() time.Duration {
	left := a.config.LockAfter - a.now.Sub(a.touched)
	if a.config.LockAfter == 0 || a.locked || a.leaving || a.session() == nil || a.away() || left > min(lockNotice, a.config.LockAfter/2) {
		return 0
	}
	return max(left, 0)
}

// typedOver names the secret of a form that is dropped with something typed in it,
// "" when there is none: where it was, nothing tells of it any more.
func (a App) typedOver() string {
	for _, s := range a.stack {
		if f, is := s.(form); is && !needed(f) && f.dirty() {
			return f.called()
		}
	}
	return ""
}

// masked masks every value that is shown, and keeps what is being worked on.
func (a App) masked() App {
	a.stack = slices.Clone(a.stack)
	for i, s := range a.stack {
		if m, is := s.(masker); is {
			a.stack[i] = m.masked()
		}
	}
	return a
}

// swept lets go of all values but those that would be lost by it, or are being
// written. While the console is locked it is done again whenever something came
// to its end.
func (a App) swept() (App, tea.Cmd) {
	a = a.masked()
	lowest := slices.IndexFunc(a.stack, func(s Screen) bool { h, is := s.(holder); return is && h.holds() && !needed(s) })
	if lowest < 0 {
		return a, nil
	}
	var runs []tea.Cmd
	for i := len(a.stack) - 1; i >= lowest; i-- {
		if needed(a.stack[i]) {
			continue
		}
		next, run := a.take(i, a.stack[i], Result{Close: true})
		a, runs = next.(App), append(runs, run)
	}
	return a, tea.Batch(runs...)
}

// needed tells that a screen has a write under way, or the only copy of a value.
func needed(s Screen) bool {
	if w, is := s.(worker); is {
		if _, busy := w.busy(); busy {
			return true
		}
	}
	if k, is := s.(keeper); is {
		if _, keeps := k.keeps(); keeps {
			return true
		}
	}
	return false
}

// pressLocked takes the keys that a locked console has.
func (a App) pressLocked(pressed string) (tea.Model, tea.Cmd) {
	switch {
	case a.keys.Get(keymap.Quit).Has(pressed), pressed == "q":
		return a.quit()
	case a.keys.Get(keymap.Redraw).Has(pressed):
		return a, tea.ClearScreen
	case a.keys.Get(keymap.Suspend).Has(pressed):
		return a.suspend()
	case a.keys.Get(keymap.Accept).Has(pressed):
		return a.unlocked()
	}
	return a, nil
}

// unlocked takes the lock off: there is no other way back from it. Rights and logins
// may have ended meanwhile, so all is read anew.
func (a App) unlocked() (App, tea.Cmd) {
	if !a.locked {
		return a, nil
	}
	a.locked = false
	next, run := a.tellAll(readAnew{a.session()})
	return next.(App), run
}

// drawLocked says that nobody was there, and what is left.
func (a App) drawLocked() []Line {
	s := a.session()
	name := model.Visible(s.entry.Name)
	lines := []Line{s.headline(a.width, say(Plain, "locked"), awareness{}), rule("Locked", "", a.width)}
	para := func(text string) {
		for _, part := range wrap(text, min(a.width-6, lockedWide)) {
			lines = append(lines, say(Plain, "   "+part))
		}
	}
	if a.height > lowest {
		lines = append(lines, blank(), blank())
	}
	para("No key was pressed for " + spanWord(a.config.LockAfter) + ".")
	lines = append(lines, blank())
	every := "Every value"
	if only, keeps := a.keeps(); keeps {
		para("Kept, because it is nowhere else: " + only.what + ".")
		every = "Every other value"
	}
	para(every + " that was on screen or being edited here is dropped.")
	if a.copy.swept != "" {
		para(a.copy.swept)
	}
	if what, busy := a.busy(); busy {
		para("What was under way goes on: " + what + ".")
	}
	lines = append(lines, blank(),
		Line{{Plain, "   "}, {Accent, pad(a.keys.Get(keymap.Accept).Label(), 8)}, {Plain, " " + shorten("go on; "+name+" is asked again whether you still may", a.width-13)}},
		Line{{Plain, "   "}, {Accent, pad("q", 8)}, {Plain, " quit"}})
	for len(lines) < a.height-1 {
		lines = append(lines, blank())
	}
	lines = append(lines[:a.height-1], Line{{Plain, " "}, {Accent, a.keys.Get(keymap.Accept).Label()}, {Muted, " go on"}, {Plain, "  "}, {Accent, "q"}, {Muted, " quit"}})
	for i, l := range lines {
		lines[i] = l.fit(a.width)
	}
	return lines
}

// lockedWide is how wide the text of a locked console is at most.
const lockedWide = 66
