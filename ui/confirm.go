package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// consent is what a change waits for before it is made: nothing, a choice, or
// phrases that are typed. Forms, delete and reassign draw it in different
// places; what is asked is decided in consentTo alone.
type consent struct {
	kind      model.Confirmation
	phrase    string
	protected string // the control plane's name when it is protected
	verb      model.Verb
	undo      bool // what it does is that a change is taken back
	many      bool // several secrets are deleted by it
	unlocked  bool // what is typed before the phrase was typed
	line      field
	yes       bool // the bar of a choice is on the line that does it
	past      int  // how many lines of the text above a field were read, where not all have room
}

// consentTo tells what a change asks for before it is made. It is the one
// place where a screen learns that.
func consentTo(s *session, c model.Change) consent {
	protected := s.gate.Protected()
	out := consent{
		kind:   c.Confirmation(protected),
		phrase: model.Visible(c.Phrase(s.entry.Name, protected)),
		verb:   c.Verb,
		line:   newField("", phraseLimit),
	}
	if protected {
		out.protected = model.Visible(s.entry.Name)
	}
	return out
}

// phraseLimit bounds what is typed: two names, a mesh and blanks.
const phraseLimit = 1000

// outcome is what a key made of a consent.
type outcome uint8

const (
	undecided outcome = iota
	agreed
	declined
)

func (c consent) typed() bool { return c.kind == model.TypeName || c.kind.First() != "" }

// words are what is done, and what is done instead.
func (c consent) words() (act, keep string) {
	if c.undo {
		return "undo", "leave it as it is"
	}
	switch c.verb {
	case model.Delete:
		if c.many {
			return "delete", "keep them"
		}
		return "delete", "keep it"
	case model.Reassign:
		return "reassign", "stop"
	case model.Create, model.Edit:
	}
	return "save", "go on editing"
}

// want is the phrase that is to be typed now.
func (c consent) want() string {
	if first := c.kind.First(); first != "" && !c.unlocked {
		return first
	}
	return c.phrase
}

func (c consent) deeds(f Frame) []Deed {
	act, keep := c.words()
	if !c.typed() {
		return []Deed{
			{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept},
			{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Word: keep, Pin: true}, {ID: keymap.Help, Pin: true},
		}
	}
	what := "the name is"
	switch {
	case c.want() != c.phrase:
		act, what = "go on", "it is"
	case c.many:
		what = "it is"
	case c.protected != "" || c.verb == model.Reassign:
		what = "all is"
	}
	if f.Width < narrowDialog {
		what = ""
	}
	word := strings.Join(strings.Fields(act+", once "+what+" typed"), " ")
	return []Deed{{ID: keymap.Accept, Word: word}, {ID: keymap.Redraw, Quiet: true}, {ID: keymap.Leave, Word: keep, Pin: true}}
}

// readingOn are the deeds while not all of the text above a field was in sight.
func readingOn(keep string) []Deed {
	return []Deed{{ID: keymap.Accept, Word: "read on"}, {ID: keymap.Redraw, Quiet: true}, {ID: keymap.Leave, Word: keep, Pin: true}}
}

// do takes a deed of the consent. A phrase counts once it is whole.
func (c consent) do(p Press) (consent, outcome, Message) {
	switch p.ID {
	case keymap.Down:
		c.yes = true
	case keymap.Up:
		c.yes = false
	case keymap.Back, keymap.Leave:
		return c, declined, Message{}
	case keymap.Accept:
		return c.accept()
	}
	return c, undecided, Message{}
}

func (c consent) accept() (consent, outcome, Message) {
	switch {
	case !c.typed() && c.yes:
		return c, agreed, Message{}
	case !c.typed():
		return c, declined, Message{}
	case c.line.text() == c.want() && c.want() == c.phrase:
		return c, agreed, Message{}
	case c.line.text() == c.want():
		c.unlocked, c.line = true, newField("", phraseLimit)
		return c, undecided, Message{}
	case c.want() != c.phrase:
		return c, undecided, Message{Text: "The phrase is not typed yet: " + c.want()}
	}
	return c, undecided, Message{Text: "The name is not typed yet: " + c.want()}
}

// update takes what is typed.
func (c consent) update(msg tea.Msg) consent {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		if c.typed() {
			c.line = c.line.update(msg)
		}
	}
	return c
}

// lines draws the choice or the field, w cells wide; cursor is within them.
func (c consent) lines(w int) (lines []Line, cursor *Point) {
	act, keep := c.words()
	if !c.typed() {
		return choices([]choice{{word: keep}, {word: act + " it"}}, map[bool]int{true: 1}[c.yes], 0), nil
	}
	if c.unlocked {
		lines = append(lines, Line{{Plain, " ✓ " + c.kind.First()}}, blank())
	}
	if c.protected != "" && c.want() == c.phrase {
		lines = append(lines, say(Plain, "   "+c.protected+" is protected."))
	}
	end := "to " + act + " it."
	if c.many {
		end = "to " + act + " them."
	}
	if c.want() != c.phrase || c.verb == model.Reassign {
		end = "to go on."
	}
	lines = append(lines, typeLines(c.want(), end, w)...)
	text, at := c.line.line(w - 5)
	lines = append(lines, Line{{Plain, " "}, {Accent, "▌"}, {Plain, " "}, text})
	return lines, &Point{X: 3 + at, Y: len(lines) - 1}
}

// typeLines says what to type. The phrase is never cut: in a narrow window it
// has lines of its own.
func typeLines(phrase, end string, w int) []Line {
	if width(phrase)+width(end)+13 <= w {
		return []Line{{{Plain, "   Type  "}, {Typed, phrase}, {Plain, "  " + end}}}
	}
	lines := []Line{say(Plain, "   Type")}
	for rest := phrase; rest != ""; {
		n := min(max(w-6, 1), width(rest))
		lines = append(lines, Line{{Plain, "   "}, {Typed, cutText(rest, 0, n)}})
		rest = cutText(rest, n, width(rest))
	}
	return append(lines, say(Plain, "   "+end))
}

// retried is a message that names the key which tries again here.
func retried(m Message, key string) Message {
	m.Text = strings.ReplaceAll(m.Text, "ctrl+r", key)
	return m
}

// choice is a line of a list of what can be done now.
type choice struct{ word, what string }

// choices draws the list with the bar on one of them; words have room cells
// when something stands beside them.
func choices(all []choice, at, room int) []Line {
	lines := make([]Line, len(all))
	for i, c := range all {
		bar, role := Span{Plain, " "}, Plain
		if i == at {
			bar, role = Span{Accent, "▌"}, Selection
		}
		lines[i] = Line{{Plain, " "}, bar, {Plain, " "}, {role, pad(c.word, room)}}
		if c.what != "" {
			lines[i] = append(lines[i], Span{Plain, c.what})
		}
	}
	return lines
}

// token names one form, so that a dialog over it can tell that form its
// answer. Its address is its identity; it holds a byte because addresses of
// empty variables may be the same.
type token struct{ _ byte }

// approved tells a form that its change was agreed to.
type approved struct{ form *token }

// refusal says in a box why something cannot be done.
type refusal struct{ title, why string }

// Deeds go back.
func (r refusal) Deeds(Frame) []Deed {
	return []Deed{{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Pin: true}, {ID: keymap.Help, Pin: true}}
}

// Do goes back.
func (r refusal) Do(Frame, Press) (Screen, Result) { return r, Result{Close: true} }

// Update has nothing to take.
func (r refusal) Update(Frame, tea.Msg) (Screen, Result) { return r, Result{} }

// View is drawn as a box.
func (r refusal) View(Frame) View { return View{} }

func (r refusal) box(f Frame) Box {
	rep := &report{canvas{w: min(confirmWidth-4, f.Width)}}
	rep.gap()
	rep.hang(Span{Failure, "✗"}, r.why)
	rep.gap()
	return Box{Title: r.title, Wide: confirmWidth, Lines: rep.lines}
}
