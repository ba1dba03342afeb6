package command

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

// names puts a policy into a mesh that names the secret which is moved.
func (x *there) names(mesh string) {
	x.t.Helper()
	err := x.far.Put("/meshes/"+mesh+"/external-services/till", map[string]any{"type": "ExternalService", "mesh": mesh, "name": "till",
		"tags": map[string]string{"kuma.io/service": "till", "kuma.io/protocol": "http"}, "networking": map[string]any{"address": "till.example.com:443",
			"tls": map[string]any{"enabled": true, "caCert": map[string]string{"secret": "hook"}}}})
	if err != nil {
		x.t.Fatal(err)
	}
}

const pushed = move + " --despite-references"

// overrides are the ways in which a command takes a secret from policies, or
// does not.
func overrides() []scene {
	const universal, kubernetes = embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes
	named := func(x *there) { x.names("payments") }
	return []scene{
		{name: "named by a policy", lines: []string{move + " --dry-run", move, pushed + " --dry-run", pushed, "recover"}, codes: []int{1, 1, 0, 0, 0}, holds: "checkout", setup: named},
		{name: "awaited in its new mesh", lines: []string{move + " --dry-run", move}, codes: []int{0, 0}, holds: "checkout", setup: func(x *there) { x.names("checkout") }},
		{name: "stopped in both, not finished without one", where: universal, lines: []string{pushed, "recover", "recover --finish --yes"},
			codes: []int{4, 4, 4}, setup: func(x *there) {
				named(x)
				x.changed = func(string) { x.changed = nil; x.interrupt() }
			}},
		{name: "only copied, finished by override", where: kubernetes, lines: []string{pushed, "recover --finish --yes", "recover --finish --yes --despite-references"},
			codes: []int{4, 4, 0}, holds: "checkout", setup: func(x *there) {
				named(x)
				nudged(http.MethodPost, "/secrets", (*there).interrupt)(x)
			}},
		{name: "stopped between, finished without one", where: kubernetes, lines: []string{pushed, "recover --finish --yes"}, codes: []int{4, 0}, holds: "checkout", setup: func(x *there) {
			named(x)
			x.changed = func(did string) {
				if did == "gone from payments" {
					x.changed = nil
					x.interrupt()
				}
			}
		}},
		{name: "the flag alone", lines: []string{"recover --despite-references"}, codes: []int{3}},
	}
}

// What a command says of an override stands in testdata/texts, to be read.
func TestOverrides(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			for _, s := range overrides() {
				if s.where == "" || s.where == environment {
					told.WriteString(played(t, environment, s))
				}
			}
			sameText(t, filepath.Join("..", "..", "testdata", "texts", "override-"+environment+".txt"), told.String())
		})
	}
}

// played plays a scene and gives what was printed, whole.
func played(t *testing.T, environment string, s scene) string {
	t.Helper()
	x := standing(t, environment)
	if s.setup != nil {
		s.setup(x)
	}
	told := "## " + s.name + "\n"
	for i, line := range s.lines {
		text, code := x.does(line)
		told += text
		if code != s.codes[i] {
			t.Errorf("%s: %s ends with %d, want %d:\n%s", s.name, line, code, s.codes[i], text)
		}
	}
	x.asked = nil
	if got := x.holder(); s.holds != "" && got != s.holds {
		t.Errorf("%s: in the end it is in %q, want %q", s.name, got, s.holds)
	}
	return told + "\n"
}
