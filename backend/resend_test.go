package backend_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// resent is a global control plane with secrets, on which a resend is made step
// by step. It notes when each label came and went.
type resent struct {
	*memory
	log []string
	end func(ref model.Ref, labelled bool) error // what a change of labels is answered with
}

func (r *resent) Update(ctx context.Context, before, after model.Snapshot) (model.Secret, error) {
	_, labelled := after.Secret.Labels[model.LabelResend]
	if r.end != nil {
		if err := r.end(after.Secret.Ref, labelled); err != nil {
			return model.Secret{}, err
		}
	}
	word := "unset "
	if labelled {
		word = "set "
	}
	r.log = append(r.log, word+after.Secret.Ref.Name)
	// Zones are sent what changed, and take it.
	for i := range r.zones {
		r.zones[i].Sent++
		r.zones[i].Acknowledged++
	}
	return r.memory.Update(ctx, before, after)
}

// Zones gives them as they are now.
func (r *resent) Zones(context.Context) ([]backend.Zone, error) { return slices.Clone(r.zones), nil }

func newResent(names ...string) (*resent, []model.Ref) {
	r := &resent{memory: newMemory()}
	r.identity.Mode = backend.ModeGlobal
	r.zones = []backend.Zone{{Name: "dublin-1", Known: true, Online: true, Connected: time.Unix(0, 0)}}
	var refs []model.Ref
	for _, name := range names {
		ref := model.Ref{Mesh: "payments", Name: name}
		r.put(ref, hold(ref, "fake-value"))
		refs = append(refs, ref)
	}
	return r, refs
}

// all takes all steps, and stops beginning more before the n-th.
func (r *resent) all(t *testing.T, refs []model.Ref, stopBefore int) (backend.Resending, error) {
	t.Helper()
	gate := backend.NewGate(r, backend.Entry{Name: "memory"})
	at := gate.BeginResend(t.Context(), refs)
	var failed error
	for n := 0; at.Next != backend.Resent; n++ {
		if n == stopBefore {
			at = at.Stop()
			continue
		}
		if n > 100 {
			t.Fatalf("it does not end: %+v", at)
		}
		var err error
		if at, err = gate.AdvanceResend(t.Context(), at); err != nil {
			failed = err
		}
	}
	return at, failed
}

func (r *resent) wantLog(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.log, want) {
		t.Errorf("the labels were changed as %q, want %q", r.log, want)
	}
}

// All labels are set, zones are waited for once, and all are removed.
func TestResendOfSeveralWaitsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, refs := newResent("a", "b", "c")
		began := time.Now()
		at, err := r.all(t, refs, -1)
		if err != nil || at.Sent() != 3 || len(at.Unsent)+len(at.Left) != 0 {
			t.Errorf("it ended with %v: %+v", err, at)
		}
		r.wantLog(t, "set a", "set b", "set c", "unset a", "unset b", "unset c")
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("it took %v, want the gap of 3 s and the 12 s by which zones told what they made of it", took)
		}
		if len(at.Zones) != 1 || at.Zones[0].Answer != backend.Took {
			t.Errorf("the zones answered %+v", at.Zones)
		}
		for _, ref := range refs {
			if found := r.held[ref]; !found.Value.Equal(model.NewValue([]byte("fake-value"))) || len(found.Secret.Labels) != 2 {
				t.Errorf("%v has the labels %v afterwards", ref, found.Secret.Labels)
			}
		}
	})
}

// Who stops begins no further one; what was begun is finished.
func TestResendStopsAfterTheOneUnderWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before int
		want   []string
	}{
		{"before the first", 0, nil},
		{"after the second", 2, []string{"set a", "set b", "unset a", "unset b"}},
		{"while zones are waited for", 3, []string{"set a", "set b", "set c", "unset a", "unset b", "unset c"}},
		{"while labels are removed", 5, []string{"set a", "set b", "set c", "unset a", "unset b", "unset c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, refs := newResent("a", "b", "c")
				if _, err := r.all(t, refs, c.before); err != nil {
					t.Error(err)
				}
				r.wantLog(t, c.want...)
			})
		})
	}
}

// A crash leaves labels behind; the next resend takes them away, and that is
// what zones are sent.
func TestResendRemovesLabelsThatWereLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, refs := newResent("a", "b")
		gate := backend.NewGate(r, backend.Entry{Name: "memory"})
		at := gate.BeginResend(t.Context(), refs)
		for range 3 { // two labels and the wait; then the program is gone
			at, _ = gate.AdvanceResend(t.Context(), at)
		}
		r.wantLog(t, "set a", "set b")
		began := time.Now()
		at, err := r.all(t, refs, -1)
		if err != nil || at.Sent() != 2 {
			t.Errorf("it ended with %v: %+v", err, at)
		}
		r.wantLog(t, "set a", "set b", "unset a", "unset b")
		if took := time.Since(began); took != 12*time.Second {
			t.Errorf("it took %v: nothing was set, so nothing has to be waited for but the zones' answers", took)
		}
		for _, ref := range refs {
			if _, there := r.held[ref].Secret.Labels[model.LabelResend]; there {
				t.Errorf("%v still has the label", ref)
			}
		}
	})
}

func TestResendTellsWhatItCouldNotDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		end          func(*resent) func(model.Ref, bool) error
		sent         int
		unsent, left int
		failed       error
		want         []string
	}{
		{"one is of no use", func(r *resent) func(model.Ref, bool) error {
			return func(ref model.Ref, _ bool) error { return when(ref.Name == "b", r.broken(backend.ErrInvalid)) }
		}, 2, 1, 0, nil, []string{"set a", "set c", "unset a", "unset c"}},
		{"none may be changed", func(r *resent) func(model.Ref, bool) error {
			return func(model.Ref, bool) error { return r.broken(backend.ErrForbidden) }
		}, 0, 1, 0, backend.ErrForbidden, nil},
		{"the rights end in the middle", func(r *resent) func(model.Ref, bool) error {
			return func(ref model.Ref, _ bool) error { return when(ref.Name == "c", r.broken(backend.ErrForbidden)) }
		}, 2, 1, 0, backend.ErrForbidden, []string{"set a", "set b", "unset a", "unset b"}},
		{"a label stays", func(r *resent) func(model.Ref, bool) error {
			return func(ref model.Ref, set bool) error {
				return when(ref.Name == "b" && !set, r.broken(backend.ErrUnavailable))
			}
		}, 2, 0, 1, nil, []string{"set a", "set b", "set c", "unset a", "unset c"}},
		{"an answer is lost", func(r *resent) func(model.Ref, bool) error {
			return func(ref model.Ref, set bool) error {
				return when(ref.Name == "b" && set, r.broken(backend.ErrUnknown))
			}
		}, 3, 0, 0, nil, []string{"set a", "set c", "unset a", "unset c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, refs := newResent("a", "b", "c")
				r.end = c.end(r)
				at, err := r.all(t, refs, -1)
				if at.Sent() != c.sent || len(at.Unsent) != c.unsent || len(at.Left) != c.left || !errors.Is(err, c.failed) {
					t.Errorf("sent %d, unsent %d, left %d, error %v", at.Sent(), len(at.Unsent), len(at.Left), err)
				}
				r.wantLog(t, c.want...)
			})
		})
	}
}

func when(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

// A read-only control plane is not changed by a resend either.
func TestResendIsAChange(t *testing.T) {
	t.Parallel()
	r, refs := newResent("a")
	err := backend.NewGate(r, backend.Entry{Name: "memory", ReadOnly: true}).Resend(t.Context(), refs[0])
	var refusal *model.Refusal
	if !errors.As(err, &refusal) {
		t.Errorf("it answers %v", err)
	}
	r.wantLog(t)
}

func TestLossIsSuspectedFromAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone backend.Zone
		want backend.Loss
	}{
		{backend.Zone{Known: true, Online: true, Sent: 9, Acknowledged: 9}, backend.NoLoss},
		{backend.Zone{Known: true, Online: true, Sent: 9, Acknowledged: 8, Rejected: 1}, backend.Suspected},
		{backend.Zone{Known: true, Sent: 9, Acknowledged: 8, Rejected: 1}, backend.Cut},
		{backend.Zone{Online: true}, backend.LossUnknown},
	} {
		if got := c.zone.Loss(); got != c.want {
			t.Errorf("%+v tells %d, want %d", c.zone, got, c.want)
		}
	}
}
