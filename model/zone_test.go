package model

import (
	"encoding/json"
	"testing"
	"time"
)

func TestReadZoneInsight(t *testing.T) {
	t.Parallel()
	const (
		first  = `{"connectTime":"2026-11-21T02:05:24.554525780Z","disconnectTime":"2026-11-21T03:00:00Z","status":{"stat":{"Secret":{"responsesSent":"9","responsesAcknowledged":"9"}}}}`
		second = `{"connectTime":"2026-11-21T04:05:24Z","status":{"lastUpdateTime":"2026-11-21T04:06:00.5Z","total":{"responsesSent":"46"},"stat":{"Secret":{"responsesSent":"2","responsesAcknowledged":"1","responsesRejected":1},"Mesh":{"responsesSent":"7"}}},"version":{"kumaCp":{"version":"2.14.3"}}}`
		silent = `{"connectTime":"2026-11-21T04:05:24Z","status":{},"version":{"kumaCp":{"version":"unknown"}}}`
	)
	at := time.Date(2026, 11, 21, 4, 5, 24, 0, time.UTC)
	online := ZoneInsight{Version: "2.14.3", Online: true, Connected: at, Updated: at.Add(36500 * time.Millisecond), Sent: 2, Acknowledged: 1, Rejected: 1}
	away := ZoneInsight{Connected: time.Date(2026, 11, 21, 2, 5, 24, 554525780, time.UTC), Sent: 9, Acknowledged: 9}
	for name, c := range map[string]struct {
		raw  string
		want ZoneInsight
		ok   bool
	}{
		"of its own":               {`{"subscriptions":[` + first + `,` + second + `]}`, online, true},
		"in another order":         {`{"subscriptions":[` + second + `,` + first + `]}`, online, true},
		"an object's spec":         {`{"kind":"ZoneInsight","spec":{"subscriptions":[` + second + `]}}`, online, true},
		"an object's status":       {`{"kind":"ZoneInsight","spec":{},"status":{"subscriptions":[` + second + `]}}`, online, true},
		"an overview":              {`{"name":"dublin-1","zone":{"enabled":true},"zoneInsight":{"subscriptions":[` + first + `]}}`, away, true},
		"nothing sent yet":         {`{"subscriptions":[` + silent + `]}`, ZoneInsight{Online: true, Connected: at}, true},
		"never connected":          {`{"name":"dublin-1","zone":{},"zoneInsight":{}}`, ZoneInsight{}, false},
		"no document":              {`{`, ZoneInsight{}, false},
		"a list":                   {`[]`, ZoneInsight{}, false},
		"a count that is none":     {`{"subscriptions":[{"status":{"stat":{"Secret":{"responsesRejected":"many"}}}}]}`, ZoneInsight{}, false},
		"a count below zero":       {`{"subscriptions":[{"status":{"stat":{"Secret":{"responsesSent":-1}}}}]}`, ZoneInsight{}, false},
		"a count beyond all":       {`{"subscriptions":[{"status":{"stat":{"Secret":{"responsesSent":"99999999999999999999"}}}}]}`, ZoneInsight{}, false},
		"a time that is none":      {`{"subscriptions":[{"connectTime":"yesterday"}]}`, ZoneInsight{}, false},
		"an update that is none":   {`{"subscriptions":[{"status":{"lastUpdateTime":"soon"}}]}`, ZoneInsight{}, false},
		"null where something was": {`{"subscriptions":[{"connectTime":null,"disconnectTime":null,"status":{"stat":{"Secret":{"responsesSent":null}}}}]}`, ZoneInsight{Online: true}, true},
	} {
		got, ok := ReadZoneInsight([]byte(c.raw))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v, want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}

func FuzzReadZoneInsight(f *testing.F) {
	f.Add([]byte(`{"subscriptions":[{"connectTime":"2026-11-21T04:05:24Z","status":{"stat":{"Secret":{"responsesSent":"2","responsesRejected":1}}}}]}`))
	f.Add([]byte(`{"spec":{"subscriptions":[{}]},"zoneInsight":{"subscriptions":[{"disconnectTime":"2026-11-21T04:05:24Z"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, ok := ReadZoneInsight(raw)
		switch {
		case ok && !json.Valid(raw), !ok && got != ZoneInsight{}:
			t.Errorf("%q: %+v, %v", raw, got, ok)
		case got.Sent < 0, got.Acknowledged < 0, got.Rejected < 0:
			t.Errorf("%q: %+v", raw, got)
		}
	})
}
