package kubernetes

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// zoneAnswers is an API server with zones; an answer that is none is refused.
func zoneAnswers(insights func() *http.Response) *fake {
	const zoneList = `{"kind":"ZoneList","apiVersion":"kuma.io/v1alpha1","metadata":{},"items":[{"metadata":{"name":"dublin-1"}},{"metadata":{"name":"madrid-1"}},{"metadata":{"name":"paris-1"}},{"metadata":{"name":"rome-1"}}]}`
	return &fake{answer: func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/zoneinsights") {
			return insights(), nil
		}
		return reply(200, typeJSON, zoneList), nil
	}}
}

func TestZones(t *testing.T) {
	t.Parallel()
	const insightList = `{"kind":"ZoneInsightList","apiVersion":"kuma.io/v1alpha1","metadata":{},"items":[` +
		`{"metadata":{"name":"dublin-1"},"spec":{"subscriptions":[{"connectTime":"2026-11-20T08:00:00Z","status":{"lastUpdateTime":"2026-11-20T08:00:09Z","stat":{"Secret":{"responsesSent":"3","responsesAcknowledged":"2","responsesRejected":"1"}}},"version":{"kumaCp":{"version":"2.14.3"}}}]}},` +
		`{"metadata":{"name":"madrid-1"},"status":{"subscriptions":[{"connectTime":"2026-11-20T07:00:00Z","disconnectTime":"2026-11-20T08:30:00Z"}]}},{"metadata":{"name":"rome-1"},"spec":{"subscriptions":"none that can be read"}}]}`
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	unknown := []backend.Zone{{Name: "dublin-1"}, {Name: "madrid-1"}, {Name: "paris-1"}, {Name: "rome-1"}}
	for name, c := range map[string]struct {
		answer func() *http.Response
		want   []backend.Zone
		err    error
	}{
		"told": {func() *http.Response { return reply(200, typeJSON, insightList) }, []backend.Zone{
			{Name: "dublin-1", Version: "2.14.3", Known: true, Online: true, Connected: at, Updated: at.Add(9 * time.Second), Sent: 3, Acknowledged: 2, Rejected: 1},
			{Name: "madrid-1", Known: true, Connected: at.Add(-time.Hour)},
			{Name: "paris-1", Known: true}, {Name: "rome-1"},
		}, nil},
		"forbidden": {func() *http.Response { return refusalOf(403, "Forbidden", "no", "") }, unknown, nil},
		"not there": {func() *http.Response { return reply(404, "text/plain", "404 page not found") }, unknown, nil},
		"no answer": {func() *http.Response { return reply(503, "text/html", "fake") }, nil, backend.ErrUnavailable},
	} {
		got, err := zoneAnswers(c.answer).plane(t).Zones(t.Context())
		if !errors.Is(err, c.err) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	f := zoneAnswers(nil)
	p := f.plane(t)
	p.identity.Mode = backend.ModeZone
	if got, err := p.Zones(t.Context()); err != nil || len(got) > 0 || len(f.requests()) > 0 {
		t.Errorf("a zone has zones: %v, %v", got, err)
	}
}

// How often zones are sent what changed stands in the environment of the
// control plane, if anywhere.
func TestSyncEvery(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"": 0, "5s": 5 * time.Second, "500ms": 500 * time.Millisecond, "soon": 0, "-1s": 0} {
		var d deployment
		d.Spec.Template.Spec.Containers = []container{{Image: "kumahq/kuma-cp:2.14.3", Env: []variable{
			{Name: "KUMA_MODE", Value: "global"}, {Name: "KUMA_MULTIZONE_GLOBAL_KDS_REFRESH_INTERVAL", Value: text},
		}}}
		var id backend.Identity
		d.describe(&id)
		if id.SyncEvery != want || id.Mode != backend.ModeGlobal {
			t.Errorf("%q: %v, want %v", text, id.SyncEvery, want)
		}
	}
}

// globalWith is an embedded global control plane whose zones follow it until
// the returned function is called.
func globalWith(t *testing.T, zones ...string) (*embedded.ControlPlane, *plane, func()) {
	t.Helper()
	far, err := embedded.New(embedded.Options{
		Environment: embedded.EnvironmentKubernetes, Mode: embedded.ModeGlobal, SystemNamespace: somewhere, Zones: zones,
		ZoneEnvironment: embedded.EnvironmentKubernetes,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := far.Put("/meshes/"+backendtest.MeshB, map[string]string{"type": "Mesh", "name": backendtest.MeshB}); err != nil {
		t.Fatal(err)
	}
	p := near(t, &line{t: t, through: far.KubernetesTransport(), namespace: somewhere}, "https://cluster.example", "fake-token", somewhere)
	p.identity.Mode = backend.ModeGlobal
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		far.Follow(ctx)
	}()
	return far, p, func() { cancel(); <-followed }
}

// Zones that follow keep the secret, take all that they are sent, and say so.
func TestZonesKeepWhatIsReassigned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far, p, stop := globalWith(t, "dublin-1", "madrid-1")
		defer stop()
		to := model.Ref{Mesh: backendtest.MeshB, Name: someRef.Name}
		if _, err := p.Create(t.Context(), model.Snapshot{Secret: model.Secret{Ref: someRef}, Value: model.NewValue([]byte(canary))}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		before, err := p.Get(t.Context(), someRef)
		if err != nil {
			t.Fatal(err)
		}
		at, err := moved(t, p, before, backendtest.MeshB)
		if err != nil || at.Next != model.Done {
			t.Fatalf("it ends with %v, %+v", err, at.World)
		}
		want := []backend.ZoneAnswer{{Name: "dublin-1", Answer: backend.Took}, {Name: "madrid-1", Answer: backend.Took}}
		if !reflect.DeepEqual(at.Zones, want) {
			t.Errorf("the zones say %+v", at.Zones)
		}
		for _, zone := range []string{"dublin-1", "madrid-1"} {
			if !far.ZoneHas(zone, to.Mesh, to.Name, []byte(canary)) {
				t.Errorf("%s lost it", zone)
			}
		}
	})
}
