//go:build unix

package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/kubernetes/apiservertest"
)

// TestKubectlFindsItAsAPlugin holds what the README says of installing it so:
// under that name on the PATH, kubectl runs it. Without the binaries of the API
// server there is no kubectl, and it is run under that name by hand.
func TestKubectlFindsItAsAPlugin(t *testing.T) {
	t.Parallel()
	plugin := filepath.Join(t.TempDir(), "kubectl-meshsecrets")
	if err := os.Rename(buildProgram(t), plugin); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), plugin, "version")
	if folder, err := apiservertest.Find(); err == nil {
		run = exec.CommandContext(t.Context(), filepath.Join(folder, "kubectl"), "meshsecrets", "version")
	} else {
		t.Log(err)
	}
	run.Env = []string{"HOME=" + t.TempDir(), "PATH=" + filepath.Dir(plugin), "LANG=C.UTF-8"}
	out, err := run.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "meshsecrets ") {
		t.Errorf("it says %q (%v)", out, err)
	}
}
