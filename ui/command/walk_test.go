//go:build unix

package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/ui/command/terminaltest"
)

// buildProgram builds the program as people get it.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "meshsecrets")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, "meshsecrets").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// The built program on a real API server, walked through as a person would:
// browse, reveal, add, edit, reassign, delete. Everything it says was done is
// looked for behind its back.
func TestWalkOnAnAPIServer(t *testing.T) {
	t.Parallel()
	server := apiservertest.Shared(t)
	program := buildProgram(t)
	namespace := server.Namespace(t)
	for _, mesh := range []string{"walk-from", "walk-to"} {
		server.Mesh(t, mesh, nil)
	}
	server.ControlPlane(t, apiservertest.ControlPlane{Namespace: namespace, Environment: map[string]string{"KUMA_MODE": "zone"}})
	server.Secret(t, namespace, "walk-token", "walk-from", []byte("fake-walk-token"))

	c := exec.CommandContext(t.Context(), program, "--context", "test", "-n", namespace, "-m", "walk-from")
	c.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"),
		"KUBECONFIG=" + server.Kubeconfig(t, apiservertest.Admin)}
	w := walk{t: t, terminal: terminaltest.Start(t, c, 100, 30), server: server, path: apiservertest.SecretsPath(namespace) + "/"}

	w.goes("", "Secrets · walk-from", "1 secret", "live", "walk-token", "text")
	w.goes("\r", "masked, x reveals it")
	w.goes("x", "fake-walk-token", "revealed")
	w.goes("x", "masked, x reveals it")
	w.goes("\x1b", "Secrets · walk-from")

	w.goes("a", "Add a secret")
	w.goes("walk-added\t\t\tfake-first-value", "taken by no secret of a mesh")
	w.goes("\x13", "walk-added saved in walk-from, read back, equal.")
	w.holds("walk-added", "walk-from", "ZmFrZS1maXJzdC12YWx1ZQ==")

	w.goes("/added", "1 of 2")
	w.goes("\r", "enter open")
	w.goes("e", "nothing changed yet")
	w.goes("fake-second-value", "17 bytes")
	w.goes("\x13", "walk-added saved in walk-from, read back, equal.")
	w.holds("walk-added", "walk-from", "ZmFrZS1zZWNvbmQtdmFsdWU=")

	w.goes("m", "To which mesh?", "walk-to")
	w.goes("G", "▌ walk-to")
	w.goes("\r", "checks passed", "Type  walk-added walk-to  to go on.")
	w.goes("walk-added walk-to\r", "walk-added is in walk-to now, byte for byte the same.")
	w.holds("walk-added", "walk-to", "ZmFrZS1zZWNvbmQtdmFsdWU=")

	w.goes("\r", "mesh walk-to", "masked, x reveals it")
	w.goes("D", "Kubernetes deletes it only if nobody changed it")
	w.agrees("is still being read", "walk-added deleted from walk-to.")
	if status, _ := server.Do(t, "GET", w.path+"walk-added", nil); status != 404 {
		t.Errorf("it is said to be deleted, and the server answers %d", status)
	}

	w.terminal.Type("\x03")
	if code := w.terminal.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	w.terminal.Restored()
}

// walk is a person at a terminal, and a look behind it.
type walk struct {
	t        *testing.T
	terminal *terminaltest.Terminal
	server   *apiservertest.Server
	path     string // of the secrets
}

// goes types, and waits until all of the words are on one screen.
func (w walk) goes(keys string, words ...string) {
	w.t.Helper()
	w.terminal.Type(keys)
	w.terminal.Until(strings.Join(words, ", "), func(screen string) bool {
		for _, word := range words {
			if !strings.Contains(screen, word) {
				return false
			}
		}
		return true
	})
}

// agrees chooses to delete, again as long as that comes too soon.
func (w walk) agrees(soon, done string) {
	w.t.Helper()
	for screen := soon; strings.Contains(screen, soon); {
		w.terminal.Type("kj")
		w.terminal.Until("the choice", func(now string) bool { return strings.Contains(now, "▌ delete it") && !strings.Contains(now, soon) })
		w.terminal.Type("\r")
		w.terminal.Until(done, func(now string) bool {
			screen = now
			return strings.Contains(now, done) || strings.Contains(now, soon)
		})
	}
}

// holds looks at the server: the secret is there, in that mesh, with that
// value (in base64).
func (w walk) holds(name, mesh, value string) {
	w.t.Helper()
	object := w.server.Get(w.t, w.path+name)
	data, _ := object["data"].(map[string]any)
	meta, _ := object["metadata"].(map[string]any)
	labels, _ := meta["labels"].(map[string]any)
	if data["value"] != value || labels["kuma.io/mesh"] != mesh {
		w.t.Errorf("%s is in mesh %v, with another value: %v", name, labels["kuma.io/mesh"], data["value"] != value)
	}
}
