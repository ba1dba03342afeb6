package ui

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// doubtful are zones of which one refused something, and one is away.
func doubtful(_ *backend.Entry, p *faultyPlane) {
	p.zones = zonesOf("dublin-1", "madrid-1", "paris-1", "rome-1")
	p.zones[1].Acknowledged, p.zones[1].Rejected = 39, 2
	p.zones[2].Online = false
	p.zones[3] = backend.Zone{Name: "rome-1"}
}

// takingAll are zones that take whatever is written on the control plane.
func takingAll(_ *backend.Entry, p *faultyPlane) {
	p.before = func(op string, _ model.Ref) error {
		if op == "update" {
			p.zones = slices.Clone(p.zones)
			for i := range p.zones {
				p.zones[i].Sent++
				p.zones[i].Acknowledged++
			}
		}
		return nil
	}
}

func (r *workbench) resend(mesh, name string) *workbench {
	s, run := openResend(r.session, r.frame(), r.row(mesh, name))
	return r.over(mesh, name, s, run)
}

func (r *workbench) resendMesh(mesh string) *workbench {
	s, run := openResendMesh(r.session, r.frame(), r.stock, model.Scope{Mesh: mesh})
	return r.over(mesh, "", s, run)
}

// stand puts a resend on the bench as it is in the middle of its steps.
func (r *workbench) stand(change func(*resend)) *workbench {
	s := r.top().(resend)
	change(&s)
	r.app.stack[1] = s
	return r
}

func TestResendFrames(t *testing.T) {
	t.Parallel()
	newClusterBench(t, 100, 30, prodEU, doubtful).resend("payments", webhook).settle().golden("resend-100x30")
	newClusterBench(t, 80, 24, prodEU, doubtful).resendMesh("payments").settle().golden("resend-mesh-80x24")
	newClusterBench(t, 80, 24, prodEU, protected).resendMesh("payments").settle().press("enter").write("prod-eu pay").golden("resend-confirm-80x24")
	none := func(_ *backend.Entry, p *faultyPlane) { p.zones = []backend.Zone{} }
	newClusterBench(t, 80, 24, prodEU, none).resend("payments", webhook).settle().golden("resend-no-zones-80x24")
	newClusterBench(t, 80, 24).resend("payments", webhook).golden("resend-not-global-80x24")
	sending := func(next backend.ResendStep, at int) func(*resend) {
		return func(s *resend) {
			s.stage, s.asked = sendingAgain, &request{began: writeMoment.Add(-2 * time.Second)}
			s.again = backend.Resending{Refs: s.refs, Next: next, At: at}
		}
	}
	newClusterBench(t, 80, 24, prodEU).resendMesh("payments").settle().stand(sending(backend.SetLabel, 2)).golden("resend-labelling-80x24")
}

// What could not be sent again, and zones that did not take it, are named.
func TestResendTroubleIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 80, 24, prodEU, doubtful, takingAll).resendMesh("payments").settle()
		gone, answers := r.top().(resend).refs[1], r.plane.before
		r.plane.before = func(op string, ref model.Ref) error {
			if op == "get" && ref == gone {
				return &backend.Error{Kind: backend.ErrNotFound, Op: "reading", Ref: ref}
			}
			err := answers(op, ref)
			r.plane.zones = slices.Clone(r.plane.zones)
			r.plane.zones[1].Rejected, r.plane.zones[1].Acknowledged = 5, r.plane.zones[1].Sent-5
			return err
		}
		r.press("enter").settle().golden("resend-trouble-80x24").
			said("!", "6 secrets of payments were sent to the zones again. 1 other could not be.")
	})
}

// One secret is sent again: a label comes and goes, and the value stays.
func TestResendOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 80, 24, prodEU, takingAll).resend("payments", webhook).settle()
		value := r.stored("payments", webhook)
		r.press("enter").settle().golden("resend-done-80x24").
			said("✓", webhook+" was sent to the zones again; all of them answered and refused nothing.").
			wrote("update payments/"+webhook, "update payments/"+webhook)
		if r.stored("payments", webhook) != value {
			t.Error("the value is another one")
		}
		if labels := r.labels("payments", webhook); labels[model.LabelResend] != "" {
			t.Errorf("it still has the label: %v", labels)
		}
	})
}

func (r *workbench) labels(mesh, name string) map[string]string {
	r.t.Helper()
	got, err := r.plane.ControlPlane.Get(r.t.Context(), model.Ref{Mesh: mesh, Name: name})
	if err != nil {
		r.t.Fatal(err)
	}
	return got.Secret.Labels
}

// All secrets of a mesh are sent again together; esc stops after the one under
// way, and no label stays.
func TestResendOfAMeshCanBeStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 80, 24, prodEU, takingAll).resendMesh("payments").settle()
		refs := r.top().(resend).refs
		r.press("enter")
		r.step1().step1() // it begins and labels the first; the second is under way
		r.press("esc").settle()
		first, second := "update "+refs[0].String(), "update "+refs[1].String()
		r.wrote(first, second, first, second).
			said("✓", "2 secrets of payments were sent to the zones again; all of them answered and refused nothing.")
		for _, ref := range refs {
			if labels := r.labels(ref.Mesh, ref.Name); labels[model.LabelResend] != "" {
				t.Errorf("%v still has the label", ref)
			}
		}
	})
}

// Who quits waits until no label is left, and not for what the zones say.
func TestQuittingAResendLeavesNoLabel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 80, 24, prodEU).resendMesh("payments").settle()
		refs := r.top().(resend).refs
		r.press("enter")
		r.step1().press("ctrl+c").settle()
		if !r.app.gone {
			t.Error("the console did not leave")
		}
		first := "update " + refs[0].String()
		r.wrote(first, first)
	})
}

// step1 runs the command that waits first.
func (r *workbench) step1() *workbench {
	run := r.waiting[0]
	r.waiting = r.waiting[1:]
	r.step(run)
	return r
}

func TestResendOfAMesh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 80, 24, prodEU, takingAll).resendMesh("payments").settle()
		n := len(r.top().(resend).refs)
		r.press("enter").settle()
		if len(r.plane.ops) != 2*n || n < 2 {
			t.Errorf("%d secrets, %d changes of labels", n, len(r.plane.ops))
		}
	})
}

// What cannot be lost by a reassign is not sent again, and a control plane that
// no zone follows sends nothing.
func TestResendSaysWhyNot(t *testing.T) {
	t.Parallel()
	zone := func(_ *backend.Entry, p *faultyPlane) {
		p.identity = func(id backend.Identity) backend.Identity { id.Federated, id.Mode = true, backend.ModeZone; return id }
	}
	for _, c := range []struct {
		set        setting
		mesh, name string
		want       string
	}{
		{nil, "payments", webhook, "demo is no global control plane: no zone follows it, so nobody could have lost a secret that was moved here."},
		{zone, "payments", webhook, "demo is a zone itself. Secrets are sent by the global control plane that it follows: resend them there."},
		{prodEU, "default", "default.ca-builtin-key-ca-1", "default.ca-builtin-key-ca-1 is a system secret. Those are never reassigned, so no zone lost it that way."},
		{prodEU, "", "user-token-revocations", "user-token-revocations is a global secret. Those are never reassigned, so no zone lost it that way."},
		{prodEU, "payments", "edge-tls", "edge-tls is missing, so there is nothing to send."},
	} {
		var settings []setting
		if c.set != nil {
			settings = append(settings, c.set)
		}
		r := newClusterBench(t, 80, 24, settings...)
		s, _ := openResend(r.session, r.frame(), r.row(c.mesh, c.name))
		got, is := s.(refusal)
		if !is || got.why != c.want {
			t.Errorf("%s: it says %q", c.name, got.why)
		}
	}
	r := newClusterBench(t, 80, 24, prodEU)
	for _, scope := range []model.Scope{{All: true}, {Global: true}} {
		if s, _ := openResendMesh(r.session, r.frame(), r.stock, scope); !isRefusal(s) {
			t.Errorf("%+v is sent again", scope)
		}
	}
}

func isRefusal(s Screen) bool { _, is := s.(refusal); return is }

// A read-only control plane has no such command.
func TestResendIsAChangeHere(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 80, 24, prodEU, func(e *backend.Entry, _ *faultyPlane) { e.ReadOnly = true })
	r.over("payments", webhook, secret{to: r.session, stock: r.stock, row: r.row("payments", webhook)}, nil)
	next, _ := r.app.again(Press{ID: "resend"})
	if got := next.(App).message.Text; got != "prod-eu is read-only (set for this run): nothing can be changed here." {
		t.Errorf("it says %q", got)
	}
}
