package backend_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// followed is a global control plane whose zones say what a test has them say,
// each time they are asked.
type followed struct {
	*memory
	says func(asked int) []backend.Zone
	n    int
}

func (f *followed) Zones(context.Context) ([]backend.Zone, error) {
	f.n++
	return f.says(f.n), nil
}

func dublin(sent, took, refused int) backend.Zone {
	return backend.Zone{Name: "dublin-1", Known: true, Online: true, Sent: sent, Acknowledged: took, Rejected: refused}
}

// What a reassign sends a zone on Kubernetes: that it goes, that it comes, and
// that its label goes.
func TestZonesAreAsked(t *testing.T) {
	t.Parallel()
	away := dublin(4, 4, 0)
	away.Online = false
	unknown := dublin(4, 4, 0)
	unknown.Known = false
	for name, test := range map[string]struct {
		says func(asked int) []backend.Zone // the first answers are of before
		want backend.Answer
	}{
		"it took all":           {func(n int) []backend.Zone { return []backend.Zone{one(n > 3, dublin(7, 7, 0), dublin(4, 4, 0))} }, backend.Took},
		"it tells late":         {func(n int) []backend.Zone { return []backend.Zone{one(n > 10, dublin(7, 7, 0), dublin(4, 4, 0))} }, backend.Took},
		"it never tells":        {func(int) []backend.Zone { return []backend.Zone{dublin(4, 4, 0)} }, backend.Awaited},
		"it owes an answer":     {func(n int) []backend.Zone { return []backend.Zone{one(n > 3, dublin(7, 6, 0), dublin(4, 4, 0))} }, backend.Awaited},
		"it refuses for ever":   {func(n int) []backend.Zone { return []backend.Zone{dublin(4+3*n, 4, 3*n)} }, backend.Rejected},
		"it refused long ago":   {func(n int) []backend.Zone { return []backend.Zone{one(n > 3, dublin(9, 7, 2), dublin(6, 4, 2))} }, backend.Took},
		"it is not connected":   {func(int) []backend.Zone { return []backend.Zone{away} }, backend.Away},
		"nothing of it is read": {func(int) []backend.Zone { return []backend.Zone{unknown} }, backend.Unasked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &followed{memory: oneNamed(), says: test.says}
				f.identity.Mode = backend.ModeGlobal
				gate := backend.NewGate(f, backend.Entry{Name: "memory"})
				c := f.moveOf()
				end, err := drive(t, gate, c, gate.Begin(t.Context(), c), 100)
				want := []backend.ZoneAnswer{{Name: "dublin-1", Answer: test.want}}
				if err != nil || end.Next != model.Done || !slices.Equal(end.Zones, want) {
					t.Errorf("next step %v, zones %v, error %v", end.Next, end.Zones, err)
				}
				f.wantOnlyAt(t, target)
			})
		})
	}
}

func one(yes bool, a, b backend.Zone) backend.Zone {
	if yes {
		return a
	}
	return b
}

// The secret is in no mesh for the gap, and zones are sent its label's removal
// as long after it came.
func TestZonesAreGivenTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id   backend.Identity
		want time.Duration
	}{
		"nothing is known":      {backend.Identity{}, 3 * time.Second},
		"once a second":         {backend.Identity{SyncEvery: time.Second}, 3 * time.Second},
		"every five seconds":    {backend.Identity{SyncEvery: 5 * time.Second}, 11 * time.Second},
		"ten times in a second": {backend.Identity{SyncEvery: 100 * time.Millisecond}, 3 * time.Second},
	} {
		if got := test.id.Gap(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// A label is set and, later, removed; the user's own stay. What an earlier run
// left is removed, which is a change as well.
func TestResend(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		left     bool
		waited   time.Duration
		revision string
	}{{false, 3 * time.Second, "1++"}, {true, 0, "1+"}} {
		synctest.Test(t, func(t *testing.T) {
			m := oneNamed()
			if test.left {
				m.held[source].Secret.Labels[model.LabelResend] = "now"
			}
			began := time.Now()
			if err := m.gate().Resend(t.Context(), source); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); waited != test.waited {
				t.Errorf("the zones had %v", waited)
			}
			held := m.held[source].Secret
			if _, there := held.Labels[model.LabelResend]; there || held.Labels["team"] != "fake" || held.Version.Revision != test.revision {
				t.Errorf("it is %+v", held)
			}
			m.wantOnlyAt(t, source)
		})
	}
}
