package universal

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
)

const globalConfig = `{"environment":"universal","mode":"global"}`

const (
	connected = `{"type":"ZoneOverview","name":"z","zone":{"enabled":true},"zoneInsight":{"subscriptions":[{"connectTime":"2026-11-20T08:00:00Z",` +
		`"version":{"kumaCp":{"version":"2.14.3"}},"status":{"lastUpdateTime":"2026-11-20T08:00:09Z","stat":{"Secret":{"responsesSent":"3","responsesAcknowledged":"2","responsesRejected":"1"}}}}]}}`
	away  = `{"type":"ZoneOverview","name":"z","zoneInsight":{"subscriptions":[{"connectTime":"2026-11-20T08:00:00Z","disconnectTime":"2026-11-20T08:30:00Z"}]}}`
	never = `{"type":"ZoneOverview","name":"z","zone":{"enabled":true}}`
	none  = `{"type":"ZoneOverview","name":"z","zone":{"enabled":true},"zoneInsight":{"subscriptions":[]}}`
	odd   = `{"type":"ZoneOverview","name":"z","zoneInsight":{"subscriptions":"none that can be read"}}`
)

func TestZones(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.overviews = map[string]string{"dublin-1": connected, "madrid-1": away, "nice-1": none, "oslo-1": never, "paris-1": "", "rome-1": "[1]", "turin-1": odd, "ulm-1": "{}"}
	if zones, err := f.connect(t).Zones(t.Context()); err != nil || len(zones) != 0 {
		t.Errorf("a zone has zones %v, %v", zones, err)
	}
	f.config = globalConfig
	zones, err := f.connect(t).Zones(t.Context())
	if err != nil || len(zones) != 8 {
		t.Fatal(zones, err)
	}
	since := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for i, want := range []backend.Zone{
		{Name: "dublin-1", Version: "2.14.3", Known: true, Online: true, Connected: since, Updated: since.Add(9 * time.Second), Sent: 3, Acknowledged: 2, Rejected: 1},
		{Name: "madrid-1", Known: true, Connected: since},
		{Name: "nice-1", Known: true}, {Name: "oslo-1", Known: true}, {Name: "paris-1"}, {Name: "rome-1"}, {Name: "turin-1"}, {Name: "ulm-1"},
	} {
		if zones[i] != want {
			t.Errorf("zone %d is %+v, want %+v", i, zones[i], want)
		}
	}
}

// An answer that may come later is no answer: the zone is asked again.
func TestZonesAreNotUnknownForAMoment(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{503: backend.ErrUnavailable, 429: backend.ErrBusy, 401: backend.ErrUnauthorized, 403: nil, 404: nil} {
		f := newFake()
		f.config, f.overviews = globalConfig, map[string]string{"dublin-1": connected}
		cp := f.connect(t)
		f.answer = func(r *http.Request) *http.Response {
			if strings.HasSuffix(r.URL.Path, "/_overview") {
				return reply(status, "application/json", `{}`)
			}
			return nil
		}
		zones, err := cp.Zones(t.Context())
		switch {
		case want != nil && !errors.Is(err, want), want == nil && err != nil:
			t.Errorf("%d: the error is %v, want %v", status, err, want)
		case want == nil && (len(zones) != 1 || zones[0].Known):
			t.Errorf("%d: the zones are %+v", status, zones)
		}
	}
}

func TestSyncEvery(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]time.Duration{
		`{}`: 0,
		`{"multizone":{"global":{"kds":{"refreshInterval":"1s"}}}}`:                                                                                          time.Second,
		`{"multizone":{"global":{"kds":{"refreshInterval":"2m0s"}}}}`:                                                                                        2 * time.Minute,
		`{"multizone":{"global":{"kds":{"refreshInterval":1000000000}}}}`:                                                                                    0,
		`{"multizone":{"global":{"kds":{"refreshInterval":"-1s"}}}}`:                                                                                         0,
		`{"multizone":{"global":{"kds":{"refreshInterval":"soon"}}}}`:                                                                                        0,
		`{"multizone":{"global":{"kds":{"refreshInterval":"1s"}}},"experimental":{"kdsEventBasedWatchdog":{"enabled":true,"flushInterval":"5s"}}}`:           5 * time.Second,
		`{"multizone":{"global":{"kds":{"refreshInterval":"1s"}}},"experimental":{"kdsEventBasedWatchdog":{"enabled":false,"flushInterval":"5s"}}}`:          time.Second,
		`{"multizone":{"global":{"kds":{"refreshInterval":"9s"}}},"experimental":{"kdsEventBasedWatchdog":{"enabled":true,"flushInterval":{"nanos":"5s"}}}}`: 9 * time.Second,
	} {
		var s settings
		if err := json.Unmarshal([]byte(rest), &s); err != nil {
			t.Fatal(err)
		}
		if got := s.syncEvery(); got != want {
			t.Errorf("%s: %v, want %v", rest, got, want)
		}
	}
}

func TestIdentityTellsHowOftenZonesAreSent(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.config = `{"environment":"universal","mode":"global","multizone":{"global":{"kds":{"refreshInterval":"4s"}}}}`
	if id := f.connect(t).Identity(); id.SyncEvery != 4*time.Second || id.Gap() != 9*time.Second {
		t.Errorf("every %v, a gap of %v", id.SyncEvery, id.Gap())
	}
}
