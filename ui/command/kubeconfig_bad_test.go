package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// badKubeconfigs are files that are no kubeconfig, by the number of the bad
// input. "" is no file at all.
func badKubeconfigs() []struct{ name, content string } {
	var many strings.Builder
	many.WriteString("contexts:\n")
	for i := range 300 {
		fmt.Fprintf(&many, "- {name: cluster-%03d, context: {cluster: c, user: u}}\n", i)
	}
	return []struct{ name, content string }{
		{"55 none", ""},
		{"55 empty", "\n"},
		{"55 no context in it", "apiVersion: v1\nkind: Config\n"},
		{"55 10 MiB", "# " + strings.Repeat("CANARY-not-a-real-token ", 10<<20/24)},
		{"55 alias that contains itself", "contexts: &a\n- *a\nusers: [{name: u, user: {token: " + secret + "}}]\n"},
		{"55 aliases that multiply", "users:\n- &a0 {name: u, user: {token: " + secret + "}}\n" + doubled(30)},
		{"55 not YAML", "contexts:\n\t" + secret + "\n"},
		{"55 a list", "- " + secret + "\n"},
		{"55 not text", "\x00\x01" + secret},
		{"55 data struck out", "clusters:\n- {name: prod, cluster: {server: \"https://a\", certificate-authority-data: \"***\"}}\n"},
		{"55 one name twice", "users:\n- {name: jo, user: {token: " + secret + "}}\n- {name: jo, user: {}}\n"},
		{"55 unknown context", kubeconfig},
		{"55 unknown context of 300", many.String()},
	}
}

// doubled is YAML in which each line is twice the one before.
func doubled(times int) string {
	var b strings.Builder
	for i := range times {
		fmt.Fprintf(&b, "- &a%d [*a%d, *a%d]\n", i+1, i, i)
	}
	return b.String()
}

// TestEveryBadKubeconfigIsOneClearSentence holds what is said of each, in the
// list of control planes, with --kubeconfig, and with --context.
func TestEveryBadKubeconfigIsOneClearSentence(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, c := range badKubeconfigs() {
		home := t.TempDir()
		path := filepath.Join(home, ".kube", "config")
		if c.content != "" {
			withKubeconfig(t, home, c.content)
		}
		_, warnings := directoryOf(t, home, flags{}).Entries(context.Background())
		_, _, named := try(t, home, "--kubeconfig", path)
		_, _, chosen := try(t, home, "--context", "staging")
		b.WriteString(c.name + "\n")
		for _, said := range []struct{ where, text string }{
			{"list", strings.Join(warnings, "\n")}, {"--kubeconfig", named}, {"--context", chosen},
		} {
			text := strings.TrimSpace(strings.ReplaceAll(said.text, home, "HOME"))
			clearParagraphs(t, c.name+", "+said.where, text)
			fmt.Fprintf(&b, "  %s\n", strings.TrimRight(said.where+": "+strings.ReplaceAll(text, "\n", "\n    "), " "))
		}
	}
	sameText(t, filepath.Join("..", "..", "testdata", "texts", "kubeconfig.txt"), b.String())
}

// nextStep is how a text says what to do.
var nextStep = regexp.MustCompile(`Mend|mended|Name|there are: |--[a-z]`)

// clearParagraphs holds each line that is printed to two lines of a terminal of
// 80 columns, the whole to what it names and a next step, and to nothing of
// what was in the file.
func clearParagraphs(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "HOME/.kube/config") && !strings.Contains(line, "staging") && !strings.Contains(line, "--help") {
			t.Errorf("%s: %q names neither the file nor the context", name, line)
		}
		if len([]rune(strings.TrimSpace(line))) > 160 {
			t.Errorf("%s: %q takes more than two lines", name, line)
		}
	}
	if text != "" && !nextStep.MatchString(text) {
		t.Errorf("%s: %q has no next step", name, text)
	}
	for _, never := range []string{"CANARY", "goroutine", ".go:", "panic", "%!", "yaml:", "json:"} {
		if strings.Contains(text, never) {
			t.Errorf("%s: %q shows %q", name, text, never)
		}
	}
}

// sameText holds a text against a file, which UPDATE_FRAMES=1 rewrites.
func sameText(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE_FRAMES") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, []byte(got)) {
		t.Errorf("%s differs (UPDATE_FRAMES=1 rewrites it after a look):\n%s", filepath.Base(path), got)
	}
}
