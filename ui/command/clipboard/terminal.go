package clipboard

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
)

// most is how many bytes are sent to a terminal: in base64 they are what is left
// of the 75,000 or so that terminals take of one sequence.
const most = 56_244

// terminal is a way through the terminal, which hands the text to the clipboard
// of the machine that somebody sits at.
type terminal struct {
	out     io.Writer
	through string // what stands between: tmux, screen or nothing
}

// multiplexer is what stands between the console and the terminal.
func multiplexer(getenv func(string) string) string {
	switch {
	case getenv("TMUX") != "", strings.HasPrefix(getenv("TERM"), "tmux"):
		return "tmux"
	case getenv("STY") != "":
		return "screen"
	}
	return ""
}

func (t terminal) done() string {
	switch t.through {
	case "tmux":
		return "sent to the terminal's clipboard; tmux hands it on only where set-clipboard or allow-passthrough is on"
	case "screen":
		return "sent to the terminal's clipboard through screen, which may hold it back"
	}
	return "sent to the terminal's clipboard"
}

func (t terminal) takes(text []byte) string {
	if len(text) > most {
		return "is too large for the terminal's clipboard (56,244 bytes at most)."
	}
	return ""
}

func (t terminal) put(_ context.Context, text []byte) error {
	sequence := osc52(text)
	defer clear(sequence)
	return t.send(sequence)
}

// clear first puts a blank there: some terminals, and tmux, take no notice of a
// sequence without a text.
func (t terminal) clear(context.Context) error {
	if err := t.send(osc52([]byte(" "))); err != nil {
		return err
	}
	return t.send(osc52(nil))
}

func (t terminal) paste(context.Context, io.Writer) error { return errUnseen }

// send writes a sequence in one piece, so that it is never within a frame, and
// overwrites what it made of it.
func (t terminal) send(sequence []byte) error {
	wrapped := t.wrapped(sequence)
	defer clear(wrapped)
	if _, err := t.out.Write(wrapped); err != nil {
		return errors.New("the terminal does not take it")
	}
	return nil
}

// wrapped is a sequence as it goes through what stands between. tmux gets it
// bare, for itself to hand on, and wrapped for the terminal: which of the two it
// heeds is a matter of its settings. screen takes it in small parts.
func (t terminal) wrapped(sequence []byte) []byte {
	// Made large enough at once: what grows leaves copies behind.
	out := bytes.NewBuffer(make([]byte, 0, 3*len(sequence)+64))
	switch t.through {
	case "tmux":
		out.Write(sequence)
		out.WriteString("\x1bPtmux;\x1b")
		out.Write(sequence)
		out.WriteString("\x1b\\")
	case "screen":
		for len(sequence) > 0 {
			n := min(len(sequence), screenPart)
			out.WriteString("\x1bP")
			out.Write(sequence[:n])
			out.WriteString("\x1b\\")
			sequence = sequence[n:]
		}
	default:
		out.Write(sequence)
	}
	return out.Bytes()
}

// screenPart is how much screen hands on at a time.
const screenPart = 240

// osc52 is the sequence that sets the clipboard of a terminal.
func osc52(text []byte) []byte {
	sequence := append(make([]byte, 0, 16+base64.StdEncoding.EncodedLen(len(text))), "\x1b]52;c;"...)
	sequence = base64.StdEncoding.AppendEncode(sequence, text)
	return append(sequence, '\a')
}
