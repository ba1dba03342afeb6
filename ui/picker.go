package ui

import (
	"context"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
)

// picker lists the control planes that could be connected. Connecting never
// blocks it: each line shows how far its own attempt is.
type picker struct {
	linker   linker
	mesh     string
	reading  *request
	read     bool
	entries  []backend.Entry
	warnings []string
	links    map[string]link // by Entry.Key; replaced, never edited
	chosen   string          // Entry.Key of the line at the bar
	text     string
	line     field
	typing_  bool
}

// link is how far the connection of one entry is.
type link struct {
	attempt *request
	session *session
	err     error
}

// listing is what the configuration files say.
type listing struct {
	entries  []backend.Entry
	warnings []string
}

func newPicker(l linker, mesh string) picker { return picker{linker: l, mesh: mesh} }

func (p picker) typing() bool { return p.typing_ }

func (p picker) close() {
	p.reading.stop()
	for _, l := range p.links {
		l.attempt.stop()
		if l.session != nil {
			l.session.end()
		}
	}
}

// with gives the picker with another state of one entry.
func (p picker) with(key string, l link) picker {
	links := maps.Clone(p.links)
	if links == nil {
		links = map[string]link{}
	}
	links[key] = l
	p.links = links
	return p
}

func (p picker) start(f Frame) (picker, tea.Cmd) {
	p.reading.stop()
	directory := p.linker.directory
	var run tea.Cmd
	p.reading, run = ask(p.linker.base(), f, readLimit, func(ctx context.Context) (listing, error) {
		entries, warnings := directory.Entries(ctx)
		return listing{entries, warnings}, nil
	})
	return p, run
}

// Deeds are those of the line at the bar.
func (p picker) Deeds(Frame) []Deed {
	if p.typing_ {
		return []Deed{{ID: keymap.Keep}, {ID: keymap.ClearFilter}}
	}
	var deeds []Deed
	back := Deed{ID: keymap.Back, Word: "quit"}
	if e, ok := p.entry(); ok {
		word := "connect"
		switch l := p.links[e.Key()]; {
		case l.session != nil:
			word = "open"
		case l.attempt != nil:
			word = "open at once"
		}
		deeds = append(deeds, Deed{ID: keymap.Open, Word: word})
	}
	deeds = append(deeds, Deed{ID: keymap.Filter}, Deed{ID: keymap.Reload, Word: "read the files again"})
	deeds = append(deeds, moves()...)
	return append(append(deeds, back), standing("")...)
}

// Do does one of them.
func (p picker) Do(f Frame, press Press) (Screen, Result) {
	if isMove(press.ID) {
		return p.move(f, press.ID), Result{}
	}
	switch press.ID {
	case keymap.Open:
		return p.open(f)
	case keymap.Reload:
		p, run := p.start(f)
		return p, Result{Run: run}
	case keymap.Filter:
		p.line, p.typing_ = newField(p.text, 80), true
	case keymap.Keep:
		p.typing_ = false
	case keymap.ClearFilter:
		p.typing_, p.text = false, ""
	case keymap.Back:
		return p.back(press)
	}
	return p, Result{}
}

// back stops the attempt at the bar, then clears the filter; q quits.
func (p picker) back(press Press) (Screen, Result) {
	if press.Key == "q" {
		return p, Result{Quit: true}
	}
	if e, ok := p.underWay(); ok {
		p.links[e.Key()].attempt.stop()
		return p.with(e.Key(), link{}), Result{Say: Message{Text: "Stopped connecting to " + visibleName(e) + "."}}
	}
	p.text = ""
	return p, Result{}
}

// underWay is the attempt that esc stops: the one at the bar, else the first.
func (p picker) underWay() (backend.Entry, bool) {
	if e, ok := p.entry(); ok && p.links[e.Key()].attempt != nil {
		return e, true
	}
	for _, e := range p.entries {
		if p.links[e.Key()].attempt != nil && !e.Inside {
			return e, true
		}
	}
	return backend.Entry{}, false
}

// open connects; a line that is connected, or connecting, is entered.
func (p picker) open(f Frame) (Screen, Result) {
	e, ok := p.entry()
	if !ok {
		return p, Result{}
	}
	l := p.links[e.Key()]
	switch {
	case l.session != nil:
		b := newBrowse(l.session, meshFor(p.mesh, e), false)
		b.entry = e
		b, run := b.afresh(f)
		return p, Result{Open: b, Run: run}
	case l.attempt != nil:
		return p, Result{Open: newConnecting(p.linker, e, l.attempt, meshFor(p.mesh, e), false)}
	}
	attempt, run := p.linker.connect(f, e)
	return p.with(e.Key(), link{attempt: attempt}), Result{Run: run}
}

func (p picker) move(f Frame, id keymap.ID) picker {
	shown := p.shown()
	if len(shown) == 0 {
		return p
	}
	p.chosen = shown[moved(id, p.index(shown), f.Height/2, len(shown))].Key()
	return p
}

// shown are the entries that match the filter, in the order of the groups.
func (p picker) shown() []backend.Entry {
	return slices.DeleteFunc(slices.Clone(p.entries), func(e backend.Entry) bool { return !matchesEntry(p.text, e) })
}

func (p picker) index(shown []backend.Entry) int {
	return max(slices.IndexFunc(shown, func(e backend.Entry) bool { return e.Key() == p.chosen }), 0)
}

func (p picker) entry() (backend.Entry, bool) {
	shown := p.shown()
	if len(shown) == 0 {
		return backend.Entry{}, false
	}
	return shown[p.index(shown)], true
}

// Update takes the files' entries and the ends of attempts.
func (p picker) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case begin:
		p, run := p.start(f)
		return p, Result{Run: run}
	case answer[listing]:
		if msg.to != p.reading {
			return p, Result{}
		}
		return p.listed(f, msg.value)
	case answer[linked]:
		return p.took(msg.value)
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.typing_ {
			p.line = p.line.update(msg)
			p.text = p.line.text()
		}
	}
	return p, Result{}
}

// listed shows the entries. What is inside this program is connected at once;
// nothing else is asked before somebody chooses it.
func (p picker) listed(f Frame, l listing) (Screen, Result) {
	p.reading, p.read = nil, true
	p.entries, p.warnings = l.entries, l.warnings
	if p.chosen == "" {
		for _, e := range p.entries {
			if e.Current {
				p.chosen = e.Key()
			}
		}
	}
	var runs []tea.Cmd
	for _, e := range p.entries {
		if _, known := p.links[e.Key()]; e.Inside && !known {
			attempt, run := p.linker.connect(f, e)
			p = p.with(e.Key(), link{attempt: attempt})
			runs = append(runs, run)
		}
	}
	return p, Result{Run: tea.Batch(runs...)}
}

func (p picker) took(l linked) (Screen, Result) {
	asked := p.links[l.key].attempt != nil
	p = p.with(l.key, link{session: l.session, err: l.err})
	e, ok := p.entry()
	if !ok || e.Key() != l.key || !asked || e.Inside {
		return p, Result{}
	}
	if l.err == nil {
		return p, Result{Say: done(visibleName(e) + " answers: enter opens it.")}
	}
	return p, Result{}
}
