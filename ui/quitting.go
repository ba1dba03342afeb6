package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// resolved ends a quit that waited for a write, once that write is over. When it
// was refused, the console stays and says so; when it went well and left a value
// that is nowhere else, it is asked about that.
func (a App) resolved(run tea.Cmd) (tea.Model, tea.Cmd) {
	if !a.leaving || a.writing() || a.asks() {
		return a, run
	}
	only, keeps := a.keeps()
	well := a.message.Mark != "✗" && a.message.Mark != "!"
	if !keeps && well {
		return a.leave()
	}
	a.leaving = false
	a.stack = slices.DeleteFunc(slices.Clone(a.stack), func(s Screen) bool { _, is := s.(leaving); return is })
	if keeps && well {
		next, told := a.hesitate(leaving{only: only, since: a.now, keeps: true})
		return next, tea.Batch(run, told)
	}
	return a, run
}

// quit leaves; while a write is under way it says so and waits for it, and a
// second time it leaves at once.
func (a App) quit() (tea.Model, tea.Cmd) {
	if a.leaving {
		a.desk.insisted.Store(true)
		return a.leave()
	}
	only, keeps := a.keeps()
	what, busy := a.busy()
	switch {
	case busy:
		return a.hesitate(leaving{what: what, only: only, since: a.now, apart: keeps && !a.keeperBusy(), stop: a.stopping()})
	case keeps:
		return a.hesitate(leaving{only: only, since: a.now, keeps: true})
	}
	return a.leave()
}

// hesitate says why leaving waits, and tells all screens that it is wanted. The lock
// would cover the question, and the next key would answer what nobody has seen.
func (a App) hesitate(why leaving) (tea.Model, tea.Cmd) {
	next, anew := a.unlocked()
	next.stack = push(next.stack, why)
	next.leaving, next.message = true, Message{}
	told, run := next.tellAll(quitting{})
	return told, tea.Batch(anew, run)
}

// leave lets go of everything and draws nothing more: the runtime renders one
// last frame, and some terminals keep it.
func (a App) leave() (tea.Model, tea.Cmd) {
	for _, s := range a.stack {
		closing(s)
	}
	// What is in the clipboard is taken out by whoever runs the console, once
	// nothing is under way any more.
	a.copy.reading.stop()
	a.gone = true
	return a, tea.Quit
}
