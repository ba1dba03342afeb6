// Package network is what every backend that speaks HTTP does alike: bodies
// that end in time and size, request bodies that are overwritten once they were
// sent, and what broke, in words. It knows nothing of what is said.
package network

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// WipingBody is a request's body that is overwritten when the transport has
// done with it. The transport may still read while the answer is handled, so
// nobody else may do that.
type WipingBody struct {
	lock        sync.Mutex
	rest, whole []byte
}

// NewWipingBody takes body over.
func NewWipingBody(body []byte) *WipingBody { return &WipingBody{rest: body, whole: body} }

// Read gives what was not read yet.
func (w *WipingBody) Read(p []byte) (int, error) {
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
func (w *WipingBody) Close() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	clear(w.whole)
	w.rest = nil
	return nil
}

// maxStart is how much of a body is kept, in bytes: less than stands before the
// first value.
const maxStart = 16

// ErrIdle and ErrTooLarge are how a bounded body ends before its time.
var (
	ErrIdle     = errors.New("the answer stopped half-way")
	ErrTooLarge = errors.New("the answer is larger than what is read")
)

// Body is an answer's body that ends at a size, when nothing comes for a
// while, and with its context: a transport other than the network's may not
// heed that.
type Body struct {
	from   io.ReadCloser
	start  []byte // the first bytes, for telling what kind of document it is
	left   int64
	idle   time.Duration
	timer  *time.Timer
	done   func() error
	cancel context.CancelCauseFunc
	unhook func() bool
}

// NewBody bounds a body: limit in bytes, idle between two reads. Cancel ends
// the context of its call, which must be ctx.
func NewBody(ctx context.Context, from io.ReadCloser, limit int64, idle time.Duration, cancel context.CancelCauseFunc) *Body {
	return &Body{
		from: from, left: limit, idle: idle, cancel: cancel,
		done:   func() error { return context.Cause(ctx) },
		timer:  time.AfterFunc(idle, func() { cancel(ErrIdle) }),
		unhook: context.AfterFunc(ctx, func() { _ = from.Close() }),
	}
}

// Start gives the first bytes that were read, 16 at most.
func (b *Body) Start() []byte { return b.start }

// Read reads on, within the bounds.
func (b *Body) Read(p []byte) (int, error) {
	if err := b.done(); err != nil {
		return 0, err
	}
	if b.left <= 0 {
		// One byte more tells a body that fits exactly from one that does not.
		var more [1]byte
		if n, err := b.from.Read(more[:]); n == 0 && err != nil {
			return 0, err
		}
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	if room := maxStart - len(b.start); room > 0 {
		b.start = append(b.start, p[:min(n, room)]...)
	}
	b.timer.Reset(b.idle)
	if cause := b.done(); cause != nil && err != nil {
		err = cause
	}
	return n, err
}

// Close ends the call.
func (b *Body) Close() {
	b.timer.Stop()
	b.unhook()
	b.cancel(nil)
	_ = b.from.Close()
}

// ReadAll reads a body into one buffer and overwrites the buffers it outgrew.
func ReadAll(from io.Reader) ([]byte, error) {
	buffer := make([]byte, 0, 4096)
	for {
		if len(buffer) == cap(buffer) {
			larger := make([]byte, len(buffer), 2*cap(buffer))
			copy(larger, buffer)
			clear(buffer)
			buffer = larger
		}
		n, err := from.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if errors.Is(err, io.EOF) {
			return buffer, nil
		}
		if err != nil {
			clear(buffer)
			return nil, err
		}
	}
}
