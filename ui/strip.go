package ui

import (
	"fmt"
	"time"

	"meshsecrets/model"
)

// stripLines is how many facts stand under the list.
const stripLines = 5

// factsStrip says why the row at the bar has its marks. It never shows a
// value. next says how a missing one is made, or how facts are read.
func factsStrip(have stock, r model.Row, next string, now time.Time, w int) []Line {
	inv := have.inventory
	var lines []Line
	add := func(mark Span, text string) { lines = append(lines, sentenceLines(mark, text, w)...) }
	none := Span{Plain, " "}
	if r.Ghost() {
		add(Span{MissingMark, "✗"}, "missing: named by "+r.Users[0].UserLine())
		add(none, "It is not there."+next)
		if r.Alike != "" {
			add(look, model.Visible(r.Alike)+" is there and looks like it: perhaps that one is meant")
		}
		return lines
	}
	for _, p := range pressing(r, now) {
		if p.first {
			add(Span{Warning, "!"}, p.text)
		}
	}
	switch {
	case len(r.Users) > 0:
		add(markSpan(r.Mark), usersSentence(r))
	case r.System:
	default:
		add(none, have.unusedShort())
	}
	if info, is := inv.System(r); is {
		add(Span{SystemMark, "◆"}, "system: "+info.What)
	}
	described := describeLine(r.Secret.Facts)
	if !r.Secret.Facts.Learnt() {
		described += next
	}
	add(none, described)
	if validity := validityLine(inv, r); validity != "" {
		add(none, validity)
	}
	add(none, madeLine(r.Secret, now))
	for _, p := range pressing(r, now) {
		if !p.first {
			add(Span{Warning, "!"}, p.text)
		}
	}
	if len(lines) > stripLines {
		lines = lines[:stripLines]
	}
	return lines
}

// usersSentence says who refers to a secret: the first one whole, the others
// by number.
func usersSentence(r model.Row) string {
	verb := "in use"
	if r.Mark == model.Referenced {
		verb = "referenced"
	}
	text := verb + " by " + r.Users[0].UserLine()
	if _, more := r.UsedBy(); more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// describeLine is kind, size and fingerprint.
func describeLine(f model.Facts) string {
	if !f.Learnt() {
		return "facts are not read yet"
	}
	return fmt.Sprintf("%s, %s, fingerprint %s", f.ShortDescribe(), model.BytesWord(f.Size), f.Fingerprint)
}

const day = "2006-01-02"

func validityLine(inv model.Inventory, r model.Row) string {
	f := r.Secret.Facts
	var text string
	switch {
	case !f.NotBefore.IsZero() && !f.NotAfter.IsZero():
		text = fmt.Sprintf("valid %s to %s", f.NotBefore.UTC().Format(day), f.NotAfter.UTC().Format(day))
	case !f.NotAfter.IsZero():
		text = "ends " + f.NotAfter.UTC().Format(day)
	}
	if pair := pairWord(inv, r); pair != "" && !r.Mismatch {
		if text != "" {
			text += "; "
		}
		text += pair
	}
	return text
}

// pairWord says whether the other half of a pair fits, as far as both are
// known.
func pairWord(inv model.Inventory, r model.Row) string {
	other, found := inv.Find(r.Partner)
	switch {
	case !found || !r.Secret.Facts.Learnt() || !other.Secret.Facts.Learnt():
		return ""
	case r.Mismatch:
		return "does not match " + model.Visible(r.Partner.Name)
	case keyOf(r.Secret.Facts).Matches(keyOf(other.Secret.Facts)):
		return "matches " + model.Visible(r.Partner.Name)
	}
	return ""
}

// keyOf is the key of a value: a certificate's own, or the private key.
func keyOf(f model.Facts) model.KeyFacts {
	if len(f.Certificates) > 0 {
		return f.Certificates[0].Key
	}
	return f.Key
}

func madeLine(s model.Secret, now time.Time) string {
	if s.Created.IsZero() {
		return "when it was made is not known"
	}
	text := "made " + model.AgeWord(now.Sub(s.Created)) + " ago, "
	if !s.Changed() {
		return text + "not changed since"
	}
	return text + "changed " + model.AgeWord(now.Sub(s.Modified)) + " ago"
}

// pressed is something that needs a look.
type pressed struct {
	text  string
	first bool // it decides what can be done at all
}

// pressing is what needs a look about a row, the most pressing first.
func pressing(r model.Row, now time.Time) []pressed {
	var out []pressed
	if r.Orphaned {
		out = append(out, pressed{"orphaned: mesh " + model.Visible(r.Secret.Ref.Mesh) + " does not exist", true})
	}
	if r.Secret.Object.Deleting {
		out = append(out, pressed{"it was deleted, and is held until its finalizers are done", true})
	}
	if r.Secret.Object.EmptyLabel {
		out = append(out, pressed{text: "its kuma.io/mesh label is empty, so the control plane finds it in no mesh"})
	} else if r.Secret.Unlabelled {
		out = append(out, pressed{text: "unlabelled: it has no kuma.io/mesh label, and lists by mesh leave it out"})
	}
	if r.Secret.Object.Applied {
		out = append(out, pressed{text: "an annotation holds the whole value, in the clear"})
	}
	if sign, strange := model.StrangeSign(r.Secret.Ref.Name); strange {
		out = append(out, pressed{text: "strange name: " + sign + " belongs in no name, and may look like a sign that does"})
	}
	if r.Alike != "" {
		out = append(out, pressed{text: "its name looks like " + model.Visible(r.Alike) + ": one may be taken for the other"})
	}
	if r.Mismatch {
		out = append(out, pressed{text: "mismatched: it does not belong to " + model.Visible(r.Partner.Name)})
	}
	if text := expirySentence(r, now); text != "" {
		out = append(out, pressed{text: text})
	}
	for _, p := range r.ValueProblems() {
		out = append(out, pressed{valueSentence(p), p.Broken})
	}
	return out
}

// valueSentences are those of the strip where a cell of the problems says too
// little, or what stands in the strip already.
var valueSentences = map[model.Trouble]string{
	model.TroubleNewline: "it ends with a newline, which readers of a password often take as part of it",
	model.TroubleVault:   "a Kong vault reference is not resolved: who uses this secret gets the reference itself",
	model.TroubleEmpty:   "it has no value",
}

func valueSentence(p model.Problem) string {
	if said, is := valueSentences[p.Trouble]; is {
		return said
	}
	return p.Cell(false)
}

func expirySentence(r model.Row, now time.Time) string {
	f := r.Secret.Facts
	word, look := model.ExpiryWord(f.NotBefore, f.NotAfter, now)
	switch {
	case !look:
		return ""
	case word == "expired":
		return "expired " + spanWords(now.Sub(f.NotAfter)) + " ago"
	case word == "not yet":
		return "not valid yet: from " + f.NotBefore.UTC().Format(day)
	}
	text := "expires in " + spanWords(f.NotAfter.Sub(now))
	for _, u := range r.Users {
		if u.Kind == model.KindMesh && u.Backend == "provided" && f.Kind == model.CACertificate {
			return text + ": a provided CA is not renewed by the control plane"
		}
	}
	return text
}

// spanWords is a span of time in a sentence: "23 days", "5 hours".
func spanWords(d time.Duration) string {
	n, unit := int(d.Minutes()), "minute"
	switch {
	case d >= 48*time.Hour:
		n, unit = int(d.Hours()/24), "day"
	case d >= 2*time.Hour:
		n, unit = int(d.Hours()), "hour"
	}
	if n == 1 {
		return "1 " + unit
	}
	return model.CountWord(n) + " " + unit + "s"
}
