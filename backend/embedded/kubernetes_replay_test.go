package embedded_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
)

const clusterRecordings = "../../testdata/controlplane/kubernetes-2.14"

// clusterPlayer plays recorded exchanges with a cluster back.
type clusterPlayer struct {
	t        *testing.T
	all      map[int]exchange
	plane    *embedded.ControlPlane
	rules    rules
	ours     map[string]string // what is recorded, and what stands for it here: UIDs, versions, tokens, values
	replayed int
}

func newClusterPlayer(t *testing.T, o embedded.Options) *clusterPlayer {
	t.Helper()
	p := &clusterPlayer{t: t, all: readExchanges(t, clusterRecordings), ours: map[string]string{}}
	c := &clock{now: started}
	o.Environment, o.Now, o.Version = embedded.EnvironmentKubernetes, c.read, "unknown"
	o.Users = []embedded.KubernetesUser{
		{Name: "admin.test", UID: "1", Token: "fake-admin", Groups: []string{"system:masters"}},
		{Name: "editor.test", UID: "2", Token: "fake-editor", Rules: []embedded.Rule{
			{Verbs: []string{"*"}, Resources: []string{"secrets"}, Namespaces: []string{"kuma-system"}},
		}},
		{Name: "viewer.test", UID: "3", Token: "fake-viewer", Groups: []string{"viewers"}},
	}
	plane, err := embedded.New(o)
	if err != nil {
		t.Fatal(err)
	}
	p.plane, p.rules = plane, maps.Clone(ignored)
	// Both have to be there; which is whose is held by the player.
	for _, name := range []string{"uid", "resourceVersion", "continue"} {
		p.rules[name] = func(recorded, ours any) bool { return recorded == ours || bothTexts(recorded, ours) }
	}
	p.rules["time"] = bothTimes
	// The recorded server is a build without a number, which kubectl cannot read.
	p.rules["gitVersion"] = func(recorded, ours any) bool { return recorded == "v0.0.0-master+$Format:%H$" && ours == "v1.36.3" }
	// The age of a row, in a table; nothing else there is ignored.
	p.rules["cells[3]"] = bothTexts
	return p
}

// send sends a request to the cluster as who the exchange was recorded with.
func (p *clusterPlayer) send(x exchange, method, path, body string) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, "http://localhost:5681"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "curl/8.0")
	token := map[int]string{73: "fake-viewer", 74: "fake-viewer", 75: "fake-viewer",
		76: "fake-editor", 77: "fake-editor", 78: "fake-editor", 79: "fake-editor", 80: "fake-unknown"}[x.Number]
	if token == "" {
		token = "fake-admin"
	}
	transport := p.plane.KubernetesTransport()
	if strings.HasPrefix(path, "/api") || path == "/version" {
		r.Header.Set("Authorization", "Bearer "+token)
	} else {
		transport = p.plane.Transport()
	}
	if x.Number == 81 {
		r.Header.Del("Authorization")
	}
	for name, value := range x.Request.Headers {
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer, string(text)
}

// translate puts what stands for the recorded texts here into their place.
func (p *clusterPlayer) translate(text string) string {
	for _, recorded := range slices.Sorted(maps.Keys(p.ours)) {
		text = strings.ReplaceAll(text, recorded, p.ours[recorded])
	}
	return text
}

func (p *clusterPlayer) play(number int) {
	p.t.Helper()
	x, there := p.all[number]
	if !there {
		p.t.Fatalf("%03d is not recorded", number)
	}
	body := ""
	if x.Request.Body != nil {
		body = p.translate(*x.Request.Body)
	}
	answer, text := p.send(x, x.Request.Method, p.translate(x.Request.Path), body)
	p.replayed++
	for _, difference := range p.differences(x, answer, text) {
		p.t.Errorf("%03d %s: %s", x.Number, x.Scenario, difference)
	}
}

func (p *clusterPlayer) differences(x exchange, answer *http.Response, text string) []string {
	var found []string
	if answer.StatusCode != x.Response.Status {
		found = append(found, fmt.Sprintf("status %d, recorded %d", answer.StatusCode, x.Response.Status))
	}
	kind := x.Response.Headers["content-type"] + x.Response.Headers["Content-Type"]
	if got := answer.Header.Get("Content-Type"); got != kind {
		found = append(found, fmt.Sprintf("Content-Type %q, recorded %q", got, kind))
	}
	if kind != "application/json" {
		if text != x.Response.Body {
			found = append(found, fmt.Sprintf("body %q, recorded %q", text, x.Response.Body))
		}
		return found
	}
	want, err := documents(x.Response.Body)
	if err != nil {
		p.t.Fatalf("%03d: %v", x.Number, err)
	}
	got, err := documents(text)
	if err != nil || len(got) != len(want) {
		return append(found, fmt.Sprintf("%d documents, recorded %d: %v", len(got), len(want), err))
	}
	for i := range want {
		found = append(found, p.learn(want[i], got[i])...)
		if want[i], err = p.translated(want[i]); err != nil {
			p.t.Fatal(err)
		}
		found = append(found, p.rules.compare("", want[i], got[i])...)
	}
	return found
}

// documents reads the JSON documents of a body: one, or the events of a watch.
func documents(text string) ([]any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	var all []any
	for {
		var one any
		err := decoder.Decode(&one)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
}

func (p *clusterPlayer) translated(document any) (any, error) {
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal([]byte(p.translate(string(raw))), &out)
	return out, err
}

// learn notes which of our UIDs, versions and continue tokens stands for which
// recorded one. An object has to keep its own.
func (p *clusterPlayer) learn(recorded, ours any) []string {
	switch want := recorded.(type) {
	case []any:
		got, is := ours.([]any)
		var found []string
		for i := range want {
			if is && i < len(got) {
				found = append(found, p.learn(want[i], got[i])...)
			}
		}
		return found
	case map[string]any:
		got, is := ours.(map[string]any)
		if !is {
			return nil
		}
		var found []string
		if uid, of := want["uid"].(string); of {
			found = append(found, p.pair(uid, got["uid"])...)
			if version, has := want["resourceVersion"].(string); has {
				found = append(found, p.pair(quoted(version), quoted(got["resourceVersion"]))...)
			}
		}
		if next, has := want["continue"].(string); has && next != "" {
			found = append(found, p.pair(next, got["continue"])...)
		}
		for name, value := range want {
			found = append(found, p.learn(value, got[name])...)
		}
		return found
	}
	return nil
}

func quoted(v any) string { return fmt.Sprintf("%q", v) }

func (p *clusterPlayer) pair(recorded string, ours any) []string {
	text, is := ours.(string)
	if !is || text == "" {
		return []string{"an identifier is missing"}
	}
	if len(recorded) < 4 { // the UID of a user
		return nil
	}
	if known, there := p.ours[recorded]; there && known != text {
		return []string{fmt.Sprintf("%s was %s here, and is now %s", recorded, known, text)}
	}
	p.ours[recorded] = text
	return nil
}

// playAll plays a stretch of exchanges. Before each one it does what was done
// at that point of the recording without being recorded.
func (p *clusterPlayer) playAll(from, to int) {
	p.t.Helper()
	for number := from; number <= to; number++ {
		p.prepare(number)
		p.play(number)
	}
}

func (p *clusterPlayer) prepare(number int) {
	p.t.Helper()
	switch number {
	case 35:
		p.ours["<base64 of 1048577 bytes>"] = base64.StdEncoding.EncodeToString(make([]byte, 1<<20+1))
	case 52:
		// The recorded certificate fits no key that is recorded: ours does.
		pair := maker{p.t}.shapes()[148]
		p.standFor(52, pair.cert)
		text := strings.ReplaceAll(*p.all[53].Request.Body, redacted, base64.StdEncoding.EncodeToString(pair.key))
		x := p.all[53]
		x.Request.Body = &text
		p.all[53] = x
	case 59:
		p.request(http.MethodPatch, "/api/v1/namespaces/kuma-system/secrets/ca-cert", map[string]any{"data": map[string]string{"value": p.ours[p.recordedValue(52)]}})
	case 63:
		p.mesh(map[string]any{"mtls": nil})
	case 71:
		p.ours["resourceVersion=452"] = "resourceVersion=" + p.current()
		p.request(http.MethodPost, "/api/v1/namespaces/kuma-system/secrets", json.RawMessage(`{"metadata":{"name":"watched","labels":{"kuma.io/mesh":"default"}},"type":"system.kuma.io/secret","data":{"value":"dGVzdA=="}}`))
		p.request(http.MethodDelete, "/api/v1/namespaces/kuma-system/secrets/watched", nil)
	case 91:
		half := func(name string) map[string]any { return map[string]any{"secret": name} }
		p.mesh(map[string]any{"mtls": map[string]any{"enabledBackend": "ca-1", "backends": []any{map[string]any{
			"name": "ca-1", "type": "provided", "conf": map[string]any{"cert": half("ca-cert"), "key": half("ca-key")},
		}}}})
		p.plane.SetAdmission(false)
	}
}

func (p *clusterPlayer) recordedValue(number int) string {
	var sent struct {
		Data struct{ Value string }
	}
	if err := json.Unmarshal([]byte(*p.all[number].Request.Body), &sent); err != nil {
		p.t.Fatal(err)
	}
	return sent.Data.Value
}

// standFor has a value of ours stand for a recorded one.
func (p *clusterPlayer) standFor(number int, value []byte) {
	p.ours[p.recordedValue(number)] = base64.StdEncoding.EncodeToString(value)
}

// mesh changes the mesh payments as the recorder did in between.
func (p *clusterPlayer) mesh(spec map[string]any) {
	p.t.Helper()
	p.request(http.MethodPatch, "/apis/kuma.io/v1alpha1/meshes/payments", map[string]any{"spec": spec})
}

func (p *clusterPlayer) request(method, path string, body any) {
	p.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	x := exchange{}
	x.Request.Headers = map[string]string{"Content-Type": "application/json"}
	if method == http.MethodPatch {
		x.Request.Headers["Content-Type"] = "application/merge-patch+json"
	}
	if body == nil {
		raw = nil
	}
	if answer, text := p.send(x, method, path, string(raw)); answer.StatusCode >= http.StatusBadRequest {
		p.t.Fatalf("%s %s: %s", method, path, text)
	}
}

// current is the version that the cluster has now.
func (p *clusterPlayer) current() string {
	p.t.Helper()
	_, text := p.send(exchange{}, http.MethodGet, "/api/v1/namespaces/kuma-system/secrets?limit=1", "")
	var list struct {
		Metadata struct{ ResourceVersion string }
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Metadata.ResourceVersion
}

// federate has the control plane run again in its cluster, now as a zone of a
// global one that gave it some secrets.
func (p *clusterPlayer) federate() *clusterPlayer {
	p.t.Helper()
	zone := newClusterPlayer(p.t, embedded.Options{
		Empty: true, ZoneName: "zone-k8s", GlobalAddress: "grpcs://127.0.0.1:19685",
	})
	zone.ours = p.ours // but the cluster is another one, with versions of its own
	maps.DeleteFunc(zone.ours, func(recorded, _ string) bool { return strings.HasPrefix(recorded, `"`) })
	// Whether the global control plane's certificate is looked at was the
	// recorder's choice.
	zone.rules["tlsSkipVerify"] = func(_, ours any) bool { return ours == false }
	for _, k := range p.plane.Cluster().Kinds() {
		if k == cluster.Secrets || k.Name == "Mesh" {
			for _, o := range p.plane.Cluster().All(k) {
				zone.plane.Cluster().Seed(o.Clone())
			}
		}
	}
	synced := func(mesh, name, value string, annotations map[string]string) embedded.Secret {
		return embedded.Secret{Mesh: mesh, Name: name, Value: []byte(value), Created: started, Annotations: annotations,
			Labels: map[string]string{"kuma.io/origin": "global"}, Managers: []string{"kuma-cp"}}
	}
	zone.plane.Seed(
		embedded.Secret{Mesh: "default", Name: "shared-one", Value: []byte("zone"), Created: started, Managers: []string{"curl"}},
		synced("", "zone-token-signing-public-key-1", "fake-public-key", map[string]string{"kuma.io/display-name": "zone-token-signing-key-1"}),
		synced("", "shared-global", "global", nil),
		synced("default", "zone-local", "global3", nil),
		synced("default", "default.ca-builtin-cert-ca-1", "fake-certificate", nil),
		synced("default", "default.ca-builtin-key-ca-1", "fake-key", nil),
	)
	return zone
}

// TestReplayKubernetes plays all recorded exchanges with a cluster, in the
// order in which they were recorded: none is left out. Time is that of the
// test, because a watch lasts for two seconds.
func TestReplayKubernetes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newClusterPlayer(t, embedded.Options{})
		p.playAll(1, 92)
		zone := p.federate()
		zone.playAll(93, 103)
		t.Logf("%d recorded exchanges replayed", p.replayed+zone.replayed)
		if p.replayed+zone.replayed != 103 {
			t.Errorf("%d exchanges replayed, want 103", p.replayed+zone.replayed)
		}
	})
}
