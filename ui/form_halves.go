package ui

import (
	"context"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// halves is the reading of the other halves of pairs that the secret of a form
// is one half of. Lists do not bring facts everywhere, and whether a value is
// fit to be saved hangs on these few.
type halves struct {
	asked *request
	tried map[model.Ref]model.Version // read, and not known since; replaced, never edited
	// What was read where the list is not whole, and does not tell of them.
	found  []model.Secret
	absent []model.Ref
}

// unlearnt are the other halves that are there and whose facts are not known.
func (f form) unlearnt() []model.Ref {
	var refs []model.Ref
	seen := map[model.Ref]bool{}
	for _, r := range f.trial(model.Facts{}).Readers {
		if r.Partner == (model.Ref{}) || r.PartnerAbsent || r.PartnerFacts.Learnt() || seen[r.Partner] {
			continue
		}
		seen[r.Partner] = true
		refs = append(refs, r.Partner)
	}
	return refs
}

// learnHalves reads what is not known of the other halves, each version once.
func (f form) learnHalves(fr Frame) (form, tea.Cmd) {
	if f.halves.asked != nil || f.waits() || f.stock.silent != "" {
		return f, nil
	}
	tried := maps.Clone(f.halves.tried)
	var refs []model.Ref
	for _, ref := range f.unlearnt() {
		row, _ := f.stock.inventory.Find(ref)
		if version, is := tried[ref]; is && version == row.Secret.Version {
			continue
		}
		if tried == nil {
			tried = map[model.Ref]model.Version{}
		}
		tried[ref] = row.Secret.Version
		refs = append(refs, ref)
	}
	if len(refs) == 0 {
		return f, nil
	}
	plane := f.to.plane
	var run tea.Cmd
	f.halves.tried = tried
	f.halves.asked, run = ask(f.to, fr, readLimit, func(ctx context.Context) (lesson, error) { return learnOf(ctx, plane, refs) })
	return f, run
}

// withHalves is what came of a form, and the reading that this asks for.
func withHalves(s Screen, r Result, fr Frame) (Screen, Result) {
	f, is := s.(form)
	if !is || r.Close {
		return s, r
	}
	f, run := f.learnHalves(fr)
	r.Run = tea.Batch(r.Run, run)
	return f, r
}

// tookHalves checks anew with what was learnt, and hands it to the list. What
// could not be read stays unknown: saving asks.
func (f form) tookHalves(fr Frame, msg answer[lesson]) (Screen, Result) {
	f.halves.asked = nil
	f.stock = f.stock.learnt(msg.value.secrets)
	if !f.stock.whole {
		f.halves.found = slices.Concat(f.halves.found, msg.value.secrets)
		f.halves.absent = slices.Concat(f.halves.absent, msg.value.absent)
	}
	if f = f.withFound(); !f.waits() {
		f = f.checked(fr.Now)
	}
	told := learntAbove{f.to, msg.value.secrets}
	if !f.outside.pending {
		return f, Result{Tell: told}
	}
	f.outside.pending = false
	next, result := f.save(fr)
	result.Tell = told
	return next, result
}

// withFound works in what was read of halves that the list does not tell of.
func (f form) withFound() form {
	if f.stock.whole {
		return f
	}
	for _, half := range f.halves.found {
		row, listed := f.stock.inventory.Find(half.Ref)
		if !listed || row.Secret.Version == half.Version && !row.Secret.Facts.Learnt() {
			f.stock = f.stock.with([]backend.Event{{Secret: half}}).retaken()
		}
	}
	return f
}

// trial is a value before those who refer to the secret. A half that was looked
// for, and is not there, is missing whatever the list can tell.
func (f form) trial(facts model.Facts) model.Trial {
	trial := f.stock.inventory.Trial(f.ref(), facts)
	for n, r := range trial.Readers {
		if !f.stock.whole && slices.Contains(f.halves.absent, r.Partner) {
			trial.Readers[n].PartnerAbsent = true
		}
	}
	return trial
}

// halvesWait says that a value cannot be held to the other half of its pair yet.
func (f form) halvesWait(fr Frame) string {
	if f.halves.asked == nil {
		return ""
	}
	return "The other half of its pair, " + namesOfRefs(f.unlearnt()) + ", is being read, and nothing was saved yet. " + fr.saveKey() + " again in a moment."
}

// halvesUnknown says what nobody knows when a value is saved all the same.
func (f form) halvesUnknown() string {
	refs := f.unlearnt()
	if len(refs) == 0 {
		return ""
	}
	return "Whether it matches " + namesOfRefs(refs) + " is not known: that could not be read. If it does not, who uses the pair fails."
}

func namesOfRefs(refs []model.Ref) string {
	names := make([]string, len(refs))
	for n, ref := range refs {
		names[n] = model.Visible(ref.Name)
	}
	return strings.Join(names, ", ")
}
