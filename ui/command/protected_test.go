//go:build unix

package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

// On a protected control plane its name is typed first, and --yes alone stands
// for nothing.
func TestAProtectedControlPlane(t *testing.T) {
	t.Parallel()
	for environment, name := range map[string]string{embedded.EnvironmentUniversal: "server", embedded.EnvironmentKubernetes: "lab"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := standing(t, environment)
			withConfig(t, x.home, "control-planes:\n  "+name+": {protected: true}\n")
			const line = "reassign hook --from payments --to checkout"
			for _, tt := range []struct {
				line string
				code int
				want string
			}{
				{line + " --yes", ExitUsage, " is protected, so --yes alone does not go on. Nothing was done; give its name too: --confirm " + name},
				{line + " --yes --confirm prod", ExitUsage, " is protected, so --yes alone does not go on."},
				{line + " --dry-run --yes", ExitDone, "Nothing stands against it."},
				{"recover --finish --yes", ExitUsage, " is protected, so --yes alone does not go on."},
			} {
				if text, code := x.does(tt.line); code != tt.code || !strings.Contains(text, tt.want) {
					t.Errorf("%s: exit %d, want %d\n%s", tt.line, code, tt.code, text)
				}
			}
			if text, code := x.types(line, types("hook checkout\n")); code != ExitRefused || !strings.Contains(text, "Type  "+name+" hook checkout  to go on: ") {
				t.Errorf("the phrase without the name: exit %d\n%s", code, text)
			}
			if got := x.holder(); got != "payments" {
				t.Errorf("it is in %q", got)
			}
			if text, code := x.does(line + " --yes --confirm " + name); code != ExitDone || x.holder() != "checkout" {
				t.Errorf("exit %d, in %q\n%s", code, x.holder(), text)
			}
		})
	}
}

func TestAControlPlaneThatIsReadOnlyByTheFile(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	withConfig(t, x.home, "control-planes:\n  server: {read-only: true}\n")
	if text, code := x.does("reassign hook --from payments --to checkout --yes"); code != ExitRefused || !strings.Contains(text, "is read-only (set in config.yaml): nothing can be changed here.") {
		t.Errorf("exit %d\n%s", code, text)
	}
	if text, code := x.does("reassign hook --from payments --to checkout --yes --read-only=false"); code != ExitDone || x.holder() != "checkout" {
		t.Errorf("exit %d, in %q\n%s", code, x.holder(), text)
	}
}

// The other commands that change something take the name too.
func TestWhatChangesAProtectedControlPlane(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	withConfig(t, x.home, "control-planes:\n  server: {protected: true}\n")
	value := filepath.Join(x.home, "value")
	if err := os.WriteFile(value, []byte("fake-other"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"create new-one --mesh payments --from-file " + value, "edit hook --mesh payments --from-file " + value, "delete hook --mesh payments",
	} {
		if text, code := x.does(line + " --yes"); code != ExitUsage || !strings.Contains(text, "is protected, so --yes alone does not go on.") {
			t.Errorf("%s: exit %d\n%s", line, code, text)
		}
		if text, code := x.does(line + " --yes --confirm server"); code != ExitDone {
			t.Errorf("%s: exit %d\n%s", line, code, text)
		}
	}
}

func TestAValueIsNotGivenAwayWhereThatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	withConfig(t, x.home, "no-reveal: true\n")
	for _, output := range []string{"text", "json", "yaml", "manifest", "raw"} {
		text, code := x.does("get psp --mesh payments --reveal -o " + output)
		if code != ExitRefused || strings.Contains(text, "fake") || !strings.Contains(text, "Revealing is switched off for URL. Facts and references stay visible, without --reveal.") {
			t.Errorf("-o %s: exit %d\n%s", output, code, text)
		}
	}
	if text, code := x.does("get psp --mesh payments"); code != ExitDone {
		t.Errorf("exit %d\n%s", code, text)
	}
	if text, code := x.does("get psp --mesh payments --reveal -o raw --no-reveal=false"); code != ExitDone || !strings.Contains(text, "fake") {
		t.Errorf("exit %d\n%s", code, text)
	}
}
