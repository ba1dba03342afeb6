package kubernetes

import (
	"net/http"
	"slices"
	"sync"

	utilnet "k8s.io/apimachinery/pkg/util/net"

	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// maxWarnings is how many warnings wait to be asked for.
const maxWarnings = 8

// warnings are what a server said beside its answers.
type warnings struct {
	lock  sync.Mutex
	lines []string
}

// note takes the warnings out of an answer. One that waits already is not
// noted again.
func (w *warnings) note(header http.Header, flight ...model.Value) {
	told := header.Values("Warning")
	if len(told) == 0 {
		return
	}
	parsed, _ := utilnet.ParseWarningHeaders(told[:min(len(told), maxWarnings)])
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, warning := range parsed {
		line := network.Quote(warning.Text, flight...)
		if line == "" || slices.Contains(w.lines, line) {
			continue
		}
		w.lines = append(w.lines, line)
		w.lines = w.lines[max(0, len(w.lines)-maxWarnings):]
	}
}

func (w *warnings) take() []string {
	w.lock.Lock()
	defer w.lock.Unlock()
	lines := w.lines
	w.lines = nil
	return lines
}
