package kubernetes

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// A request or an answer that is lost, at whichever step, loses nothing, and
// the reassign still ends.
func TestReassignsThatLoseARequestOrAnAnswer(t *testing.T) {
	t.Parallel()
	losing := map[string]func(backendtest.Fixture){
		"a request": func(f backendtest.Fixture) { f.LoseRequest() },
		"an answer": func(f backendtest.Fixture) { f.LoseAnswer() },
	}
	for name, lose := range losing {
		for at := range 5 {
			synctest.Test(t, func(t *testing.T) {
				f := overEmbedded(t)
				f.Put(someRef, []byte(canary), map[string]string{"team": "blue"})
				before, err := f.ControlPlane.Get(t.Context(), someRef)
				if err != nil {
					t.Fatal(err)
				}
				end := losingAt(t, f, moving(before), at, lose)
				if end.Next != model.Done {
					t.Errorf("%s at step %d: it ends with %+v", name, at, end.World)
				}
				wantMoved(t, f.ControlPlane)
			})
		}
	}
}

// moving is the reassign of a secret to the other mesh.
func moving(before model.Snapshot) model.Change {
	to := model.Ref{Mesh: backendtest.MeshB, Name: before.Secret.Ref.Name}
	return model.Change{Verb: model.Reassign, Before: before, After: backend.Moved(before, to)}
}

// losingAt takes the steps of a reassign and loses something at one of them.
func losingAt(t *testing.T, f backendtest.Fixture, change model.Change, lost int, lose func(backendtest.Fixture)) backend.Progress {
	t.Helper()
	gate := backend.NewGate(f.ControlPlane, backend.Entry{Name: "test"})
	at := gate.Begin(t.Context(), change)
	for step := 0; step < 40; step++ {
		if step == lost {
			lose(f)
		}
		var err error
		at, err = gate.Advance(t.Context(), change, at)
		if err != nil && !at.Again {
			t.Fatalf("step %d: %v", step, err)
		}
		if err == nil && (at.Next == model.Done || at.Next == model.Stuck) {
			break
		}
	}
	return at
}

// wantMoved checks that someRef is in the other mesh alone, and nothing is
// left of its reassign.
func wantMoved(t *testing.T, p backend.ControlPlane) {
	t.Helper()
	found, err := p.Get(t.Context(), model.Ref{Mesh: backendtest.MeshB, Name: someRef.Name})
	if err != nil || !found.Value.Equal(model.NewValue([]byte(canary))) || found.Secret.Labels[model.LabelReassign] != "" || found.Secret.Labels["team"] != "blue" {
		t.Errorf("what was moved is %+v, %v", found.Secret, err)
	}
	if _, err := p.Get(t.Context(), someRef); !errors.Is(err, backend.ErrNotFound) {
		t.Errorf("the source: %v", err)
	}
	if left, err := p.Unfinished(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left is %+v, %v", left, err)
	}
}

// The source is not deleted on account of a safety copy that is being deleted.
func TestASafetyCopyThatIsBeingDeletedHoldsNothing(t *testing.T) {
	t.Parallel()
	far, _, p := moverAt(t, verbGet, verbList, verbCreate, verbUpdate, verbDelete)
	before, err := p.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	gate := backend.NewGate(p, backend.Entry{Name: "test"})
	at, err := gate.Advance(t.Context(), moving(before), gate.Begin(t.Context(), moving(before)))
	if err != nil || at.Next != model.DeleteSource {
		t.Fatalf("next is %v, %v", at.Next, err)
	}
	object, err := p.object(t.Context(), call{op: opRead, ref: model.Ref{Name: at.Copy()}, verb: verbGet, at: p.at(at.Copy())})
	if err != nil {
		t.Fatal(err)
	}
	object.APIVersion, object.Kind = "v1", "Secret"
	object.Finalizers, object.DeletionTimestamp = []string{"fake.example.com/hold"}, &metav1.Time{Time: someTime}
	if err := far.SeedObject(&object.secretObject); err != nil {
		t.Fatal(err)
	}
	at, err = gate.Advance(t.Context(), moving(before), at)
	if !errors.Is(err, backend.ErrConflict) || at.Undone {
		t.Errorf("it ends with %v, %+v", err, at.World)
	}
	if found, err := p.Get(t.Context(), someRef); err != nil || found.Secret.Version.UID != before.Secret.Version.UID {
		t.Errorf("the source is %+v, %v", found.Secret, err)
	}
	left, err := p.Unfinished(t.Context())
	if err != nil || len(left) != 1 || !strings.Contains(left[0].Problem, "is being deleted") {
		t.Errorf("left is %+v, %v", left, err)
	}
}

// What is read without a mesh is no global secret, and no error says so.
func TestErrorsOfObjectsWithoutAMesh(t *testing.T) {
	t.Parallel()
	p := always(404, typeJSON, `{"kind":"Status","status":"Failure","reason":"NotFound","message":"no"}`).plane(t)
	_, named := p.Named(t.Context(), "hook")
	_, kept := p.Kept(t.Context(), "fake-copy")
	dropped := p.Drop(t.Context(), "fake-copy", model.Version{UID: "u-1", Revision: "7"})
	for want, err := range map[string]error{
		"reading Secret hook of " + p.namespace + ": ": named, "reading Secret fake-copy of " + p.namespace + ": ": kept,
		"deleting Secret fake-copy of " + p.namespace + ": ": dropped,
	} {
		if !errors.Is(err, backend.ErrNotFound) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

// What a reassign makes carries its tag, so what is tried carries one as well: a
// policy about labels refuses it before anything is deleted.
func TestTheTagIsTriedOut(t *testing.T) {
	t.Parallel()
	_, wire, p := moverAt(t, verbGet, verbList, verbCreate, verbUpdate, verbDelete)
	wire.refused.Store(&rule{tagged: true, rehearsed: true})
	before, err := p.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	change := moving(before)
	rehearsal, err := p.Rehearse(t.Context(), change)
	if refusal := rehearsal.Refusal(); err != nil || refusal == nil || refusal.What != triedCreate {
		t.Errorf("the rehearsal says %+v, %v", rehearsal, err)
	}
	at, err := moved(t, p, before, backendtest.MeshB)
	if err == nil || !at.Undone {
		t.Errorf("it ends with %v, %+v", err, at.World)
	}
	found, err := p.Get(t.Context(), someRef)
	if _, tagged := found.Secret.Labels[model.LabelReassign]; err != nil || tagged || found.Secret.Version.UID != before.Secret.Version.UID {
		t.Errorf("the source is %+v, %v", found.Secret, err)
	}
	if _, tagged := change.After.Secret.Labels[model.LabelReassign]; tagged {
		t.Error("the change itself is tagged")
	}
}

// mover may do what a reassign cannot do without, and no more.
func mover(t *testing.T, verbs ...string) *plane {
	t.Helper()
	_, _, p := moverAt(t, verbs...)
	return p
}

// moverAt gives beside it the control plane, and the line to that.
func moverAt(t *testing.T, verbs ...string) (*embedded.ControlPlane, *line, *plane) {
	t.Helper()
	rules := []embedded.Rule{
		{Verbs: verbs, Groups: []string{""}, Resources: []string{secrets}, Namespaces: []string{somewhere}},
		{Verbs: []string{verbGet, verbList}, Groups: []string{kumaGroup}, Resources: []string{"*"}},
	}
	far, err := embedded.New(embedded.Options{
		Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere,
		Users: []embedded.KubernetesUser{{Name: "mover", Token: "fake-token", Rules: rules}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := far.Put("/meshes/"+backendtest.MeshB, map[string]string{"type": "Mesh", "name": backendtest.MeshB}); err != nil {
		t.Fatal(err)
	}
	object := objectOf(backendtest.Object{Ref: someRef, Value: []byte(canary), Labels: map[string]string{"team": "blue"}})
	object["metadata"].(map[string]any)["namespace"] = somewhere
	if err := far.SeedObject(object); err != nil {
		t.Fatal(err)
	}
	wire := &line{t: t, through: far.KubernetesTransport(), namespace: somewhere}
	return far, wire, near(t, wire, "https://cluster.example", "fake-token", somewhere)
}

// Who may not update secrets can reassign them; the labels of the reassign
// stay, and that is said before.
func TestReassignsWithoutTheRightToUpdate(t *testing.T) {
	t.Parallel()
	p := mover(t, verbGet, verbList, verbCreate, verbDelete)
	before, err := p.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	rehearsal, err := p.Rehearse(t.Context(), moving(before))
	if err != nil || len(rehearsal.Trials) != 4 || rehearsal.Trials[3].Outcome != backend.Warned || rehearsal.Trials[3].Why != adviseLabels {
		t.Errorf("the rehearsal says %+v, %v", rehearsal, err)
	}
	at, err := moved(t, p, before, backendtest.MeshB)
	if err != nil || at.Next != model.Done || !at.World.Fixed {
		t.Fatalf("it ends with %v, %+v", err, at.World)
	}
	found, err := p.Get(t.Context(), model.Ref{Mesh: backendtest.MeshB, Name: someRef.Name})
	if err != nil || found.Secret.Labels[model.LabelReassign] != at.Plan.ID || found.Secret.Labels[model.LabelFrom] != "default" {
		t.Errorf("its labels are %v, %v", found.Secret.Labels, err)
	}
}

// What would be refused half-way is refused before anything is done.
func TestReassignsWithoutOtherRights(t *testing.T) {
	t.Parallel()
	for missing, verbs := range map[string][]string{
		verbCreate: {verbGet, verbList, verbUpdate, verbDelete},
		verbDelete: {verbGet, verbList, verbUpdate, verbCreate},
	} {
		p := mover(t, verbs...)
		before, err := p.Get(t.Context(), someRef)
		if err != nil {
			t.Fatal(err)
		}
		rehearsal, err := p.Rehearse(t.Context(), moving(before))
		if refusal := rehearsal.Refusal(); err != nil || refusal == nil || refusal.Why != "You may not "+missing+" secrets in namespace kuma-system." {
			t.Errorf("without %s the rehearsal says %+v, %v", missing, rehearsal, err)
		}
		if after, err := p.Get(t.Context(), someRef); err != nil || after.Secret.Version != before.Secret.Version {
			t.Errorf("without %s: something changed: %v", missing, err)
		}
	}
}

// The trial of a safety copy tells of quotas; one that is there already has
// been counted.
func TestTrialsOfSafetyCopies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer *http.Response
		want   string // the refusal
	}{
		"there is room":       {nil, ""},
		"it is there already": {refusalOf(409, "AlreadyExists", "it exists", ""), ""},
		"there is no room":    {refusalOf(403, "Forbidden", `secrets "x" is forbidden: exceeded quota: fake, used: 200, limited: 200`, ""), `Secrets "x" is forbidden: exceeded quota: fake, used: 200, limited: 200.`},
		"it is too large":     {refusalOf(422, "Invalid", "too long: may not be more than 1048576 bytes", ""), "Too long: may not be more than 1048576 bytes."},
	} {
		tried := 0
		p := holding("fake-value", func(r *http.Request) *http.Response {
			if r.Method != http.MethodPost || r.URL.Query().Get("dryRun") != "All" {
				return nil
			}
			if tried++; tried == 1 && c.answer != nil {
				return c.answer
			}
			made := `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"` + []string{"meshsecrets-reassign-u-1", someRef.Name}[tried-1] + `"}}`
			return reply(201, typeJSON, made)
		}).plane(t)
		rehearsal, err := p.Rehearse(t.Context(), moving(someSnapshot("fake-value")))
		if err != nil || len(rehearsal.Trials) != 4 || rehearsal.Trials[0].What != triedCopy || rehearsal.Trials[0].Why != c.want {
			t.Errorf("%s: the rehearsal says %+v, %v", name, rehearsal, err)
		}
	}
}

// An update whose version and value were not seen together would overwrite
// what it does not know.
func TestUpdatesOfWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	f := overEmbedded(t)
	f.Put(someRef, []byte("fake-first"), nil)
	first, err := f.ControlPlane.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	f.Put(someRef, []byte("fake-second"), nil)
	second, err := f.ControlPlane.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	mixed := model.Snapshot{Secret: second.Secret, Value: first.Value}
	if _, err := f.ControlPlane.Update(t.Context(), mixed, mixed); !errors.Is(err, backend.ErrConflict) || strings.Contains(err.Error(), "fake") {
		t.Errorf("got %v", err)
	}
	wantBytes(t, f.ControlPlane, someRef, second.Value)
}
