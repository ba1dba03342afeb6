package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

// printedBy runs commands of the demo one after the other, and gives what they
// printed.
func printedBy(t *testing.T, lines []string) string {
	t.Helper()
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
	return told.String()
}

// What list and get print of the demo, and what a deletion that is only tried,
// stands in testdata/texts, to be read.
func TestListAndGetOfTheDemo(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{
		"list-universal": {
			"list --demo", "list --demo --mesh payments --ascii", "list --demo --filter old", "list --demo --filter expires:<30d", "list --demo --filter !o --global",
			"list --demo --filter nope", "list --demo --mesh sandbox", "list --demo --mesh retired", "list --demo --global -o name", "list --demo --read-only --mesh payments -o name",
		},
		"list-kubernetes": {"list --demo=kubernetes --mesh payments", "list --demo=kubernetes --mesh payments --no-facts", "list --demo=kubernetes --mesh legacy", "list --demo=kubernetes --filter kind:ca -o name"},
		"list-documents":  {"list --demo -o json --mesh legacy --filter billing", "list --demo -o yaml --mesh payments --filter ca-cert", "list --demo=kubernetes -o json --no-facts --global --filter envoy"},
		"get-universal": {
			"get payments-ca-cert --demo --mesh payments", "get legacy-ca-key --demo --mesh legacy", "get smtp-password --demo --mesh default",
			"get user-token-signing-key-1 --demo --global", "get edge-tls --demo --mesh payments", "get nope --demo --global", "get payments-ca-cert --demo --mesh nope",
			"get stripe-webhook-token --demo --mesh payments -o manifest", "get stripe-webhook-token --demo --mesh payments -o manifest --form kubernetes --ascii",
		},
		"get-kubernetes": {"get psp-ca --demo=kubernetes --mesh payments", "get psp-ca --demo=kubernetes --mesh payments -o manifest"},
		"get-documents":  {"get legacy-ca-key --demo --mesh legacy -o json", "get edge-tls --demo --mesh payments -o json", "get smtp-password --demo --mesh default -o yaml"},
		"delete-guarded": {
			"delete payments-ca-cert --demo --mesh payments --dry-run --despite-references", "delete default.ca-builtin-cert-ca-1 --demo --mesh default --dry-run --despite-references --unlock-system",
			"delete psp-ca --demo --mesh payments --dry-run --despite-references",
		},
		"get-revealed": {
			"get smtp-password --demo --mesh default --reveal", "get smtp-password --demo --mesh default --reveal -o raw", "get smtp-password --demo --mesh default --reveal -o yaml",
			"get smtp-password --demo --mesh default --reveal -o manifest --form kubernetes", "get session-cookie-key --demo --mesh default --reveal",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sameText(t, filepath.Join("..", "..", "testdata", "texts", name+".txt"), printedBy(t, lines))
		})
	}
}

// Documents have the same names whatever there is to tell.
func TestDocumentsOfListAndGet(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	forbids("meshgateways")(x)
	for line, names := range map[string][]string{
		"list -o json":                      {"controlPlane", "environment", "product", "at", "secrets", "complete", "notRead", "notes"},
		"get hook --mesh payments -o json":  {"controlPlane", "environment", "product", "at", "secret", "complete", "notRead", "notes"},
		"list --mesh checkout -o json":      {"mesh", "secrets"},
		"list --global --no-facts -o json ": {"global", "secrets"},
	} {
		text, code := x.does(line)
		if code != ExitDone || !strings.Contains(text, "\nstderr: MeshGateway was not read: you may not list it.\n") {
			t.Errorf("%s: exit %d\n%s", line, code, text)
		}
		_, text, _ = strings.Cut(text, "\n")
		document, _, _ := strings.Cut(text, "\nstderr: ")
		var d map[string]any
		if err := json.Unmarshal([]byte(document), &d); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, name := range names {
			if _, has := d[name]; !has {
				t.Errorf("%s: the document has no %q", line, name)
			}
		}
		if d["complete"] != false {
			t.Errorf("%s: what may not be read counts as read", line)
		}
	}
}

func TestListIsReadAsFarAsItMayBe(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		x := standing(t, environment)
		forbids("/meshes")(x)
		if environment == embedded.EnvironmentUniversal {
			x.asked = func(r *http.Request) int {
				if r.URL.Path == "/meshes" {
					return 403
				}
				return 0
			}
		}
		text, code := x.does("list --mesh payments -o name")
		if code != ExitDone || !strings.Contains(text, "payments/hook\npayments/psp\n") || !strings.Contains(text, "stderr: Mesh was not read: you may not list it.") {
			t.Errorf("meshes may not be listed: exit %d\n%s", code, text)
		}
		forbids("/secrets")(x)
		if text, code := x.does("list"); code != ExitUsage {
			t.Errorf("secrets may not be listed: exit %d\n%s", code, text)
		}
	}
}

// What may be used by something that could not be read is not listed as unused.
func TestListKeepsWhatIsNotKnownApart(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	all, _ := x.does("list --mesh payments --filter used:no -o name")
	if !strings.Contains(all, "payments/hook\n") {
		t.Fatalf("no secret is unused:\n%s", all)
	}
	forbids("meshgateways")(x)
	text, code := x.does("list --mesh payments --filter used:no -o name")
	const told = "are left out: who uses them is not known, so nor is whether they match the filter.\n"
	if code != ExitDone || strings.Contains(text, "payments/hook\n") || !strings.Contains(text, told) {
		t.Errorf("exit %d\n%s", code, text)
	}
}
