package ui

import (
	"testing"
	"time"

	"meshsecrets/backend/embedded"
)

// The frames of a reassign on a global control plane on Kubernetes, protected,
// with three zones.

func TestReassignConfirmFrames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		w, h        int
		environment string
		zones       int
	}{
		{"reassign-zones-confirm-100x30", 100, 30, embedded.EnvironmentKubernetes, 3},
		{"reassign-zones-confirm-80x24", 80, 24, embedded.EnvironmentKubernetes, 3},
		{"reassign-cluster-confirm-100x30", 100, 30, embedded.EnvironmentKubernetes, 0},
		{"reassign-cluster-confirm-80x24", 80, 24, embedded.EnvironmentKubernetes, 0},
		{"reassign-universal-zones-confirm-100x30", 100, 30, embedded.EnvironmentUniversal, 3},
		{"reassign-universal-zones-confirm-80x24", 80, 24, embedded.EnvironmentUniversal, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, c.w, c.h, c.environment, c.zones, func(b *bubble) {
				b.reassign("payments", webhook).press("enter").settle().write("prod-eu stripe-webhook-tok").golden(c.name)
			}, asProdEU)
		})
	}
}

func TestReassignChecksFrames(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 3, func(b *bubble) {
		b.reassign("payments", webhook).press("enter")
		b.steps(6)
		b.during(10*time.Millisecond, func() { b.golden("reassign-rehearsal-100x30") })
		b.settle().press("tab").golden("reassign-checks-100x30").press("esc")
		if r := b.top().(reassign); r.stage != confirming || r.shown {
			t.Error("esc does not go from the checks back to the confirm")
		}
	}, asProdEU)
	inBubble(t, 80, 24, embedded.EnvironmentKubernetes, 3, func(b *bubble) {
		b.cp.ZoneOffline("paris-1")
		time.Sleep(12 * time.Second)
		b.reassign("payments", webhook).press("enter").settle().press("tab").golden("reassign-checks-80x24")
	}, asProdEU)
}

func TestReassignStepsFrames(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		w, h int
		name string
	}{{100, 30, "100x30"}, {80, 24, "80x24"}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, size.w, size.h, embedded.EnvironmentKubernetes, 3, func(b *bubble) {
				b.confirmed("payments", webhook, "checkout").golden("reassign-zones-begun-" + size.name)
				b.steps(1)
				b.during(5*time.Millisecond, func() { b.golden("reassign-zones-deleting-" + size.name) })
				b.during(2*time.Second, func() { b.golden("reassign-zones-gap-" + size.name) })
				b.steps(3)
				b.during(500*time.Millisecond, func() {})
				b.during(500*time.Millisecond, func() { b.golden("reassign-zones-asking-" + size.name) })
				b.settle().golden("reassign-zones-done-" + size.name)
				b.said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
			}, asProdEU)
		})
	}
}
