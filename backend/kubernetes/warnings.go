package kubernetes

import (
	"context"
	"slices"
	"sync"

	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// maxWarnings is how many warnings wait to be asked for.
const maxWarnings = 8

// warnings are what a server said beside its answers.
type warnings struct {
	hidden *credentials // must not come back in a text
	lock   sync.Mutex
	lines  []string
}

// HandleWarningHeaderWithContext notes a warning that client-go found. One
// that waits already is not noted again.
func (w *warnings) HandleWarningHeaderWithContext(ctx context.Context, _ int, _, text string) {
	var flight []model.Value
	if e, known := ctx.Value(exchangeKey{}).(*exchange); known {
		flight = e.call.flight
	}
	line := network.Quote(text, w.hidden.and(flight)...)
	w.lock.Lock()
	defer w.lock.Unlock()
	if line == "" || slices.Contains(w.lines, line) {
		return
	}
	w.lines = append(w.lines, line)
	w.lines = w.lines[max(0, len(w.lines)-maxWarnings):]
}

func (w *warnings) take() []string {
	w.lock.Lock()
	defer w.lock.Unlock()
	lines := w.lines
	w.lines = nil
	return lines
}
