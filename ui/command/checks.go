package command

import (
	"slices"

	"meshsecrets/model"
)

// remarks are printed on standard error: what is found about a value before it
// is saved, and what wants a look.
type remarks struct {
	sheet sheet
	looks bool // something wants a look
}

// remarks begins to print them.
func (e *errand) remarks() *remarks {
	return &remarks{sheet: sheet{to: e.process.Err, ascii: e.sheet.ascii}}
}

// look says what wants a look.
func (r *remarks) look(topic, text string) {
	r.looks = true
	r.sheet.line(look, "%s: %s", topic, text)
}

// fine says what is as it should be, or worth knowing.
func (r *remarks) fine(mark, topic, text string) { r.sheet.line(mark, "%s: %s", topic, text) }

// checkValue holds a value that is to be saved to what control planes take, to
// what its readers stumble over, and to what those who refer to the secret would
// make of it, which the change then knows. The error is why it cannot be saved.
// Nothing that is printed is a part of the value.
func (e *errand) checkValue(r *remarks, k known, c *model.Change, was model.Facts) error {
	after := c.After
	verdicts := e.verdicts(k, after.Secret.Facts, was)
	told := func(text string) bool {
		return slices.ContainsFunc(verdicts, func(v model.Verdict) bool { return v.What == text })
	}
	traits := e.plane.Traits()
	takes := model.ValueTraits{MaxValue: traits.MaxValue, Empty: traits.EmptyValues}
	for _, found := range model.CheckValue(after.Secret.Facts, after.Value.Reveal(), k.ref, takes) {
		text := model.WithoutKeys(found.Text)
		switch {
		case found.Level == model.Stop:
			r.sheet.line(failed, "%s: %s", found.Topic, text)
			return failure{text: model.Visible(k.ref.Name) + " cannot have this value. Nothing was changed.", code: ExitRefused}
		case found.Level == model.Warn && !told(found.Text):
			r.look(found.Topic, text)
		case found.Level == model.Pass:
			r.fine(passed, found.Topic, text)
		case found.Level == model.Inform:
			r.fine("", found.Topic, text)
		}
	}
	if found, is := model.CheckKind(was, after.Secret.Facts, verdicts); is {
		r.look(found.Topic, found.Text)
	}
	if found, _, is := model.CheckManifest(after.Value.Reveal()); is && !model.HoldsManifest(c.Before.Value.Reveal()) {
		r.look(found.Topic, found.Text)
	}
	for _, v := range verdicts {
		c.Harms = c.Harms || v.Harms()
		switch v.Level {
		case model.Stop, model.Warn:
			r.look(v.Topic, v.Line())
		case model.Pass:
			r.fine(passed, v.Topic, v.Line())
		case model.Inform:
			r.fine("", v.Topic, v.Line())
		}
	}
	return nil
}

// checkUse says who uses the secret whose value is changed.
func (e *errand) checkUse(r *remarks, k known, c model.Change) {
	for _, by := range model.Namings(c.Users) {
		if by.Enabled {
			r.look("in use", "by "+by.Line()+": it gets the new value as soon as it is saved")
		} else {
			r.fine("", "referenced", "by "+by.Line())
		}
	}
	if info, is := k.inventory.System(k.row); is && c.System {
		r.look("system", sentences(info.What, info.Changed))
	}
	if c.Before.Secret.Object.Applied {
		r.look("exposed", "an annotation of kubectl holds the old value in the clear; saving drops it. Whoever may read annotations or backups had it")
	}
}
