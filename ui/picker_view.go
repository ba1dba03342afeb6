package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func visibleName(e backend.Entry) string { return model.Visible(e.Name) }

func matchesEntry(text string, e backend.Entry) bool {
	return model.ParseWords(text).Match(strings.ToLower(e.Name + " " + e.Address + " " + e.Group + " " + string(e.Environment)))
}

// View draws the list and, under it, what there is to say of the line at the
// bar.
func (p picker) View(f Frame) View {
	view := View{Lines: []Line{rule("Control planes", p.count(f), f.Width)}}
	if !p.read {
		view.Lines = append(view.Lines, blank(), say(Plain, "   Reading the configuration files."))
		return view
	}
	lower := p.lower(f)
	room := f.Height - 1 - len(lower)
	list, at := p.list(f)
	head := []Line{blank(), list[0]}
	list = scrollTo(list[1:], at, room-len(head))
	view.Lines = append(append(view.Lines, head...), list...)
	for len(view.Lines) < f.Height-len(lower) {
		view.Lines = append(view.Lines, blank())
	}
	view.Lines = append(view.Lines, lower...)
	view.Status = p.status(f)
	if p.typing_ {
		text, at := p.line.line(f.Width - 24)
		view.Status = Line{{Accent, "▌"}, {Plain, "/ "}, text}
		view.Right = fmt.Sprintf("%d of %d", len(p.shown()), len(p.entries))
		view.Cursor = &Point{X: 4 + at, Y: f.Height}
	}
	return view
}

func (p picker) count(f Frame) string {
	if f.Width < twoPanes {
		return fmt.Sprint(len(p.entries))
	}
	inside := 0
	for _, e := range p.entries {
		if e.Inside {
			inside++
		}
	}
	if inside == len(p.entries) {
		return fmt.Sprintf("%d built in", inside)
	}
	return fmt.Sprintf("%d from %s, %d built in", len(p.entries)-inside, p.sources(), inside)
}

// sources are where the control planes come from, in their order.
func (p picker) sources() string {
	var groups []string
	for _, e := range p.entries {
		if !e.Inside && !slices.Contains(groups, e.Group) {
			groups = append(groups, e.Group)
		}
	}
	return model.Visible(strings.Join(groups, " and "))
}

// list draws the header and the entries under their groups, and tells the line
// of the bar, counted without the header.
func (p picker) list(f Frame) ([]Line, int) {
	wide := f.Width >= twoPanes
	name, address := 18, 0
	if wide {
		address = max(f.Width-83, 20)
	}
	header := "   " + pad("NAME", name)
	if f.Width >= roomForEnvironment {
		header += pad("ENVIRONMENT", 13)
	}
	if wide {
		header += pad("ADDRESS", address)
	}
	if f.Width >= roomForMarks {
		header += pad("MARKS", 12)
	}
	lines := []Line{say(Muted, header+"STATE")}
	shown := p.shown()
	chosen, at, group := p.index(shown), 0, ""
	for i, e := range shown {
		if e.Group != group {
			if group != "" && wide {
				lines = append(lines, blank())
			}
			group = e.Group
			lines = append(lines, Line{{Plain, "   "}, {Muted, model.Visible(group)}})
		}
		mark, role := Span{Plain, " "}, Plain
		if i == chosen {
			mark, role, at = Span{Accent, "▌"}, Selection, len(lines)-1
		}
		line := Line{{Plain, " "}, mark, {Plain, "   "}, {role, pad(shortenMiddle(visibleName(e), name-3), name-2)}}
		if f.Width >= roomForEnvironment {
			line = append(line, Span{Plain, pad(environmentWord(e.Environment), 13)})
		}
		if wide {
			line = append(line, Span{Plain, pad(shorten(model.Visible(e.Address), address-2), address)})
		}
		if f.Width >= roomForMarks {
			line = append(line, p.marks(e))
		}
		state := p.state(f, e)
		room := f.Width - line.width() - 1
		lines = append(lines, append(line, state.shortened(max(room, 0))...))
	}
	if len(shown) == 0 {
		lines = append(lines, blank(), say(Plain, "   Nothing matches \""+model.Visible(p.text)+"\". esc clears the filter."))
	}
	return lines, at
}

// The widths under which the picker's columns give way.
const (
	roomForEnvironment = 70
	roomForMarks       = 56
)

func environmentWord(e backend.Environment) string {
	switch e {
	case backend.Universal:
		return "Universal"
	case backend.Kubernetes:
		return "Kubernetes"
	}
	return ""
}

// marks is what to know before connecting, the gravest alone: that the check of
// certificates is off goes for reading too.
func (p picker) marks(e backend.Entry) Span {
	switch {
	case e.Unverified:
		return Span{Warning, pad("unverified", 12)}
	case e.ReadOnly:
		return Span{Muted, pad("read-only", 12)}
	case e.Protected:
		return Span{Warning, pad("protected", 12)}
	}
	return Span{Plain, pad("", 12)}
}

// state is how far the connection of an entry is.
func (p picker) state(f Frame, e backend.Entry) Line {
	l := p.links[e.Key()]
	switch {
	case l.session != nil:
		return Line{{Plain, "✓ " + identityWord(l.session.id)}}
	case l.attempt != nil && f.Now.Sub(l.attempt.began) < hesitation:
		return say(Plain, "connecting")
	case l.attempt != nil:
		return say(Plain, fmt.Sprintf("connecting, %ds of %ds", int(f.Now.Sub(l.attempt.began).Seconds()), int(connectLimit.Seconds())))
	case errors.Is(l.err, backend.ErrUnauthorized), errors.Is(l.err, backend.ErrForbidden):
		return Line{{Warning, "!"}, {Plain, " log in again"}}
	case l.err != nil:
		return Line{{Failure, "✗"}, {Plain, " " + failureWord(l.err)}}
	case e.Note != "":
		return say(Plain, model.Visible(e.Note))
	}
	return nil
}

// failureWord is why a connection failed, in a few words.
func failureWord(err error) string {
	var e *backend.Error
	switch {
	case errors.As(err, &e) && kept(e):
		return "not reached"
	case errors.Is(err, backend.ErrUnavailable):
		return "nothing answers"
	case errors.Is(err, backend.ErrUntrusted):
		return "certificate not trusted"
	case errors.Is(err, backend.ErrPlaintext):
		return "would send the token in the clear"
	case errors.Is(err, backend.ErrRedirect):
		return "sends callers elsewhere"
	case errors.Is(err, backend.ErrStranger):
		return "not a control plane"
	case errors.Is(err, backend.ErrInvalid):
		return "configuration cannot be used"
	}
	return "failed"
}

func identityWord(id backend.Identity) string {
	text := strings.TrimSpace(model.Visible(id.Product) + " " + model.Visible(id.Version))
	if text == "" {
		text = "connected"
	}
	mode := string(id.Mode)
	if id.Federated {
		mode = "zone of a global"
	}
	if mode != "" {
		text += ", " + mode
	}
	return text
}

// lower explains the line at the bar, or the files that could not be read.
func (p picker) lower(f Frame) []Line {
	e, ok := p.entry()
	if !ok && len(p.warnings) == 0 {
		return nil
	}
	lines := []Line{rule(visibleName(e), "", f.Width)}
	add := func(mark Span, text string) { lines = append(lines, sentenceLines(mark, text, f.Width)...) }
	if f.Height > 24 {
		lines = append(lines, blank())
	}
	if l := p.links[e.Key()]; l.err != nil {
		what, next := words(l.err, nil)
		add(unmarked, what+" "+next)
		add(unmarked, "enter tries again.")
	} else if ok {
		add(unmarked, environmentWord(e.Environment)+" control plane, "+model.Visible(e.Address))
		p.known(e, l, add)
	}
	if !slices.ContainsFunc(p.entries, func(e backend.Entry) bool { return !e.Inside }) {
		add(unmarked, "No other control plane is configured: a kubeconfig or \"kumactl config control-planes add\" names one, --server URL opens one directly.")
	}
	for _, warning := range p.warnings {
		add(look, warning)
	}
	for len(lines) < 6 {
		lines = append(lines, blank())
	}
	return lines
}

// known adds what is worth knowing of an entry: what connecting does, what the
// check of certificates is worth, and where its control plane was found.
func (p picker) known(e backend.Entry, l link, add func(Span, string)) {
	if e.Note != "" && l.session == nil {
		add(unmarked, sentenceOf(model.Visible(e.Note)))
	}
	if e.Unverified {
		add(look, "Its configuration switches off the check of certificates: whoever is in between can read and change everything.")
	}
	if l.session == nil || l.session.id.SystemNamespace == "" {
		return
	}
	text := "Its namespace is " + model.Visible(l.session.id.SystemNamespace)
	if from := l.session.id.NamespaceFrom; from != "" {
		text += ", " + model.Visible(from)
	}
	add(unmarked, text+".")
}

func (p picker) status(f Frame) Line {
	e, ok := p.underWay()
	if !ok {
		return nil
	}
	waited := f.Now.Sub(p.links[e.Key()].attempt.began)
	if waited < hesitation {
		return nil
	}
	text := fmt.Sprintf("Connecting to %s: %s of %s", visibleName(e), shortSeconds(waited), shortSeconds(connectLimit))
	switch {
	case f.Width >= twoPanes:
		return say(Plain, text+". The list stays usable; esc stops the attempt.")
	case f.Width >= roomForMarks:
		return say(Plain, text+"; esc stops it.")
	}
	return say(Plain, "Connecting; esc stops it.")
}
