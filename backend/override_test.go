package backend_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// psp is a policy of a mesh that names the secret which is moved.
func psp(mesh string) model.Resource {
	return model.Resource{Kind: model.KindExternalService, Mesh: mesh, Name: "psp", Raw: fmt.Appendf(nil,
		`{"type":"ExternalService","mesh":%q,"name":"psp","networking":{"tls":{"enabled":true,"caCert":{"secret":"token"}}}}`, mesh)}
}

// backed is a Mesh whose mTLS backend names the secret which is moved.
func backed(mesh string) model.Resource {
	return model.Resource{Kind: model.KindMesh, Name: mesh, Raw: fmt.Appendf(nil,
		`{"type":"Mesh","name":%q,"mtls":{"enabledBackend":"ca","backends":[{"name":"ca","type":"provided","conf":{"cert":{"secret":"token"}}}]}}`, mesh)}
}

// named gives a control plane policies.
func (m *memory) named(resources ...model.Resource) *memory {
	m.resources = map[model.ResourceKind][]model.Resource{}
	for _, r := range resources {
		m.resources[r.Kind] = append(m.resources[r.Kind], r)
	}
	return m
}

func inspected(t *testing.T, m *memory) backend.Inspection {
	t.Helper()
	found, err := m.gate().Inspect(t.Context(), backend.Inspecting(source, target, false, model.NewExaminer([32]byte{}), time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// told tells whether something was found, with that outcome.
func told(i backend.Inspection, o backend.Outcome, text string) bool {
	return slices.ContainsFunc(i.Findings, func(f backend.Finding) bool { return f.Outcome == o && f.Text == text })
}

// A policy that names the secret does not block a reassign; it takes an
// override, which the gate asks for.
func TestAReassignThatTakesFromAPolicy(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := plane().named(psp(source.Mesh))
			found := inspected(t, m)
			const text = "named by ExternalService psp as CA. Calls to psp: the control plane takes its endpoints away and says so only in its log."
			if found.Why != nil || !found.Change.NeedsOverride() || !told(found, backend.Warned, text) {
				t.Fatalf("why %v, found %v", found.Why, found.Findings)
			}
			_, err := drive(t, m.gate(), found.Change, found.Progress, 20)
			var refusal *model.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Text, "ExternalService psp") {
				t.Errorf("without an override: %v", err)
			}
			m.wantOnlyAt(t, source)
			found.Change.Despite = true
			if end, err := drive(t, m.gate(), found.Change, found.Progress, 20); err != nil || end.Next != model.Done {
				t.Errorf("with an override it ended with %v, %v", end.Next, err)
			}
			m.wantOnlyAt(t, target)
		})
	}
}

// What waits for the secret in its new mesh is told.
func TestAReassignToWhereItIsAwaited(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := plane().named(psp(target.Mesh))
			found := inspected(t, m)
			if !told(found, backend.Accepted, "ExternalService psp as CA of payments names it: it is missing there now") {
				t.Errorf("found %v", found.Findings)
			}
			if end, err := drive(t, m.gate(), found.Change, found.Progress, 20); err != nil || end.Next != model.Done {
				t.Fatalf("it ended with %v, %v", end.Next, err)
			}
			m.wantOnlyAt(t, target)
		})
	}
}

// Who waited for it gets in nobody's way when the same run turns round; who
// refers to it since then does.
func TestTakingBackFromWhereItWasAwaited(t *testing.T) {
	t.Parallel()
	for name, seen := range map[string]bool{"as before": true, "somebody new": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := both()["a name per mesh"]()
				if seen {
					m.named(psp(target.Mesh))
				}
				found := inspected(t, m)
				end, err := drive(t, m.gate(), found.Change, found.Progress, 20)
				if err != nil {
					t.Fatal(err)
				}
				m.named(psp(target.Mesh))
				_, err = drive(t, m.gate(), found.Change, end.Reverse(), 20)
				if seen {
					m.wantOnlyAt(t, source)
				} else if err == nil || !strings.Contains(err.Error(), "now named by ExternalService psp") {
					t.Errorf("the error is %v", err)
				}
			})
		})
	}
}

// What an mTLS backend uses stays, whoever agrees to it: in the inspection, and
// when the reference came after it.
func TestNoOverrideTakesFromAnMTLSBackend(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if found := inspected(t, plane().named(backed(source.Mesh))); found.Why == nil {
				t.Error("the inspection lets it go")
			}
			m := plane().named(psp(source.Mesh))
			found := inspected(t, m)
			found.Change.Despite = true
			m.named(psp(source.Mesh), backed(source.Mesh))
			_, err := drive(t, m.gate(), found.Change, found.Progress, 20)
			if err == nil || !strings.Contains(err.Error(), "mTLS backend ca of default uses it") {
				t.Errorf("the error is %v", err)
			}
			m.wantOnlyAt(t, source)
		})
	}
}

// Another policy that came after the override was given stops the deletion.
func TestAnOverrideHoldsForWhatWasSeen(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := plane().named(psp(source.Mesh))
			found := inspected(t, m)
			found.Change.Despite = true
			other := psp(source.Mesh)
			other.Name = "other"
			m.named(psp(source.Mesh), other)
			_, err := drive(t, m.gate(), found.Change, found.Progress, 20)
			if err == nil || !strings.Contains(err.Error(), "now named by ExternalService other") {
				t.Errorf("the error is %v", err)
			}
			m.wantOnlyAt(t, source)
		})
	}
}

// A kind that cannot be read any more stops the deletion as well.
func TestAReassignWithoutAKindThatWasRead(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := plane()
			found := inspected(t, m)
			m.refusedKinds = map[model.ResourceKind]error{model.KindMeshOPA: m.broken(backend.ErrForbidden)}
			_, err := drive(t, m.gate(), found.Change, found.Progress, 20)
			if err == nil || !strings.Contains(err.Error(), "MeshOPA was read when you looked and cannot be read now") {
				t.Errorf("the error is %v", err)
			}
			m.wantOnlyAt(t, source)
		})
	}
}

// An overridden reassign ends at any of its calls. What is left is found, and
// finished with an override given anew, or taken back without one.
func TestAnOverriddenReassignSurvivesAnEndAnywhere(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		for n := range 20 {
			for _, back := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, call %d, taken back %v", kind, n, back), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { overriddenEndsAt(t, plane().named(psp(source.Mesh)), n, back) })
				})
			}
		}
	}
}

func overriddenEndsAt(t *testing.T, m *memory, n int, back bool) {
	t.Helper()
	c := m.moveOf()
	c.Users, c.Despite = model.References(psp(source.Mesh)), true
	m.failFrom, m.arrive, m.down = n, true, true
	at := m.gate().Begin(t.Context(), c)
	for m.calls <= n && at.Next != model.Done {
		at, _ = m.gate().Advance(t.Context(), c, at)
	}
	m.failFrom = -1
	left := m.unfinished()
	if len(left) == 0 {
		end := target
		if _, there := m.held[source]; there {
			end = source
		}
		m.wantOnlyAt(t, end)
		return
	}
	found, err := m.gate().Resume(t.Context(), left[0])
	if err != nil {
		t.Fatal(err)
	}
	choice, end := model.Finish, target
	progress := found.Progress
	if back && slices.Contains(found.Choices, model.TakeBack) {
		choice, end, progress = model.TakeBack, source, progress.Reverse()
	}
	if found.State == model.Staged && choice == model.Finish {
		if refused, err := drive(t, m.gate(), found.Change, progress, 30); err == nil {
			t.Errorf("finished without an override: %v", refused.Next)
		}
		if !found.NeedsOverride(choice) {
			t.Error("to finish asks for no override")
		}
		return
	}
	found.Change.Despite = found.NeedsOverride(choice)
	if last, err := drive(t, m.gate(), found.Change, progress, 30); err != nil || last.Next != model.Done {
		t.Errorf("from %v it ended with %v, %v", found.State, last.Next, err)
	}
	m.wantOnlyAt(t, end)
}

// A reassign that was copied and not deleted is finished with an override, and
// not at all once an mTLS backend names the secret.
func TestAnOverrideIsGivenAnewToFinish(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := plane().named(psp(source.Mesh))
			c := m.moveOf()
			c.Users, c.Despite = model.References(psp(source.Mesh)), true
			at, err := m.gate().Advance(t.Context(), c, m.gate().Begin(t.Context(), c))
			if err != nil {
				t.Fatal(err)
			}
			u := m.unfinished()[0]
			m.named(psp(source.Mesh), backed(source.Mesh))
			stays, err := m.gate().Resume(t.Context(), u)
			if err != nil || stays.Stays == nil || slices.Contains(stays.Choices, model.Finish) {
				t.Errorf("with an mTLS backend: %v, choices %v, error %v", stays.Stays, stays.Choices, err)
			}
			m.named(psp(source.Mesh))
			found, err := m.gate().Resume(t.Context(), u)
			if err != nil || !found.NeedsOverride(model.Finish) || found.NeedsOverride(model.TakeBack) {
				t.Fatalf("%v after %v: %v", found.Change.Users, at.Last, err)
			}
			found.Change.Despite = true
			synctest.Test(t, func(t *testing.T) {
				if end, err := drive(t, m.gate(), found.Change, found.Progress, 30); err != nil || end.Next != model.Done {
					t.Errorf("it ended with %v, %v", end.Next, err)
				}
			})
			m.wantOnlyAt(t, target)
		})
	}
}

// The gate keeps the control plane's own names free, whoever asks; what was
// there before is put back all the same.
func TestTheGateRefusesReservedNames(t *testing.T) {
	t.Parallel()
	identity := model.Resource{Kind: model.KindMeshIdentity, Mesh: "default", Name: "main", Raw: []byte(
		`{"type":"MeshIdentity","mesh":"default","name":"main","spec":{"provider":{"bundled":{"autogenerate":{"enabled":true}}}}}`)}
	for name, want := range map[string]string{
		"dataplane-token-signing-key-default-2": "is reserved", "default.ca-builtin-key-ca": "is reserved",
		"main-root-ca": "makes it by itself for MeshIdentity main", "main-private-key": "makes it by itself for MeshIdentity main", "token": "",
	} {
		m := newMemory().named(identity)
		ref := model.Ref{Mesh: "default", Name: name}
		c := model.Change{Verb: model.Create, After: hold(ref, "fake-value")}
		_, err := m.gate().Apply(t.Context(), c)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || len(m.held) > 0) {
			t.Errorf("%s: %v, %d secrets are there", name, err, len(m.held))
		}
		c.Begun = true
		if _, err := newMemory().named(identity).gate().Apply(t.Context(), c); err != nil {
			t.Errorf("%s, put back: %v", name, err)
		}
	}
}
