package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

// What the command prints of the demo stands in testdata/texts, to be read.
func TestProblemsOfTheDemo(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{
		"universal":  {"problems --demo", "problems --demo --mesh payments", "problems --demo --mesh checkout", "problems --demo --mesh nope", "problems --demo --ascii --read-only --mesh legacy"},
		"kubernetes": {"problems --demo=kubernetes", "problems --demo=kubernetes --mesh sandbox"},
		"json":       {"problems --demo -o json --mesh legacy", "problems --demo -o json --mesh checkout"},
		"usage":      {"problems -o yaml --demo", "problems --demo --mesh Not/a/name", "problems hook --demo", "problems --server http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			var told strings.Builder
			for _, line := range lines {
				code, out, err := try(t, home, strings.Fields(line)...)
				fmt.Fprintf(&told, "$ meshsecrets %s\n%s", line, out)
				for said := range strings.Lines(err) {
					told.WriteString("stderr: " + said)
				}
				fmt.Fprintf(&told, "exit %d\n\n", code)
			}
			sameText(t, filepath.Join("..", "..", "testdata", "texts", "problems-"+name+".txt"), told.String())
		})
	}
}

func forbids(parts ...string) func(*there) {
	return func(x *there) {
		x.asked = func(r *http.Request) int {
			for _, part := range parts {
				if strings.Contains(r.URL.Path, part) {
					return http.StatusForbidden
				}
			}
			return 0
		}
	}
}

// sceneOfProblems is a state of a control plane, and what the command says then.
type sceneOfProblems struct {
	name  string
	where string // "" for both environments
	setup func(*there)
	line  string
	code  int
}

func scenesOfProblems() []sceneOfProblems {
	const kubernetes, universal = embedded.EnvironmentKubernetes, embedded.EnvironmentUniversal
	return []sceneOfProblems{
		{name: "a certificate that is none", line: "problems --mesh payments", code: ExitFails},
		{name: "nothing wrong in the mesh", line: "problems --mesh checkout", code: ExitDone},
		{name: "something to look at", line: "problems --mesh checkout", code: ExitLook, setup: func(x *there) {
			x.far.Seed(embedded.Secret{Mesh: "checkout", Name: "password", Value: []byte("fake-password\n"), Created: at})
		}},
		{name: "a kind may not be listed", line: "problems --mesh checkout", code: ExitUsage, setup: forbids("meshgateways")},
		{name: "a kind may not be listed, and something fails", line: "problems --mesh payments", code: ExitFails, setup: forbids("meshgateways")},
		{name: "secrets may not be listed", where: universal, line: "problems", code: ExitUsage, setup: forbids("secrets")},
		{name: "secrets may not be listed", where: kubernetes, line: "problems", code: ExitUsage, setup: forbids("/secrets")},
		{name: "an unfinished reassign", line: "problems --mesh checkout", code: ExitUnfinished, setup: func(x *there) {
			x.changed = func(string) { x.changed = nil; x.interrupt() }
			if text, code := x.does(move); code != ExitUnfinished {
				x.t.Errorf("the reassign was not left half way:\n%s", text)
			}
		}},
	}
}

func TestProblemsExitCodes(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			for _, s := range scenesOfProblems() {
				if s.where != "" && s.where != environment {
					continue
				}
				x := standing(t, environment)
				if s.setup != nil {
					s.setup(x)
				}
				text, code := x.does(s.line)
				if code != s.code {
					t.Errorf("%s: exit %d, want %d", s.name, code, s.code)
				}
				fmt.Fprintf(&told, "## %s\n%s\n", s.name, text)
			}
			sameText(t, filepath.Join("..", "..", "testdata", "texts", "problems-codes-"+environment+".txt"), told.String())
		})
	}
}

// The document has the same names whatever is wrong, and nothing else is on
// standard output.
func TestProblemsPrintOneDocument(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	forbids("meshgateways")(x)
	text, _ := x.does("problems -o json")
	_, text, _ = strings.Cut(text, "\n")
	document, rest, _ := strings.Cut(text, "\nstderr: ")
	var d map[string]any
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, name := range []string{"controlPlane", "environment", "product", "at", "problems", "errors", "warnings", "unfinished", "complete", "read", "notRead", "notes"} {
		if _, has := d[name]; !has {
			t.Errorf("the document has no %q", name)
		}
	}
	if d["complete"] != false {
		t.Error("what may not be read counts as read")
	}
	if rest == "" {
		t.Error("what it found is not told on standard error")
	}
}

func TestProblemsCanBeStopped(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	x.asked = func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/secrets") {
			x.signals <- os.Interrupt
			<-r.Context().Done()
		}
		return 0
	}
	text, code := x.does("problems")
	if code != ExitUsage || !strings.Contains(text, "stderr: Stopped before all was read.") {
		t.Errorf("stopped: %s", text)
	}
}
