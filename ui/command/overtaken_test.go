package command

import (
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// A run that yields to another says so, and ends with 1 only when nothing is
// left unfinished.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	const absent, present, restored = model.Absent, model.Present, model.Restored
	b := bubbled(t, embedded.EnvironmentUniversal, nil)
	saw := model.Run{Gone: true, Copied: true, Placed: true}
	for name, tt := range map[string]struct {
		universal, back bool
		world           model.World // Source is where this run leads from
		want            string
		code            int
	}{
		"taken back in the gap":           {world: model.World{Copy: present, Run: saw}, want: takesBack, code: ExitUnfinished},
		"put back, not cleaned up":        {world: model.World{Source: restored, Copy: present, Claimed: true, Run: saw}, want: takesBack, code: ExitUnfinished},
		"put back, its copy is there":     {world: model.World{Source: restored, Copy: present, Run: saw}, want: "Another run takes it back, or somebody made it in payments again.", code: ExitUnfinished},
		"put back, all done":              {world: model.World{Source: restored, Run: saw}, want: tookBack, code: ExitRefused},
		"finished, all done":              {back: true, world: model.World{Source: present, Run: saw}, want: "Another run has finished it, so it is not taken back.", code: ExitRefused},
		"finished, its copy is there":     {back: true, world: model.World{Source: present, Copy: present, Run: saw}, want: "Another run has finished it, so it is not taken back.", code: ExitUnfinished},
		"finished in the gap":             {back: true, world: model.World{Copy: present, Run: saw}, want: finishes, code: ExitUnfinished},
		"Universal, being taken back":     {universal: true, world: model.World{Source: present, Target: present, Tagged: true, Run: saw}, want: takesBack, code: ExitUnfinished},
		"Universal, marked where it was":  {universal: true, world: model.World{Source: present, Claimed: true, Run: saw}, want: takesBack, code: ExitUnfinished},
		"Universal, taken back, all done": {universal: true, world: model.World{Source: present, Run: saw}, want: tookBack, code: ExitRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := model.Plan{ID: "fake", From: model.Ref{Mesh: "payments", Name: "hook"}, To: model.Ref{Mesh: "checkout", Name: "hook"}, TargetFirst: tt.universal}
			if !tt.universal {
				plan.UID = "u-1"
			}
			if tt.back {
				plan = plan.Reverse()
			}
			at := backend.Progress{Plan: plan, World: tt.world, Next: plan.Next(tt.world)}
			if at.Next != model.Stuck {
				t.Fatalf("the next step is %d", at.Next)
			}
			if got := overtaken(at); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := b.outcome(walk{at: at, took: true}, tt.back); got.code != tt.code {
				t.Errorf("exit %d, want %d: %s", got.code, tt.code, got.text)
			}
		})
	}
}
