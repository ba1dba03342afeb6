package reassigntest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"meshsecrets/backend/embedded"
)

// The meshes of the demo between which its secrets are moved here.
const (
	demoFrom = "default"
	demoTo   = "payments"
)

// universalSteps are U1 to U6: the calls of a reassign on Universal.
func universalSteps(name string) []point {
	source, target := "/meshes/"+demoFrom+"/secrets/"+name, "/meshes/"+demoTo+"/secrets/"+name
	created := nth(1, asked(http.MethodPut, target), nil)
	deleted := nth(1, asked(http.MethodDelete, source), nil)
	return []point{
		{step: "U1 create", at: created},
		{step: "U2 read the target back", at: nth(1, asked(http.MethodGet, target), created)},
		{step: "U3 read the source again", at: nth(1, asked(http.MethodGet, source), created)},
		{step: "U4 delete", at: deleted},
		{step: "U5 look that it is gone", at: nth(1, asked(http.MethodGet, source), deleted)},
		{step: "U6 untag", at: nth(2, asked(http.MethodPut, target), nil)},
	}
}

// served is the demo's control plane as `meshsecrets serve-demo` serves it, a
// process of its own, and the store as it is after each write.
type served struct {
	t       *testing.T
	address string

	mu       sync.Mutex
	revision uint64
	seen     map[string]embedded.Event
	history  *history
}

// serve starts it.
func serve(t *testing.T) *served {
	t.Helper()
	command := exec.CommandContext(t.Context(), built(t), "serve-demo", "--listen", "127.0.0.1:0")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	at := strings.Index(line, "http://")
	if err != nil || at < 0 {
		t.Fatalf("serve-demo says %q, %v", line, err)
	}
	address, _, _ := strings.Cut(line[at:], " ")
	return &served{t: t, address: address, seen: map[string]embedded.Event{}}
}

// do sends a request past the proxy.
func (s *served) do(method, path string, body any) []byte {
	content, err := json.Marshal(body)
	if err != nil {
		s.t.Error(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.address+path, bytes.NewReader(content))
	if err != nil {
		s.t.Error(err)
		return nil
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > http.StatusCreated {
		s.t.Errorf("%s %s is answered %d, %v", method, path, response.StatusCode, err)
	}
	return answer
}

// survey reads the whole store, and tells the checker what is different: all
// writes come through the proxy, which asks for this after each.
func (s *served) survey() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list struct {
		Items []struct {
			Mesh   string            `json:"mesh"`
			Name   string            `json:"name"`
			Labels map[string]string `json:"labels"`
			Data   []byte            `json:"data"`
		} `json:"items"`
	}
	if err := json.Unmarshal(s.do(http.MethodGet, "/secrets?size=1000", nil), &list); err != nil {
		s.t.Error(err)
	}
	is := map[string]embedded.Event{}
	for _, item := range list.Items {
		is[item.Mesh+"/"+item.Name] = embedded.Event{Mesh: item.Mesh, Name: item.Name, Labels: item.Labels, Value: item.Data}
	}
	for at, was := range s.seen {
		if _, there := is[at]; !there {
			was.Deleted = true
			s.tell(was)
		}
	}
	for at, e := range is {
		if was, there := s.seen[at]; !there || fmt.Sprint(was) != fmt.Sprint(e) {
			s.tell(e)
		}
	}
	s.seen = is
}

func (s *served) tell(e embedded.Event) {
	s.revision++
	e.Revision = s.revision
	if s.history != nil {
		s.history.observe(e)
	}
}

// watch gives a history that begins with what is there.
func (s *served) watch(name string, value []byte) *history {
	s.mu.Lock()
	s.history = newHistory(universal, name, demoFrom, value, demoTo)
	s.seen = map[string]embedded.Event{}
	h := s.history
	s.mu.Unlock()
	s.survey()
	h.begin()
	return h
}

// TestKilledOnUniversal kills the program at each call of a reassign, before
// and after it took effect and after its answer, on the demo's control plane.
func TestKilledOnUniversal(t *testing.T) {
	t.Parallel()
	built(t)
	total := &count{what: "the program killed at 18 points, then started again, Universal (serve-demo)"}
	t.Cleanup(func() { total.tell(t) })
	points := pointsOf(universalSteps(""))
	if len(points) != 18 {
		t.Errorf("there are %d points", len(points))
	}
	for i, p := range points {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			killedOnUniversal(t, i, total)
		})
	}
}

func killedOnUniversal(t *testing.T, i int, total *count) {
	t.Helper()
	s, home := serve(t), t.TempDir()
	proxy := newKiller(t, s.address, http.DefaultTransport, false)
	proxy.passed = s.survey
	for _, seed := range seeds(t, volume(1, 25)) {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		name, value := fmt.Sprintf("killed-%d-%d", i, seed), fakeValue(random)
		path := "/meshes/" + demoFrom + "/secrets/" + name
		s.do(http.MethodPut, path, map[string]any{"type": "Secret", "mesh": demoFrom, "name": name, "data": value})
		h := s.watch(name, value)
		c := &crash{t: t, killer: proxy, history: h, home: home, reach: []string{"--server", proxy.server.URL}, settle: s.survey}
		p := pointsOf(universalSteps(name))[i]
		counts := c.run(p, (seed+uint64(i))%2 == 1)
		total.add(c.history, c.report(fmt.Sprintf("%v, seed %d", p, seed)), counts)
		for _, mesh := range h.owners() {
			s.do(http.MethodDelete, "/meshes/"+mesh+"/secrets/"+name, nil)
		}
	}
}

// report fails the test with what went wrong.
func (c *crash) report(about string) []fault {
	c.t.Helper()
	c.history.mu.Lock()
	defer c.history.mu.Unlock()
	for _, f := range c.history.faults {
		c.t.Errorf("%s: %s", about, f.text)
	}
	return c.history.faults
}
