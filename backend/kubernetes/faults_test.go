package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/backend/kubernetes/faultproxy"
	"meshsecrets/model"
)

// A watch goes on after everything that a network does, by itself, and misses
// nothing.
func TestWatchOutlivesTheNetwork(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		begin func(*faultproxy.Proxy)
		told  bool // that it is not live
	}{
		"cut":    {(*faultproxy.Proxy).Cut, true},
		"refuse": {(*faultproxy.Proxy).Refuse, true},
		"stall":  {(*faultproxy.Proxy).Stall, false},
		"drip":   {func(p *faultproxy.Proxy) { p.Drip(100) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ashore(t, apiservertest.Shared(t))
			s.writes("", "")
			screen := watching(t, s.near)
			s.writes("", "-live")
			screen.catchesUp(s.straight)
			fault.begin(s.proxy)
			if fault.told {
				screen.fails(backend.ErrUnavailable)
			}
			s.writes("-live", "-hidden")
			if name == "drip" {
				screen.catchesUp(s.straight)
			}
			if err := s.proxy.Heal(); err != nil {
				t.Fatal(err)
			}
			s.writes("-hidden", "-after")
			screen.catchesUp(s.straight)
			if told := len(screen.failures) > 0; told != fault.told || screen.lists != 1 {
				t.Errorf("it told %v, and listed %d times", screen.failures, screen.lists)
			}
		})
	}
}

// A login that is no longer accepted is told by everything that is asked; once
// it is renewed, all goes on.
func TestExpiredLogin(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) shore{
		"server":   func(t *testing.T) shore { return ashore(t, apiservertest.Shared(t)) },
		"embedded": func(t *testing.T) shore { s, _ := afloat(t); return s },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.writes("", "")
			screen := watching(t, s.near)
			s.expired.Store(true)
			s.cut()
			screen.fails(backend.ErrUnauthorized)
			s.writes("", "-hidden")
			if _, err := s.near.List(t.Context(), backend.Query{}); !errors.Is(err, backend.ErrUnauthorized) {
				t.Errorf("listing: %v", err)
			}
			if _, err := s.near.Get(t.Context(), someRef); !errors.Is(err, backend.ErrUnauthorized) {
				t.Errorf("reading: %v", err)
			}
			s.expired.Store(false)
			screen.catchesUp(s.straight)
		})
	}
}

// A list that was begun goes on when the connection is there again: what was
// read is not read again.
func TestListResumes(t *testing.T) {
	t.Parallel()
	s := ashore(t, apiservertest.Shared(t))
	for i := range 3 {
		s.put(model.Ref{Mesh: "default", Name: fmt.Sprintf("listed-%d", i)}, []byte("fake-value"), nil)
	}
	first, err := s.near.List(t.Context(), backend.Query{})
	if err != nil || len(first.Secrets) != 3 || first.Next == "" {
		t.Fatalf("%d secrets, %v", len(first.Secrets), err)
	}
	s.proxy.Refuse()
	// The connection that was kept may break under the first questions.
	for range 10 {
		_, err = s.near.List(t.Context(), backend.Query{Cursor: first.Next})
		if err == nil || !strings.HasSuffix(err.Error(), "the connection broke") {
			break
		}
	}
	if !errors.Is(err, backend.ErrUnavailable) || !strings.HasSuffix(err.Error(), "connection refused") {
		t.Errorf("without a server: %v", err)
	}
	if err := s.proxy.Heal(); err != nil {
		t.Fatal(err)
	}
	s.put(model.Ref{Name: "listed-globally"}, []byte("fake-value"), nil)
	rest, err := s.near.List(t.Context(), backend.Query{Cursor: first.Next})
	if err != nil || len(rest.Secrets) != 1 || rest.Again || rest.Next != "" || rest.Total != 4 {
		t.Errorf("it goes on with %d of %d secrets, %v", len(rest.Secrets), rest.Total, err)
	}
}

// A connection that passes nothing on, or hardly anything, ends with the time
// that --request-timeout gives; of a write nobody knows what became of it.
func TestStalledRequestsEnd(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*faultproxy.Proxy){
		"stall": (*faultproxy.Proxy).Stall,
		"drip":  func(p *faultproxy.Proxy) { p.Drip(1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ashore(t, apiservertest.Shared(t))
			s.put(someRef, []byte("fake-value"), nil)
			held, err := s.near.Get(t.Context(), someRef)
			if err != nil {
				t.Fatal(err)
			}
			fault(s.proxy)
			ctx, cancel := context.WithTimeout(t.Context(), tooLong)
			defer cancel()
			// Only what is stalled has little time: the machine may be busy.
			hasty := s.again(t, func(c *rest.Config) { c.Timeout = time.Second })
			if _, err := hasty.List(ctx, backend.Query{}); !errors.Is(err, backend.ErrUnavailable) {
				t.Errorf("listing: %v", err)
			}
			if err := hasty.Delete(ctx, held); !errors.Is(err, backend.ErrUnknown) && !errors.Is(err, backend.ErrUnavailable) {
				t.Errorf("deleting: %v", err)
			}
			if ctx.Err() != nil {
				t.Error("it was the test that ended it")
			}
			if err := s.proxy.Heal(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.near.List(ctx, backend.Query{}); err != nil {
				t.Errorf("after that: %v", err)
			}
		})
	}
}

// What a server forgot cannot be gone on from: the list begins anew, and so
// does the watch.
func TestForgottenHistory(t *testing.T) {
	t.Parallel()
	s, far := afloat(t)
	s.writes("", "")
	for i := range pageSize {
		s.put(model.Ref{Mesh: "default", Name: fmt.Sprintf("many-%d", i)}, []byte("fake-value"), nil)
	}
	screen := watching(t, s.near)
	begun, err := s.near.List(t.Context(), backend.Query{})
	if err != nil {
		t.Fatal(err)
	}
	s.writes("", "-live")
	screen.catchesUp(s.straight) // both of its connections are there
	s.cut()
	screen.fails(backend.ErrUnavailable)
	s.writes("-live", "-hidden")
	far.Cluster().Compact()
	listsAnew(t, s, begun.Next)
	screen.catchesUp(s.straight)
	if screen.lists != 2 {
		t.Errorf("it listed %d times", screen.lists)
	}
}

// listsAnew wants that a list cannot go on from a cursor, and begins again.
func listsAnew(t *testing.T, s shore, cursor string) {
	t.Helper()
	page, err := s.near.List(t.Context(), backend.Query{Cursor: cursor})
	if err != nil || !page.Again {
		t.Fatalf("the list went on with %d secrets, %v", len(page.Secrets), err)
	}
	rest, err := backendtest.All(t.Context(), s.near, backend.Query{Cursor: page.Next})
	if err != nil {
		t.Fatal(err)
	}
	want, err := backendtest.All(t.Context(), s.straight, backend.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(append(page.Secrets, rest...)); !maps.Equal(got, rowsOf(want)) {
		t.Errorf("%d secrets were listed, %d are there", len(got), len(want))
	}
}

// An API server that is restarted is gone for a while, and then may or may not
// know what was before.
func TestRestartedServer(t *testing.T) {
	t.Parallel()
	server := apiservertest.Start(t)
	s := ashore(t, server)
	server.Fill(t, s.near.namespace, "default", pageSize+1, 20)
	s.writes("", "")
	screen := watching(t, s.near)
	begun, err := s.near.List(t.Context(), backend.Query{})
	if err != nil {
		t.Fatal(err)
	}

	server.Down()
	screen.fails(backend.ErrUnavailable)
	if _, err := s.near.List(t.Context(), backend.Query{}); !errors.Is(err, backend.ErrUnavailable) {
		t.Errorf("listing without a server: %v", err)
	}
	server.Up(t)
	s.writes("", "-restarted")
	screen.catchesUp(s.straight)

	server.Forget(t)
	listsAnew(t, s, begun.Next)
	lists := screen.lists
	s.writes("-restarted", "-forgotten")
	screen.catchesUp(s.straight)
	if screen.lists == lists {
		t.Error("the watch went on from what the server forgot")
	}
}
