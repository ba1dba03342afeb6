package reassigntest

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes/apiservertest"
)

// clusterSteps are S1 to S8: the calls of a reassign on Kubernetes.
func clusterSteps(name string) []point {
	made := asked(http.MethodPost, "/secrets")
	copied, created := nth(1, made, nil), nth(2, made, nil)
	deleted := nth(1, asked(http.MethodDelete, "/"+name), nil)
	return []point{
		{step: "S1 write the safety copy", at: copied},
		{step: "S2 read it back", at: nth(1, copyAsked(http.MethodGet), copied)},
		{step: "S3 delete", at: deleted},
		{step: "S4 look that it is gone", at: nth(1, asked(http.MethodGet, "/"+name), deleted)},
		{step: "S5 create", at: created},
		{step: "S6 read it back", at: nth(1, asked(http.MethodGet, "/"+name), created)},
		{step: "S7 untag", at: nth(1, asked(http.MethodPut, "/"+name), nil)},
		{step: "S8 delete the safety copy", at: nth(1, copyAsked(http.MethodDelete), nil)},
	}
}

// ledger is the history of a namespace: a watch over all its secrets, from
// their beginning on.
type ledger struct {
	t         *testing.T
	server    *apiservertest.Server
	namespace string

	mu      sync.Mutex
	changed *sync.Cond
	held    map[string]embedded.Event
	marks   map[string]bool // the sentinels that came by
	history *history
	ended   error
	next    int
}

// object is a secret as the API server tells of it.
type object struct {
	Type      string            `json:"type"`
	Data      map[string][]byte `json:"data"`
	Immutable bool              `json:"immutable"`
	Metadata  struct {
		Name              string            `json:"name"`
		Namespace         string            `json:"namespace"`
		UID               string            `json:"uid"`
		ResourceVersion   string            `json:"resourceVersion"`
		Labels            map[string]string `json:"labels"`
		Annotations       map[string]string `json:"annotations"`
		OwnerReferences   []any             `json:"ownerReferences"`
		DeletionTimestamp string            `json:"deletionTimestamp"`
	} `json:"metadata"`
}

func (o object) event(deleted bool) embedded.Event {
	m := o.Metadata
	revision, _ := strconv.ParseUint(m.ResourceVersion, 10, 64)
	e := embedded.Event{
		Revision: revision, Deleted: deleted, Name: m.Name, Namespace: m.Namespace, UID: m.UID, Labels: m.Labels,
		Type: o.Type, Data: o.Data, Value: o.Data["value"], Immutable: o.Immutable, Deleting: m.DeletionTimestamp != "",
	}
	if o.Type == typeMesh {
		e.Mesh = m.Labels["kuma.io/mesh"]
	}
	return e
}

// over is a way to the API server that trusts it.
func over(t *testing.T, server *apiservertest.Server) *http.Transport {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(server.CA())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// newLedger begins a watch in a namespace that is empty yet.
func newLedger(t *testing.T, server *apiservertest.Server) *ledger {
	t.Helper()
	l := &ledger{t: t, server: server, namespace: server.Namespace(t), held: map[string]embedded.Event{}, marks: map[string]bool{}}
	l.changed = sync.NewCond(&l.mu)
	_, list := server.Do(t, http.MethodGet, apiservertest.SecretsPath(l.namespace)+"?limit=1", nil)
	var begin struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(list, &begin); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	address := server.URL() + apiservertest.SecretsPath(l.namespace) + "?watch=1&timeoutSeconds=3600&resourceVersion=" + begin.Metadata.ResourceVersion
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+server.Token(apiservertest.Admin))
	response, err := over(t, server).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer func() { _ = response.Body.Close() }()
		l.follow(json.NewDecoder(bufio.NewReader(response.Body)))
	}()
	return l
}

// follow reads the watch to its end.
func (l *ledger) follow(from *json.Decoder) {
	for {
		var told struct {
			Type   string `json:"type"`
			Object object `json:"object"`
		}
		err := from.Decode(&told)
		l.mu.Lock()
		if err != nil || told.Type == "ERROR" {
			l.ended = fmt.Errorf("the watch ended: %s %w", told.Type, err)
			l.changed.Broadcast()
			l.mu.Unlock()
			return
		}
		e := told.Object.event(told.Type == "DELETED")
		if e.Deleted {
			delete(l.held, e.Name)
		} else {
			l.held[e.Name] = e
			l.marks[e.Name] = true
		}
		if l.history != nil {
			l.history.observe(e)
		}
		l.changed.Broadcast()
		l.mu.Unlock()
	}
}

// settle writes a sentinel and waits until the watch tells of it: it has told
// of all that was before.
func (l *ledger) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	mark := fmt.Sprintf("%ssentinel-%d", otherPrefix, l.next)
	l.mu.Unlock()
	l.server.Secret(l.t, l.namespace, mark, meshC, []byte("fake-sentinel"))
	l.server.Delete(l.t, apiservertest.SecretsPath(l.namespace)+"/"+mark)
	l.mu.Lock()
	for !l.marks[mark] && l.ended == nil {
		l.changed.Wait()
	}
	if l.ended != nil {
		l.t.Error(l.ended)
	}
}

// watch gives a history that begins with what is there.
func (l *ledger) watch(name string, value []byte) *history {
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	h := newHistory(kubernetes, name, meshA, value, meshB)
	for _, e := range l.held {
		h.observe(e)
	}
	l.history = h
	h.begin()
	return h
}

// kubeconfig reaches the API server through the proxy.
func kubeconfig(t *testing.T, server *apiservertest.Server, k *killer, namespace string) string {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.server.Certificate().Raw})
	type object = map[string]any
	content, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": "test",
		"clusters": []object{{"name": "test", "cluster": object{
			"server": k.server.URL, "certificate-authority-data": base64.StdEncoding.EncodeToString(ca),
		}}},
		"users":    []object{{"name": "test", "user": object{"token": server.Token(apiservertest.Admin)}}},
		"contexts": []object{{"name": "test", "context": object{"cluster": "test", "user": "test", "namespace": namespace}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKilledOnKubernetes kills the program at each call of a reassign, before
// and after it took effect and after its answer, on a real API server.
func TestKilledOnKubernetes(t *testing.T) {
	t.Parallel()
	server := apiservertest.Shared(t)
	built(t)
	for _, mesh := range []string{meshA, meshB, meshC} {
		server.Mesh(t, mesh, nil)
	}
	total := &count{what: "the program killed at 24 points, then started again, Kubernetes (a real API server)"}
	t.Cleanup(func() { total.tell(t) })
	points := pointsOf(clusterSteps(""))
	if len(points) != 24 {
		t.Errorf("there are %d points", len(points))
	}
	for i, p := range points {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			killedOnKubernetes(t, server, i, total)
		})
	}
}

func killedOnKubernetes(t *testing.T, server *apiservertest.Server, i int, total *count) {
	t.Helper()
	l, home := newLedger(t, server), t.TempDir()
	server.ControlPlane(t, apiservertest.ControlPlane{Namespace: l.namespace, Environment: map[string]string{"KUMA_MODE": "zone"}})
	proxy := newKiller(t, server.URL(), over(t, server), true)
	reach := []string{"--kubeconfig", kubeconfig(t, server, proxy, l.namespace), "--context", "test", "--namespace", l.namespace}
	for _, seed := range seeds(t, volume(1, 25)) {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		name, value := fmt.Sprintf("killed-%d", seed), fakeValue(random)
		path := apiservertest.SecretsPath(l.namespace) + "/" + name
		server.Put(t, path, apiservertest.Object{
			"apiVersion": "v1", "kind": "Secret", "type": typeMesh, "data": map[string][]byte{"value": value},
			"metadata": apiservertest.Object{"name": name, "labels": map[string]string{"kuma.io/mesh": meshA, "team": "fake"},
				"annotations": map[string]string{lastApplied: "CANARY-last-applied"}},
		})
		h := l.watch(name, value)
		c := &crash{t: t, killer: proxy, history: h, home: home, reach: reach, settle: l.settle}
		p := pointsOf(clusterSteps(name))[i]
		counts := c.run(p, (seed+uint64(i))%2 == 1)
		l.whole(h, server.Get(t, path))
		total.add(c.history, c.report(fmt.Sprintf("%v, seed %d", p, seed)), maps.Clone(counts))
		server.Delete(t, path)
	}
}

// whole holds what the watch's events do not tell.
func (l *ledger) whole(h *history, found apiservertest.Object) {
	raw, err := json.Marshal(found)
	var o object
	if err != nil || json.Unmarshal(raw, &o) != nil {
		h.note(left, "the secret cannot be read")
		return
	}
	if _, there := o.Metadata.Annotations[lastApplied]; there && o.Metadata.Labels["kuma.io/mesh"] == meshB {
		h.note(altered, "the annotation that holds the value in the clear was carried along")
	}
	if len(o.Metadata.OwnerReferences) > 0 {
		h.note(altered, "it has an owner, and goes when that goes")
	}
}
