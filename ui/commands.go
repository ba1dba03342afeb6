package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// commands is the command line: every action of the screen below by its name,
// and where that screen can go to them every mesh and secret by its own.
type commands struct {
	all   []keymap.Action
	rest  []keymap.Action      // those that are not done on that screen, or not now
	why   map[keymap.ID]string // why some of them are not, whatever the screen
	wrong func(Press) string   // why a word that was typed cannot be taken; nil when nobody can tell
	names names
	line  field
	at    int
}

// critic is a screen that can tell that a word after a command is wrong before it
// is done.
type critic interface{ wrong(p Press) string }

func newCommands(below Screen, deeds []Deed, keys keymap.Map, withheld func(keymap.Action) string) commands {
	c := commands{line: newField("", commandLimit), names: namesFor(below, deeds), why: map[keymap.ID]string{}}
	if w, is := below.(critic); is {
		c.wrong = w.wrong
	}
	for _, a := range keys.All() {
		if a.What == "" {
			continue
		}
		if slices.ContainsFunc(deeds, func(d Deed) bool { return d.ID == a.ID }) {
			c.all = append(c.all, a)
		} else {
			c.rest = append(c.rest, a)
			if why := withheld(a); why != "" {
				c.why[a.ID] = why
			}
		}
	}
	if quit := keys.Get(keymap.Quit); quit.What != "" {
		c.all = append(c.all, quit)
	}
	return c
}

func (c commands) typing() bool { return true }

// Deeds choose and run; letters are text.
func (c commands) Deeds(Frame) []Deed {
	return []Deed{{ID: keymap.Down, Quiet: true}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept, Word: "run"}, {ID: keymap.Complete}, {ID: keymap.Leave, Word: "back", Pin: true}}
}

// matches are the actions whose name begins with what was typed, then those
// that hold it anywhere; where there are none, those that have its letters in
// this order. Once there is a blank after the name of one that takes a word, it
// is that one alone.
func (c commands) matches() []keymap.Action {
	typed := strings.ToLower(strings.TrimSpace(c.line.text()))
	var ranks [3][]keymap.Action
	for _, a := range c.all {
		name := strings.ToLower(string(a.ID))
		switch {
		case c.isVerb(a):
			return []keymap.Action{a}
		case strings.HasPrefix(name, typed):
			ranks[0] = append(ranks[0], a)
		case strings.Contains(name, typed):
			ranks[1] = append(ranks[1], a)
		case model.HasLetters(typed, name):
			ranks[2] = append(ranks[2], a)
		}
	}
	if close := append(ranks[0], ranks[1]...); len(close) > 0 {
		return close
	}
	return ranks[2]
}

// isVerb tells whether an action was typed to its end, so that its word follows.
func (c commands) isVerb(a keymap.Action) bool {
	return a.Takes && strings.HasPrefix(strings.ToLower(strings.TrimLeft(c.line.text(), " ")), a.Verb()+" ")
}

// hit is one line to choose: an action, or what bears a name.
type hit struct {
	keymap.Action
	named
}

// hits are the actions that match, then the names, unless the word of an action
// is being typed.
func (c commands) hits() []hit {
	var out []hit
	for _, a := range c.matches() {
		if c.isVerb(a) {
			return []hit{{Action: a}}
		}
		out = append(out, hit{Action: a})
	}
	for _, n := range c.names.found {
		out = append(out, hit{named: n})
	}
	return out
}

// word is what was typed after the name of an action that takes a word, "" when
// there is none.
func (c commands) word(a keymap.Action) string {
	verb, word, _ := strings.Cut(strings.TrimSpace(c.line.text()), " ")
	if !a.Takes || strings.ToLower(verb) != a.Verb() {
		return ""
	}
	return strings.TrimSpace(word)
}

// Do chooses, completes, runs or goes back.
func (c commands) Do(_ Frame, p Press) (Screen, Result) {
	hits := c.hits()
	switch p.ID {
	case keymap.Down, keymap.Up:
		c.at = moved(p.ID, c.at, len(hits), len(hits))
	case keymap.Complete:
		if len(hits) > 0 {
			c.line, c.at = newField(hits[min(c.at, len(hits)-1)].completed(), commandLimit), 0
			c.names = c.names.seek(c.line.text())
		}
	case keymap.Leave:
		return c, Result{Close: true}
	case keymap.Accept:
		if len(hits) == 0 {
			return c, Result{Say: Message{Text: c.noMatch()}}
		}
		run := hits[min(c.at, len(hits)-1)]
		word := c.word(run.Action)
		press := Press{ID: run.ID, Word: word}
		switch {
		case run.is():
			return c, Result{Close: true, Then: run.press()}
		case run.ID == keymap.Quit:
			return c, Result{Quit: true}
		case run.Takes && word == "":
			c.line, c.at = newField(run.completed(), commandLimit), 0
			return c, Result{Say: Message{Text: "Type the word after " + run.Verb() + ": " + run.What + "."}}
		}
		if c.wrong != nil && c.wrong(press) != "" {
			return c, Result{Say: noted(c.wrong(press))}
		}
		return c, Result{Close: true, Then: &press}
	}
	return c, Result{}
}

// commandLimit bounds what is typed: a command, and after it two names of the
// longest kind.
const commandLimit = 600

// completed is the name of an action as it is typed, with the blank before the
// word that it takes; of a name it is what goes there.
func (h hit) completed() string {
	switch {
	case h.is():
		return h.typed()
	case h.Takes:
		return h.Verb() + " "
	}
	return string(h.ID)
}

func (c commands) noMatch() string {
	typed := strings.ToLower(strings.TrimSpace(c.line.text()))
	if why := c.why[keymap.ID(typed)]; why != "" {
		return why
	}
	if slices.ContainsFunc(c.rest, func(a keymap.Action) bool { return string(a.ID) == typed }) {
		return "\"" + typed + "\" is a command, but nothing here can be done with it. Press esc, and go to what it is about."
	}
	return fmt.Sprintf("No command is called \"%s\". Keep typing to search, or press esc.", model.Visible(c.line.text()))
}

// Update takes what is typed; the bar goes back to the best match.
func (c commands) Update(_ Frame, msg tea.Msg) (Screen, Result) {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		c.line, c.at = c.line.update(msg), 0
		c.names = c.names.seek(c.line.text())
	}
	return c, Result{}
}

// View is drawn as a box.
func (c commands) View(Frame) View { return View{} }

func (c commands) box(f Frame) Box {
	wide := min(78, f.Width)
	hits := c.hits()
	text, at := c.line.line(wide - 10)
	lines := []Line{blank(), {{Plain, "   "}, {Accent, ":"}, {Plain, " "}, text}, blank()}
	room := max(f.Whole-12, 3)
	chosen := min(c.at, max(len(hits)-1, 0))
	top := window{}.follow(chosen, room, len(hits)).top
	for i := top; i < min(top+room, len(hits)); i++ {
		mark := Span{Plain, " "}
		if i == chosen {
			mark = Span{Accent, "▌"}
		}
		lines = append(lines, append(Line{{Plain, " "}, mark, {Plain, " "}}, hits[i].drawn(wide)...))
	}
	if len(hits) == 0 {
		for _, part := range wrap(c.noMatch(), wide-8) {
			lines = append(lines, say(Plain, "   "+part))
		}
	}
	return Box{Title: "Commands", Right: c.counts(hits), Wide: wide,
		Lines: append(lines, blank()), Cursor: &Point{X: 5 + at, Y: 1}}
}

// counts says how many actions match, and how many names.
func (c commands) counts(hits []hit) string {
	actions := 0
	for _, h := range hits {
		if !h.is() {
			actions++
		}
	}
	text := fmt.Sprintf("%d of %d", actions, len(c.all))
	if names := len(hits) - actions; names > 0 {
		text += ", " + model.CountWord(names+c.names.more) + " by name"
	}
	return text
}

// drawn is the line without its bar.
func (h hit) drawn(wide int) Line {
	if h.is() {
		return h.named.drawn(wide)
	}
	line := Line{{Plain, pad(string(h.ID), 16)}, {Accent, pad(h.Label(), 9)}}
	if wide >= 60 {
		line = append(line, Span{Plain, shorten(h.What, wide-32)})
	}
	return line
}
