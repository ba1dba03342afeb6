package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/network"
	"meshsecrets/backend/universal"
	"meshsecrets/model"
)

// detour answers some paths in a way of its own; the others go on to the control
// plane.
type detour struct {
	round  http.RoundTripper
	path   string // prefix of the paths it answers
	answer func(*http.Request) *http.Response
}

func (o detour) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, o.path) {
		return o.answer(r), nil
	}
	return o.round.RoundTrip(r)
}

func reply(status int, kind, body string, headers ...string) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		h := http.Header{"Content-Type": {kind}}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r, ProtoMajor: 1, ProtoMinor: 1}
	}
}

func problem(status int, title string) func(*http.Request) *http.Response {
	return reply(status, "application/json", `{"type":"/std-errors","status":`+strconv.Itoa(status)+`,"title":"`+title+`","detail":"`+title+`"}`)
}

func bomb() func(*http.Request) *http.Response {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	zeroes := make([]byte, 1<<20)
	for range 80 {
		_, _ = z.Write(zeroes)
	}
	_ = z.Close()
	return reply(200, "application/json", b.String(), "Content-Encoding", "gzip")
}

// TestEveryOddAnswerIsOneClearSentence holds what is said of each answer that
// no control plane should give, when the console reads its secrets.
func TestEveryOddAnswerIsOneClearSentence(t *testing.T) {
	t.Parallel()
	item := `{"type":"Secret","mesh":"default","name":"odd","creationTime":"2026-11-01T00:00:00Z","modificationTime":"2026-11-01T00:00:00Z","data":"ZmFrZQ=="}`
	list := func(items string) func(*http.Request) *http.Response {
		return reply(200, "application/json", `{"total":1,"items":[`+items+`],"next":null}`)
	}
	cases := map[string]func(*http.Request) *http.Response{
		"44 login page with 200":    reply(200, "text/html", "<html><body>Please log in</body></html>"),
		"45 empty body":             reply(200, "application/json", ""),
		"46 truncated JSON":         reply(200, "application/json", `{"total":1,"items":[{"type":"Sec`),
		"47 duplicate keys":         list(`{"type":"Secret","mesh":"a","mesh":"b","name":"odd"}`),
		"48 wrong kind":             list(strings.Replace(item, `"Secret"`, `"Dataplane"`, 1)),
		"49 negative total":         reply(200, "application/json", `{"total":-4,"items":[],"next":null}`),
		"49 huge total":             reply(200, "application/json", `{"total":99999999999999999999,"items":[],"next":null}`),
		"49 year 10000":             list(strings.Replace(item, "2026-11-01T00:00:00Z", "10000-01-01T00:00:00Z", 1)),
		"50 null items":             list("null"),
		"51 next loop":              reply(200, "application/json", `{"total":5000,"items":[`+item+`],"next":"http://localhost:5681/secrets?offset=0"}`),
		"52 status 401":             problem(401, "Invalid authentication data"),
		"52 status 403":             problem(403, "Access Denied"),
		"52 status 404 of a proxy":  reply(404, "text/html", "<html>nothing here</html>"),
		"52 status 405":             problem(405, "Method not allowed"),
		"52 status 409":             problem(409, "Conflict"),
		"52 status 413":             problem(413, "Too large"),
		"52 status 415":             problem(415, "Unsupported"),
		"52 status 422":             problem(422, "Unprocessable"),
		"52 status 429":             problem(429, "Slow down"),
		"52 status 429 retry after": reply(429, "text/plain", "slow down", "Retry-After", "12"),
		"52 status 499":             reply(499, "text/plain", ""),
		"52 status 500":             problem(500, "Internal Server Error"),
		"52 status 502":             reply(502, "text/html", "<html>bad gateway</html>"),
		"52 status 503":             reply(503, "text/plain", "no healthy upstream"),
		"52 status 504":             reply(504, "text/plain", "upstream timed out"),
		"redirect elsewhere":        reply(302, "text/plain", "", "Location", "https://u:CANARY-not-a-real-password@other.example.com/login?x=1"),
		"gzip bomb":                 bomb(),
		"escapes in the error":      problem(500, `\u001b]0;owned\u0007\u202eevil`),
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		text := shownFor(t, cases[name])
		if strings.Contains(text, "CANARY") {
			t.Errorf("%s: a secret is shown", name)
		}
		b.WriteString(name + "\n" + text + "\n")
	}
	sameText(t, "answers", b.String())
}

// shownFor is the banner of the browse screen when its list is answered in an
// odd way.
func shownFor(t *testing.T, answer func(*http.Request) *http.Response) string {
	t.Helper()
	var shown string
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		entry := embeddedEntry("local", cp, detour{round: cp.Transport(), path: "/secrets", answer: answer})
		start(t, 80, 24, Config{Directory: listed{entry}, Start: &entry}, func(d *world) {
			b := d.app.stack[len(d.app.stack)-1].(browse)
			switch err := firstError(b.failed, b.denied); {
			case err != nil:
				what, next := words(err, b.to)
				shown = strings.TrimSpace(what + " " + next)
			default:
				shown = "(" + plural(b.rows.secrets, "secret", "secrets") + ") " + d.app.message.Text
			}
			if lines := wrap(shown, 76); len(lines) > 3 {
				t.Errorf("%q takes %d lines at 80 columns", shown, len(lines))
			}
		})
	})
	return "  " + shown
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// sameText holds a text against testdata/texts/NAME.txt.
func sameText(t *testing.T, name, got string) {
	t.Helper()
	sameFile(t, filepath.Join("..", "testdata", "texts", name+".txt"), got)
}

// TestEveryWayOfNotReachingIsOneClearSentence holds what is said when a
// control plane cannot be reached at all.
func TestEveryWayOfNotReachingIsOneClearSentence(t *testing.T) {
	t.Parallel()
	connect := func(o universal.Options) error {
		o.Name, o.Now, o.Examiner = "lab", nil, model.NewExaminer([32]byte{})
		_, err := universal.Connect(t.Context(), o)
		return err
	}
	dir := t.TempDir()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	inCluster := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"paths":["/api","/apis"]}`))
	}))
	t.Cleanup(inCluster.Close)
	cases := map[string]error{
		"57 authority not known": connect(universal.Options{URL: secure.URL}),
		"57 certificate for another host": &backend.Error{Kind: backend.ErrUntrusted, Op: "connecting", Address: "https://127.0.0.1:5682",
			Reason: network.Diagnose(t.Context(), "127.0.0.1", x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"localhost"}}}).Reason},
		"http on a port of https": connect(universal.Options{URL: strings.Replace(secure.URL, "https", "http", 1)}),
		"a cluster's API server":  connect(universal.Options{URL: inCluster.URL}),
		"57 token over http":      connect(universal.Options{URL: "http://cp.lab.example.com:5681", Token: universal.NewToken("CANARY-not-a-real-token")}),
		"57 no such CA file":      connect(universal.Options{URL: "https://127.0.0.1:5682", CAFile: filepath.Join(dir, "none.pem")}),
		"57 no such key file":     connect(universal.Options{URL: "https://127.0.0.1:5682", ClientCertFile: filepath.Join(dir, "a.pem"), ClientKeyFile: filepath.Join(dir, "b.pem")}),
		"address not a URL":       connect(universal.Options{URL: "::::"}),
		"address of ftp":          connect(universal.Options{URL: "ftp://cp.lab.example.com"}),
		"password in the URL":     connect(universal.Options{URL: "http://jo:CANARY-not-a-real-password@cp.lab.example.com:5681"}),
		"nothing listens":         connect(universal.Options{URL: "http://127.0.0.1:1"}),
		"connect takes too long":  &backend.Error{Kind: backend.ErrUnavailable, Op: "connecting", Address: "https://cp.lab.example.com:5682", Reason: "no answer within 15 s", Err: context.DeadlineExceeded},
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		if cases[name] == nil {
			t.Errorf("%s: connected", name)
			continue
		}
		what, next := words(cases[name], nil)
		text := strings.ReplaceAll(strings.TrimSpace(what+" "+next), dir, "DIR")
		for _, server := range []*httptest.Server{secure, inCluster} {
			_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
			text = strings.ReplaceAll(text, port, "PORT")
		}
		if strings.Contains(text, "CANARY") || strings.Contains(cases[name].Error(), "CANARY") {
			t.Errorf("%s: a secret is shown", name)
		}
		b.WriteString(name + "\n  " + text + "\n")
	}
	sameText(t, "reaching", b.String())
}
