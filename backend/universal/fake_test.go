package universal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// stored is a secret as the fake control plane keeps it.
type stored map[string]any

// fake is a small control plane: the answers of the recorded exchanges that
// this package's own tests need, with holes to break them through.
type fake struct {
	lock    sync.Mutex
	secrets map[model.Ref]stored
	meshes  map[string]bool
	config  string
	index   string
	clock   time.Time
	// overviews are what is told of zones, by their names; "" for one of which
	// nothing is.
	overviews map[string]string
	log       []string

	before func(*http.Request)                // runs before a request is handled
	answer func(*http.Request) *http.Response // stands in for the control plane, unless nil
}

func newFake() *fake {
	return &fake{
		secrets: map[model.Ref]stored{}, meshes: map[string]bool{"default": true, "payments": true},
		index:  `{"product":"Kuma","version":"2.14.3","instanceId":"i-1","clusterId":"c-1"}`,
		config: `{"environment":"universal","mode":"zone","multizone":{"zone":{"name":"default"}},"apiServer":{"readOnly":false}}`,
		clock:  time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
	}
}

func (f *fake) options() Options {
	return Options{Name: "fake", URL: "http://localhost:5681", Transport: f, Examiner: model.NewExaminer([32]byte{1})}
}

func (f *fake) connect(t *testing.T) backend.ControlPlane {
	t.Helper()
	cp, err := Connect(t.Context(), f.options())
	if err != nil {
		t.Fatal(err)
	}
	return cp
}

var errLost = errors.New("broken by the test")

// RoundTrip answers in process.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if f.before != nil {
		f.before(r)
	}
	f.lock.Lock()
	answer := f.answer
	f.log = append(f.log, r.Method+" "+r.URL.RequestURI())
	f.lock.Unlock()
	if answer != nil {
		if response := answer(r); response != nil {
			response.Request = r
			return response, nil
		}
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return w.Result(), nil
}

// reply makes an answer by hand.
func reply(status int, contentType, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}},
		Body: io.NopCloser(strings.NewReader(body))}
}

func (f *fake) put(ref model.Ref, value []byte, labels map[string]string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	s := stored{"type": "Secret", "mesh": ref.Mesh, "name": ref.Name, "data": value}
	if ref.Global() {
		s["type"] = "GlobalSecret"
		delete(s, "mesh")
	}
	f.store(ref, s, labels)
}

// store keeps s with its times and computed labels; the lock is held.
func (f *fake) store(ref model.Ref, s stored, labels map[string]string) bool {
	f.clock = f.clock.Add(time.Millisecond)
	old, had := f.secrets[ref]
	s["creationTime"], s["modificationTime"] = f.clock.Format(time.RFC3339Nano), f.clock.Format(time.RFC3339Nano)
	if had {
		s["creationTime"] = old["creationTime"]
	}
	all := map[string]string{model.LabelOrigin: "zone", model.LabelEnv: "universal", model.LabelZone: "default"}
	for k, v := range labels {
		all[k] = v
	}
	if !ref.Global() {
		all[model.LabelMesh] = ref.Mesh
	}
	s["labels"] = all
	f.secrets[ref] = s
	return had
}

func (f *fake) remove(ref model.Ref) {
	f.lock.Lock()
	defer f.lock.Unlock()
	delete(f.secrets, ref)
}

func refuse(w http.ResponseWriter, status int, title, detail string) {
	send(w, status, map[string]any{"type": "/std-errors", "status": status, "title": title, "detail": detail, "details": detail})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// ServeHTTP answers like a control plane.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.lock.Lock()
	defer f.lock.Unlock()
	var parts []string
	for p := range strings.SplitSeq(strings.Trim(r.URL.EscapedPath(), "/"), "/") {
		plain, _ := url.PathUnescape(p)
		parts = append(parts, plain)
	}
	switch path := strings.Join(parts, "/"); {
	case path == "":
		_, _ = io.WriteString(w, f.index)
	case path == "config":
		_, _ = io.WriteString(w, f.config)
	case path == "who-am-i":
		send(w, 200, map[string]any{"name": "mesh-system:admin", "groups": []string{}})
	case path == "meshes":
		f.list(w, r, f.meshItems())
	case path == "zones":
		f.list(w, r, f.zones())
	case parts[0] == "zones" && len(parts) == 3 && f.overviews[parts[1]] != "":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, f.overviews[parts[1]])
	case path == "secrets":
		f.list(w, r, f.items(func(ref model.Ref) bool { return !ref.Global() }))
	case path == "global-secrets":
		f.list(w, r, f.items(model.Ref.Global))
	case parts[0] == "global-secrets" && len(parts) == 2:
		f.item(w, r, model.Ref{Name: parts[1]})
	case parts[0] == "meshes" && len(parts) >= 3 && parts[2] == "secrets":
		if !f.meshes[parts[1]] {
			refuse(w, 404, "Failed to retrieve Mesh", "Not found")
		} else if len(parts) == 3 {
			f.list(w, r, f.items(func(ref model.Ref) bool { return ref.Mesh == parts[1] }))
		} else {
			f.item(w, r, model.Ref{Mesh: parts[1], Name: parts[3]})
		}
	default:
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(404)
		_, _ = io.WriteString(w, "404: Page Not Found")
	}
}

func (f *fake) zones() []stored {
	all := []stored{}
	for _, name := range slices.Sorted(maps.Keys(f.overviews)) {
		all = append(all, stored{"type": "Zone", "name": name})
	}
	return all
}

func (f *fake) meshItems() []stored {
	var all []stored
	for name := range f.meshes {
		all = append(all, stored{"type": "Mesh", "name": name})
	}
	sort.Slice(all, func(i, j int) bool { return all[i]["name"].(string) < all[j]["name"].(string) })
	return all
}

func (f *fake) items(of func(model.Ref) bool) []stored {
	var refs []model.Ref
	for ref := range f.secrets {
		if of(ref) {
			refs = append(refs, ref)
		}
	}
	sort.Slice(refs, func(i, j int) bool {
		return refs[i].Mesh < refs[j].Mesh || refs[i].Mesh == refs[j].Mesh && refs[i].Name < refs[j].Name
	})
	all := make([]stored, 0, len(refs))
	for _, ref := range refs {
		all = append(all, f.secrets[ref])
	}
	return all
}

func (f *fake) list(w http.ResponseWriter, r *http.Request, all []stored) {
	query := r.URL.Query()
	kept := make([]stored, 0, len(all))
	for _, s := range all {
		if strings.Contains(s["name"].(string), query.Get("name")) {
			kept = append(kept, s)
		}
	}
	size, _ := strconv.Atoi(query.Get("size"))
	offset, _ := strconv.Atoi(query.Get("offset"))
	if size == 0 {
		size = 100
	}
	total := len(kept)
	kept = kept[min(offset, total):min(offset+size, total)]
	// A link that leads elsewhere: nobody may follow it.
	send(w, 200, map[string]any{"total": total, "items": kept, "next": "http://evil.example.com/secrets?offset=0"})
}

func (f *fake) item(w http.ResponseWriter, r *http.Request, ref model.Ref) {
	found, ok := f.secrets[ref]
	switch {
	case r.Method == http.MethodPut:
		var body struct {
			Data   []byte
			Labels map[string]string
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			refuse(w, 400, "Bad Request", fmt.Sprintf("invalid Secret object: %q", err))
			return
		}
		s := stored{"type": "Secret", "mesh": ref.Mesh, "name": ref.Name, "data": body.Data}
		if ref.Global() {
			s["type"] = "GlobalSecret"
			delete(s, "mesh")
		}
		if f.store(ref, s, body.Labels) {
			send(w, 200, stored{})
		} else {
			send(w, 201, stored{})
		}
	case !ok:
		refuse(w, 404, "Could not retrieve a resource", "Not found")
	case r.Method == http.MethodDelete:
		delete(f.secrets, ref)
		send(w, 200, stored{})
	default:
		send(w, 200, found)
	}
}
