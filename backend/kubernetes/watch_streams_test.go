package kubernetes

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// feeds are the two streams of a watch of everything.
type feeds struct{ mesh, global *feed }

// RoundTrip begins one of them.
func (f feeds) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Query().Get("fieldSelector"), "="+typeGlobal) {
		return f.global.RoundTrip(r)
	}
	return f.mesh.RoundTrip(r)
}

// both begins a watch of everything, of which payments/moved was seen.
func both(t *testing.T) (feeds, backend.Watcher) {
	t.Helper()
	f := feeds{&feed{kind: typeProtobuf}, &feed{kind: typeProtobuf}}
	p := (&fake{answer: f.RoundTrip}).plane(t)
	p.now = time.Now
	w, err := p.Watch(t.Context(), backend.Query{}, backend.Seen{Mark: mark{Mesh: "10", Global: "11"}.encode(), Secrets: []model.Secret{
		{Ref: model.Ref{Mesh: "payments", Name: "moved"}, Version: model.Version{Revision: "9"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return f, w
}

// As long as secrets of one type are not followed nothing says that all is
// well; what the others bring is told all the same.
func TestWatchIsWellOnlyAsAWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, w := both(t)
		defer w.Close()
		for range 8 {
			f.mesh.refuse = append(f.mesh.refuse, reply(503, "text/plain", "fake"))
		}
		_ = f.mesh.newest().CloseWithError(io.ErrUnexpectedEOF)
		if _, err := w.Next(t.Context()); !errors.Is(err, backend.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
		began, events := time.Now(), 0
		go func() {
			for range 13 {
				time.Sleep(3 * time.Second)
				f.global.send(t, "BOOKMARK", "", "", "77")
				f.global.send(t, "ADDED", "news", "", "78")
			}
		}()
		for time.Since(began) < 40*time.Second {
			got, err := w.Next(t.Context())
			events += len(got.Events)
			var failure *backend.Error
			if !errors.As(err, &failure) || failure.Retry <= 0 || failure.Retry > lastWait {
				t.Fatalf("after %v it says %v of %q", time.Since(began), err, told(got))
			}
		}
		if events == 0 {
			t.Error("nothing of the other stream was told")
		}
		for {
			got, err := w.Next(t.Context())
			if err == nil {
				break
			}
			if time.Since(began) > 10*time.Minute {
				t.Fatalf("it never is well again: %q, %v", told(got), err)
			}
		}
		if at := len(f.mesh.revisions()); at != 10 {
			t.Errorf("it is well after %d connections", at)
		}
	})
}

// Two streams tell what happened to one name in an order that is none.
func TestWatchKnowsWhatIsOlder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, w := both(t)
		defer w.Close()
		go func() {
			f.global.send(t, "ADDED", "moved", "", "22")
			synctest.Wait()
			f.mesh.send(t, "MODIFIED", "moved", "payments", "20")
			f.mesh.send(t, "DELETED", "moved", "payments", "21")
		}()
		got, err := w.Next(t.Context())
		if want := "global/moved -payments/moved"; err != nil || told(got) != want {
			t.Errorf("it tells %q, want %q; %v", told(got), want, err)
		}
		go f.mesh.send(t, "ADDED", "moved", "payments", "30")
		if got, err = w.Next(t.Context()); err != nil || told(got) != "-global/moved payments/moved" {
			t.Errorf("then %q, %v", told(got), err)
		}
	})
}

// Connections that are taken and ended at once follow nothing.
func TestWatchThatEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{kind: typeProtobuf}
		for range 6 {
			f.refuse = append(f.refuse, reply(200, typeProtobuf+";stream=watch", ""))
		}
		w := f.watching(t, backend.Query{Mesh: "payments"})
		defer w.Close()
		for range 5 { // a single one is nothing to tell
			_, err := w.Next(t.Context())
			var told *backend.Error
			if !errors.As(err, &told) || !errors.Is(err, backend.ErrUnavailable) || told.Reason != "it ends each watch at once" || told.Retry <= 0 {
				t.Fatalf("got %v", err)
			}
		}
		go func() {
			time.Sleep(lastWait)
			f.send(t, "BOOKMARK", "", "", "77")
		}()
		if got, err := w.Next(t.Context()); err != nil || len(got.Events) > 0 {
			t.Errorf("then %q, %v", told(got), err)
		}
	})
}

// Whoever stops waiting while changes are gathered gets them, and whoever asks
// next is not told that the other one stopped.
func TestWatchOutlivesACaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{kind: typeProtobuf}
		w := f.watching(t, backend.Query{Mesh: "payments"})
		defer w.Close()
		ctx, leave := context.WithTimeout(t.Context(), gatherTime/2)
		defer leave()
		go f.send(t, "ADDED", "one", "payments", "21")
		if got, err := w.Next(ctx); err != nil || told(got) != "payments/one" {
			t.Errorf("it tells %q, %v", told(got), err)
		}
		go f.send(t, "ADDED", "two", "payments", "22")
		if got, err := w.Next(t.Context()); err != nil || told(got) != "payments/two" {
			t.Errorf("then %q, %v", told(got), err)
		}
	})
}

// withheld answers as a proxy does that passes an answer on only when it is
// whole: what it holds is one event for each connection.
type withheld struct {
	t     *testing.T
	feed  *feed
	asked []string // how long the connections were to be, in seconds
}

// RoundTrip takes as long as the connection lasts.
func (h *withheld) RoundTrip(r *http.Request) (*http.Response, error) {
	length := r.URL.Query().Get("timeoutSeconds")
	h.asked = append(h.asked, length)
	lasts, err := time.ParseDuration(length + "s")
	if err != nil {
		return nil, err
	}
	select {
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	case <-time.After(lasts):
	}
	answer, err := h.feed.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	pipe := h.feed.newest()
	time.AfterFunc(0, func() {
		h.feed.send(h.t, "ADDED", "news", "payments", "20")
		_ = pipe.Close()
	})
	return answer, nil
}

// Where answers are held back until they end, shorter ones are asked for, and
// nothing is called lost.
func TestWatchWhoseAnswersAreHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &withheld{t: t, feed: &feed{kind: typeProtobuf}}
		p := (&fake{answer: h.RoundTrip}).plane(t)
		p.now = time.Now
		w, err := p.Watch(t.Context(), backend.Query{Mesh: "payments"}, backend.Seen{Mark: mark{Mesh: "10", Global: "11"}.encode()})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		began := time.Now()
		for range 3 {
			if got, err := w.Next(t.Context()); err != nil || told(got) != "payments/news" {
				t.Fatalf("it tells %q, %v", told(got), err)
			}
		}
		if took, most := time.Since(began), headerTime+3*heldLength+time.Second; took > most {
			t.Errorf("that took %v, more than %v", took, most)
		}
		synctest.Wait() // the next connection is asked for by then
		if h.asked[1] != "20" || h.asked[2] != "20" {
			t.Errorf("connections of %q seconds were asked for", h.asked)
		}
	})
}

// A server that answers no watch at all is told as lost, and found again.
func TestWatchThatIsNeverAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, answers := &feed{kind: typeProtobuf}, time.Now().Add(3*time.Minute)
		p := (&fake{answer: func(r *http.Request) (*http.Response, error) {
			if time.Now().Before(answers) {
				<-r.Context().Done()
				return nil, context.Cause(r.Context())
			}
			return f.RoundTrip(r)
		}}).plane(t)
		p.now = time.Now
		w, err := p.Watch(t.Context(), backend.Query{Mesh: "payments"}, backend.Seen{Mark: mark{Mesh: "10", Global: "11"}.encode()})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		began := time.Now()
		if _, err := w.Next(t.Context()); !errors.Is(err, backend.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
		if took := time.Since(began); took < 2*headerTime || took > 2*headerTime+time.Second {
			t.Errorf("it is told after %v", took)
		}
		for err = errors.New("not yet"); err != nil && time.Since(began) < 5*time.Minute; {
			_, err = w.Next(t.Context())
		}
		if err != nil {
			t.Errorf("it never is well again: %v", err)
		}
	})
}
