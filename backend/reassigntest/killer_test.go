package reassigntest

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// call is one request as it passed the killer.
type call struct {
	method, path string
	dry          bool // it is a rehearsal
}

// moment is when at a request the process ends.
type moment int

const (
	never moment = iota
	before
	after
	answered
)

var moments = map[moment]string{
	before: "before it is passed on", after: "after it took effect", answered: "after its answer",
}

// killer is a proxy before a control plane. It counts requests, and at one of
// them it ends, with SIGKILL, the process that sent it.
type killer struct {
	server *httptest.Server
	to     *url.URL
	client http.RoundTripper
	passed func() // after each write that was passed on, before its answer is

	mu    sync.Mutex
	calls []call
	at    func([]call) bool // tells whether the last of these calls is the one
	when  moment
	kill  func() // ends the process, and waits until it has
	fired bool
}

// newKiller begins a proxy. With TLS it shows a certificate of its own.
func newKiller(t *testing.T, to string, client http.RoundTripper, tls bool) *killer {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	k := &killer{to: target, client: client}
	k.server = httptest.NewUnstartedServer(k)
	k.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if tls {
		k.server.StartTLS()
	} else {
		k.server.Start()
	}
	t.Cleanup(k.server.Close)
	return k
}

// arm has the next process killed at a call.
func (k *killer) arm(at func([]call) bool, when moment, kill func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls, k.at, k.when, k.kill, k.fired = nil, at, when, kill, false
}

// done gives the calls since arm, and whether the process was killed.
func (k *killer) done() ([]call, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls, k.fired
}

// note counts a request, and tells when the process is to end.
func (k *killer) note(r *http.Request, body []byte) (moment, func()) {
	dry := rehearsal(r, body)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls = append(k.calls, call{r.Method, r.URL.Path, dry})
	if k.fired || k.at == nil || dry || !k.at(k.calls) {
		return never, nil
	}
	k.fired = true
	return k.when, k.kill
}

// ServeHTTP passes a request on, unless the process ends before.
func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	when, kill := k.note(r, body)
	if when == before {
		kill()
		panic(http.ErrAbortHandler)
	}
	response, answer, err := k.pass(r, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if r.Method != http.MethodGet && k.passed != nil {
		k.passed()
	}
	if when == after {
		kill()
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), response.Header)
	w.WriteHeader(response.StatusCode)
	_, _ = w.Write(answer)
	if when == answered {
		_ = http.NewResponseController(w).Flush()
		kill()
	}
}

// pass sends a request on and gives its whole answer.
func (k *killer) pass(r *http.Request, body []byte) (*http.Response, []byte, error) {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.Host, out.RequestURI = k.to.Scheme, k.to.Host, k.to.Host, ""
	// With what it takes to send it again the transport does so by itself, where
	// the server closed a connection that was kept.
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, out.ContentLength = http.NoBody, int64(len(body))
	if len(body) > 0 {
		out.Body, _ = out.GetBody()
	}
	response, err := k.client.RoundTrip(out)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	return response, answer, err
}

// nth tells the n-th call of a kind, counted from 1, and after another one: what
// tells a step from the others is the order of their calls.
func nth(n int, is func(call) bool, since func([]call) bool) func([]call) bool {
	return func(calls []call) bool {
		if !is(calls[len(calls)-1]) {
			return false
		}
		for i := range calls {
			if since != nil && !since(calls[:i+1]) {
				continue
			}
			rest := calls[i:]
			if since != nil {
				rest = calls[i+1:]
			}
			found := 0
			for _, c := range rest {
				if is(c) {
					found++
				}
			}
			return found == n
		}
		return false
	}
}

// asked tells a call by its method and the end of its path.
func asked(method, end string) func(call) bool {
	return func(c call) bool { return !c.dry && c.method == method && strings.HasSuffix(c.path, end) }
}

// copyAsked is one about the safety copy.
func copyAsked(method string) func(call) bool {
	return func(c call) bool {
		return !c.dry && c.method == method && strings.Contains(c.path, "/meshsecrets-reassign-")
	}
}

// aboutIt counts the calls of a start that are about the reassign: those on
// secrets, be it the object, its safety copy or the list that finds it. What is
// asked when it connects is not, nor a rehearsal, which changes nothing, nor
// what is read of other kinds to see who refers to the secret.
func aboutIt(calls []call) int {
	n := 0
	for _, c := range calls {
		if !c.dry && strings.Contains(c.path, "/secrets") {
			n++
		}
	}
	return n
}

// trace is what was asked, for a test that failed.
func trace(calls []call) string {
	text := ""
	for _, c := range calls {
		text += fmt.Sprintf("\n    %s %s", c.method, c.path)
		if c.dry {
			text += " (rehearsal)"
		}
	}
	return text
}
