package ui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// inspection is what was found before a reassign: the change itself, what was
// checked, and why it may not be made.
type inspection struct {
	change model.Change
	passed []string // what was checked and is well
	unread []model.Unread
	warned []string // what does not guard that should, a sentence each
	failed string   // the check that did not pass
	why    error    // why the secret stays; nil when it may be moved
}

func (i inspection) wipe() { i.change.Wipe() }

// inspect makes the checks. Everything is read anew: what the list knows may
// be some seconds old.
func (r reassign) inspect(f Frame) (reassign, tea.Cmd) {
	r.checks.wipe()
	r.stage, r.checks = checking, inspection{}
	to, row, target := r.to, r.row, r.target()
	var run tea.Cmd
	r.running, run = ask(r.to, f, readLimit, func(ctx context.Context) (inspection, error) {
		return inspectMove(ctx, to, row, target)
	})
	return r, run
}

func inspectMove(ctx context.Context, s *session, row model.Row, target model.Ref) (i inspection, err error) {
	i.change = model.Change{Verb: model.Reassign, System: row.System, Orphaned: row.Orphaned}
	if i.change.Before, err = s.plane.Get(ctx, row.Secret.Ref); err != nil {
		return i, err
	}
	facts := s.examine.Examine(i.change.Before.Value.Reveal())
	i.change.Before.Secret.Facts = facts
	i.change.After = i.change.Before.Clone()
	i.change.After.Secret = model.Secret{Ref: target, Labels: model.Carry(i.change.Before.Secret.Labels), Facts: facts,
		Object: model.Object{Immutable: i.change.Before.Secret.Object.Immutable}}
	i.passed = append(i.passed, fmt.Sprintf("readable: %s, %s, fingerprint %s", facts.Kind, bytesWord(facts.Size), facts.Fingerprint))
	if i.why = unmovable(s, i.change.Before, target); i.stays() {
		i.failed = "it cannot be made anew in " + model.Visible(shortenMiddle(target.Mesh, longestShown))
		return i, nil
	}
	return i.lookAround(ctx, s, target)
}

// unmovable says what would keep a secret from being made in its new mesh,
// whoever asks, or nil.
func unmovable(s *session, before model.Snapshot, target model.Ref) error {
	name := model.Visible(target.Name)
	switch {
	case before.Value.Len() == 0:
		return &model.Refusal{Text: name + " has no value, and a control plane takes no secret without one. Nothing was done; edit it first."}
	case overlong(s, target.Mesh) != "":
		return &model.Refusal{Text: name + " stays: " + overlong(s, target.Mesh) + ". Choose another mesh."}
	}
	return nil
}

// lookAround looks at the target mesh and at who refers to the secret.
func (i inspection) lookAround(ctx context.Context, s *session, target model.Ref) (inspection, error) {
	around, err := backend.LookAround(ctx, s.plane)
	if err != nil {
		return i, err
	}
	i.change.Users = around.Users(i.change.Before.Secret.Ref)
	i.change.Read, i.change.Unread, i.unread = around.Read, around.Unread, around.Unread
	mesh, name := model.Visible(target.Mesh), model.Visible(target.Name)
	if around.Blind() {
		i.failed = "whether mesh " + mesh + " exists is not known: you may not list meshes"
		i.why = backend.UnknownMesh(target)
		return i, nil
	}
	if !meshExists(around.Meshes, target.Mesh) {
		i.failed = "mesh " + mesh + " does not exist"
		i.why = &model.Refusal{Text: "Mesh " + mesh + " was deleted meanwhile. Nothing was done; choose another mesh."}
		return i, nil
	}
	if i.change.Before.Secret.Object.Applied {
		i.warned = append(i.warned, "An annotation of kubectl holds the whole value in the clear; it is not carried along.")
	}
	if by := model.ManagedBy(i.change.Before.Secret); by != "" {
		i.warned = append(i.warned, by+" manages it and may put it back or take it away: change it there as well.")
	}
	found, err := s.plane.Get(ctx, target)
	found.Wipe()
	switch {
	case err == nil:
		i.failed = mesh + " has a secret " + name + " already"
		i.why = &model.Refusal{Text: mesh + " has a secret " + name + " already. Nothing was done; look at that one first."}
		return i, nil
	case !errors.Is(err, backend.ErrNotFound):
		return i, err
	}
	i.passed = append(i.passed, "mesh "+mesh+" exists; no secret there has this name")
	if i = i.judge(ctx, s); i.stays() || !s.traits.Rehearses {
		return i, nil
	}
	return i.rehearse(ctx, s)
}

func (i inspection) stays() bool { return i.why != nil }

// rehearse tries the move out on the server.
func (i inspection) rehearse(ctx context.Context, s *session) (inspection, error) {
	rehearsal, err := s.gate.Rehearse(ctx, i.change)
	if err != nil {
		return i, err
	}
	for _, trial := range rehearsal.Trials {
		switch trial.Outcome {
		case backend.Accepted:
			i.passed = append(i.passed, "rehearsed on the server: "+trial.What)
		case backend.Warned:
			i.warned = append(i.warned, trial.Why)
		case backend.Refused:
			i.failed = "rehearsed on the server: refused"
			i.why = &model.Refusal{Text: trial.Why}
			return i, nil
		}
	}
	return i, nil
}

func meshExists(meshes []model.Mesh, name string) bool {
	for _, m := range meshes {
		if m.Name == name && !m.Missing {
			return true
		}
	}
	return false
}

// judge asks the gate, which reads the zones of a global control plane.
func (i inspection) judge(ctx context.Context, s *session) inspection {
	i.why = s.gate.Check(ctx, i.change)
	switch {
	case i.change.InUse():
		i.failed = "in use by " + i.change.Users[0].UserLine()
	case len(i.change.Users) > 0:
		i.failed = "referenced by " + i.change.Users[0].UserLine()
	case i.why != nil && s.id.Mode == backend.ModeGlobal:
		i.failed = "zones follow this control plane, or cannot be read"
	case i.why != nil:
	default:
		i.passed = append(i.passed, kindsWord(len(i.change.Read)),
			"it is no system secret, and no zone would lose it")
	}
	return i
}

// kindsWord says where no reference was found; nothing is promised of what was
// not read.
func kindsWord(read int) string {
	return "no reference in the " + plural(read, "kind", "kinds") + " of resources that could be read"
}

// inspected goes on to the consent, or says why the secret stays.
func (r reassign) inspected(msg answer[inspection]) (Screen, Result) {
	r.running, r.checks = nil, msg.value
	switch {
	case errors.Is(msg.err, backend.ErrNotFound):
		r.stage = blocked
		r.checks.failed = "it is no longer in " + r.from()
		r.checks.why = &model.Refusal{Text: r.name() + " is no longer in " + r.from() + ": somebody deleted or reassigned it."}
	case msg.err != nil:
		r.checks.wipe()
		r.stage, r.checks = choosingMesh, inspection{}
		return r, Result{Say: retried(explain(msg.err, r.to), "enter")}
	case r.checks.why != nil:
		r.stage = blocked
	default:
		r.stage, r.ask = confirming, consentTo(r.to, r.checks.change)
	}
	return r, Result{}
}
