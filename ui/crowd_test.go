package ui

import (
	"fmt"
	"testing"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// crowd is a bench on which thousands of policies name smtp-password.
func crowd(t *testing.T) *workbench {
	t.Helper()
	r := newBench(t, 100, 30)
	refs := make([]model.Reference, 5000)
	for i := range refs {
		refs[i] = model.Reference{Kind: model.KindExternalService, By: fmt.Sprintf("external-service-%05d", i), Mesh: "default", Secret: "smtp-password", Role: "CA", Enabled: true}
	}
	r.stock.refs, r.stock.inventory = refs, r.stock.inventory.About(r.stock.meshes, refs)
	return r
}

// What a dialog says of all who name a secret is made once and not for each key and
// each frame. It is counted in what is allocated, as long as no other test runs.
func TestDialogsOfACrowdAreLaidOutOnce(t *testing.T) {
	for name, open := range map[string]func(*workbench) *workbench{
		"delete": func(r *workbench) *workbench { return r.remove("default", "smtp-password").settle() },
		"save": func(r *workbench) *workbench {
			return r.edit("default", "smtp-password").settle().paste("CANARY-fake").press("ctrl+s").settle()
		},
		"several": func(r *workbench) *workbench {
			s, run := openRemovals(r.session, r.frame(), r.stock, []model.Row{r.row("default", "smtp-password"), r.row("default", "feature-flags")})
			return r.onto(s, run).settle()
		},
	} {
		r := open(crowd(t))
		s, f := r.top(), r.frame()
		r.app.View()
		made := testing.AllocsPerRun(3, func() {
			s.Do(f, Press{ID: keymap.Down})
			s.Deeds(f)
			r.app.View()
		})
		const most = 45_000 // of 5,000 names, in some 1,500 lines that are put together a few times
		if made > most {
			t.Errorf("%s, %T: a key allocates %.0f times, at most %d are expected", name, s, made, most)
		}
	}
}
