package ui

import (
	"errors"
	"fmt"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// banner says why the last reading failed and what happens next.
func (b browse) banner(f Frame, w int) []Line {
	what, next := words(b.fault(), b.to)
	if !b.readAt.IsZero() {
		if errors.Is(b.fault(), backend.ErrUnauthorized) {
			what += " " + next // trying again alone does not help
		}
		then := b.tries(f) + "; ctrl+r tries now."
		switch {
		case b.down() == nil:
			then = b.unmarked(f) + " " + then
		case b.muted() != "":
			then += " No changes until it answers."
		}
		return append(sentenceLines(look, what, w), append(sentenceLines(unmarked, then, w), blank())...)
	}
	if !b.again.IsZero() {
		next += " " + b.tries(f) + "."
	}
	lines := append([]Line{blank()}, sentenceLines(Span{Failure, "✗"}, what, w)...)
	return append(lines, sentenceLines(unmarked, next, w)...)
}

// tries says when what failed is tried again.
func (b browse) tries(f Frame) string {
	at := b.retryAt
	switch {
	case b.failed == nil && b.lookout != nil && b.unheard == nil:
		at = b.lookAt
	case b.failed == nil && b.to.traits.Watches:
		at = b.looked.Add(b.lookPause())
	case at.IsZero():
		at = b.again
	}
	if in := at.Sub(f.Now); in > 0 {
		return "Trying again in " + shortSeconds(in)
	}
	return "Trying again by itself"
}

// unmarked says what the marks are worth while who uses secrets cannot be read.
func (b browse) unmarked(f Frame) string {
	if b.seenAt.IsZero() {
		return "Who uses secrets is not known."
	}
	return "Who uses secrets is as it was read " + model.AgeWord(f.Now.Sub(b.seenAt)) + " ago."
}

// retryIn is when a watch tries again by itself, 0 when it does not say.
func retryIn(err error) time.Duration {
	var e *backend.Error
	if errors.As(err, &e) {
		return e.Retry
	}
	return 0
}

// nothing says why the list is empty and what changes that.
func (b browse) nothing(w int) []Line {
	hint := func(key, text string) Line {
		return Line{{Plain, "   "}, {Accent, pad(key, 6)}, {Plain, text}}
	}
	lines := []Line{blank(), blank()}
	add := func(sentence string, hints ...Line) []Line {
		lines = append(lines, say(Plain, "   "+sentence), blank())
		return append(lines, hints...)
	}
	anew := func(text string) Line {
		if readOnly, _ := b.to.gate.ReadOnly(); readOnly {
			return blank()
		}
		return hint("a", text)
	}
	switch {
	case len(b.filter.Faults()) > 0:
		return unreadFilter(b.filter, b.typing_, w)
	case b.text != "" && b.stock.inventory.In(b.scope).Len() > 0:
		verb := "Nothing matches"
		if b.rows.unsure > 0 {
			verb = "Nothing is known to match"
		}
		return append(add(verb+" \""+model.Visible(b.text)+"\".", hint("esc", "clears the filter")), b.whyNotKnown(w)...)
	case b.reading():
		return add("Reading.")
	case b.scope.All && b.to.id.SystemNamespace != "":
		return add("No secret of a mesh is in namespace "+model.Visible(b.to.id.SystemNamespace)+". Is it the control plane's?",
			hint("-n", "at the start names another one"), anew("add one"))
	case b.scope.All:
		return add("This control plane has no secrets.", anew("add one"))
	case b.scope.Global:
		return add("There are no global secrets.", hint("0", "shows all meshes"), anew("add one"))
	case b.stock.meshes == nil && !b.known(b.scope.Mesh):
		return add("No secret of mesh "+model.Visible(b.scope.Mesh)+" is here. Whether the mesh exists is not known.", hint("0", "shows all meshes"), anew("add one here"))
	case !b.known(b.scope.Mesh):
		return add("Mesh "+model.Visible(b.scope.Mesh)+" does not exist here.", hint("0", "shows all meshes"), hint("tab", "goes to the meshes"))
	case b.addsIt() == "":
		return add("This mesh has no secrets.", hint("0", "shows all meshes"))
	}
	return add("This mesh has no secrets.", hint("a", "add one here"),
		hint("m", "on a secret of another mesh, reassigns it to here"), hint("0", "shows all meshes"))
}

func (b browse) known(mesh string) bool {
	for _, m := range b.stock.inventory.Meshes {
		if m.Mesh.Name == mesh {
			return true
		}
	}
	return false
}

// progress is the status while the list is read.
func (b browse) progress() (Line, string) {
	text := "Reading secrets."
	if b.readSoFar() > 0 {
		text = "Reading secrets: " + b.soFar() + "."
	}
	return say(Plain, text), "esc stop"
}

// readSoFar is how many secrets of the list that is being read have come.
func (b browse) readSoFar() int {
	if b.first {
		return 0
	}
	return b.stock.readSoFar()
}

// soFar is how much of the list has come: "12 of 32", or "1,500" where the
// control plane does not say how many there are.
func (b browse) soFar() string {
	text := model.CountWord(b.readSoFar())
	if b.stock.total > 0 {
		text += " of " + model.CountWord(b.stock.total)
	}
	return text
}

// legend explains the marks, and with dots those of facts that are not read;
// words go from its right end when it is narrow.
func legend(w int, dots string) Line {
	gap := "  "
	if w >= twoPanes {
		gap = "   "
	}
	marks := []struct {
		span Span
		word string
	}{
		{Span{InUseMark, "●"}, "in use"}, {Span{Plain, "○"}, "referenced"}, {Span{MissingMark, "✗"}, "missing"},
		{Span{SystemMark, "◆"}, "system"}, {Span{Warning, "!"}, "needs a look"},
	}
	if dots != "" {
		marks = append(marks, struct {
			span Span
			word string
		}{Span{Plain, "…"}, dots})
	}
	var line Line
	for i, m := range marks {
		part := Line{m.span, {Muted, " " + m.word}}
		if i > 0 {
			part = append(Line{{Plain, gap}}, part...)
		}
		if line.width()+part.width()+2 > w {
			break
		}
		line = append(line, part...)
	}
	return line
}

// freshness is the right end of line 1.
func (b browse) freshness(f Frame) Line {
	switch {
	case b.to == nil, b.denied != nil:
		return nil
	case b.down() != nil && !b.readAt.IsZero() && b.watches():
		return Line{{Warning, "!"}, {Plain, " not live for " + model.AgeWord(f.Now.Sub(b.readAt))}}
	case b.failed != nil && !b.readAt.IsZero():
		return Line{{Warning, "!"}, {Plain, " read " + model.AgeWord(f.Now.Sub(b.readAt)) + " ago"}}
	case b.failed != nil:
		return Line{{Warning, "!"}, {Plain, " not read"}}
	case b.stopped:
		return Line{{Warning, "!"}, {Plain, " not all read"}}
	case b.blinded != nil && b.seenAt.IsZero():
		return Line{{Warning, "!"}, {Plain, " references not read"}}
	case b.blinded != nil:
		return Line{{Warning, "!"}, {Plain, " references read " + model.AgeWord(f.Now.Sub(b.seenAt)) + " ago"}}
	case b.watches() && b.watcher == nil:
		return nil
	case b.watches() && b.kindsEvery > 0:
		return say(Plain, "references read every "+everyWord(b.kindsEvery))
	case b.watches():
		return say(Plain, "live")
	}
	return say(Plain, "read every "+everyWord(b.every))
}

func everyWord(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
	return model.AgeWord(d)
}
