package ui

import (
	"fmt"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// problemsAt opens the screen on the demo, five seconds after it was read.
func problemsAt(t *testing.T, name string, w, h int, keys []string, change ...func(*Config)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		onDemo(t, w, h, func(d *world) {
			d.press("p")
			d.press(keys...)
			d.wait(5 * time.Second)
			d.frame(name)
		}, change...)
	})
}

func TestFramesProblems(t *testing.T) {
	t.Parallel()
	problemsAt(t, "problems-120x40", 120, 40, []string{"j"})
	problemsAt(t, "problems-100x30", 100, 30, []string{"j"})
	problemsAt(t, "problems-80x24", 80, 24, []string{"j"})
	problemsAt(t, "problems-60x20", 60, 20, []string{"j"})
	problemsAt(t, "problems-40x12", 40, 12, []string{"j", "j"})
	problemsAt(t, "problems-160x40", 160, 40, []string{"G"})
	problemsAt(t, "problems-mismatched-100x30", 100, 30, []string{"j", "j"})
	problemsAt(t, "problems-filter-80x24", 80, 24, []string{"/", "e", "x", "p", "i", "r"})
	problemsAt(t, "problems-filtered-80x24", 80, 24, []string{"/", "e", "x", "p", "i", "r", "enter", "j"})
	problemsAt(t, "problems-nothing-matches-60x20", 60, 20, []string{"/", "#", "enter"})
	problemsAt(t, "problems-ascii-80x24", 80, 24, []string{"j"}, func(c *Config) { c.ASCII = true })
}

func TestFramesProblemsWhileFactsAreNotRead(t *testing.T) {
	t.Parallel()
	t.Run("reading", func(t *testing.T) {
		onCluster(t, 100, 40, holding("learn", func() chan struct{} { return make(chan struct{}) }), func(d *world, _ *cluster) {
			d.press("p")
			d.wait(time.Second)
			d.frame("problems-learning-100x40")
		})
	})
	t.Run("forbidden", func(t *testing.T) {
		onCluster(t, 100, 40, deny("learn", "you may not get secrets"), func(d *world, _ *cluster) {
			d.press("p")
			d.press("k")
			d.wait(5 * time.Second)
			d.frame("problems-unlearnt-100x40")
		})
	})
	t.Run("kinds", func(t *testing.T) {
		onCluster(t, 80, 24, deny("resources MeshGateway", "you may not list meshgateways"), func(d *world, _ *cluster) {
			d.press("p")
			d.wait(5 * time.Second)
			d.frame("problems-kinds-80x24")
		})
	})
}

// handmade is a stock of which everything was read.
func handmade(meshes []model.Mesh, secrets []model.Secret, unread ...model.Unread) stock {
	return stock{
		inventory: model.TakeInventory(meshes, secrets, nil), meshes: meshes, whole: true, settled: true, looked: true,
		read: model.ReferringKinds()[:6], unread: unread, lookedAt: writeMoment.Add(-12 * time.Second),
	}
}

// plainSecret has nothing wrong with it.
func plainSecret(mesh, name string) model.Secret {
	return model.Secret{Ref: model.Ref{Mesh: mesh, Name: name}, Labels: map[string]string{model.LabelOrigin: "global"}, Created: writeMoment.Add(-48 * time.Hour),
		Facts: model.Facts{Kind: model.Text, Size: 20, Fingerprint: mesh + "/" + name}}
}

// over puts the screen over a stock that was made by hand.
func (r *workbench) problemsOf(have stock, unfinished ...interrupted) *workbench {
	r.stock = have
	p, run := problems{to: r.session, stock: have, unfinished: unfinished}.find(r.frame())
	return r.over("", "", p, run).settle()
}

func TestFramesProblemsOfAZone(t *testing.T) {
	t.Parallel()
	flags, license, seed := plainSecret("default", "feature-flags"), plainSecret("default", "scanner-license"), plainSecret("default", "hmac-seed")
	flags.Labels = nil
	license.Object.Applied, license.Unlabelled = true, true
	seed.Object.Immutable = true
	have := handmade([]model.Mesh{{Name: "default"}, {Name: "payments"}}, []model.Secret{flags, license, seed})
	paris := func(e *backend.Entry, p *faultyPlane) {
		e.Name = "paris-1"
		p.identity = func(id backend.Identity) backend.Identity {
			id.Name, id.Product, id.SystemNamespace, id.Federated = "paris-1", "Kong Mesh", "kong-mesh-system", true
			return id
		}
	}
	newClusterBench(t, 100, 30, paris).problemsOf(have, inGap).press("j").golden("problems-zone-100x30")
	newClusterBench(t, 100, 30, paris).problemsOf(have, inGap).golden("problems-interrupted-100x30")
}

func TestFramesNoProblems(t *testing.T) {
	t.Parallel()
	prodUS := func(e *backend.Entry, p *faultyPlane) {
		e.Name, e.ReadOnly = "prod-us", true
		p.identity = func(id backend.Identity) backend.Identity {
			id.Name, id.Product = "prod-us", "Kong Mesh"
			return id
		}
	}
	meshes := []model.Mesh{{Name: "default"}, {Name: "orders"}, {Name: "payments"}}
	var secrets []model.Secret
	for i := range 41 {
		secrets = append(secrets, plainSecret(meshes[i%3].Name, fmt.Sprintf("fine-%02d", i)))
	}
	opa := model.Unread{Kind: model.KindMeshOPA, Why: "you may not list it"}
	newClusterBench(t, 80, 24, prodUS).problemsOf(handmade(meshes, secrets, opa)).golden("problems-none-80x24")
	newClusterBench(t, 80, 24, prodUS).problemsOf(handmade(meshes, secrets)).golden("problems-none-whole-80x24")
	secrets[7].Facts = model.Facts{}
	newClusterBench(t, 80, 24, prodUS).problemsOf(handmade(meshes, secrets, opa)).golden("problems-none-unlearnt-80x24")
}

// Where no column tells the mesh, secrets of one name are told apart by it.
func TestProblemsOfOneNameAreToldApart(t *testing.T) {
	keysOf("one name twice", "browse").in(t, 60, 20, func(s *stateful) {
		for _, mesh := range []string{"sandbox", "checkout"} {
			if err := s.cp.Put("/meshes/"+mesh+"/secrets/hook", map[string]any{"type": "Secret", "mesh": mesh, "name": "hook", "data": "ZmFrZQo="}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(6 * time.Second)
		s.press("p", "/", "h", "o", "o", "k", "enter")
		s.shows("newline        hook of checkout", "newline        hook of sandbox")
		s.press("esc", "g")
		s.shows("billing-ca            billing (Externa…")
		s.hides("e edit")
	})
}

// Those that hold the same are all named where there is room, and the number of
// the rest where there is not.
func TestProblemsNameAsManyAsFit(t *testing.T) {
	for _, c := range []struct {
		w, h        int
		want, wants string
	}{
		{120, 40, "hook-i, hook-j, hook-k and", "hook-l, as far"},
		{80, 24, "Its value is also that of hook-b", "and 4 more"},
	} {
		keysOf("one value often", "browse").in(t, c.w, c.h, func(s *stateful) {
			for at := range 12 {
				name := "hook-" + string(rune('a'+at))
				if err := s.cp.Put("/meshes/sandbox/secrets/"+name, map[string]any{"type": "Secret", "mesh": "sandbox", "name": name, "data": "ZmFrZQ=="}); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(6 * time.Second)
			s.press("p", "/", "h", "o", "o", "k", "enter", "G")
			s.shows("same value", c.want, c.wants)
		})
	}
}
