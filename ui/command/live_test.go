package command

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// In a terminal a step under way is shown as it happens, and gives way to what
// comes after it.
func TestLive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := bubbled(t, embedded.EnvironmentKubernetes, nil, "dublin-1")
		b.sheet.live = watched(40)
		text, _ := b.moves()
		for _, want := range []string{
			"\r … deleted 2 s ago; waiting for the", // cut at the width
			" … asking the zones, ",
			"\r ✓ waited so that the zones follow (3s)\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not shown", want)
			}
		}
	})
}

func TestUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := bubbled(t, embedded.EnvironmentKubernetes, nil, "dublin-1")
		now := time.Now()
		plan := model.Plan{From: model.Ref{Mesh: "payments"}, To: model.Ref{Mesh: "checkout"}}
		for want, w := range map[string]walk{
			"deleting it from payments, 7 s":                     {began: now.Add(-7 * time.Second)},
			"deleted 2 s ago; waiting for the zones, 1 s of 3 s": {began: now.Add(-1900 * time.Millisecond), gone: now.Add(-2 * time.Second)},
			"deleted 9 s ago; creating it in checkout, 0 s":      {began: now, gone: now.Add(-9 * time.Second)},
			"asking the zones, 12 s":                             {began: now.Add(-time.Second), after: model.AskZones, spent: 11 * time.Second, gone: now},
		} {
			w.at.Plan = plan
			switch {
			case strings.Contains(want, "waiting"):
				w.at.Next = model.Wait
			case strings.Contains(want, "creating"):
				w.at.Next = model.CreateTarget
			case strings.Contains(want, "asking"):
				w.at.Next, w.at.World.Target = model.AskZones, model.Present
			default:
				w.at.Next, w.at.World.Source = model.DeleteSource, model.Present
			}
			if got := b.underWay(w, now); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}
