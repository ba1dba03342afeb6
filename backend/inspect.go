package backend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"meshsecrets/model"
)

// Section is what a finding is about.
type Section uint8

// The sections, in the order in which they are found.
const (
	Checked   Section = iota // read, of the control plane
	Rehearsed                // tried out on the server
	Followers                // the zones
)

// Finding is one thing that was found before a reassign, as a visible sentence
// without its mark.
type Finding struct {
	Section Section
	Outcome Outcome // Refused at the one that stands against it
	Text    string
}

// Inspection is what was found before a reassign: the change itself, what was
// checked, and why it may not be made.
type Inspection struct {
	Change   model.Change
	Findings []Finding
	Unread   []model.Unread // the kinds that were not read for references
	Why      error          // why the secret stays; nil when it may be moved
	Progress Progress       // to begin with, when it may be moved
	Zones    []Zone         // that follow the control plane
	ZonesErr error          // why they could not be read
	// Interrupted tells that an unfinished reassign stands against it: where the
	// secret is then is what Why says, and it may be in no mesh.
	Interrupted bool

	examine model.Examiner
	now     time.Time
	along   map[model.Ref]model.Ref // see Along
	around  Around                  // what was read of it, until the last that needs it
	made    int                     // how many of the checks were made
}

// Wipe overwrites the values.
func (i Inspection) Wipe() { i.Change.Wipe() }

// Passed is how many checks went well.
func (i Inspection) Passed() int {
	n := 0
	for _, f := range i.Findings {
		if f.Outcome == Accepted {
			n++
		}
	}
	return n
}

func (i *Inspection) pass(s Section, format string, args ...any) {
	i.Findings = append(i.Findings, Finding{Section: s, Text: fmt.Sprintf(format, args...)})
}

func (i *Inspection) warn(s Section, format string, args ...any) {
	i.Findings = append(i.Findings, Finding{Section: s, Outcome: Warned, Text: fmt.Sprintf(format, args...)})
}

// stop notes what stands against it.
func (i *Inspection) stop(s Section, why error, format string, args ...any) {
	i.Findings = append(i.Findings, Finding{Section: s, Outcome: Refused, Text: fmt.Sprintf(format, args...)})
	i.Why = why
}

// Inspect makes the checks before a reassign. Everything is read anew: what a
// list knows may be some seconds old. Nothing is changed; the caller wipes what
// is found.
func (g Gate) Inspect(ctx context.Context, i Inspection) (Inspection, error) {
	for !i.Over() {
		var err error
		if i, err = g.InspectOn(ctx, i); err != nil {
			return i, err
		}
	}
	return i, nil
}

// Inspecting is an inspection of which no check was made yet. Inspect makes all
// of them; for whoever shows what is found as it comes InspectOn makes one after
// the other until it is Over. System tells that the secret belongs to the control
// plane itself; now decides what has expired.
func Inspecting(from, to model.Ref, system bool, examine model.Examiner, now time.Time) Inspection {
	i := Inspection{Change: model.Change{Verb: model.Reassign, System: system}, examine: examine, now: now}
	i.Change.Before.Secret.Ref, i.Change.After.Secret.Ref = from, to
	return i
}

// Along tells which other secrets are to be reassigned too, by where they are to
// be: the other half of a pair may come along, and is no missing one then.
func (i Inspection) Along(from map[model.Ref]model.Ref) Inspection {
	i.along = from
	return i
}

// inspector is one of the checks of an inspection.
type inspector struct {
	section Section
	now     string // what it does, while it does it
	check   func(Gate, context.Context, *Inspection) error
}

// inspectors are the checks, in their order.
func inspectors() []inspector {
	return []inspector{
		{Checked, "reading it", Gate.inspectSource},
		{Checked, "asking whether it could be made anew", Gate.inspectValue},
		{Checked, "looking at both meshes and at who refers to it", Gate.inspectMeshes},
		{Checked, "looking for what somebody left on it", Gate.inspectMarks},
		{Checked, "looking for an earlier reassign of it", Gate.inspectCopies},
		{Checked, "asking the rules", Gate.inspectRules},
		{Rehearsed, "trying each step out", Gate.inspectServer},
		{Followers, "asking which zones follow", Gate.inspectZones},
		{Followers, "making the plan", Gate.inspectPlan},
	}
}

// Over tells that no check is left to make.
func (i Inspection) Over() bool { return i.Why != nil || i.made == len(inspectors()) }

// Ahead is what the next check is about, and what it does.
func (i Inspection) Ahead() (Section, string) {
	if i.Over() {
		return Followers, ""
	}
	next := inspectors()[i.made]
	return next.section, next.now
}

// InspectOn makes the next check. After an error nothing is left to wipe.
func (g Gate) InspectOn(ctx context.Context, i Inspection) (Inspection, error) {
	if i.Over() {
		return i, nil
	}
	if err := inspectors()[i.made].check(g, ctx, &i); err != nil {
		i.Wipe()
		return Inspection{}, err
	}
	i.made++
	return i, nil
}

// inspectSource reads the secret.
func (g Gate) inspectSource(ctx context.Context, i *Inspection) error {
	to := i.Change.After.Secret.Ref
	before, err := g.plane.Get(ctx, i.Change.Before.Secret.Ref)
	if errors.Is(err, ErrNotFound) {
		return g.missing(ctx, i, err)
	}
	if err != nil {
		return err
	}
	before.Secret.Facts = i.examine.Examine(before.Value.Reveal())
	i.Change.Before, i.Change.After = before, Moved(before, to)
	return nil
}

// inspectPlan is the last: nothing stands against it.
func (g Gate) inspectPlan(ctx context.Context, i *Inspection) error {
	i.Progress = g.Begin(ctx, i.Change)
	return nil
}

// copyRoom is what a safety copy needs beside the value, in bytes.
const copyRoom = 16 << 10

// longestMesh is how long the name of a mesh may be that stands in a label.
const longestMesh = 63

// inspectValue looks whether the secret could be made anew at all.
func (g Gate) inspectValue(_ context.Context, i *Inspection) error {
	before, to, traits := i.Change.Before, i.Change.After.Secret.Ref, g.plane.Traits()
	facts, name := before.Secret.Facts, model.Visible(to.Name)
	i.pass(Checked, "readable: %s, %s, fingerprint %s", facts.Kind, model.BytesWord(facts.Size), facts.Fingerprint)
	switch {
	case before.Value.Len() == 0:
		i.stop(Checked, &model.Refusal{Text: name + " has no value, and a control plane takes no secret without one. Nothing was done; edit it first."},
			"it has no value")
	case !traits.NamePerMesh && len(to.Mesh) > longestMesh:
		i.stop(Checked, &model.Refusal{Text: fmt.Sprintf("%s stays: mesh %s has a name of %d characters, and a label takes %d. Choose another mesh.",
			name, model.Visible(to.Mesh[:20]+"…"), len(to.Mesh), longestMesh)},
			"the name of the new mesh is too long for a label")
	case traits.SafetyCopies && size(before) > traits.MaxValue-copyRoom:
		i.stop(Checked, &model.Refusal{Text: fmt.Sprintf("%s stays: it has %s, and with more than %s there is no room for a safety copy.",
			name, model.BytesWord(size(before)), model.CountWord(traits.MaxValue-copyRoom))}, "it is too large for a safety copy")
	}
	return nil
}

// size is what a secret takes as an object, in bytes.
func size(s model.Snapshot) int {
	n := s.Value.Len()
	for _, v := range s.Rest.Keys {
		n += v.Len()
	}
	return n
}

// inspectMeshes looks at the target mesh, at who refers to the secret, and at
// what has its name there.
func (g Gate) inspectMeshes(ctx context.Context, i *Inspection) error {
	around, err := LookAround(ctx, g.plane)
	if err != nil {
		return err
	}
	i.around = around
	from, to := i.Change.Before.Secret.Ref, i.Change.After.Secret.Ref
	i.Change.Users, i.Change.Read, i.Change.Unread, i.Unread = around.Users(from), around.Read, around.Unread, around.Unread
	i.Change.Awaited = around.Users(to)
	// A global secret is in no mesh, so none is missing.
	i.Change.Orphaned = !from.Global() && !around.Blind() && !around.Has(from.Mesh)
	mesh, name := model.Visible(to.Mesh), model.Visible(to.Name)
	switch {
	case around.Blind():
		i.stop(Checked, UnknownMesh(to), "whether mesh %s exists is not known: you may not list meshes", mesh)
		return nil
	case !around.Has(to.Mesh):
		i.stop(Checked, &model.Refusal{Text: "Mesh " + mesh + " does not exist. Nothing was done; choose another mesh."}, "mesh %s does not exist", mesh)
		return nil
	}
	found, err := g.plane.Get(ctx, to)
	found.Wipe()
	earlier, marked := model.Begun(found.Secret)
	switch {
	case err == nil && marked && earlier.Problem == "":
		i.interrupted(earlier)
	case err == nil && from != to:
		i.stop(Checked, &model.Refusal{Text: mesh + " has a secret " + name + " already. Nothing was done; look at that one first."},
			"%s has a secret %s already", mesh, name)
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	default:
		i.pass(Checked, "mesh %s exists; no secret there has this name", mesh)
	}
	return nil
}

// inspectMarks looks for what somebody left on the secret.
func (g Gate) inspectMarks(_ context.Context, i *Inspection) error {
	before := i.Change.Before.Secret
	if before.Object.Applied {
		i.warn(Checked, "An annotation of kubectl holds the whole value in the clear; it is not carried along.")
	}
	if by := model.ManagedBy(before); by != "" {
		i.warn(Checked, "%s manages it and may put it back or take it away: change it there as well.", by)
	}
	return nil
}

// inspectServer tries the reassign out on the server.
func (g Gate) inspectServer(ctx context.Context, i *Inspection) error {
	if !g.plane.Traits().Rehearses {
		return nil
	}
	rehearsal, err := g.plane.Rehearse(ctx, i.Change)
	if err != nil {
		return err
	}
	for _, trial := range rehearsal.Trials {
		switch trial.Outcome {
		case Accepted:
			i.pass(Rehearsed, "%s", trial.What)
		case Warned:
			i.warn(Rehearsed, "%s", trial.Why)
		case Refused:
			i.stop(Rehearsed, &model.Refusal{Text: trial.Why}, "refused on the server")
			return nil
		}
	}
	return nil
}

// inspectZones tells which zones follow the control plane.
func (g Gate) inspectZones(ctx context.Context, i *Inspection) error {
	if g.plane.Identity().Mode == ModeZone {
		return nil
	}
	i.Zones, i.ZonesErr = g.plane.Zones(ctx)
	var away, silent []string
	names := make([]string, len(i.Zones))
	for n, z := range i.Zones {
		names[n] = model.Visible(z.Name)
		switch {
		case !z.Known:
			silent = append(silent, names[n])
		case !z.Online:
			away = append(away, names[n])
		}
	}
	switch {
	case i.ZonesErr != nil:
		i.warn(Followers, "Which zones follow this control plane cannot be read; they are given time, and how they take it cannot be told.")
	case len(names) == 0:
		i.pass(Followers, "no zone follows this control plane")
	default:
		i.pass(Followers, "%s follow this control plane: %s", model.CountWord(len(names)), strings.Join(names, ", "))
	}
	if len(away) > 0 {
		i.warn(Followers, "Not connected: %s. Such a zone can lose the secret when it comes back; :resend sends it again then.", strings.Join(away, ", "))
	}
	if len(silent) > 0 {
		i.warn(Followers, "How these zones take it cannot be read: %s.", strings.Join(silent, ", "))
	}
	return nil
}
