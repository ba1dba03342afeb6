package command

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// writing is what happens around commands that write, and what is there in the
// end.
type writing struct {
	name  string
	where string // "" for both environments
	setup func(*there)
	lines []string
	codes []int
	left  map[string]string // by "mesh/name": the value that is there in the end, "" for none
}

const (
	newValue = `CANARY-demo-not-real-"new"`
	ofHook   = "type: Secret\nmesh: payments\nname: hook\ndata: Q0FOQVJZLWZha2UtMQ==\n"
	twoOfUs  = "type: Secret\nmesh: payments\nname: first\ndata: Q0FOQVJZLWZha2UtMQ==\n---\n" +
		"apiVersion: v1\nkind: Secret\nmetadata: {name: second, labels: {kuma.io/mesh: checkout, team: blue}}\n" +
		"type: system.kuma.io/secret\nstringData: {value: CANARY-fake-2}\n"
)

// valueOf is the value that is there, "" for none.
func (x *there) valueOf(ref string) string {
	x.t.Helper()
	plane, err := x.plane()
	if err != nil {
		x.t.Fatal(err)
	}
	mesh, name, _ := strings.Cut(ref, "/")
	if mesh == "global" {
		mesh = ""
	}
	found, err := plane.Get(x.t.Context(), model.Ref{Mesh: mesh, Name: name})
	if err != nil {
		return ""
	}
	return string(found.Value.Reveal())
}

func writings() []writing {
	const universal, kubernetes = embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes
	const toMesh, other = " --mesh payments", " --mesh checkout"
	given := func(name, content string) func(*there) { return func(x *there) { x.file(name, content) } }
	fed := func(content string) func(*there) { return func(x *there) { x.input = content } }
	forbidden := func(method, end string) func(*there) {
		return func(x *there) {
			x.asked = func(r *http.Request) int {
				if r.Method == method && strings.HasSuffix(r.URL.Path, end) && !trial(r) {
					return http.StatusForbidden
				}
				return 0
			}
		}
	}
	system := func(x *there) {
		x.far.Seed(embedded.Secret{Name: "envoy-admin-ca", Value: []byte("fake"), Created: at})
	}
	return []writing{
		// create
		{name: "created from a file", setup: given("new", newValue), lines: []string{"create new --from-file FILE/new" + toMesh, "create new --from-file FILE/new" + toMesh},
			codes: []int{0, 1}, left: map[string]string{"payments/new": newValue}},
		{name: "created from standard input, globally", setup: fed(newValue), lines: []string{"create new --from-file - --global"}, codes: []int{0}, left: map[string]string{"global/new": newValue}},
		{name: "only tried", setup: fed(newValue), lines: []string{"create new --from-file - --dry-run" + toMesh, "create new --from-file - --dry-run --read-only" + toMesh},
			codes: []int{0, 0}, left: map[string]string{"payments/new": ""}},
		{name: "an empty value", lines: []string{"create new --from-file -" + toMesh}, codes: []int{1}},
		{name: "a newline at the end", setup: fed(newValue + "\n"), lines: []string{"create new --from-file -" + toMesh, "create new --from-file - --yes" + toMesh},
			codes: []int{1, 0}, left: map[string]string{"payments/new": newValue + "\n"}},
		{name: "a secret that is awaited", setup: func(x *there) { x.names("checkout"); x.input = newValue },
			lines: []string{"create hook --from-file -" + other}, codes: []int{1}, left: map[string]string{"checkout/hook": ""}},
		{name: "a name and a value that are another's", where: universal, setup: fed(movedValue), lines: []string{"create h00k --from-file - --dry-run" + toMesh}, codes: []int{0}},
		{name: "a name that looks like another's", where: kubernetes, setup: fed(newValue), lines: []string{"create h00k --from-file - --dry-run" + toMesh}, codes: []int{0}},
		{name: "a mesh that is none", setup: fed(newValue), lines: []string{"create new --from-file - --mesh nope"}, codes: []int{1}},
		{name: "a reserved name", setup: fed(newValue), lines: []string{"create dataplane-token-signing-key-payments-2 --from-file -" + toMesh, "create zone-token-signing-public-key-1 --from-file - --global --yes"}, codes: []int{1, 1}},
		{name: "the name of another mesh's", where: kubernetes, setup: fed(newValue), lines: []string{"create hook --from-file -" + other, "create hook --from-file - --dry-run" + other},
			codes: []int{1, 1}, left: map[string]string{"payments/hook": movedValue, "checkout/hook": ""}},
		{name: "the name of another mesh's", where: universal, setup: fed(newValue), lines: []string{"create hook --from-file -" + other},
			codes: []int{0}, left: map[string]string{"payments/hook": movedValue, "checkout/hook": newValue}},
		{name: "meshes may not be listed", setup: func(x *there) {
			x.input = newValue
			x.asked = func(r *http.Request) int {
				if strings.HasSuffix(r.URL.Path, "/meshes") {
					return http.StatusForbidden
				}
				return 0
			}
		}, lines: []string{"create new --from-file -" + toMesh}, codes: []int{1}},
		{name: "of a manifest", setup: given("two.yaml", twoOfUs), lines: []string{"create -f FILE/two.yaml --dry-run", "create -f FILE/two.yaml", "create -f FILE/two.yaml"},
			codes: []int{0, 0, 1}, left: map[string]string{"payments/first": "CANARY-fake-1", "checkout/second": "CANARY-fake-2"}},
		{name: "of a manifest whose names look alike", setup: fed(strings.ReplaceAll(twoOfUs, "name: second, labels: {kuma.io/mesh: checkout", "name: f1rst, labels: {kuma.io/mesh: payments")),
			lines: []string{"create -f - --dry-run"}, codes: []int{0}},
		{name: "of a manifest, secrets cannot be listed", setup: func(x *there) { x.input = twoOfUs; x.asked = failing("/secrets", 500) },
			lines: []string{"create -f - --dry-run"}, codes: []int{0}},
		{name: "of a manifest of which one exists", setup: fed(strings.ReplaceAll(twoOfUs, "name: second, labels: {kuma.io/mesh: checkout", "name: hook, labels: {kuma.io/mesh: payments")),
			lines: []string{"create -f -"}, codes: []int{1}, left: map[string]string{"payments/first": "", "payments/hook": movedValue}},
		{name: "of a manifest with something else in it", setup: fed(twoOfUs + "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: CANARY-x}\n"), lines: []string{"create -f -"}, codes: []int{1}, left: map[string]string{"payments/first": ""}},
		{name: "of a manifest that is masked", setup: fed("type: GlobalSecret\nname: new\ndata: ••••••••\n"), lines: []string{"create -f -"}, codes: []int{1}},
		{name: "of a manifest, the second is refused", where: kubernetes, setup: func(x *there) { x.input = twoOfUs; x.far.SetRule(refusing("checkout")) },
			lines: []string{"create -f -"}, codes: []int{1}, left: map[string]string{"payments/first": "CANARY-fake-1", "checkout/second": ""}},
		{name: "may not be created", setup: func(x *there) {
			x.input = newValue
			forbidden(map[bool]string{true: http.MethodPut, false: http.MethodPost}[x.reach[0] == "--server"], map[bool]string{true: "/new", false: "/secrets"}[x.reach[0] == "--server"])(x)
		}, lines: []string{"create new --from-file -" + toMesh}, codes: []int{1}, left: map[string]string{"payments/new": ""}},

		// edit
		{name: "edited", setup: fed(newValue), lines: []string{"edit hook --from-file -" + toMesh, "edit hook --from-file -" + toMesh}, codes: []int{0, 0}, left: map[string]string{"payments/hook": newValue}},
		{name: "edited while in use", setup: fed(newValue), lines: []string{"edit psp --from-file - --dry-run" + toMesh, "edit psp --from-file - --dry-run --despite-references" + toMesh, "edit psp --from-file -" + toMesh,
			"edit psp --from-file - --yes" + toMesh, "edit psp --from-file - --yes --despite-references" + toMesh},
			codes: []int{1, 0, 1, 1, 0}, left: map[string]string{"payments/psp": newValue}},
		{name: "edited, a system secret", setup: func(x *there) { system(x); x.input = newValue },
			lines: []string{"edit envoy-admin-ca --from-file - --global --yes", "edit envoy-admin-ca --from-file - --global --yes --unlock-system"}, codes: []int{1, 0}, left: map[string]string{"global/envoy-admin-ca": newValue}},
		{name: "edited, a manifest in the place of the value", setup: fed(ofHook), lines: []string{"edit hook --from-file -" + toMesh, "create new --from-file -" + toMesh, "edit hook --from-file - --yes" + toMesh},
			codes: []int{1, 1, 0}, left: map[string]string{"payments/hook": ofHook, "payments/new": ""}},
		{name: "edited, and of another kind", setup: func(x *there) {
			x.far.Seed(embedded.Secret{Mesh: "payments", Name: "flags", Value: []byte(`{"fake": true}`), Created: at})
			x.input = newValue
		}, lines: []string{"edit flags --from-file - --dry-run" + toMesh, "edit flags --from-file -" + toMesh, "edit flags --from-file - --yes" + toMesh},
			codes: []int{0, 1, 0}, left: map[string]string{"payments/flags": newValue}},
		{name: "edited, not there", setup: fed(newValue), lines: []string{"edit nope --from-file -" + toMesh}, codes: []int{1}},
		{name: "edited meanwhile", setup: func(x *there) {
			x.input = newValue
			x.asked = meddling(x)
		}, lines: []string{"edit hook --from-file -" + toMesh}, codes: []int{1}, left: map[string]string{"payments/hook": "fake other"}},

		// delete
		{name: "deleted", lines: []string{"delete hook --dry-run" + toMesh, "delete hook --yes" + toMesh, "delete hook --yes" + toMesh}, codes: []int{0, 0, 1}, left: map[string]string{"payments/hook": ""}},
		{name: "deleted, nobody to ask", lines: []string{"delete hook" + toMesh}, codes: []int{3}, left: map[string]string{"payments/hook": movedValue}},
		{name: "deleted while in use", lines: []string{"delete psp --dry-run" + toMesh, "delete psp --yes" + toMesh, "delete hook psp --yes" + toMesh, "delete hook psp --yes --despite-references" + toMesh},
			codes: []int{1, 1, 1, 0}, left: map[string]string{"payments/psp": "", "payments/hook": ""}},
		{name: "deleted, a system secret", setup: system, lines: []string{"delete envoy-admin-ca --global --yes", "delete envoy-admin-ca --global --yes --unlock-system"}, codes: []int{1, 0}, left: map[string]string{"global/envoy-admin-ca": ""}},
		{name: "deleted, of two signing keys", setup: func(x *there) {
			for _, number := range []string{"1", "2"} {
				x.far.Seed(embedded.Secret{Mesh: "payments", Name: "dataplane-token-signing-key-payments-" + number, Value: []byte("fake"), Created: at})
			}
		}, lines: []string{"get dataplane-token-signing-key-payments-1" + toMesh, "delete dataplane-token-signing-key-payments-1 --dry-run --unlock-system" + toMesh, "delete dataplane-token-signing-key-payments-2 --dry-run --unlock-system" + toMesh},
			codes: []int{0, 0, 0}},
		{name: "deleted, a signing key where secrets may not be listed", setup: func(x *there) {
			x.far.Seed(embedded.Secret{Mesh: "payments", Name: "dataplane-token-signing-key-payments-1", Value: []byte("fake"), Created: at})
			x.asked = func(r *http.Request) int {
				if strings.HasSuffix(r.URL.Path, "/secrets") {
					return http.StatusForbidden
				}
				return 0
			}
		}, lines: []string{"delete dataplane-token-signing-key-payments-1 --dry-run --unlock-system" + toMesh}, codes: []int{0}},
		{name: "deleted, one of two not there", lines: []string{"delete hook nope --yes" + toMesh}, codes: []int{1}, left: map[string]string{"payments/hook": movedValue}},
		{name: "may not be deleted", setup: forbidden(http.MethodDelete, "/hook"), lines: []string{"delete psp hook --yes --despite-references" + toMesh}, codes: []int{1},
			left: map[string]string{"payments/hook": movedValue, "payments/psp": ""}},
		{name: "changed before it is deleted", setup: func(x *there) { x.asked = meddling(x) }, lines: []string{"delete hook --yes" + toMesh}, codes: []int{1}, left: map[string]string{"payments/hook": "fake other"}},

		// all
		{name: "read-only", setup: fed(newValue), lines: []string{"create new --from-file - --read-only" + toMesh, "edit hook --from-file - --read-only" + toMesh, "delete hook --yes --read-only" + toMesh},
			codes: []int{3, 3, 3}, left: map[string]string{"payments/new": "", "payments/hook": movedValue}},
		{name: "nothing answers", setup: func(x *there) {
			x.input = newValue
			x.asked = func(*http.Request) int { return http.StatusServiceUnavailable }
		}, lines: []string{"list", "get hook" + toMesh, "create new --from-file -" + toMesh, "edit hook --from-file -" + toMesh, "delete hook --yes" + toMesh}, codes: []int{3, 3, 3, 3, 3}},
		{name: "asked to stop before", setup: func(x *there) {
			x.asked = func(r *http.Request) int {
				x.asked = nil
				x.signals <- os.Interrupt
				<-r.Context().Done()
				return 0
			}
		}, lines: []string{"delete hook --yes" + toMesh}, codes: []int{1}, left: map[string]string{"payments/hook": movedValue}},
		{name: "the answer is lost", where: universal, setup: func(x *there) {
			x.input = newValue
			x.asked = func(r *http.Request) int {
				if r.Method == http.MethodPut {
					panic(http.ErrAbortHandler)
				}
				return 0
			}
		}, lines: []string{"edit hook --from-file -" + toMesh}, codes: []int{3}, left: map[string]string{"payments/hook": movedValue}},
		{name: "refused by admission", where: kubernetes, setup: func(x *there) {
			x.input = newValue
			x.far.SetRule(func(w cluster.Write) error {
				if w.Operation == cluster.Update || w.Operation == cluster.Create {
					return embedded.DeniedByPolicy(w, "not today: "+newValue)
				}
				return nil
			})
		}, lines: []string{"create new --from-file - --dry-run" + toMesh, "create new --from-file -" + toMesh, "edit hook --from-file -" + toMesh}, codes: []int{1, 1, 1}},
	}
}

// meddling changes the secret hook after it was read by a command, and before
// that writes.
func meddling(x *there) func(*http.Request) int {
	read := 0
	return func(r *http.Request) int {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/hook") {
			if read++; read == 2 {
				x.asked = nil
				x.edits()
			}
		}
		return 0
	}
}

// What the commands say that write, in all the ways in which that can end: the
// texts stand in testdata/texts, to be read; that they are true is looked up
// here. That no value is printed is looked for in does.
func TestWritings(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			for _, w := range writings() {
				if cmp.Or(w.where, environment) == environment {
					told.WriteString(standing(t, environment).wrote(w))
				}
			}
			sameText(t, filepath.Join("..", "..", "testdata", "texts", "write-"+environment+".txt"), told.String())
		})
	}
}

func (x *there) wrote(w writing) string {
	x.t.Helper()
	if w.setup != nil {
		w.setup(x)
	}
	told := "## " + w.name + "\n"
	for i, line := range w.lines {
		text, code := x.does(strings.ReplaceAll(line, "FILE", x.home))
		told += text
		x.unseen(text, newValue, movedValue, "CANARY-fake-1", "CANARY-fake-2")
		if code != w.codes[i] {
			x.t.Errorf("%s: %s ends with %d, want %d:\n%s", w.name, line, code, w.codes[i], text)
		}
	}
	x.asked = nil
	for _, ref := range slices.Sorted(maps.Keys(w.left)) {
		if got := x.valueOf(ref); got != w.left[ref] {
			x.t.Errorf("%s: in the end %s is %d bytes, want %d", w.name, ref, len(got), len(w.left[ref]))
		}
	}
	return told + "\n"
}

// failing answers the lists at the end of a path with a status.
func failing(end string, status int) func(*http.Request) int {
	return func(r *http.Request) int {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, end) {
			return status
		}
		return 0
	}
}

// What comes into one mesh together is held to one list of it.
func TestAManifestListsAMeshOnce(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]int32{embedded.EnvironmentUniversal: 1, embedded.EnvironmentKubernetes: 1} {
		x := standing(t, environment)
		var lists atomic.Int32
		x.asked = func(r *http.Request) int {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/secrets") {
				lists.Add(1)
			}
			return 0
		}
		for n := range 5 {
			x.input += fmt.Sprintf("type: Secret\nmesh: payments\nname: wanted-%d\ndata: ZmFrZQ==\n---\n", n)
		}
		if text, code := x.does("create -f - --dry-run"); code != ExitDone || lists.Load() != want {
			t.Errorf("%s: exit %d, %d lists\n%s", environment, code, lists.Load(), text)
		}
	}
}
