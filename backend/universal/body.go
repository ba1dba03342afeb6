package universal

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// wipingBody is a request's body that is overwritten when the transport has
// done with it. The transport may still read while the answer is handled, so
// nobody else may do that.
type wipingBody struct {
	lock        sync.Mutex
	rest, whole []byte
}

// Read gives what was not read yet.
func (w *wipingBody) Read(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if len(w.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

// Close overwrites the body.
func (w *wipingBody) Close() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	clear(w.whole)
	w.rest = nil
	return nil
}

// maxStart is how much of a body is kept, in bytes: less than stands before the
// first value.
const maxStart = 16

// errIdle and errBodyTooLarge are how a bounded body ends before its time.
var (
	errIdle         = errors.New("the answer stopped half-way")
	errBodyTooLarge = errors.New("the answer is larger than what is read")
)

// boundedBody is an answer's body that ends at a size, when nothing comes for
// a while, and with its context: a transport other than the network's may not
// heed that.
type boundedBody struct {
	from   io.ReadCloser
	start  []byte // the first bytes, for telling what kind of document it is
	left   int64
	timer  *time.Timer
	done   func() error
	cancel context.CancelCauseFunc
	unhook func() bool
}

func newBoundedBody(ctx context.Context, from io.ReadCloser, limit int64, cancel context.CancelCauseFunc) *boundedBody {
	return &boundedBody{
		from: from, left: limit, cancel: cancel,
		done:   func() error { return context.Cause(ctx) },
		timer:  time.AfterFunc(idleTime, func() { cancel(errIdle) }),
		unhook: context.AfterFunc(ctx, func() { _ = from.Close() }),
	}
}

// Read reads on, within the bounds.
func (b *boundedBody) Read(p []byte) (int, error) {
	if err := b.done(); err != nil {
		return 0, err
	}
	if b.left <= 0 {
		// One byte more tells a body that fits exactly from one that does not.
		var more [1]byte
		if n, err := b.from.Read(more[:]); n == 0 && err != nil {
			return 0, err
		}
		return 0, errBodyTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	if room := maxStart - len(b.start); room > 0 {
		b.start = append(b.start, p[:min(n, room)]...)
	}
	b.timer.Reset(idleTime)
	if cause := b.done(); cause != nil && err != nil {
		err = cause
	}
	return n, err
}

// Close ends the call.
func (b *boundedBody) Close() {
	b.timer.Stop()
	b.unhook()
	b.cancel(nil)
	_ = b.from.Close()
}
