package ui

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
)

// The proofs over all screens stand on one table: every screen in every state
// that belongs to it, reached by keys alone.

// meddler stands between the console and a control plane: a rule answers in
// its place, or lets the request pass by answering nothing.
type meddler struct {
	next    http.RoundTripper
	mu      sync.Mutex
	rule    func(*http.Request) (*http.Response, error)
	release chan struct{}
}

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	rule := m.rule
	m.mu.Unlock()
	if rule != nil {
		if answer, err := rule(r); answer != nil || err != nil {
			return answer, err
		}
	}
	return m.next.RoundTrip(r)
}

// meddle sets the rule; nil lets everything pass.
func (m *meddler) meddle(rule func(*http.Request) (*http.Response, error)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rule = rule
}

// on is a rule for the requests whose method and path hold these texts.
func on(method, path string, do func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if r.Method == method && strings.Contains(r.URL.Path, path) {
			return do(r)
		}
		return nil, nil //nolint:nilnil // nothing: the request passes
	}
}

// status answers with a problem, as a control plane does.
func status(code int, detail string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Status: http.StatusText(code), Request: r, ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"application/problem+json"}},
			Body:   io.NopCloser(strings.NewReader(`{"status":` + itoa(code) + `,"title":"fault","detail":"` + detail + `"}`))}, nil
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// hang never answers, until the request is given up or the test ends.
func (m *meddler) hang(r *http.Request) (*http.Response, error) {
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-m.release:
		return nil, errors.New("released")
	}
}

// stateful is a world with a control plane that can be meddled with.
type stateful struct {
	*world
	cp    *embedded.ControlPlane
	fault *meddler
}

// foreign writes behind the console's back.
func (s *stateful) foreign(path, value string) {
	s.t.Helper()
	if err := s.cp.Put(path, map[string]any{"type": "Secret", "mesh": "payments", "name": path[strings.LastIndex(path, "/")+1:], "data": value}); err != nil {
		s.t.Fatal(err)
	}
}

// top is the screen that has the keys.
func (s *stateful) top() Screen { return s.app.stack[len(s.app.stack)-1] }

func (s *stateful) paste(text string) { s.send(tea.PasteMsg{Content: text}) }

// state is a screen in a state: how to get there.
type state struct {
	name  string
	want  string // the type of the screen that is then on top; "" for any
	reach func(*stateful)
	first func(*stateful)                 // before the console begins
	entry func(*stateful, *backend.Entry) // changes the entry
	plane func(*Config, backend.Entry)    // changes the start
}

// in runs a check in a state, on the demo.
func (s state) in(t *testing.T, w, h int, check func(*stateful), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		s.on(t, cp, w, h, check, change...)
	})
}

// on is in for any control plane; it is called inside a bubble.
func (s state) on(t *testing.T, cp *embedded.ControlPlane, w, h int, check func(*stateful), change ...func(*Config)) {
	t.Helper()
	fault := &meddler{next: cp.Transport(), release: make(chan struct{})}
	st := &stateful{cp: cp, fault: fault}
	if s.first != nil {
		s.first(st)
	}
	entry := embeddedEntry("demo", cp, fault)
	if s.entry != nil {
		s.entry(st, &entry)
	}
	config := Config{Directory: listed{entry}, Start: &entry}
	if s.plane != nil {
		s.plane(&config, entry)
	}
	start(t, w, h, config, func(d *world) {
		st.world = d
		if s.reach != nil {
			s.reach(st)
		}
		if got := screenKind(st.top()); s.want != "" && got != s.want {
			t.Errorf("%s: the screen on top is %s, want %s\n%s", s.name, got, s.want, st.text())
		} else {
			st.app.message = Message{}
			check(st)
		}
		close(fault.release)
		st.settle()
	}, change...)
}

// screenKind names the type of a screen.
func screenKind(s Screen) string { return strings.TrimPrefix(typeName(s), "ui.") }

// keysOf is a state that is reached by keys alone.
func keysOf(name, want string, keys ...string) state {
	return state{name: name, want: want, reach: func(s *stateful) { s.press(keys...) }}
}

// atSecret is a state that is reached by keys on a secret.
func atSecret(name, want, digit, secret string, keys ...string) state {
	return state{name: name, want: want, reach: func(s *stateful) {
		s.find(digit, secret)
		s.press(keys...)
	}}
}

// states are all of them.
func states() []state {
	all := append(browseStates(), secretStates()...)
	all = append(all, formStates()...)
	all = append(all, deleteStates()...)
	all = append(all, reassignStates()...)
	all = append(all, batchStates()...)
	all = append(all, recoverStates()...)
	all = append(all, problemStates()...)
	all = append(all, clusterStates()...)
	return append(all, pickerStates()...)
}

func browseStates() []state {
	return []state{
		keysOf("browse all", "browse"),
		keysOf("browse all, in the middle", "browse", "ctrl+d"),
		keysOf("browse a mesh", "browse", "4", "j"),
		keysOf("browse the meshes", "browse", "3", "tab"),
		keysOf("browse the meshes, global", "browse", "tab", "j"),
		keysOf("browse an empty mesh", "browse", "5"),
		keysOf("browse a ghost row", "browse", "4"),
		keysOf("browse a mesh that is missing", "browse", "tab", "G", "tab"),
		keysOf("browse filtered", "browse", "/", "c", "a", "enter"),
		keysOf("browse, filter typed", "browse", "/", "c", "a"),
		keysOf("browse, nothing matches", "browse", "/", "#", "#", "enter"),
		atSecret("browse an orphan", "browse", "0", "retired-shop-token"),
		atSecret("browse a system secret", "browse", "4", "dataplane-token-signing-key-payments-1"),
		{name: "browse, stale", want: "browse", reach: func(s *stateful) {
			s.fault.meddle(on("GET", "secrets", status(500, "fake fault")))
			s.press("ctrl+r")
		}},
		{name: "browse, reading again", want: "browse", reach: func(s *stateful) {
			s.fault.meddle(on("GET", "secrets", s.fault.hang))
			s.press("ctrl+r")
			s.wait(time.Second)
		}},
		{name: "browse, reading stopped", want: "browse", reach: func(s *stateful) {
			s.fault.meddle(on("GET", "secrets", s.fault.hang))
			s.press("ctrl+r", "esc")
		}},
		{name: "browse, nothing read yet", want: "browse", first: func(s *stateful) { s.fault.meddle(on("GET", "secrets", s.fault.hang)) }},
		{name: "browse, forbidden", want: "browse", first: func(s *stateful) { s.fault.meddle(on("GET", "secrets", status(403, "no"))) }},
		{name: "browse, read-only", want: "browse", reach: func(s *stateful) { s.press("4", "j") }, entry: func(_ *stateful, e *backend.Entry) { e.ReadOnly = true }},
		{name: "connecting", want: "browse", reach: func(s *stateful) { s.wait(time.Second) }, entry: neverConnects},
		{name: "connecting failed", want: "browse", entry: failsToConnect},
		keysOf("help", "help", "4", "j", "?"),
		keysOf("help, scrolled", "help", "4", "j", "?", "G"),
		keysOf("commands", "commands", ":"),
		keysOf("commands, some typed", "commands", ":", "r", "e"),
		keysOf("commands, none", "commands", ":", "#"),
	}
}

func neverConnects(s *stateful, e *backend.Entry) {
	e.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
		<-ctx.Done()
		return nil, &backend.Error{Kind: backend.ErrUnavailable, Op: "connecting", Address: "http://localhost:5681", Reason: "no answer", Err: ctx.Err()}
	}
}

func failsToConnect(_ *stateful, e *backend.Entry) {
	e.Connect = func(context.Context) (backend.ControlPlane, error) {
		return nil, &backend.Error{Kind: backend.ErrUnavailable, Op: "connecting", Address: "http://localhost:5681", Reason: "no answer"}
	}
}

func secretStates() []state {
	get := func(s *stateful, do func(*http.Request) (*http.Response, error), keys ...string) {
		s.find("4", "payments-ca-cert")
		s.fault.meddle(on("GET", "/secrets/payments-ca-cert", do))
		s.press(keys...)
	}
	return []state{
		atSecret("secret masked", "secret", "4", "payments-ca-cert", "enter"),
		atSecret("secret scrolled", "secret", "4", "payments-ca-cert", "enter", "x", "ctrl+d"),
		atSecret("secret revealed", "secret", "4", "payments-ca-cert", "x"),
		atSecret("secret, JSON revealed", "secret", "2", "feature-flags", "x"),
		atSecret("secret, binary revealed", "secret", "2", "session-cookie-key", "x"),
		atSecret("secret, JWT", "secret", "4", "stripe-webhook-token", "enter"),
		atSecret("secret, system", "secret", "4", "dataplane-token-signing-key-payments-1", "enter"),
		atSecret("secret, orphaned", "secret", "0", "retired-shop-token", "enter"),
		{name: "secret forbidden", want: "secret", reach: func(s *stateful) { get(s, status(403, "no"), "x") }},
		{name: "secret failed", want: "secret", reach: func(s *stateful) { get(s, status(500, "no"), "x") }},
		{name: "secret, being read", want: "secret", reach: func(s *stateful) { get(s, s.fault.hang, "x"); s.wait(time.Second) }},
		{name: "secret, read-only", want: "secret", entry: func(_ *stateful, e *backend.Entry) { e.ReadOnly = true },
			reach: func(s *stateful) { s.find("4", "payments-ca-cert"); s.press("enter") }},
		atSecret("help of a secret", "help", "4", "payments-ca-cert", "enter", "?"),
		atSecret("used by", "usedBy", "4", "payments-ca-cert", "u"),
		atSecret("used by, from a secret", "usedBy", "4", "psp-client-key", "enter", "u"),
		atSecret("used by, nobody", "usedBy", "4", "stripe-webhook-token", "u"),
		atSecret("used by, missing", "usedBy", "4", "edge-tls", "enter"),
		atSecret("used by, orphaned", "usedBy", "0", "retired-shop-token", "u"),
		atSecret("used by, global", "usedBy", "0", "user-token-signing-key-1", "u"),
		atSecret("used by, whole mesh", "usedBy", "4", "payments-ca-cert", "u", "u", "j"),
		keysOf("used by, of a mesh", "usedBy", "3", "tab", "u"),
		keysOf("used by, of a mesh without secrets", "usedBy", "5", "u"),
		atSecret("manifest", "manifest", "4", "payments-ca-cert", "y"),
		atSecret("manifest, Kubernetes", "manifest", "4", "payments-ca-cert", "y", "Y"),
		atSecret("manifest revealed", "manifest", "4", "payments-ca-cert", "y", "x"),
		atSecret("manifest, scrolled", "manifest", "4", "payments-ca-cert", "y", "x", "G"),
		atSecret("export", "exporting", "4", "payments-ca-cert", ":", "e", "x", "p", "o", "enter"),
		atSecret("export, the form chosen", "exporting", "4", "payments-ca-cert", "y", ":", "e", "x", "p", "o", "enter", "a", "tab"),
		atSecret("export with the value", "exporting", "4", "payments-ca-cert", "enter", ":", "e", "x", "p", "o", "enter", "a", "tab", "tab", "right"),
		{name: "export, being read", want: "exporting", reach: func(s *stateful) { get(s, s.fault.hang, ":", "e", "x", "p", "o", "enter", "a", "enter") }},
		{name: "manifest, being read", want: "manifest", reach: func(s *stateful) { get(s, s.fault.hang, "y", "x") }},
	}
}

func pickerStates() []state {
	several := func(c *Config, e backend.Entry) {
		slow, broken := e, e
		slow.Name, slow.Group, slow.Inside, slow.Address = "slow", "kumactl", false, "https://slow.example:5682"
		broken.Name, broken.Group, broken.Inside, broken.Address = "broken", "kumactl", false, "https://broken.example:5682"
		neverConnects(nil, &slow)
		failsToConnect(nil, &broken)
		c.Directory, c.Start = listed{broken, slow, e}, nil
	}
	line := func(name string, keys ...string) state {
		s := keysOf(name, "picker", keys...)
		s.plane = several
		return s
	}
	entered := line("picker, entered while connecting", "j", "enter", "enter")
	entered.want = "browse"
	below := line("browse above the picker", "G", "enter")
	below.want = "browse"
	return []state{
		line("picker"), line("picker, last", "G"), line("picker, filter typed", "/", "s", "l"), line("picker filtered", "/", "s", "l", "enter"),
		line("picker, nothing matches", "/", "#", "enter"), line("picker, connecting", "j", "enter"), line("picker, failed", "enter"), entered, below,
	}
}

// settleAway lets answers come and drops them: those of an App that is not
// gone on with.
func (s *stateful) settleAway() {
	for {
		synctest.Wait()
		select {
		case <-s.answer:
		default:
			return
		}
	}
}
