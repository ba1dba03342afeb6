package ui

import (
	"slices"
	"strings"
	"time"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// check is one line of what is known of a form before it is saved.
type check struct {
	mark  Span
	topic string
	text  string
	key   keymap.ID // the action whose key stands where the text says keyHere
	stop  bool      // it must be mended before saving
	warns bool      // it is worth saying again before saving
	harms bool      // who refers to the secret is refused or fails by it
	asks  bool      // it is saved only when a person said so, whoever uses the secret
	mend  model.Mend
	apart bool   // enter takes a manifest apart
	word  string // what enter does on it; "" when nothing
}

// keyHere stands in the text of a check for a key, which the keymap tells.
const keyHere = "{key}"

// line is the text as it is drawn: several sentences have an end.
func (c check) line(keys keymap.Map) string {
	text := besideTopic(c.topic, c.text)
	if c.key != "" {
		text = strings.ReplaceAll(text, keyHere, keys.Get(c.key).Label())
	}
	if strings.Contains(text, ". ") && !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, ".") {
		return text + "."
	}
	return text
}

// offered are the checks as they are drawn: where the bar is not on one that enter
// can mend, enter does something else, so it says that enter does it there.
func (f form) offered() []check {
	all, mendable := slices.Clone(f.checks), 0
	for n, c := range all {
		if c.word == "" {
			continue
		}
		if f.at != atChecks || f.mend != mendable {
			all[n].text = strings.NewReplacer("; enter ", "; enter here ", ", enter ", ", enter here ").Replace(c.text)
			if c.apart {
				all[n].text += "; enter here takes it apart"
			}
		}
		mendable++
	}
	return all
}

var (
	passedMark = Span{Plain, "✓"}
	failedMark = Span{Failure, "✗"}
)

// stored is the value as it would be saved; the caller wipes it.
func (f form) stored() (model.Value, *model.Base64Fault) {
	v := f.entry.value()
	if !f.decode {
		return v, nil
	}
	defer v.Wipe()
	b, fault := model.DecodeBase64(string(v.Reveal()))
	defer clear(b)
	if fault != nil {
		return model.Value{}, fault
	}
	return model.NewValue(b), nil
}

func applyMend(mend model.Mend, v model.Value) model.Value {
	b := mend.Apply(v.Reveal())
	defer clear(b)
	return model.NewValue(b)
}

// mendable are the checks that enter can mend.
func (f form) mendable() []check {
	var out []check
	for _, c := range f.checks {
		if c.word != "" {
			out = append(out, c)
		}
	}
	return out
}

// checked takes all checks anew. It is called when something was typed, not
// when the form is drawn.
func (f form) checked(now time.Time) form {
	f.checks, f.stops = nil, nil
	if f.waits() {
		return f
	}
	f = f.unspared()
	if f.refused != "" {
		f.checks = append(f.checks, check{mark: failedMark, topic: "refused", text: f.refused})
	}
	if !f.edit {
		f.checks = append(append(f.checks, f.checkName()...), f.checkFederated()...)
	}
	f.checks = append(f.checks, f.checkValue(now)...)
	if f.edit {
		f.checks = append(f.checks, f.checkUse()...)
	}
	for _, c := range f.checks {
		if c.stop {
			f.stops = append(f.stops, c.topic)
		}
	}
	return f.settled()
}

// target is what is known of the secret that is written: who refers to it, and
// the other half of its pair.
func (f form) target() model.Row {
	if f.edit {
		return f.row
	}
	row, found := f.stock.inventory.Find(f.ref())
	if !found {
		row.Users = f.stock.inventory.Users(f.ref())
	}
	return row
}

// checkValue looks at the value as it would be stored.
func (f form) checkValue(now time.Time) []check {
	if f.unreadable != "" {
		return []check{{mark: failedMark, topic: "file", text: f.unreadable, stop: true}}
	}
	if f.awaitsFile() {
		return []check{{mark: unmarked, topic: "file", text: "name it and press enter: it is read, never written", stop: true}}
	}
	if f.awaitsMaking() {
		return []check{f.makingDue()}
	}
	if f.decode && !f.entry.empty() {
		if v, fault := f.stored(); fault != nil {
			return []check{
				{mark: failedMark, topic: "base64", text: fault.Line(), stop: true},
				{mark: unmarked, topic: "kind", text: "told once the value can be decoded"},
			}
		} else {
			v.Wipe()
		}
	}
	v, _ := f.stored()
	defer v.Wipe()
	facts := learnt(f.to, v)
	traits := model.ValueTraits{MaxValue: f.to.traits.MaxValue, Empty: f.to.traits.EmptyValues}
	verdicts := f.verdicts(facts, now)
	if manifest, is := f.checkManifest(v.Reveal()); is {
		return append([]check{manifest}, f.checkGrave(model.CheckValue(facts, v.Reveal(), f.ref(), traits), verdicts)...)
	}
	var checks []check
	for _, found := range model.CheckValue(facts, v.Reveal(), f.ref(), traits) {
		if !toldBy(verdicts, found.Text) {
			checks = append(checks, checkOf(found))
		}
	}
	checks = append(checks, f.checkKind(facts, verdicts)...)
	for _, verdict := range verdicts {
		checks = append(checks, checkOfVerdict(verdict))
	}
	if same, is := f.stock.inventory.CheckSame(f.ref(), facts); is {
		checks = append(checks, checkOf(same))
	}
	if f.entry.from == pastedHere && !isText(v.Reveal()) {
		checks = append(checks, check{mark: look, topic: "paste", warns: true,
			text: "a terminal's paste may lose escape sequences and bytes that are no text before they get here; take such a value from a file"})
	}
	return checks
}

// checkGrave is what keeps a manifest from being saved as it is, and whom that would
// harm; all else that could be said is about the value in it.
func (f form) checkGrave(found []model.Finding, verdicts []model.Verdict) []check {
	var checks []check
	for _, one := range found {
		if one.Level == model.Stop {
			checks = append(checks, checkOf(one))
		}
	}
	for _, one := range verdicts {
		if one.Harms() {
			checks = append(checks, checkOfVerdict(one))
		}
	}
	return checks
}

// checkKind says that who reads the value as what it was could not.
func (f form) checkKind(facts model.Facts, verdicts []model.Verdict) []check {
	found, is := model.CheckKind(f.before.Secret.Facts, facts, verdicts)
	if !is {
		return nil
	}
	c := checkOf(found)
	c.asks = true
	return []check{c}
}

// asks tells that a check is asked about before it is saved.
func (f form) asks() bool {
	return slices.ContainsFunc(f.checks, func(c check) bool { return c.asks })
}

func checkOf(found model.Finding) check {
	return check{topic: found.Topic, text: found.Text, mend: found.Mend, word: mendWord(found.Mend),
		mark: levelMark(found.Level), warns: found.Level == model.Warn, stop: found.Level == model.Stop}
}

func levelMark(l model.Level) Span {
	switch l {
	case model.Pass:
		return passedMark
	case model.Inform:
		return unmarked
	case model.Warn:
		return look
	case model.Stop:
	}
	return failedMark
}

func mendWord(m model.Mend) string {
	switch m {
	case model.RemoveNewline, model.RemoveBOM:
		return "remove it"
	case model.ToLF:
		return "change them"
	case model.ToUTF8:
		return "make it UTF-8"
	case model.DecodeIt:
		return "decode it"
	case model.NoMend:
	}
	return ""
}

// checkUse says who uses the secret that is edited, and what changes.
func (f form) checkUse() []check {
	var checks []check
	c := changeOf(model.Edit, f.stock, f.row)
	ask := consentTo(f.to, c)
	asks := ""
	if ask.typed() {
		asks = ": saving asks for the name"
	}
	if len(f.row.Users) > 0 {
		topic := "in use"
		mark := look
		if !c.InUse() {
			topic, mark = "referenced", unmarked
		}
		checks = append(checks, check{mark: mark, topic: topic, text: useLine(f.row) + asks})
		asks = ""
	}
	if len(f.row.Users) == 0 && !f.row.Secret.Ref.Global() && unlistedWords(f.stock.unread) != "" {
		checks = append(checks, check{mark: unmarked, topic: "used by", text: f.stock.unusedShort()})
	}
	if f.row.System {
		checks = append(checks, check{mark: Span{SystemMark, "◆"}, topic: "system", text: "the control plane made it for itself: saving asks for  " + model.UnlockPhrase})
	} else if ask.protected != "" && asks != "" {
		checks = append(checks, check{mark: unmarked, topic: "protected", text: ask.protected + " is protected" + asks})
	}
	if f.before.Secret.Object.Applied {
		checks = append(checks, check{mark: look, topic: "exposed", warns: true, text: droppedOnSave})
	}
	return append(checks, f.checkChange())
}

// droppedOnSave is what happens to the annotation in which kubectl keeps the
// whole value.
const droppedOnSave = "an annotation of kubectl holds the old value in the clear; saving drops it. Whoever may read annotations or backups had it"

// useLine is "by mTLS backend ca-2 of payments (enabled) as key".
func useLine(row model.Row) string {
	text := "by " + row.Users[0].UserLine()
	if _, more := row.UsedBy(); more > 0 {
		text += ", and " + plural(more, "other", "others")
	}
	return text
}

func (f form) checkChange() check {
	c := check{mark: unmarked, topic: "changed"}
	v, fault := f.stored()
	defer v.Wipe()
	switch {
	case f.entry.from == asStored && !f.decode:
		c.key, c.text = keymap.RevealTyped, "nothing yet: what is typed or pasted replaces the value, "+keyHere+" shows it for editing"
		switch {
		case f.shown:
			c.text = "nothing yet"
		case f.to.veiled():
			c.text = "nothing yet: what is typed or pasted replaces the value"
		}
	case fault != nil:
		c.text = "told once the value can be decoded"
	case v.Equal(f.before.Value):
		c.text = "nothing is different from what is stored"
	default:
		was, is := f.before.Secret.Facts, learnt(f.to, v)
		size := "the size " + model.BytesWord(was.Size) + " becomes " + model.BytesWord(is.Size)
		if was.Size == is.Size {
			size = "the size stays " + model.BytesWord(is.Size)
		}
		c.text = "fingerprint " + was.Fingerprint + " becomes " + is.Fingerprint + ", " + size
	}
	return c
}
