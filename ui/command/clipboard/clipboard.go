package clipboard

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
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
	held [][]byte // the keyed digests of the values that may be there: who fails may have left the one before
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
	if OverSSH(m.Getenv) {
		return c
	}
	if p, found := desktop(m); found {
		c.way = p
	}
	return c
}

// OverSSH tells whether the console is used over SSH. One of its variables alone
// is left by programs that hand on only some, as sudo and tmux do.
func OverSSH(getenv func(string) string) bool {
	return getenv("SSH_TTY") != "" || getenv("SSH_CONNECTION") != ""
}

// ThroughTerminal tells whether copies go through the terminal.
func (c *Clipboard) ThroughTerminal() bool {
	_, is := c.way.(terminal)
	return is
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
		c.held = append(c.held, c.digest(b))
	}
	if err := c.way.put(ctx, b); err != nil {
		return "", fault{"may not have been copied: " + err.Error() + "."}
	}
	if c.held = c.held[max(len(c.held)-1, 0):]; !secret {
		c.held = nil
	}
	return c.way.done(), nil
}

// digest is a keyed digest of a value.
func (c *Clipboard) digest(value []byte) []byte {
	sum := hmac.New(sha256.New, c.key)
	_, _ = sum.Write(value) // it never fails
	return sum.Sum(nil)
}

// holds tells whether a digest is of a value that was copied from here.
func (c *Clipboard) holds(digest []byte) bool {
	return slices.ContainsFunc(c.held, func(held []byte) bool { return hmac.Equal(held, digest) })
}

// Clear takes the value away that was copied from here, unless something else is
// there by now. Where it fails, the next call tries again.
func (c *Clipboard) Clear(ctx context.Context) (ui.Clearing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) == 0 {
		return ui.NothingToClear, nil
	}
	cleared := ui.ClearedSeen
	sum := hmac.New(sha256.New, c.key)
	err := c.way.paste(ctx, sum)
	switch {
	case errors.Is(err, errNoText), err == nil && !c.holds(sum.Sum(nil)):
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
