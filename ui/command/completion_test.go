package command

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

// What a shell is told for a line of which the last word is being typed.
func TestCompletion(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, kumactl)
	withKubeconfig(t, home, "contexts:\n- {name: lab, context: {cluster: c, user: u}}\n- {name: \"$(touch x)\", context: {cluster: c, user: u}}\n"+
		"users:\n- {name: u, user: {token: fake-token}}\nclusters:\n- {name: c, cluster: {server: \"http://127.0.0.1:1\"}}\n")
	for line, want := range map[string]string{
		"get --demo --mesh p":                             "payments",
		"get --demo --mesh payments psp":                  "psp-ca psp-client-cert psp-client-key",
		"get --demo --mesh payments psp-ca p":             "",
		"get --demo=kubernetes --global e":                "envoy-admin-ca",
		"get --demo smtp":                                 "smtp-password",
		"delete --demo --mesh payments psp-ca psp":        "psp-client-cert psp-client-key",
		"reassign --demo --from payments stripe":          "stripe-webhook-token",
		"reassign --demo x --from payments --to s":        "sandbox",
		"create --demo --mesh payments p":                 "",
		"list --demo --mesh ":                             "checkout default legacy payments sandbox",
		"list -o ":                                        "text json yaml name",
		"get x -o ":                                       "text json yaml manifest raw",
		"get x --form ":                                   "universal kubernetes",
		"problems -o ":                                    "text json",
		"list --context ":                                 "lab",
		"list --control-plane ":                           "demo lab local",
		"--context l":                                     "lab",
		"completion z":                                    "zsh",
		"list --context lab --mesh ":                      "",
		"list --server http://127.0.0.1:1 --mesh ":        "",
		"list --server http://127.0.0.1:1 --demo --mesh ": "",
		"list --filter ":                                  "",
	} {
		// As shells do, the word that is being typed is given even when nothing of it is.
		code, out, _ := try(t, home, append([]string{"__completeNoDesc"}, strings.Split(line, " ")...)...)
		out, directive, _ := strings.Cut(out, ":")
		if got := strings.Join(strings.Fields(out), " "); got != want || code != ExitDone || directive != "4\n" {
			t.Errorf("%s: got %q, directive %q, exit %d; want %q", line, got, directive, code, want)
		}
	}
}

// A key runs no program to log in, and says nothing when nothing is told.
func TestCompletionIsQuiet(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	ran := filepath.Join(home, "ran")
	withKubeconfig(t, home, "current-context: lab\ncontexts:\n- {name: lab, context: {cluster: c, user: u}}\nclusters:\n- {name: c, cluster: {server: \"http://127.0.0.1:1\"}}\n"+
		"users:\n- {name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: touch, args: [\""+ran+"\"]}}}\n")
	for _, line := range []string{"get --context lab --mesh ", "get --mesh ", "get --context lab --mesh payments "} {
		code, out, said := try(t, home, append([]string{"__completeNoDesc"}, strings.Split(line, " ")...)...)
		if code != ExitDone || out != ":4\n" || !strings.HasPrefix(said, "Completion ended with directive: ") || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit %d, printed %q, said %q", line, code, out, said)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the program that logs in was run")
	}
	x := standing(t, embedded.EnvironmentUniversal)
	x.asked = func(*http.Request) int { return http.StatusForbidden }
	if text, code := x.does("__completeNoDesc get --mesh payments h"); code != ExitDone || strings.Contains(text, "not by you") {
		t.Errorf("exit %d\n%s", code, text)
	}
}

// A name that a shell could take for something else is not handed to it.
func TestCompletedNamesArePlain(t *testing.T) {
	t.Parallel()
	got := fitting([]string{"b", "a", "a", "$(touch x)", "a b", "a\tb", "a`x`", "-rf", "a;b", "ä", "a\nb", ""}, "")
	if strings.Join(got, " ") != "a b" {
		t.Errorf("got %q", got)
	}
}

// The scripts are taken by the shells that are here.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range shells {
		code, out, said := try(t, t.TempDir(), "completion", shell)
		if code != ExitDone || said != "" || !strings.Contains(out, "__complete") {
			t.Errorf("%s: exit %d, said %q", shell, code, said)
		}
		path, err := exec.LookPath(shell)
		if err != nil || shell == "powershell" {
			continue // its text was looked at
		}
		check := exec.CommandContext(t.Context(), path, "-n")
		check.Stdin = strings.NewReader(out)
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s does not take it: %s", shell, said)
		}
	}
}
