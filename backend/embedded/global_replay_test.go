package embedded_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

const globalRecordings = "../../testdata/controlplane/global-2.14"

// TestReplayGlobal plays what a global control plane answered that one zone
// follows, on Universal like itself. Of what is recorded of the zone only what
// concerns secrets is compared: see secretsOf.
func TestReplayGlobal(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, embedded.Options{Mode: embedded.ModeGlobal, Zones: []string{"zone-1"}, ZoneEnvironment: embedded.EnvironmentUniversal})
	p.all = readExchanges(t, globalRecordings)
	p.playAll(1, 1)
	p.playAll(4, 10)
	p.playAll(12, 12)
	p.plane.Tick()
	p.playAll(13, 13)
	p.playInsight(14)
	p.playAll(15, 15)
	p.plane.ZoneSeed("zone-1", embedded.Secret{Mesh: "default", Name: "zone-local", Value: []byte("zone")})
	p.playAll(16, 17)
	for range 10 {
		p.plane.Tick()
	}
	p.playInsight(18)
	p.playAll(19, 24)
	t.Logf("%d recorded exchanges replayed", p.replayed)
	if p.replayed != len(p.all) {
		t.Errorf("%d exchanges replayed, want %d", p.replayed, len(p.all))
	}
}

// playInsight plays an exchange about the insight of a zone.
func (p *player) playInsight(number int) {
	p.t.Helper()
	x := p.all[number]
	answer, text := p.send(x.Request.Method, x.Request.Path, x.Request.Headers, http.NoBody)
	p.replayed++
	if answer.StatusCode != x.Response.Status {
		p.t.Errorf("%03d %s: status %d, recorded %d", number, x.Scenario, answer.StatusCode, x.Response.Status)
	}
	same := maps.Clone(ignored)
	for _, name := range []string{"connectTime", "lastUpdateTime"} {
		same[name] = bothTimes
	}
	for _, name := range []string{"id", "globalInstanceId", "zoneInstanceId"} {
		same[name] = bothTexts
	}
	for _, difference := range same.compare("", p.secretsOf(x.Response.Body), p.secretsOf(text)) {
		p.t.Errorf("%03d %s: %s", number, x.Scenario, difference)
	}
}

// secretsOf leaves out of an insight what is not about secrets: what else the
// zone was sent, how it is set up, and the other streams to it.
func (p *player) secretsOf(overview string) any {
	p.t.Helper()
	var document map[string]any
	if err := json.NewDecoder(strings.NewReader(overview)).Decode(&document); err != nil {
		p.t.Fatal(err)
	}
	insight, _ := document["zoneInsight"].(map[string]any)
	for _, other := range []string{"envoyAdminStreams", "healthCheck", "kdsStreams"} {
		delete(insight, other)
	}
	all, _ := insight["subscriptions"].([]any)
	for _, one := range all {
		subscription, _ := one.(map[string]any)
		delete(subscription, "config")
		status, _ := subscription["status"].(map[string]any)
		delete(status, "total")
		stat, _ := status["stat"].(map[string]any)
		maps.DeleteFunc(stat, func(kind string, _ any) bool { return kind != "Secret" })
	}
	return document
}
