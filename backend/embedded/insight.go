package embedded

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"meshsecrets/backend/embedded/cluster"
)

// insightKind is the kind of what a cluster keeps of its zones.
const insightKind = "ZoneInsight"

// maxSubscriptions is how many connections of a zone are remembered.
const maxSubscriptions = 10

// subscription is one connection of a zone and how it answered: how often it
// was sent something about secrets, and took or refused it.
type subscription struct {
	connected, disconnected, updated time.Time
	sent, acknowledged, rejected     int
}

// count counts an answer.
func (s *subscription) count(took bool, now time.Time) {
	s.updated = now
	s.sent++
	if took {
		s.acknowledged++
		return
	}
	s.rejected++
}

// publish writes down what is known of a zone: what is asked for is that, and
// not what is known since.
func (c *ControlPlane) publish(f *follower) {
	f.written, f.insight = slices.Clone(f.subscriptions), make([]any, 0, len(f.subscriptions))
	for _, s := range f.subscriptions {
		f.insight = append(f.insight, c.subscriptionItem(f, s))
	}
	if c.cluster == nil {
		return
	}
	k := c.kindNamed(insightKind)
	spec := fields{"subscriptions": f.insight}
	after := c.zone(insightKind, f.name, spec)
	if held := c.cluster.Get(k, "", f.name); held != nil {
		after = held.Clone()
		after.Fields["spec"] = spec
		after.Meta.Generation++
		cluster.Own(after, []string{ownManager}, c.started, c.now())
	}
	c.cluster.Seed(after)
}

func (c *ControlPlane) subscriptionItem(f *follower, s subscription) fields {
	counted := fields{"responsesSent": strconv.Itoa(s.sent)}
	for name, n := range map[string]int{"responsesAcknowledged": s.acknowledged, "responsesRejected": s.rejected} {
		if n > 0 { // a number that is none is left out
			counted[name] = strconv.Itoa(n)
		}
	}
	item := fields{
		"id": c.id("connection " + f.name + s.connected.String()), "globalInstanceId": c.id("instance")[:8],
		"connectTime": stamp(s.connected), "zoneInstanceId": c.id("zone " + f.name)[:8],
		"status": fields{
			"lastUpdateTime": stamp(s.updated), "total": counted, "stat": fields{secretKind.name: counted},
		},
		"version": fields{"kumaCp": fields{
			"version": c.options.ZoneVersion, "kumaCpGlobalCompatible": true,
			"gitTag": "unknown", "gitCommit": "unknown", "buildDate": "unknown",
		}},
	}
	if !s.disconnected.IsZero() {
		item["disconnectTime"] = stamp(s.disconnected)
	}
	return item
}

func stamp(t time.Time) string { return t.Format(time.RFC3339Nano) }

// zones lists the zones that follow; a zone lists itself.
func (c *ControlPlane) zones(q request) reply {
	asked, bad := readPage(q)
	if bad != nil {
		return *bad
	}
	takes := func(name string) bool { return asked.takes(name, nil) }
	return encoded(http.StatusOK, cut(q, asked, c.zoneNames(), takes, c.zoneItem))
}

func (c *ControlPlane) zoneNames() []string {
	if c.options.Mode != ModeGlobal {
		return []string{c.options.ZoneName}
	}
	return slices.Sorted(slices.Values(c.options.Zones))
}

func (c *ControlPlane) zoneItem(name string) any {
	zone := map[string]any{
		"type": "Zone", "name": name, "kri": "kri_z____" + name + "_",
		"creationTime": c.started.UTC(), "modificationTime": c.started.UTC(),
	}
	if c.options.Mode == ModeGlobal {
		zone["enabled"] = true
	}
	return zone
}

func (c *ControlPlane) zoneOverview(q request) reply {
	if !slices.Contains(c.zoneNames(), q.name) {
		return missing(titleRetrieve)
	}
	subscriptions := []any{}
	c.following.Lock()
	if f := c.follower(q.name); f != nil {
		subscriptions = f.insight
	}
	c.following.Unlock()
	return encoded(http.StatusOK, map[string]any{
		"type": "ZoneOverview", "name": q.name, "kri": "kri_z____" + q.name + "_",
		"creationTime": c.started.UTC(), "modificationTime": c.started.UTC(),
		"zone":        map[string]any{"enabled": true},
		"zoneInsight": map[string]any{"subscriptions": subscriptions},
	})
}
