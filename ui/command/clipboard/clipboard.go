package clipboard

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"sync"
	"unicode/utf8"

	"meshsecrets/model"
	"meshsecrets/ui"
)

// Machine is what of the machine decides where copies go.
type Machine struct {
	Getenv  func(string) string
	Environ []string                     // what programs are started with
	Look    func(string) (string, error) // finds a program, as exec.LookPath does
	Out     io.Writer                    // the terminal
}

// Clipboard copies by one way, which is chosen once.
type Clipboard struct {
	way way
	key []byte

	mu   sync.Mutex
	held []byte // the keyed digest of the value that was copied last; nil when there is none
}

// way is how a text gets into a clipboard.
type way interface {
	// takes says why a text cannot be copied, "" when it can.
	takes(text []byte) string
	put(ctx context.Context, text []byte) error
	clear(ctx context.Context) error
	// paste writes what is there; errUnseen when this way cannot tell, and
	// errNoText when nothing is there that could have been copied.
	paste(ctx context.Context, to io.Writer) error
	// done is what was done with a text, after its name.
	done() string
}

var (
	errUnseen = errors.New("what is there cannot be told")
	errNoText = errors.New("no text is there")
)

// New chooses the way: a program of the desktop, unless the console is used over
// SSH, else the terminal.
func New(m Machine) *Clipboard {
	c := &Clipboard{key: make([]byte, sha256.Size)}
	_, _ = rand.Read(c.key) // it never fails
	c.way = terminal{out: m.Out, through: multiplexer(m.Getenv)}
	if m.Getenv("SSH_TTY") != "" || m.Getenv("SSH_CONNECTION") != "" {
		return c
	}
	if p, found := desktop(m); found {
		c.way = p
	}
	return c
}

// fault is why nothing was copied: the rest of a sentence that begins with the
// name.
type fault struct{ text string }

func (f fault) Error() string { return f.text }

// Copy puts a text into the clipboard and says what was done. Of a value it is
// remembered, by a digest, that it was copied.
func (c *Clipboard) Copy(ctx context.Context, text model.Value, secret bool) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := text.Reveal()
	if len(b) == 0 {
		return "", fault{"is empty. Nothing was copied."}
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return "", fault{"is not text, and a clipboard would change it. Nothing was copied."}
	}
	if why := c.way.takes(b); why != "" {
		return "", fault{why + " Nothing was copied."}
	}
	if secret {
		// Before it is there: who fails half-way may have left it there.
		c.held = c.digest(func(w io.Writer) error { _, err := w.Write(b); return err })
	}
	if err := c.way.put(ctx, b); err != nil {
		return "", fault{"may not have been copied: " + err.Error() + "."}
	}
	if !secret {
		c.held = nil
	}
	return c.way.done(), nil
}

// digest is a keyed digest of what is written, nil when that failed.
func (c *Clipboard) digest(write func(io.Writer) error) []byte {
	sum := hmac.New(sha256.New, c.key)
	if write(sum) != nil {
		return nil
	}
	return sum.Sum(nil)
}

// Clear takes the value away that was copied last, unless something else is
// there by now. Where it fails, the next call tries again.
func (c *Clipboard) Clear(ctx context.Context) (ui.Clearing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		return ui.NothingToClear, nil
	}
	cleared := ui.ClearedSeen
	sum := hmac.New(sha256.New, c.key)
	err := c.way.paste(ctx, sum)
	switch {
	case errors.Is(err, errNoText), err == nil && !hmac.Equal(sum.Sum(nil), c.held):
		c.held = nil
		return ui.LeftAsItWas, nil
	case err != nil:
		cleared = ui.ClearedUnseen
	}
	if err := c.way.clear(ctx); err != nil {
		return ui.NotCleared, err
	}
	c.held = nil
	return cleared, nil
}
