package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// confirmWidth is the outer width of a confirm's box.
const confirmWidth = 76

// confirmText gathers what a confirm says above its choice or field.
type confirmText struct {
	to     *session
	narrow bool
	height int
	fits   int // how many lines the dialog has room for
	inner  int
	room   int      // cells for text, its indent left out
	laid   *wrapped // nil where texts are short
	lines  []Line
}

func newConfirmText(s *session, f Frame) *confirmText {
	t := &confirmText{to: s, narrow: f.Width < narrowDialog, height: f.Whole - 2, fits: f.Whole - chrome - 2, inner: confirmWidth - 2, room: confirmWidth - 8}
	if t.narrow {
		t.height, t.fits, t.inner, t.room = f.Height-1, f.Height-1, f.Width, f.Width-4
	}
	t.lines = append(t.lines, blank())
	return t
}

// text adds a paragraph and a blank line after it.
func (t *confirmText) text(text string) {
	if text == "" {
		return
	}
	t.indented(text, 3)
	t.lines = append(t.lines, blank())
}

// marked adds a paragraph behind a mark, and a blank line after it.
func (t *confirmText) marked(mark Span, text string) {
	for i, part := range wrap(text, t.room) {
		head := Line{{Plain, "   "}}
		if i == 0 {
			head = Line{{Plain, " "}, mark, {Plain, " "}}
		}
		t.lines = append(t.lines, append(head, Span{Plain, part}))
	}
	t.lines = append(t.lines, blank())
}

func (t *confirmText) indented(text string, indent int) {
	for _, part := range t.laid.wrap(text, t.room-indent+3) {
		t.lines = append(t.lines, say(Plain, strings.Repeat(" ", indent)+part))
	}
}

// effects adds a title and indented sentences.
func (t *confirmText) effects(title string, sentences []string) {
	if len(sentences) == 0 {
		return
	}
	t.lines = append(t.lines, say(Title, "   "+title))
	for _, s := range sentences {
		t.indented(s, 5)
	}
	t.lines = append(t.lines, blank())
}

// tried says what the server would say to a change, as far as that is worth
// saying.
func (t *confirmText) tried(trial backend.Trial) {
	switch trial.Outcome {
	case backend.Refused:
		t.marked(failedMark, "Tried out on the server, it is refused. "+trial.Why)
	case backend.Warned:
		t.marked(look, trial.Why)
	case backend.Accepted:
	}
}

// head says which secret it is about and who uses it.
func (t *confirmText) head(c model.Change, f Frame) {
	mark, text := headline(c, t.place(c.Ref()), f.Now)
	if t.narrow {
		mark, text = headline(c, "", f.Now)
	}
	for i, part := range wrap(text, t.room) {
		if i > 0 {
			mark = unmarked
		}
		t.lines = append(t.lines, Line{{Plain, " "}, mark, {Plain, " " + part}})
	}
	t.lines = append(t.lines, blank())
}

// place is "mesh payments on demo".
func (t *confirmText) place(ref model.Ref) string {
	if ref.Global() {
		return "global on " + model.Visible(t.to.entry.Name)
	}
	return "mesh " + model.Visible(ref.Mesh) + " on " + model.Visible(t.to.entry.Name)
}

// headline is the first line of a confirm, after where the secret is.
func headline(c model.Change, place string, now time.Time) (Span, string) {
	join := func(text string) string {
		if place == "" {
			return text
		}
		return place + "; " + text
	}
	if c.System && place != "" {
		place = "system secret of " + place
	}
	facts := c.Before.Secret.Facts
	if c.Verb == model.Create {
		facts = c.After.Secret.Facts
	}
	switch {
	case c.System && len(c.Users) == 0:
		info, _ := model.ClassifySystem(c.Before.Secret)
		if info.Kind != "" && info.Serial >= 0 {
			return Span{SystemMark, "◆"}, join(fmt.Sprintf("%s, serial %d", info.Kind, info.Serial))
		}
		return Span{SystemMark, "◆"}, join("a system secret, " + kindLine(facts, now))
	case c.InUse():
		return markSpan(model.InUse), join("in use by " + usersWords(c.Users))
	case len(c.Users) > 0:
		return markSpan(model.Referenced), join("referenced by " + usersWords(c.Users))
	}
	return unmarked, join(kindLine(facts, now))
}

// usersWords names the first of those who refer to a secret, and counts the
// others.
func usersWords(users []model.Reference) string {
	u := users[0]
	text := u.User()
	if u.OfBackend() {
		text = "mTLS backend " + model.Visible(u.By)
	}
	if u.Role != "" {
		text += " as " + model.Visible(u.Role)
	}
	if more := len(users) - 1; more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// kindLine is kind, expiry and size: "CA cert, expired 12 days ago, 660 bytes".
func kindLine(f model.Facts, now time.Time) string {
	if !f.Learnt() {
		return "facts are not read yet"
	}
	parts := []string{f.Kind.String()}
	switch word, _ := model.ExpiryWord(f.NotBefore, f.NotAfter, now); word {
	case "":
	case "expired":
		parts = append(parts, "expired "+agoWords(now.Sub(f.NotAfter))+" ago")
	case "not yet":
		parts = append(parts, "not valid yet")
	default:
		parts = append(parts, "expires "+word)
	}
	return strings.Join(append(parts, model.BytesWord(f.Size)), ", ")
}

// agoWords is an age within a sentence: "12 days".
func agoWords(d time.Duration) string {
	switch {
	case d >= 24*time.Hour:
		return plural(int(d/(24*time.Hour)), "day", "days")
	case d >= time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	case d >= time.Minute:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	}
	return shortSeconds(max(d, 0))
}

// box is the dialog: the text, then the choice or the field.
func (t *confirmText) box(title string, ref model.Ref, ask consent) Box {
	lines, cursor := ask.lines(t.inner)
	t.squeeze(t.height - len(lines) - 1)
	b := Box{Title: title, Wide: confirmWidth}
	if t.squeeze(t.fits - len(lines)); ask.typed() {
		b.unread = t.page(ask.past, t.fits-len(lines))
	}
	if b.unread == 0 {
		if cursor != nil {
			cursor.Y += len(t.lines)
		}
		b.Lines, b.Cursor = append(append(t.lines, lines...), blank()), cursor
	} else {
		b.Lines = t.lines
	}
	if t.narrow {
		b.Right = model.Visible(ref.MeshWord()) + " on " + model.Visible(t.to.entry.Name)
	}
	return b
}

// page keeps of a text that is too long what is read now, and tells how many lines
// are read on from there: a name is typed once all was. room is what the field
// leaves.
func (t *confirmText) page(past, room int) (unread int) {
	end := len(t.lines) - room
	if end <= 0 {
		return 0
	}
	if past >= end {
		t.lines = t.lines[end:]
		return 0
	}
	shown := max(t.fits-1, 1)
	left := max(len(t.lines)-past-shown, 1)
	t.lines = append(slices.Clone(t.lines[past:min(past+shown, len(t.lines))]), say(Muted, "   … "+plural(left, "line", "lines")+" more; enter reads on"))
	return shown
}

// squeeze takes blank lines away until the text has h lines, so that in a low
// window less of it scrolls out of sight.
func (t *confirmText) squeeze(h int) {
	for i := 0; i < len(t.lines) && len(t.lines) > h; {
		if len(t.lines[i]) == 0 {
			t.lines = append(t.lines[:i:i], t.lines[i+1:]...)
			continue
		}
		i++
	}
}
