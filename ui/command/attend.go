package command

import (
	"context"
	"os"
)

// ending is whether signals asked the program to end.
type ending struct {
	asked    chan struct{} // closed by the first signal
	insisted chan struct{} // closed by the second
}

// attend waits for signals: the first asks, the second insists.
func attend(life context.Context, signals <-chan os.Signal) ending {
	e := ending{asked: make(chan struct{}), insisted: make(chan struct{})}
	go func() {
		if !next(life, signals) {
			return
		}
		close(e.asked)
		if next(life, signals) {
			close(e.insisted)
		}
	}()
	return e
}

func next(life context.Context, signals <-chan os.Signal) bool {
	select {
	case <-life.Done():
		return false
	case <-signals:
		return true
	}
}

// was tells whether one of the two has happened.
func was(signalled <-chan struct{}) bool {
	select {
	case <-signalled:
		return true
	default:
		return false
	}
}

// until is a context that ends when the program is asked to: for what only
// reads, and can be left at any time.
func (e ending) until(life context.Context) (context.Context, context.CancelFunc) {
	life, cancel := context.WithCancel(life)
	go func() {
		select {
		case <-life.Done():
		case <-e.asked:
			cancel()
		}
	}()
	return life, cancel
}
