package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// checks are those before a reassign: what was found so far, and the request
// that makes the next one. While one is made the values are with it.
type checks struct {
	backend.Inspection
	running *request
}

// inspected is what was found, on its way to a screen.
type inspected struct{ backend.Inspection }

func (i inspected) wipe() { i.Wipe() }

// beginChecks makes the first check. Everything is read anew: what the list
// knows may be some seconds old.
func beginChecks(s *session, f Frame, row model.Row, to model.Ref) (checks, tea.Cmd) {
	return checks{Inspection: backend.Inspecting(row.Secret.Ref, to, row.System, s.examine, f.Now)}.on(s, f)
}

// on makes the next check.
func (c checks) on(s *session, f Frame) (checks, tea.Cmd) {
	gate, now := s.gate, c.Inspection
	var run tea.Cmd
	c.running, run = ask(s, f, readLimit, func(ctx context.Context) (inspected, error) {
		found, err := gate.InspectOn(ctx, now)
		return inspected{found}, err
	})
	return c, run
}

// went takes what a check found and makes the next one, until all are made or
// something stands against it.
func (c checks) went(s *session, f Frame, msg answer[inspected]) (next checks, run tea.Cmd, err error) {
	c.running = nil
	ref := c.Change.Before.Secret.Ref
	switch {
	case errors.Is(msg.err, backend.ErrNotFound):
		name, mesh := model.Visible(ref.Name), model.Visible(ref.MeshWord())
		c.Findings = append(c.Findings, backend.Finding{Outcome: backend.Refused, Text: "it is no longer in " + mesh})
		c.Why = &model.Refusal{Text: name + " is no longer in " + mesh + ": somebody deleted or reassigned it."}
		return c, nil, nil
	case msg.err != nil:
		return checks{}, nil, msg.err
	}
	c.Inspection = msg.value.Inspection
	if c.Over() {
		return c, nil, nil
	}
	c, run = c.on(s, f)
	return c, run, nil
}

// stop lets go of a check that is under way; what it holds is wiped when it
// answers.
func (c checks) stop() {
	if c.running != nil {
		c.running.stop()
		return
	}
	c.Wipe()
}

// sectionWord is the title of a section of findings.
func sectionWord(s backend.Section) string {
	switch s {
	case backend.Checked:
		return "Checked"
	case backend.Rehearsed:
		return "Rehearsed on the server, which changes nothing"
	case backend.Followers:
		return "Zones"
	}
	return ""
}

func findingMark(o backend.Outcome) Span {
	switch o {
	case backend.Accepted:
		return passedMark
	case backend.Warned:
		return look
	case backend.Refused:
	}
	return failedMark
}

// draw shows what was found, by section, and what is asked now.
func (c checks) draw(to *canvas, f Frame) {
	asking, now := c.Ahead()
	under := c.running != nil && now != ""
	unread := false
	for s := backend.Checked; s <= backend.Followers; s++ {
		first := true
		head := func() {
			if first && s != backend.Checked {
				to.gap()
			}
			if first {
				to.title(sectionWord(s))
			}
			first = false
		}
		for _, found := range c.Findings {
			if found.Section == s {
				head()
				to.hang(findingMark(found.Outcome), found.Text)
			}
		}
		if mark, text := notChecked(c.Unread); text != "" && s == backend.Checked && !unread {
			head()
			to.hang(mark, text)
			unread = true
		}
		if under && asking == s {
			head()
			to.hang(Span{Plain, "…"}, now+waited(f.Now.Sub(c.running.began)))
		}
	}
}

// waited is how long something is under way, once that is worth saying. A read
// and a write may take as long.
func waited(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return ", " + stepTime(d) + " of " + stepTime(readLimit)
}

// drawBlocked says why the secret stays.
func (r reassign) drawBlocked(c *canvas, f Frame) {
	if len(r.checks.Findings) > 0 {
		r.checks.draw(c, f)
		c.gap()
	}
	title := "It stays in " + model.Visible(r.row.Secret.Ref.MeshWord())
	if r.checks.Interrupted {
		title = "Another reassign of it is unfinished"
	}
	c.section(title, "")
	c.gap()
	why := r.checks.Why.Error()
	loss := model.RefuseLoss(r.row.Secret.Ref, r.checks.Change.Users)
	at := slices.IndexFunc(r.checks.Change.Users, model.Reference.OfBackend)
	if loss == nil || at < 0 || loss.Error() != why {
		c.para(why)
		return
	}
	u, what := r.checks.Change.Users[at], "this secret"
	if u.Role != "" {
		what = "its " + model.Visible(u.Role)
	}
	c.para("Reassigning it would leave mTLS backend " + model.Visible(u.By) + " without " + what + ".")
	c.para("Take the reference out of mesh " + model.Visible(u.Mesh) + " first.")
	c.gap()
	if r.to.traits.NamePerMesh {
		c.para("To have it in both meshes, add it to " + r.into() + " under the same name.")
		return
	}
	c.para("To have it in both meshes, add it to " + r.into() + " under another name: on Kubernetes a name exists once.")
}

// drawChecks shows the checks while they are made, and again when they are
// asked for from the confirm.
func (r reassign) drawChecks(c *canvas, f Frame) {
	r.checks.draw(c, f)
	c.gap()
	if r.stage == checking {
		c.section("So far", "")
		c.gap()
		c.para("Nothing stands against it. Nothing is changed before you agree to it.")
		return
	}
	c.section("All in all", "")
	c.gap()
	if r.checks.Change.NeedsOverride() {
		c.para("Who names it here finds it no longer, so it takes an override. What could not be checked is for you to judge.")
		return
	}
	c.para("Nothing stands against it. What could not be checked is for you to judge.")
}
