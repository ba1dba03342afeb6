package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pages writes the manual pages, and gives them by name.
func pages(t *testing.T, environ ...string) map[string]string {
	t.Helper()
	folder := t.TempDir()
	root := newRoot(Process{Environ: append([]string{"LANG=C.UTF-8"}, environ...)})
	root.SetArgs([]string{"man", folder})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(content)
	}
	return all
}

// A page stands in testdata/texts, to be read; all of them have the same parts.
func TestManualPages(t *testing.T) {
	t.Parallel()
	all := pages(t)
	sameText(t, filepath.Join("..", "..", "testdata", "texts", "man-get.txt"), all["meshsecrets-get.1"])
	for _, c := range pagesOf(newRoot(Process{})) {
		page := all["meshsecrets-"+c.Name()+".1"]
		for _, part := range []string{".SH NAME\nmeshsecrets\\-" + strings.ReplaceAll(c.Name(), "-", `\-`) + " \\- ", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH OPTIONS\n", ".SH \"SEE ALSO\"\nmeshsecrets(1), "} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s has no %q", c.Name(), part)
			}
		}
		if !strings.Contains(all["meshsecrets.1"], "\n.B "+strings.ReplaceAll(c.Name(), "-", `\-`)+"\n") {
			t.Errorf("the first page does not name %s", c.Name())
		}
	}
	if len(all) != len(pagesOf(newRoot(Process{})))+1 {
		t.Errorf("%d pages", len(all))
	}
}

// No line of text is taken for an instruction, and the same program writes the
// same bytes.
func TestManualPagesHoldStill(t *testing.T) {
	t.Parallel()
	macros := map[string]bool{"TH": true, "SH": true, "B": true, "PP": true, "TP": true}
	first, again, dated := pages(t), pages(t), pages(t, "SOURCE_DATE_EPOCH=1795165200")
	for name, page := range first {
		for line := range strings.Lines(page) {
			macro, is := strings.CutPrefix(strings.TrimRight(line, "\n"), ".")
			macro, _, _ = strings.Cut(macro, " ")
			if is && !macros[macro] || strings.HasPrefix(line, "'") {
				t.Errorf("%s: %q is taken for an instruction", name, line)
			}
		}
		if page != again[name] {
			t.Errorf("%s is another one the second time", name)
		}
		if !strings.HasPrefix(dated[name], strings.Replace(page[:strings.Index(page, "\n")], `1 ""`, `1 "2026\-11\-20"`, 1)) {
			t.Errorf("%s does not have the date that was given", name)
		}
	}
}
