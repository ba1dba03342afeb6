package cluster_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend/embedded/cluster"
)

var began = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const (
	secretsPath = "/api/v1/namespaces/default/secrets"
	thingsPath  = "/apis/example.test/v1/things"
)

// things are a custom kind.
var things = cluster.Kind{Group: "example.test", Version: "v1", Resource: "things", Singular: "thing", Name: "Thing", Custom: true}

func newServer(t *testing.T, o cluster.Options) *cluster.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return began }
	}
	o.ID = func(of string) string { return fmt.Sprintf("id-%x", of) }
	o.Kinds = []cluster.Kind{things}
	return cluster.New(o)
}

// caller sends requests; the fields are headers that it adds.
type caller struct {
	t       *testing.T
	server  *cluster.Server
	headers map[string]string
}

func (c caller) with(name, value string) caller {
	more := map[string]string{name: value}
	for known, text := range c.headers {
		if known != name {
			more[known] = text
		}
	}
	c.headers = more
	return c
}

// send sends a request whose body is text, bytes or what is to be JSON.
func (c caller) send(method, path string, body any) (int, []byte) {
	c.t.Helper()
	answer := c.open(method, path, body)
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer.StatusCode, raw
}

func (c caller) open(method, path string, body any) *http.Response {
	c.t.Helper()
	var raw []byte
	switch sent := body.(type) {
	case nil:
	case []byte:
		raw = sent
	case string:
		raw = []byte(sent)
	default:
		var err error
		if raw, err = json.Marshal(body); err != nil {
			c.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://cluster.invalid"+path, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "tester/1.0")
	for name, value := range c.headers {
		r.Header.Set(name, value)
	}
	answer, err := c.server.Transport().RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

// object is what tests read of an answer.
type object struct {
	Kind     string
	Metadata metav1.ObjectMeta
	Data     map[string][]byte
	Type     string
	Spec     map[string]any
}

type objects struct {
	Metadata metav1.ListMeta
	Items    []object
}

func (l objects) names() string {
	var names []string
	for _, o := range l.Items {
		names = append(names, o.Metadata.Name)
	}
	return strings.Join(names, " ")
}

// want sends a request and reads the answer, which has to have a status.
func want[T any](c caller, status int, method, path string, body any) T {
	c.t.Helper()
	got, raw := c.send(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: %d %s, want %d", method, path, got, raw, status)
	}
	var answer T
	if err := json.Unmarshal(raw, &answer); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// secret is a Secret as it is sent.
func secret(name string, more ...func(*metav1.ObjectMeta)) map[string]any {
	meta := metav1.ObjectMeta{Name: name}
	for _, m := range more {
		m(&meta)
	}
	return map[string]any{"kind": "Secret", "apiVersion": "v1", "metadata": meta,
		"type": "example.test/kind", "data": map[string][]byte{"value": []byte("fake-" + name)}}
}

func thing(name, version string, spec map[string]any) map[string]any {
	return map[string]any{"kind": "Thing", "apiVersion": "example.test/v1",
		"metadata": metav1.ObjectMeta{Name: name, ResourceVersion: version}, "spec": spec}
}

func labelled(text string) func(*metav1.ObjectMeta) {
	return func(m *metav1.ObjectMeta) {
		m.Labels = map[string]string{}
		for pair := range strings.SplitSeq(text, ",") {
			name, value, _ := strings.Cut(pair, "=")
			m.Labels[name] = value
		}
	}
}

func filled(t *testing.T, names ...string) (*cluster.Server, caller) {
	t.Helper()
	s := newServer(t, cluster.Options{})
	c := caller{t: t, server: s}
	for _, name := range names {
		want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret(name))
	}
	return s, c
}
