package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// commands is the command line: every action of the screen below by its name.
type commands struct {
	all  []keymap.Action
	rest []keymap.Action // those that are not done on that screen, or not now
	line field
	at   int
}

func newCommands(deeds []Deed, keys keymap.Map) commands {
	c := commands{line: newField("", commandLimit)}
	for _, a := range keys.All() {
		if a.What == "" {
			continue
		}
		if slices.ContainsFunc(deeds, func(d Deed) bool { return d.ID == a.ID }) {
			c.all = append(c.all, a)
		} else {
			c.rest = append(c.rest, a)
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
// that hold it anywhere; once there is a blank after the name of one that takes
// a word, that one alone. A slip of the keys finds nothing: what runs has been read.
func (c commands) matches() []keymap.Action {
	typed := strings.ToLower(strings.TrimSpace(c.line.text()))
	var ranks [2][]keymap.Action
	for _, a := range c.all {
		name := strings.ToLower(string(a.ID))
		switch {
		case a.Takes && strings.HasPrefix(strings.ToLower(strings.TrimLeft(c.line.text(), " ")), a.Verb()+" "):
			return []keymap.Action{a}
		case strings.HasPrefix(name, typed):
			ranks[0] = append(ranks[0], a)
		case strings.Contains(name, typed):
			ranks[1] = append(ranks[1], a)
		}
	}
	return append(ranks[0], ranks[1]...)
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
	hits := c.matches()
	switch p.ID {
	case keymap.Down, keymap.Up:
		c.at = moved(p.ID, c.at, len(hits), len(hits))
	case keymap.Complete:
		if len(hits) > 0 {
			c.line = newField(completed(hits[min(c.at, len(hits)-1)]), commandLimit)
		}
	case keymap.Leave:
		return c, Result{Close: true}
	case keymap.Accept:
		if len(hits) == 0 {
			return c, Result{Say: Message{Text: c.noMatch()}}
		}
		run := hits[min(c.at, len(hits)-1)]
		word := c.word(run)
		switch {
		case run.ID == keymap.Quit:
			return c, Result{Quit: true}
		case run.Takes && word == "":
			c.line, c.at = newField(completed(run), commandLimit), 0
			return c, Result{Say: Message{Text: "Type the word after " + run.Verb() + ": " + run.What + "."}}
		}
		return c, Result{Close: true, Then: &Press{ID: run.ID, Word: word}}
	}
	return c, Result{}
}

// commandLimit bounds what is typed: a command, and after it two names of the
// longest kind.
const commandLimit = 600

// completed is the name of an action as it is typed, with the blank before the
// word that it takes.
func completed(a keymap.Action) string {
	if a.Takes {
		return a.Verb() + " "
	}
	return string(a.ID)
}

func (c commands) noMatch() string {
	typed := strings.ToLower(strings.TrimSpace(c.line.text()))
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
	}
	return c, Result{}
}

// View is drawn as a box.
func (c commands) View(Frame) View { return View{} }

func (c commands) box(f Frame) Box {
	wide := min(78, f.Width)
	hits := c.matches()
	text, at := c.line.line(wide - 10)
	lines := []Line{blank(), {{Plain, "   "}, {Accent, ":"}, {Plain, " "}, text}, blank()}
	room := max(f.Whole-12, 3)
	chosen := min(c.at, max(len(hits)-1, 0))
	top := window{}.follow(chosen, room, len(hits)).top
	for i := top; i < min(top+room, len(hits)); i++ {
		a := hits[i]
		mark := Span{Plain, " "}
		if i == chosen {
			mark = Span{Accent, "▌"}
		}
		line := Line{{Plain, " "}, mark, {Plain, " "}, {Plain, pad(string(a.ID), 16)}, {Accent, pad(a.Label(), 9)}}
		if wide >= 60 {
			line = append(line, Span{Plain, shorten(a.What, wide-32)})
		}
		lines = append(lines, line)
	}
	if len(hits) == 0 {
		for _, part := range wrap(c.noMatch(), wide-8) {
			lines = append(lines, say(Plain, "   "+part))
		}
	}
	return Box{Title: "Commands", Right: fmt.Sprintf("%d of %d", len(hits), len(c.all)), Wide: wide,
		Lines: append(lines, blank()), Cursor: &Point{X: 5 + at, Y: 1}}
}
