package command

import (
	"context"
	"os"
	"sync/atomic"
	"syscall"
)

// ending is whether signals asked the program to end.
type ending struct {
	asked    chan struct{} // closed by the first signal
	insisted chan struct{} // closed by the second
	// aside is above zero while another program has the terminal: what a key
	// sends to all who read from it is that program's matter then.
	aside *atomic.Int32
}

// attend waits for signals: the first asks, the second insists.
func attend(life context.Context, signals <-chan os.Signal) ending {
	e := ending{asked: make(chan struct{}), insisted: make(chan struct{}), aside: &atomic.Int32{}}
	go func() {
		if !e.next(life, signals) {
			return
		}
		close(e.asked)
		if e.next(life, signals) {
			close(e.insisted)
		}
	}()
	return e
}

// next waits for a signal that is meant for this program.
func (e ending) next(life context.Context, signals <-chan os.Signal) bool {
	for {
		select {
		case <-life.Done():
			return false
		case s := <-signals:
			if e.aside.Load() == 0 || s != syscall.SIGINT && s != syscall.SIGQUIT {
				return true
			}
		}
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
