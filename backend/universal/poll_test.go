package universal

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// watched is a control plane whose lists take a while, and a watch on it.
func watched(t *testing.T, takes *time.Duration) (*fake, backend.Watcher) {
	t.Helper()
	f := newFake()
	f.put(someRef, []byte("fake"), nil)
	cp := f.connect(t)
	f.before = func(*http.Request) { time.Sleep(*takes) }
	seen, err := backendtest.All(t.Context(), cp, backend.Query{Mesh: "default"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := cp.Watch(t.Context(), backend.Query{Mesh: "default"}, backend.Seen{Secrets: seen})
	if err != nil {
		t.Fatal(err)
	}
	return f, w
}

func TestWatchPaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		takes := time.Duration(0)
		_, w := watched(t, &takes)
		for _, step := range []struct{ takes, want time.Duration }{
			{time.Second, 6 * time.Second},  // 5 s, the list takes one
			{time.Second, 21 * time.Second}, // 20 times that
			{0, 20 * time.Second},
			{0, 5 * time.Second},
		} {
			takes = step.takes
			begun := time.Now()
			batch, err := w.Next(t.Context())
			if err != nil || len(batch.Events) != 0 || batch.At.IsZero() {
				t.Errorf("%d events at %v, %v", len(batch.Events), batch.At, err)
			}
			if waited := time.Since(begun); waited != step.want {
				t.Errorf("waited %v, want %v", waited, step.want)
			}
		}
	})
}

func TestWatchBacksOffAndGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		takes := time.Duration(0)
		f, w := watched(t, &takes)
		f.answer = func(*http.Request) *http.Response { return reply(503, "", "") }
		for _, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
			begun := time.Now()
			if _, err := w.Next(t.Context()); !errors.Is(err, backend.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
			if waited := time.Since(begun); waited != want*time.Second {
				t.Errorf("waited %v, want %v s", waited, want)
			}
		}
		f.answer = nil
		f.remove(someRef)
		batch, err := w.Next(t.Context())
		if err != nil || len(batch.Events) != 1 || !batch.Events[0].Gone || batch.Events[0].Secret.Ref != someRef {
			t.Errorf("got %+v, %v", batch, err)
		}
	})
}

func TestWatchEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		takes := time.Duration(0)
		_, w := watched(t, &takes)
		go func() {
			time.Sleep(time.Second)
			w.Close()
			w.Close()
		}()
		if _, err := w.Next(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("after Close: %v", err)
		}
		_, other := watched(t, &takes)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := other.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after its context: %v", err)
		}
	})
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	before := model.Secret{Ref: someRef, Created: at, Modified: at, Labels: map[string]string{"a": "b"},
		Facts: model.Facts{Kind: model.Text, Fingerprint: "0000 0001"}}
	tests := map[string]struct {
		change func(*model.Secret)
		want   int
	}{
		"nothing":      {func(*model.Secret) {}, 0},
		"another zone": {func(s *model.Secret) { s.Created = at.In(time.FixedZone("fake", 3600)) }, 0},
		"modified":     {func(s *model.Secret) { s.Modified = at.Add(1) }, 1},
		"made anew":    {func(s *model.Secret) { s.Created = at.Add(1) }, 1},
		"labels":       {func(s *model.Secret) { s.Labels = nil }, 1},
		"value":        {func(s *model.Secret) { s.Facts.Fingerprint = "0000 0002" }, 1},
	}
	for name, test := range tests {
		w := &poller{seen: map[model.Ref]model.Secret{someRef: before}}
		now := before
		test.change(&now)
		if events := w.differences(map[model.Ref]model.Secret{someRef: now}, true); len(events) != test.want {
			t.Errorf("%s: %d events", name, len(events))
		}
		if events := w.differences(map[model.Ref]model.Secret{}, false); len(events) != 0 {
			t.Errorf("%s: an unsettled list told %d events", name, len(events))
		}
	}
}
