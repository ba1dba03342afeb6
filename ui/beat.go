package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// The beat of the clock that screens are told. While nobody is there nothing has
// to move each second: to draw a list anew, only to find it the same, is most of
// what the console uses then.
const (
	quickBeat = time.Second
	slowBeat  = 5 * time.Second
	there     = 30 * time.Second // so long after a key somebody is taken to be there
)

// nextTick tells the time once more, after a beat. Only the ticks of the last
// chain count.
func nextTick(beat time.Duration, chain int) tea.Cmd {
	return tea.Tick(beat, func(time.Time) tea.Msg { return tick{chain} })
}

// beat is how long until the next tick. It is slow over lists only: a value that
// is masked again, or a step that is counted in seconds, has a screen above them.
func (a App) beat() time.Duration {
	if a.now.Sub(a.touched) < there {
		return quickBeat
	}
	if !a.copy.until.IsZero() {
		return quickBeat // it is taken out of the clipboard in time
	}
	if a.locksIn() > 0 {
		return quickBeat // it is counted
	}
	for _, s := range a.stack {
		switch s.(type) {
		case picker, browse:
		default:
			return quickBeat
		}
	}
	return slowBeat
}

// touch notes that somebody is there. A slow tick that is on its way is not
// waited for.
func (a App) touch() (App, tea.Cmd) {
	slow := a.beat() == slowBeat
	a.touched = a.now
	if !slow || a.config.Still {
		return a, nil
	}
	a.chain++
	return a, nextTick(quickBeat, a.chain)
}

// ticked tells all screens the time, unless it is the tick of an older chain.
func (a App) ticked(msg tick) (tea.Model, tea.Cmd) {
	if msg.chain != a.chain && !a.config.Still {
		return a, nil
	}
	next, run := a.tellAll(msg)
	a, lock := next.(App).relieved().idled()
	a, cleared := a.expired()
	run = tea.Batch(run, lock, cleared)
	if !a.config.Still {
		run = tea.Batch(run, nextTick(a.beat(), a.chain))
	}
	return a, run
}
