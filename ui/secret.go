package ui

import (
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// secret shows one secret: metadata, references, facts, and its value, masked
// until it is asked for. The value is fetched when it is revealed and let go
// when it is masked.
type secret struct {
	to      *session
	stock   stock
	row     model.Row
	value   model.Value
	shown   bool
	laid    *layout   // of the value, while it is shown
	until   time.Time // when it is masked again
	loading *request
	reveal  bool  // what is loading is to be revealed
	failed  error // why it could not be read
	top     int

	listed  edition // what the list had when the secret was read here
	overrun overrun // what became of it since

	comes    []model.Verdict // of the value as it is, for those who refer to the secret
	judgedAt time.Time       // when that was said
	same     model.Finding   // another secret that has the value, if any
}

// judgeEvery is when it is said anew what comes of a value although nothing
// changed: what is well now may expire.
const judgeEvery = time.Minute

// openSecret opens the screen of a secret, at once with its value when reveal
// is set. Facts that are not known yet are learnt now.
func openSecret(to *session, f Frame, have stock, row model.Row, reveal bool) (Screen, tea.Cmd) {
	s := secret{to: to, stock: have, row: row, listed: editionIn(have, row.Secret.Ref)}.judged(f.Now)
	if reveal {
		return s.fetch(f, true)
	}
	if !row.Secret.Facts.Learnt() {
		return s.fetch(f, false)
	}
	return s, nil
}

func (s secret) session() *session { return s.to }

func (s secret) one() (model.Row, bool) { return s.row, true }

func (s secret) close() {
	s.loading.stop()
	s.value.Wipe()
}

func (s secret) fetch(f Frame, reveal bool) (secret, tea.Cmd) {
	s.loading.stop()
	s.reveal, s.failed = reveal, nil
	var run tea.Cmd
	s.loading, run = readSecret(s.to, f, s.row.Secret.Ref)
	return s, run
}

// masked masks it, and reveals nothing that is still being read.
func (s secret) masked() Screen {
	s.reveal = false
	if s.shown {
		return s.mask()
	}
	return s
}

// mask hides the value and lets it go.
func (s secret) mask() secret {
	s.value.Wipe()
	s.value, s.shown, s.laid, s.top = model.Value{}, false, nil, 0
	return s
}

// Deeds are what can be done with this secret.
func (s secret) Deeds(Frame) []Deed {
	word := "reveal"
	if s.shown {
		word = "mask"
	}
	var deeds []Deed
	if s.failed != nil {
		deeds = append(deeds, Deed{ID: keymap.Reload, Word: "ask again"})
	} else {
		deeds = append(deeds, Deed{ID: keymap.Reveal, Word: word})
	}
	deeds = append(deeds,
		unlessRefused(keymap.Edit, firstOf(s.unread(), s.stock.waiting(), s.to.cannotEdit(s.row))),
		Deed{ID: keymap.EditOutside, Not: firstOf(s.unread(), s.stock.waiting(), s.to.cannotEdit(s.row)), Quiet: true},
		unlessRefused(keymap.Reassign, firstOf(s.unread(), s.stock.waiting(), s.to.cannotMove(s.row))),
		Deed{ID: keymap.UsedBy},
		unlessRefused(keymap.Delete, firstOf(s.unread(), s.stock.waiting(), s.to.cannotChange(s.row))),
		Deed{ID: keymap.Manifest}, Deed{ID: keymap.Problems, Quiet: true}, Deed{ID: keymap.OpenNamed, Quiet: true}, Deed{ID: keymap.Resend, Quiet: true}, Deed{ID: keymap.Undo, Quiet: true})
	deeds = append(deeds, copyDeeds("")...)
	if s.failed == nil {
		deeds = append(deeds, Deed{ID: keymap.Reload, Quiet: true})
	}
	deeds = append(deeds, moves()...)
	return append(deeds, standing("back")...)
}

// unlessRefused is a deed that this one secret may refuse: on its own screen it
// is then not among the hints, and its key still says why.
func unlessRefused(id keymap.ID, why string) Deed { return Deed{ID: id, Not: why, Quiet: why != ""} }

// unread says why a secret that cannot be read is not changed either: nobody
// could tell what is overwritten.
func (s secret) unread() string {
	switch {
	case s.overrun == goneSince:
		return model.Visible(s.row.Secret.Ref.Name) + " is no longer there: somebody deleted or reassigned it. ctrl+r asks again."
	case s.failed == nil:
		return ""
	}
	return model.Visible(s.row.Secret.Ref.Name) + " could not be read, so it cannot be changed safely. ctrl+r asks again."
}

// Do does one of them.
func (s secret) Do(f Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		lines, _ := s.body(f)
		s.top = scrolled(p.ID, s.clamp(len(lines), f.Height-1), f.Height-1, len(lines))
		return s, Result{}
	}
	var run tea.Cmd
	var next Screen
	switch p.ID {
	case keymap.Reveal:
		if s.shown {
			return s.mask(), Result{}
		}
		s, run = s.fetch(f, true)
		return s, Result{Run: run}
	case keymap.Reload:
		s, run = s.mask().fetch(f, false)
		return s, Result{Run: run}
	case keymap.Back:
		if s.shown && p.Key == "esc" {
			return s.mask(), Result{}
		}
		return s, Result{Close: true}
	case keymap.UsedBy:
		next, run = openUsedBy(s.to, f, s.stock, s.row)
	case keymap.Problems:
		return s, openProblems(s.to, f, s.stock)
	case keymap.OpenNamed:
		next, run = openNamed(s.to, f, s.stock, p.Word)
	case keymap.Manifest:
		next = openManifest(s.to, s.row)
	case keymap.Edit:
		next, run = openEdit(s.to, f, s.stock, s.row)
	case keymap.EditOutside:
		next, run = openOutside(s.to, f, s.stock, s.row)
	case keymap.Delete:
		next, run = openDelete(s.to, f, s.stock, s.row)
	case keymap.Resend:
		next, run = openResend(s.to, f, s.row)
	case keymap.Reassign:
		next = openReassign(s.to, s.stock, s.row)
	}
	return s, Result{Open: next, Run: run}
}

// goesTo is what the command line finds by name.
func (s secret) goesTo() model.Inventory { return s.stock.inventory }

// Update takes the value, and masks it again when its time is over.
func (s secret) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[held]:
		return s.took(f, msg)
	case changed:
		return s.follow(f, msg)
	case restocked:
		return s.restock(f, msg), Result{}
	case tick:
		if f.Now.Sub(s.judgedAt) >= judgeEvery {
			s = s.judged(f.Now)
		}
		if s.shown && !f.Now.Before(s.until) {
			return s.mask(), Result{Say: maskedAgain(f, keymap.Reveal)}
		}
	}
	return s, Result{}
}

func (s secret) took(f Frame, msg answer[held]) (Screen, Result) {
	if msg.to != s.loading {
		return s, Result{}
	}
	s.loading = nil
	if msg.err != nil {
		s.failed = msg.err
		if errors.Is(msg.err, backend.ErrForbidden) {
			return s, Result{}
		}
		return s, Result{Say: explain(msg.err, s.to)}
	}
	old := s.row.Secret
	s.row.Secret = msg.value.Secret
	if !s.row.Secret.Facts.Learnt() {
		s.row.Secret.Facts = old.Facts
	}
	s.failed, s.overrun = nil, asRead
	s.listed = editionIn(s.stock, old.Ref)
	s = s.judged(f.Now)
	if !s.reveal {
		msg.value.wipe()
		return s, Result{}
	}
	msg.value.wipeRest()
	s.value, s.shown, s.until = msg.value.Value, true, f.maskAt()
	s.laid = &layout{}
	lines, value := s.body(f)
	if value >= 0 && len(lines) > f.Height-1 {
		s.top = max(min(value-2, len(lines)-(f.Height-1)), 0)
	}
	return s, Result{}
}

// judged takes anew what the value is held to, unless somebody replaced it:
// then nothing is said of it. It costs, so it is not done whenever the screen is
// drawn.
func (s secret) judged(now time.Time) secret {
	s.comes, s.judgedAt = nil, now
	if s.overrun != asRead {
		s.same = model.Finding{}
		return s
	}
	ref, facts := s.row.Secret.Ref, s.row.Secret.Facts
	s.comes = model.Preflight(s.stock.inventory.Trial(ref, facts), now)
	s.same, _ = s.stock.inventory.CheckSame(ref, facts)
	return s
}

// follow shows what was written from here; a secret that is gone closes its
// screen only when a key does, so it says so.
func (s secret) follow(f Frame, msg changed) (Screen, Result) {
	for _, e := range msg.events {
		if msg.to != s.to || e.Secret.Ref != s.row.Secret.Ref {
			continue
		}
		s = s.mask()
		if e.Gone {
			return s, Result{Close: true}
		}
		s.row.Secret, s.overrun = e.Secret, asRead
		s = s.judged(f.Now)
	}
	return s, Result{}
}

func (s secret) clamp(total, height int) int { return max(min(s.top, total-height), 0) }

// View draws line 2 and what of the body is in sight.
func (s secret) View(f Frame) View {
	lines, _ := s.body(f)
	room := f.Height - 1
	top := s.clamp(len(lines), room)
	name := model.Visible(s.row.Secret.Ref.Name)
	where := "mesh " + model.Visible(s.row.Secret.Ref.Mesh)
	if s.row.Secret.Unlabelled {
		where += ", without a label"
	}
	if s.row.Secret.Ref.Global() {
		where = "global secret"
	}
	view := View{Lines: []Line{rule(name, where, f.Width)}}
	view.Lines = append(view.Lines, lines[top:min(top+room, len(lines))]...)
	if len(lines) > room {
		view.Right = fmt.Sprintf("lines %d to %d of %d", top+1, min(top+room, len(lines)), len(lines))
	}
	if s.loading != nil && f.Now.Sub(s.loading.began) >= hesitation {
		view.Status = say(Plain, "Reading "+name+".")
	}
	return view
}
