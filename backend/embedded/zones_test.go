package embedded_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

const zoneOf = "paris-1"

// global is a global control plane with the meshes a and b, and what people do
// to its secrets by hand, in either environment.
type global struct {
	*embedded.ControlPlane
	t         testing.TB
	inCluster bool
}

func newGlobal(t testing.TB, o embedded.Options) global {
	t.Helper()
	o.Mode = embedded.ModeGlobal
	if o.Zones == nil {
		o.Zones = []string{zoneOf}
	}
	g := global{newPlane(t, o), t, o.Environment == embedded.EnvironmentKubernetes}
	for _, mesh := range []string{"a", "b"} {
		seed(t, g.ControlPlane, "/meshes/"+mesh, object{"type": "Mesh", "name": mesh})
	}
	return g
}

func (g global) put(mesh, name string, labels map[string]string) {
	g.t.Helper()
	all := map[string]string{"kuma.io/mesh": mesh}
	maps.Copy(all, labels)
	value := []byte("fake-" + name)
	if !g.inCluster {
		seed(g.t, g.ControlPlane, "/meshes/"+mesh+"/secrets/"+name, object{"type": "Secret", "mesh": mesh, "name": name, "labels": all, "data": value})
		return
	}
	body := object{"metadata": object{"name": name, "labels": all}, "type": meshSecret, "data": object{"value": value}}
	method, path := http.MethodPost, clusterSecrets
	if g.Cluster().Get(cluster.Secrets, "kuma-system", name) != nil {
		method, path = http.MethodPut, path+"/"+name
	}
	if status, a := ask(g.t, g.ControlPlane, method, path, body); status >= http.StatusBadRequest {
		g.t.Fatalf("%s %s: %d %s", method, path, status, a.Message)
	}
}

func (g global) delete(mesh, name string) {
	g.t.Helper()
	if !g.inCluster {
		if err := g.Delete("/meshes/" + mesh + "/secrets/" + name); err != nil {
			g.t.Fatal(err)
		}
		return
	}
	if status, a := ask(g.t, g.ControlPlane, http.MethodDelete, clusterSecrets+"/"+name, nil); status != http.StatusOK {
		g.t.Fatalf("delete %s: %d %s", name, status, a.Message)
	}
}

func (g global) ticks(n int) {
	for range n {
		g.Tick()
	}
}

// has tells whether the zone has a secret of these tests in a mesh.
func (g global) has(mesh, name string) bool {
	return g.ZoneHas(zoneOf, mesh, name, []byte("fake-"+name))
}

// insight is what the control plane says of the zone.
func (g global) insight() model.ZoneInsight {
	g.t.Helper()
	_, body := call(g.t, g.ControlPlane, http.MethodGet, "/zones/"+zoneOf+"/_overview", "")
	found, known := model.ReadZoneInsight([]byte(body))
	if !known {
		g.t.Fatal("no insight")
	}
	return found
}

func names(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("s-%d", i)
	}
	return all
}

// TestMovesByHand holds what was measured on live control planes: which moves a
// zone survives.
func TestMovesByHand(t *testing.T) {
	t.Parallel()
	tag := map[string]string{model.LabelReassign: "fake-op"}
	const gap = 3
	deleteFirst := func(wait int) func(global, string) {
		return func(g global, name string) {
			g.delete("a", name)
			g.ticks(wait)
			g.put("b", name, nil)
		}
	}
	createFirst := func(wait int) func(global, string) {
		return func(g global, name string) {
			g.put("b", name, nil)
			g.ticks(wait)
			g.delete("a", name)
		}
	}
	for name, try := range map[string]struct {
		global, zone string
		move         func(global, string)
		secrets      int
		kept, clean  bool // the zone keeps it, and refused nothing on the way
	}{
		"deleted, created at once": {embedded.EnvironmentKubernetes, "", deleteFirst(0), 20, false, false},
		"deleted, gap, created":    {embedded.EnvironmentKubernetes, "", deleteFirst(gap), 8, true, true},
		"deleted, gap, created with tag, nudge": {embedded.EnvironmentKubernetes, "", func(g global, name string) {
			g.delete("a", name)
			g.ticks(gap)
			g.put("b", name, tag)
			g.ticks(gap)
			g.put("b", name, nil)
		}, 6, true, true},
		"created, deleted at once": {embedded.EnvironmentUniversal, "", createFirst(0), 6, false, false},
		"created, gap, deleted":    {embedded.EnvironmentUniversal, "", createFirst(gap), 6, false, false},
		"created, deleted, nudge": {embedded.EnvironmentUniversal, "", func(g global, name string) {
			g.put("b", name, tag)
			g.delete("a", name)
			g.ticks(gap)
			g.put("b", name, nil)
		}, 4, true, false},
		"two meshes may hold a name": {embedded.EnvironmentUniversal, embedded.EnvironmentUniversal, createFirst(0), 6, true, true},
		"and at once":                {embedded.EnvironmentKubernetes, embedded.EnvironmentUniversal, deleteFirst(0), 6, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGlobal(t, embedded.Options{Environment: try.global, ZoneEnvironment: try.zone})
			for _, s := range names(try.secrets) {
				g.put("a", s, nil)
			}
			g.ticks(1)
			for _, s := range names(try.secrets) {
				if !g.has("a", s) {
					t.Fatalf("%s is not in the zone to begin with", s)
				}
				try.move(g, s)
			}
			g.ticks(30)
			for _, s := range names(try.secrets) {
				if g.has("b", s) != try.kept || g.has("a", s) {
					t.Errorf("%s is in %v, want it in b: %t", s, g.ZoneSecrets(zoneOf), try.kept)
				}
			}
			if said := g.insight(); (said.Rejected == 0) != try.clean {
				t.Errorf("%+v: want a refusal: %t", said, !try.clean)
			}
		})
	}
}

// TestSentAgain holds what brings a lost secret back.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	lost := func(t *testing.T, o embedded.Options) global {
		g := newGlobal(t, o)
		for _, s := range names(10) {
			g.put("a", s, nil)
		}
		g.ticks(1)
		for _, s := range names(10) {
			if g.inCluster {
				g.delete("a", s)
			}
			g.put("b", s, nil)
			if !g.inCluster {
				g.delete("a", s)
			}
		}
		g.ticks(30)
		return g
	}
	count := func(g global) (n int) {
		for _, s := range names(10) {
			if g.has("b", s) {
				n++
			}
		}
		return n
	}
	for name, environment := range map[string]string{"on Kubernetes": embedded.EnvironmentKubernetes, "on Universal": embedded.EnvironmentUniversal} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := lost(t, embedded.Options{Environment: environment})
			if got := count(g); got != 0 {
				t.Fatalf("%d left", got)
			}
			if g.inCluster {
				for _, s := range names(10) {
					ask(t, g.ControlPlane, http.MethodPatch, clusterSecrets+"/"+s, object{"metadata": object{"annotations": object{"note": "n"}}})
				}
				g.ticks(30)
				if got := count(g); got != 0 {
					t.Errorf("%d back after a change of an annotation", got)
				}
			}
			for _, s := range names(10) {
				g.put("b", s, map[string]string{model.LabelResend: "now"})
			}
			g.ticks(1)
			if got := count(g); got != 10 {
				t.Errorf("%d back after a change of a label, want 10", got)
			}
			for _, s := range names(10) {
				g.put("b", s, nil)
			}
			g.ticks(10)
			if got, said := count(g), g.insight(); got != 10 || said.Sent != 4 || said.Acknowledged != 3 || said.Rejected != 1 {
				t.Errorf("%d, and %+v: want 4 answers, one refused", got, said)
			}
		})
	}
}

// TestReconnect holds what a zone makes of everything at once: what moved while
// it was away is lost there, and what is no longer here goes.
func TestReconnect(t *testing.T) {
	t.Parallel()
	g := newGlobal(t, embedded.Options{Environment: embedded.EnvironmentKubernetes})
	g.ZoneSeed(zoneOf, embedded.Secret{Mesh: "a", Name: "own", Value: []byte("fake-own-of-the-zone")})
	for _, s := range []string{"moves", "goes", "stays"} {
		g.put("a", s, nil)
	}
	g.ticks(1)
	g.ZoneOffline(zoneOf)
	g.delete("a", "moves")
	g.ticks(5)
	g.put("b", "moves", nil)
	g.delete("a", "goes")
	g.put("b", "own", nil)
	g.ZoneOnline(zoneOf)
	g.ticks(12)
	own := g.ZoneHas(zoneOf, "a", "own", []byte("fake-own-of-the-zone"))
	if g.has("b", "moves") || g.has("a", "moves") || g.has("a", "goes") || !g.has("a", "stays") || !own {
		t.Errorf("the zone has %v", g.ZoneSecrets(zoneOf))
	}
	if got := g.insight(); got.Rejected != 1 || got.Acknowledged != 0 {
		t.Errorf("%+v, want its one answer to be a refusal", got)
	}
	g.put("b", "moves", map[string]string{"team": "web"})
	g.ticks(1)
	if !g.has("b", "moves") {
		t.Error("a change of a label did not bring it back")
	}
}

// TestWhatIsNotSent holds what zones are not sent, and what counts as a change.
func TestWhatIsNotSent(t *testing.T) {
	t.Parallel()
	g := newGlobal(t, embedded.Options{Environment: embedded.EnvironmentKubernetes, Empty: true})
	g.put("a", "plain", nil)
	g.put("a", "withheld", map[string]string{"kuma.io/kds-sync": "disabled"})
	g.Seed(embedded.Secret{Name: "global", Value: []byte("fake")}, embedded.Secret{Type: meshSecret, Name: "nowhere", Labels: map[string]string{"kuma.io/mesh": ""}},
		embedded.Secret{Type: copyType, Name: "meshsecrets-reassign-1", Value: []byte("fake")})
	g.ticks(1)
	mine := slices.DeleteFunc(g.ZoneSecrets(zoneOf), func(r model.Ref) bool { return r.Name != "plain" && r.Mesh != "" && r.Name[:4] == "data" })
	if want := []model.Ref{{Mesh: "a", Name: "plain"}}; !slices.Equal(mine, want) {
		t.Errorf("the zone has %v, want %v", mine, want)
	}
	// Gone and back within a tick, the same: nothing to send.
	g.delete("a", "plain")
	g.put("a", "plain", nil)
	g.ticks(10)
	if got := g.insight(); got.Sent != 1 || got.Rejected != 0 {
		t.Errorf("%+v, want nothing sent", got)
	}
	g.put("a", "withheld", nil)
	g.put("a", "plain", map[string]string{"kuma.io/kds-sync": "disabled"})
	g.ticks(1)
	if g.has("a", "plain") || !g.has("a", "withheld") {
		t.Errorf("the zone has %v", g.ZoneSecrets(zoneOf))
	}
}

// TestFollow holds that zones are sent what changed within a second, and the
// insight within ten, as long as somebody follows.
func TestFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGlobal(t, embedded.Options{Now: time.Now, Environment: embedded.EnvironmentKubernetes, Zones: []string{zoneOf, "dublin-1"}})
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			g.Follow(ctx)
			close(ended)
		}()
		synctest.Wait()
		g.put("a", "x", nil)
		time.Sleep(900 * time.Millisecond)
		if g.has("a", "x") {
			t.Error("sent before its tick")
		}
		time.Sleep(200 * time.Millisecond)
		if !g.has("a", "x") || !g.ZoneHas("dublin-1", "a", "x", []byte("fake-x")) {
			t.Error("not sent at its tick")
		}
		g.delete("a", "x")
		time.Sleep(50 * time.Millisecond)
		g.put("b", "x", nil)
		time.Sleep(10 * time.Second)
		if got := g.insight(); g.has("b", "x") || got.Rejected != 1 || got.Sent != 3 {
			t.Errorf("%+v, and the zone has %v", got, g.ZoneSecrets(zoneOf))
		}
		end()
		<-ended
	})
}

// TestNoSuchZone holds that a zone that is not there has nothing.
func TestNoSuchZone(t *testing.T) {
	t.Parallel()
	g := newGlobal(t, embedded.Options{})
	g.ZoneSeed("nope", embedded.Secret{Mesh: "a", Name: "x", Value: []byte("fake-x")})
	g.ZoneOffline("nope")
	g.ZoneOnline("nope")
	g.ticks(1)
	if g.ZoneHas("nope", "a", "x", []byte("fake-x")) || g.ZoneSecrets("nope") != nil {
		t.Error("there is one")
	}
}

// TestZonesAmongMany has zones sent what others write at the same time; the race
// detector and what zones have in the end tell.
func TestZonesAmongMany(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentKubernetes, embedded.EnvironmentUniversal} {
		var told atomic.Int64
		g := newGlobal(t, embedded.Options{Environment: environment, Observe: func(embedded.Event) { told.Add(1) }})
		before := told.Load()
		var all sync.WaitGroup
		for _, s := range names(4) {
			all.Go(func() {
				for range 5 {
					g.put("a", s, nil)
					g.Tick()
					g.delete("a", s)
				}
				g.put("b", s, nil)
			})
		}
		all.Go(func() {
			for range 10 {
				g.ZoneOffline(zoneOf)
				g.ZoneOnline(zoneOf)
				g.ZoneSecrets(zoneOf)
			}
		})
		all.Wait()
		g.ticks(1)
		// What was refused on the way is sent again.
		for _, s := range names(4) {
			g.put("b", s, map[string]string{"team": "web"})
		}
		g.ticks(1)
		for _, s := range names(4) {
			if !g.has("b", s) {
				t.Errorf("%s: %s is not in b", environment, s)
			}
		}
		if got := told.Load() - before; got != 4*(5*2+2) {
			t.Errorf("%s: told of %d changes, want %d", environment, got, 4*(5*2+2))
		}
	}
}
