package embedded_test

import (
	"encoding/json"
	"slices"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// TestInsightIsLate holds when a zone's answers can be seen, and that they begin
// anew when it connects again.
func TestInsightIsLate(t *testing.T) {
	t.Parallel()
	for name, environment := range map[string]string{"on Kubernetes": embedded.EnvironmentKubernetes, "on Universal": embedded.EnvironmentUniversal} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGlobal(t, embedded.Options{Environment: environment, ZoneVersion: "2.13.1"})
			g.put("a", "x", nil)
			g.ticks(1)
			first := g.insight()
			if first.Sent != 1 || first.Acknowledged != 1 || first.Rejected != 0 || !first.Online || first.Version != "2.13.1" {
				t.Errorf("connected: %+v", first)
			}
			g.put("a", "x", map[string]string{"team": "web"})
			g.ticks(9)
			if got := g.insight(); got != first {
				t.Errorf("too early: %+v", got)
			}
			g.ticks(1)
			if got := g.insight(); got.Sent != 2 || got.Acknowledged != 2 {
				t.Errorf("after ten ticks: %+v", got)
			}
			g.ZoneOffline(zoneOf)
			g.put("a", "y", nil)
			g.ticks(3)
			if got := g.insight(); got.Online || g.has("a", "y") {
				t.Errorf("offline: %+v and %v", got, g.ZoneSecrets(zoneOf))
			}
			g.ZoneOnline(zoneOf)
			if got := g.insight(); !got.Online || !got.Connected.After(first.Connected) || got.Sent != 1 || !g.has("a", "y") {
				t.Errorf("online again: %+v and %v", got, g.ZoneSecrets(zoneOf))
			}
			if g.inCluster {
				raw, err := json.Marshal(g.Cluster().Get(zoneInsights(t, g), "", zoneOf))
				if err != nil {
					t.Fatal(err)
				}
				g.ticks(30)
				if again, err := json.Marshal(g.Cluster().Get(zoneInsights(t, g), "", zoneOf)); err != nil || string(again) != string(raw) {
					t.Errorf("it was written anew, though nothing changed: %s, %v", again, err)
				}
				if got, known := model.ReadZoneInsight(raw); !known || got != g.insight() {
					t.Errorf("the cluster says %+v, %t", got, known)
				}
			}
		})
	}
}

func zoneInsights(t *testing.T, g global) cluster.Kind {
	t.Helper()
	all := g.Cluster().Kinds()
	i := slices.IndexFunc(all, func(k cluster.Kind) bool { return k.Name == "ZoneInsight" })
	if i < 0 || all[i].Namespaced {
		t.Fatal("no such kind of the cluster")
	}
	return all[i]
}
