package command

import (
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What zones were asked is no check mark unless all took it, and what was not
// asked is said.
func TestZonesThatDidNotSay(t *testing.T) {
	t.Parallel()
	plan := model.Plan{To: model.Ref{Mesh: "checkout", Name: "hook"}, Zones: true, UID: "fake-uid"}
	of := func(last model.Step, answers ...backend.Answer) backend.Progress {
		at := backend.Progress{Plan: plan, Asked: true, Last: last}
		for _, a := range answers {
			at.Zones = append(at.Zones, backend.ZoneAnswer{Name: "dublin-1", Answer: a})
		}
		return at
	}
	for _, c := range []struct {
		at         backend.Progress
		mark, text string
	}{
		{of(model.AskZones, backend.Took, backend.Took), passed, "zones asked how they took it"},
		{of(model.AskZones, backend.Took, backend.Awaited), look, "zones asked how they took it: not all took it, or said so"},
		{of(model.AskZones), look, "zones asked how they took it: not all took it, or said so"},
		{of(model.DropCopy, backend.Took), passed, "safety copy deleted"},
		{of(model.DropCopy, backend.Unasked), passed, "safety copy deleted all the same: zones are sent it from checkout"},
		{backend.Progress{Plan: plan, Last: model.DropCopy}, passed, "safety copy deleted"},
	} {
		if mark, text := doneWord(plan, c.at); mark != c.mark || text != c.text {
			t.Errorf("%q %q, want %q %q", mark, text, c.mark, c.text)
		}
	}
	const notAsked = "How the zones took it was not asked: :resend in the console shows how it stands."
	arrived, back := model.World{Target: model.Present}, plan.Reverse()
	for name, c := range map[string]struct {
		at   backend.Progress
		want string
	}{
		"asked":                        {backend.Progress{Plan: plan, World: arrived, Asked: true}, ""},
		"another run sent it":          {backend.Progress{Plan: plan, World: arrived}, notAsked},
		"sent once more since":         {backend.Progress{Plan: plan, World: model.World{Target: model.Present, Run: model.Run{Unanswered: true}}, Asked: true}, notAsked},
		"taken back before it went":    {backend.Progress{Plan: back, World: arrived}, ""},
		"taken back, made there again": {backend.Progress{Plan: back, World: model.World{Target: model.Restored}}, notAsked},
		"no zones follow":              {backend.Progress{World: arrived}, ""},
	} {
		if got := unasked(c.at); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
