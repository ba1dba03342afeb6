package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// written gives what was written down, a few words a line, and forgets it.
func (x *there) written() []string {
	x.t.Helper()
	path := filepath.Join(x.home, ".local", "state", "meshsecrets", "audit.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		x.t.Fatal(err)
	}
	if strings.Contains(string(data), "CANARY") || strings.Contains(string(data), "fake-token") {
		x.t.Error("a value or a token is written down")
	}
	if err := os.Remove(path); err != nil {
		x.t.Fatal(err)
	}
	var lines []string
	for text := range strings.Lines(string(data)) {
		var l struct{ Time, Operation, ControlPlane, Environment, Address, Verb, Step, Mesh, Name, ToMesh, Result string }
		if err := json.Unmarshal([]byte(text), &l); err != nil || l.Time != "2026-11-20T09:00:00Z" || l.Operation == "" || l.Address != x.server.URL || l.ControlPlane != x.named() {
			x.t.Errorf("the line %s (%v)", text, err)
		}
		words := []string{l.Verb, l.Step, l.Mesh + "/" + l.Name, l.ToMesh, l.Result}
		lines = append(lines, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
	}
	return lines
}

// named is how the picker calls it.
func (x *there) named() string {
	if x.reach[0] == "--context" {
		return "lab"
	}
	return "server"
}

func TestChangesAreWrittenDown(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			x := standing(t, environment)
			hold := func(want ...string) {
				t.Helper()
				if got := x.written(); !slices.Equal(got, want) {
					t.Errorf("written down was\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
				}
			}
			gate := x.gate(directoryOf(t, x.home, flags{}))
			ref := model.Ref{Mesh: "payments", Name: "canary"}
			secret := model.Snapshot{Secret: model.Secret{Ref: ref}, Value: model.NewValue([]byte("CANARY-first"))}
			if _, err := gate.Apply(t.Context(), model.Change{Verb: model.Create, After: secret}); err != nil {
				t.Fatal(err)
			}
			hold("add payments/canary begun", "add payments/canary done")
			before := x.read(ref)
			after := before.Clone()
			after.Value = model.NewValue([]byte("CANARY-second"))
			if _, err := gate.Apply(t.Context(), model.Change{Verb: model.Edit, Before: before, After: after}); err != nil {
				t.Fatal(err)
			}
			hold("edit payments/canary begun", "edit payments/canary done")
			if _, err := gate.Apply(t.Context(), model.Change{Verb: model.Edit, Before: before, After: after}); err == nil {
				t.Error("what was changed is changed again")
			}
			hold("edit payments/canary begun", "edit payments/canary conflict")
			if err := gate.Resend(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
			hold("resend label payments/canary begun", "resend label payments/canary done",
				"resend take the label off payments/canary begun", "resend take the label off payments/canary done")
			if _, err := gate.Apply(t.Context(), model.Change{Verb: model.Delete, Before: x.read(ref)}); err != nil {
				t.Fatal(err)
			}
			hold("delete payments/canary begun", "delete payments/canary done")
			x.does(move)
			hold(x.stepsOf("payments/hook checkout")...)
		})
	}
}

// gate connects as the console does.
func (x *there) gate(d *directory) backend.Gate {
	x.t.Helper()
	entry, err := x.entry(d)
	if err != nil {
		x.t.Fatal(err)
	}
	plane, err := entry.Connect(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	return backend.NewGate(plane, *entry, d.audit.Observe)
}

func (x *there) entry(d *directory) (*backend.Entry, error) {
	if x.reach[0] == "--context" {
		return d.chosenContext("lab")
	}
	d.flags.server = x.server.URL
	e := d.given()
	return &e, nil
}

func (x *there) read(ref model.Ref) model.Snapshot {
	x.t.Helper()
	plane, err := x.plane()
	if err != nil {
		x.t.Fatal(err)
	}
	got, err := plane.Get(x.t.Context(), ref)
	if err != nil {
		x.t.Fatal(err)
	}
	return got
}

// stepsOf are the lines of a reassign that goes well.
func (x *there) stepsOf(about string) []string {
	steps := []string{"create", "delete", "take the label off"}
	if x.named() == "lab" {
		steps = []string{"keep a safety copy", "delete", "create", "take the label off", "delete the safety copy"}
	}
	var lines []string
	for _, step := range steps {
		lines = append(lines, "reassign "+step+" "+about+" begun", "reassign "+step+" "+about+" done")
	}
	return append(lines, "reassign "+about+" done")
}

// A file that cannot be written stops nothing, and that is said once.
func TestChangesThatCannotBeWrittenDown(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	if err := os.WriteFile(filepath.Join(x.home, ".local"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text, code := x.does(move)
	const want = "stderr: Changes are not written down in HOME/.local/state/meshsecrets/audit.jsonl (not a directory). They are made all the same.\n"
	if code != ExitDone || strings.Count(text, want) != 1 || strings.Count(text, "Changes are not") != 1 {
		t.Errorf("exit %d\n%s", code, text)
	}
}

// Looking writes nothing down, not even an empty file.
func TestLookingIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	for _, line := range []string{"problems", "recover", "reassign hook --from payments --to checkout --dry-run"} {
		x.does(line)
	}
	if _, err := os.Stat(filepath.Join(x.home, ".local")); !os.IsNotExist(err) {
		t.Errorf("there is a folder: %v", err)
	}
}
