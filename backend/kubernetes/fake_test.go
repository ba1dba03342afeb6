package kubernetes

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// somewhere and someRef are what tests talk of.
const somewhere = "kuma-system"

var someRef = model.Ref{Mesh: "default", Name: "smtp-password"}

// canary is a value that must never be read in an error or a list.
const canary = "CANARY-value/demo?not>real"

// fake answers as a test says, and keeps what it was asked.
type fake struct {
	answer func(*http.Request) (*http.Response, error)

	lock  sync.Mutex
	asked []string // method and path
}

// RoundTrip answers.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	f.lock.Lock()
	f.asked = append(f.asked, r.Method+" "+r.URL.RequestURI())
	f.lock.Unlock()
	return f.answer(r)
}

func (f *fake) requests() []string {
	f.lock.Lock()
	defer f.lock.Unlock()
	return append([]string{}, f.asked...)
}

// plane connects to the fake.
func (f *fake) plane(t *testing.T) *plane {
	t.Helper()
	c, err := newClient(Options{
		Config:    &rest.Config{Host: "https://cluster.example:6443", BearerToken: "CANARY-token.demo.not-real"},
		Transport: f, Now: func() time.Time { return someTime },
	})
	if err != nil {
		t.Fatal(err)
	}
	return newPlane(c, somewhere, backend.Identity{Name: "test", Mode: backend.ModeGlobal}, model.NewExaminer([32]byte{1}))
}

var someTime = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// always is a fake that gives one answer to everything.
func always(status int, kind, body string, headers ...string) *fake {
	return &fake{answer: func(*http.Request) (*http.Response, error) { return reply(status, kind, body, headers...), nil }}
}

// reply is one answer; headers are names and values in turn.
func reply(status int, kind, body string, headers ...string) *http.Response {
	header := http.Header{"Content-Type": {kind}}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Add(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// recorded is an exchange that was recorded at a real API server.
func recorded(t *testing.T, name string) (status int, kind, body string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", "..", "testdata", "controlplane", "kubernetes-2.14", name+"-*.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", name, found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	var exchange struct {
		Response struct {
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    string            `json:"body"`
		} `json:"response"`
	}
	if err := json.Unmarshal(text, &exchange); err != nil {
		t.Fatal(err)
	}
	return exchange.Response.Status, exchange.Response.Headers["content-type"], exchange.Response.Body
}

// someSnapshot is a secret with a version, as it was seen.
func someSnapshot(value string) model.Snapshot {
	return model.Snapshot{
		Secret: model.Secret{Ref: someRef, Version: model.Version{UID: "u-1", Revision: "7"}},
		Value:  model.NewValue([]byte(value)),
	}
}
