package backend_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// diary is what an observer was told, a line each.
type diary struct {
	lines      []string
	operations map[string]bool
	printed    string
}

func (d *diary) observe(r backend.Record) {
	if d.operations == nil {
		d.operations = map[string]bool{}
	}
	words := []string{r.Verb}
	if r.Step != "" {
		words = append(words, "("+r.Step+")")
	}
	words = append(words, r.Ref.String())
	if r.To != (model.Ref{}) {
		words = append(words, "to "+r.To.Mesh)
	}
	d.lines = append(d.lines, strings.Join(append(words, string(r.Result)), " "))
	d.operations[r.Operation] = true
	d.printed += fmt.Sprintf("%+v", r)
}

// holds compares with what is wanted; all lines are of so many operations, each
// with a name.
func (d *diary) holds(t *testing.T, operations int, want ...string) {
	t.Helper()
	if !slices.Equal(d.lines, want) {
		t.Errorf("the observer was told\n %s\nwant\n %s", strings.Join(d.lines, "\n "), strings.Join(want, "\n "))
	}
	if len(d.operations) != operations || d.operations[""] {
		t.Errorf("there are %d operations: %v", len(d.operations), d.operations)
	}
	if strings.Contains(d.printed, "fake-") {
		t.Error("what is told holds a value")
	}
}

func TestEveryChangeIsTold(t *testing.T) {
	t.Parallel()
	m := newMemory()
	var d diary
	for _, c := range []model.Change{add(), edit(), {Verb: model.Delete, Before: hold(source, "fake-after")}} {
		if _, err := m.gate(d.observe).Apply(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	ref := source.String()
	d.holds(t, 3, "add "+ref+" begun", "add "+ref+" done", "edit "+ref+" begun", "edit "+ref+" done", "delete "+ref+" begun", "delete "+ref+" done")
}

// A reassign is told step by step, those that only look left out, and its end.
func TestEveryStepOfAReassignIsTold(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	var d diary
	gate, c := m.gate(d.observe), m.moveOf()
	if _, err := drive(t, gate, c, gate.Begin(t.Context(), c), 10); err != nil {
		t.Fatal(err)
	}
	about := " " + c.Before.Secret.Ref.String() + " to " + c.After.Secret.Ref.Mesh
	var want []string
	for _, step := range []string{"keep a safety copy", "delete", "create", "take the label off", "delete the safety copy"} {
		want = append(want, "reassign ("+step+")"+about+" begun", "reassign ("+step+")"+about+" done")
	}
	d.holds(t, 1, append(want, "reassign"+about+" done")...)
}

// What a step that failed came to is told, and a label that may not be taken
// off is not said to be gone.
func TestAStepThatFailsIsTold(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	m.noUpdate = true
	var d diary
	gate, c := m.gate(d.observe), m.moveOf()
	if _, err := drive(t, gate, c, gate.Begin(t.Context(), c), 10); err != nil {
		t.Fatal(err)
	}
	about := " " + c.Before.Secret.Ref.String() + " to " + c.After.Secret.Ref.Mesh
	if want := "reassign (take the label off)" + about + " forbidden"; !slices.Contains(d.lines, want) {
		t.Errorf("%q is not among\n %s", want, strings.Join(d.lines, "\n "))
	}
}

func TestAResendIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, refs := newResent("hook")
		var d diary
		gate := backend.NewGate(m, backend.Entry{Name: "memory"}, d.observe)
		if err := gate.Resend(t.Context(), refs[0]); err != nil {
			t.Fatal(err)
		}
		const about = " payments/hook "
		d.holds(t, 1, "resend (label)"+about+"begun", "resend (label)"+about+"done", "resend (take the label off)"+about+"begun", "resend (take the label off)"+about+"done")
	})
}

func TestWhatAnErrorIsToldAs(t *testing.T) {
	t.Parallel()
	for kind, want := range map[error]backend.Result{
		backend.ErrForbidden: backend.ResultForbidden, backend.ErrUnauthorized: backend.ResultForbidden,
		backend.ErrConflict: backend.ResultConflict, backend.ErrExists: backend.ResultConflict, backend.ErrInvalid: backend.ResultRefused,
		backend.ErrTooLarge: backend.ResultRefused, backend.ErrUnavailable: backend.ResultUnavailable, errors.New("fake"): backend.ResultFailed,
	} {
		t.Run(kind.Error(), func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			m.refuse = func(model.Snapshot) error { return m.broken(kind) }
			var d diary
			_, _ = m.gate(d.observe).Apply(t.Context(), add())
			if got := d.lines[len(d.lines)-1]; got != "add "+source.String()+" "+string(want) {
				t.Errorf("it is told as %q, want %s", got, want)
			}
		})
	}
}
