package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// Clipboard is where names and values are copied to. Its methods may take
// seconds. How a text gets there is not the screens' business.
type Clipboard interface {
	// Copy puts a text there, and says what was done in words that follow its
	// name. A secret one is what Clear takes away. An error's text follows the
	// name too.
	Copy(ctx context.Context, text model.Value, secret bool) (done string, err error)
	// Clear takes the secret text away that was copied last, where it is not
	// known that something else is there by now.
	Clear(ctx context.Context) (Clearing, error)
	// ThroughTerminal tells whether a copy goes through the terminal, where who
	// records that has it too.
	ThroughTerminal() bool
}

// Clearing is what became of a value in the clipboard.
type Clearing uint8

// What became of it.
const (
	NothingToClear Clearing = iota // no value was copied, or it was cleared before
	ClearedSeen                    // it was there, and was taken away
	ClearedUnseen                  // what was there was taken away, seen by nobody
	LeftAsItWas                    // something else was there, and still is
	NotCleared                     // it may still be there
)

// Words say it in a sentence, for the console and for after it. Why is what Clear
// said of a failure.
func (c Clearing) Words(why error) string {
	switch c {
	case NothingToClear:
		return ""
	case ClearedSeen:
		return "Clipboard cleared."
	case ClearedUnseen:
		return "Clipboard cleared; whether it still held the value cannot be told."
	case LeftAsItWas:
		return "The clipboard holds something else by now, so it is left as it is."
	case NotCleared:
	}
	text := "The value may still be in the clipboard: "
	if why != nil {
		text += why.Error() + ". "
	}
	return text + "Copy something else over it."
}

// copying is what the App knows of the clipboard.
type copying struct {
	of      *session // where the value is read
	reading *request // the value that is to be copied
	putting *request // a text is on its way into the clipboard
	taking  *request // the value is being taken out of it
	name    string   // of the secret that this is about
	secret  bool     // its value, not its name
	until   time.Time
	pause   time.Duration // after a clearing that failed, until the next; 0 when none did
	said    string        // the message that counts down, or that a clearing failed
	swept   string        // what became of the value when the console locked
	drop    bool          // what is on its way is to be taken out as soon as it is there
}

// putThere and takenOut are what came of it.
type (
	putThere struct{ done string }
	takenOut struct{ what Clearing }
)

// ofOne is a screen that is about one secret now.
type ofOne interface{ one() (model.Row, bool) }

// copyFor is how long a value stays in the clipboard when nobody said otherwise.
const copyFor = 45 * time.Second

// clipboardLimit bounds a copy; the clipboard has shorter ones of its own.
const clipboardLimit = 15 * time.Second

// copyDeeds are those of a screen that is about one secret, and that the App does:
// to copy and to export it. why says why it has no value.
func copyDeeds(why string) []Deed {
	return []Deed{{ID: keymap.CopyName, Quiet: true}, {ID: keymap.CopyValue, Not: why, Quiet: true}, {ID: keymap.Export, Not: why, Quiet: true}}
}

// copies copies the name or the value of what the screen on top is about. A
// value is read anew: the one that is shown may be older, and whether it may be
// read is for the control plane to say.
func (a App) copies(id keymap.ID) (App, tea.Cmd) {
	n, is := a.stack[len(a.stack)-1].(ofOne)
	if !is {
		return a, nil
	}
	row, is := n.one()
	switch {
	case !is:
		return a, nil
	case a.config.Clipboard == nil:
		a.message = refused("There is no clipboard here. Nothing was copied.")
		return a, nil
	case a.copy.putting != nil || a.copy.taking != nil:
		a.message = noted("The clipboard does not answer yet. Try again in a moment.")
		return a, nil
	}
	a.copy.reading.stop()
	a.copy.reading = nil
	a.copy.name, a.copy.secret = model.Visible(row.Secret.Ref.Name), id == keymap.CopyValue
	if !a.copy.secret {
		return a.putIn(model.NewValue([]byte(row.Secret.Ref.Name)))
	}
	var run tea.Cmd
	a.copy.of = a.session()
	a.copy.reading, run = readSecret(a.copy.of, a.frame(), row.Secret.Ref)
	return a, run
}

// unread stops the read of a value whose control plane was left: it is wanted no
// more, and neither it nor an error of it belongs to the next.
func (a App) unread() App {
	if a.copy.reading == nil || slices.ContainsFunc(a.stack, func(s Screen) bool { h, is := s.(host); return is && h.session() == a.copy.of }) {
		return a
	}
	a.copy.reading.stop()
	a.copy.reading = nil
	return a
}

// putIn puts a text into the clipboard and wipes it. That is not stopped by
// leaving, which waits for it: what is there and not known to be is never taken
// away.
func (a App) putIn(text model.Value) (App, tea.Cmd) {
	to, secret := a.config.Clipboard, a.copy.secret
	var run tea.Cmd
	a.copy.putting, run = commit(a.link().base(), a.frame(), clipboardLimit, func(ctx context.Context) (putThere, error) {
		defer text.Wipe()
		done, err := to.Copy(ctx, text, secret)
		return putThere{done}, err
	})
	return a, run
}

// takeOut takes a value out of the clipboard that was copied from here.
func (a App) takeOut() (App, tea.Cmd) {
	a.copy.reading.stop()
	a.copy.reading = nil
	if a.copy.putting != nil {
		a.copy.drop = a.copy.secret
		return a, nil
	}
	if a.copy.until.IsZero() || a.copy.taking != nil {
		return a, nil
	}
	from := a.config.Clipboard
	var run tea.Cmd
	a.copy.taking, run = commit(a.link().base(), a.frame(), clipboardLimit, func(ctx context.Context) (takenOut, error) {
		what, err := from.Clear(ctx)
		return takenOut{what}, err
	})
	return a, run
}

// lending gives the command of a result. Before the console stands still the
// clipboard is cleared, as that could not be done in time.
func (a App) lending(r Result) (App, []tea.Cmd) {
	if !r.Lends {
		return a, []tea.Cmd{r.Run}
	}
	a, cleared := a.takeOut()
	if cleared == nil {
		return a, []tea.Cmd{r.Run}
	}
	return a, []tea.Cmd{tea.Sequence(cleared, r.Run)}
}

// copied takes the answers that are about the clipboard; is tells whether the
// message was one.
func (a App) copied(msg tea.Msg) (next App, run tea.Cmd, is bool) {
	switch msg := msg.(type) {
	case answer[held]:
		if msg.to != a.copy.reading {
			return a, nil, false
		}
		a.copy.reading = nil
		if msg.err != nil {
			a.message = explain(msg.err, a.copy.of)
			return a, nil, true
		}
		msg.value.wipeRest()
		next, run = a.putIn(msg.value.Value)
		return next, run, true
	case answer[putThere]:
		next, run = a.isIn(msg)
		return next, run, true
	case answer[takenOut]:
		return a.isOut(msg), nil, true
	}
	return a, nil, false
}

// isIn says where a text is now, and how long a value stays there. What failed
// may have got there all the same.
func (a App) isIn(msg answer[putThere]) (App, tea.Cmd) {
	next := a.says(a.copy.words(msg))
	next.copy.putting = nil
	if !next.copy.secret && msg.err == nil {
		next.copy.until, next.copy.pause = time.Time{}, 0 // the name is where a value may have been
	}
	if next.copy.secret && (msg.err == nil || next.copy.until.IsZero()) {
		next.copy.until, next.copy.pause = next.now.Add(next.copyFor()), 0
	}
	if next.copy.secret && msg.err == nil {
		next.copy.said = next.message.Text
	}
	if next.copy.drop {
		next.copy.drop = false
		return next.takeOut()
	}
	return next.counted(), nil
}

func (a App) says(m Message) App {
	a.message = m
	return a
}

// words say what came of a copy.
func (c copying) words(msg answer[putThere]) Message {
	switch {
	case msg.err != nil:
		return refused(c.name + " " + msg.err.Error())
	case c.secret:
		return done("Value of " + c.name + " " + msg.value.done + ".")
	}
	return done("Name " + c.name + " " + msg.value.done + ".")
}

// The pauses after a clearing that failed: they grow.
const (
	clearAgain    = 5 * time.Second
	clearAgainMax = 5 * time.Minute
)

// isOut says what became of the value. What failed is tried again, and said again
// only where nothing else is.
func (a App) isOut(msg answer[takenOut]) App {
	failed := msg.value.what == NotCleared || msg.err != nil
	text, was := msg.value.what.Words(msg.err), a.copy.pause
	a.copy.taking, a.copy.until, a.copy.pause = nil, time.Time{}, 0
	if a.locked {
		a.copy.swept = text
	}
	if free := a.message == (Message{}) || a.message.Text == a.copy.said; text != "" && (free || failed && was == 0) {
		a.message = done(text)
		if failed {
			a.message = refused(text)
		}
	}
	a.copy.said = ""
	if failed {
		a.copy.pause = min(max(2*was, clearAgain), clearAgainMax)
		a.copy.until, a.copy.said = a.now.Add(a.copy.pause), text
	}
	return a
}

// copyFor is how long a value stays in the clipboard.
func (a App) copyFor() time.Duration {
	if a.config.CopyFor > 0 {
		return a.config.CopyFor
	}
	return copyFor
}

// counted counts down beside the message that a value is in the clipboard.
func (a App) counted() App {
	if a.copy.said != "" && a.message.Text == a.copy.said && !a.copy.until.IsZero() {
		left := max(a.copy.until.Sub(a.now).Round(time.Second), 0)
		a.message.Right = "cleared in " + left.String()
		if a.copy.pause > 0 {
			a.message.Right = "again in " + left.String()
		}
	}
	return a
}

// expired takes a value out of the clipboard whose time is over.
func (a App) expired() (App, tea.Cmd) {
	if a.copy.until.IsZero() || a.now.Before(a.copy.until) {
		return a.counted(), nil
	}
	return a.takeOut()
}
