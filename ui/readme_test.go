package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// pages are the screens of the README's key table, and the keys that lead to
// each in the demo.
var pages = []struct {
	name string
	keys []string
}{
	{"Secrets", []string{"4", "j"}},
	{"Meshes", []string{"4", "tab"}},
	{"Filter", []string{"/"}},
	{"Secret", []string{"4", "j", "enter"}},
	{"Used by", []string{"4", "j", "u"}},
	{"Problems", []string{"p"}},
	{"Manifest", []string{"4", "j", "y"}},
	{"Add and edit", []string{"4", "a"}},
	{"Delete", []string{"4", "j", "j", "D"}},
	{"Reassign", []string{"4", "j", "j", "m"}},
	{"Commands", []string{":"}},
}

// everywhere are the actions that are told once instead of on each screen.
var everywhere = map[keymap.ID]bool{
	keymap.Down: true, keymap.Up: true, keymap.Top: true, keymap.Bottom: true, keymap.HalfDown: true, keymap.HalfUp: true,
	keymap.PageDown: true, keymap.PageUp: true, keymap.Commands: true, keymap.Help: true, keymap.Redraw: true,
	keymap.Back: true, keymap.Quit: true, keymap.Suspend: true,
}

// TestTheReadmeShowsTheKeysAndAFrame holds the README's key table and frame
// and the console together. UPDATE_README=1 rewrites them.
func TestTheReadmeShowsTheKeysAndAFrame(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("| keys | what they do | action |\n|---|---|---|\n| **On every list and text** | | |\n")
	rowsFor(&table, keymap.Default(), func(id keymap.ID) bool { return everywhere[id] })
	var frame string
	throughPicker(t, 100, 24, picked, func(d *world) { page(&table, d, "Control planes") })
	throughDemo(t, 100, 24, func(d *world) {
		d.press("4", "j")
		frame = "```text\n" + trimmed(d.text()) + "```\n"
	})
	for _, p := range pages {
		throughDemo(t, 100, 24, func(d *world) {
			d.press(p.keys...)
			page(&table, d, p.name)
		})
	}
	var facets strings.Builder
	facets.WriteString("| facet | what it takes |\n|---|---|\n")
	for _, facet := range model.Facets() {
		fmt.Fprintf(&facets, "| `%s` | %s |\n", facet.Example, facet.What)
	}
	holds(t, map[string]string{"keyless": "\n" + keyless() + "\n", "keys": "\n" + table.String() + "\n", "facets": "\n" + facets.String() + "\n", "frame": frame})
}

func page(b *strings.Builder, d *world, name string) {
	fmt.Fprintf(b, "| **%s** | | |\n", name)
	has := map[keymap.ID]bool{}
	for _, deed := range d.app.deeds(d.app.stack[len(d.app.stack)-1]) {
		has[deed.ID] = !everywhere[deed.ID]
	}
	rowsFor(b, d.app.keys, func(id keymap.ID) bool { return has[id] })
}

func rowsFor(b *strings.Builder, keys keymap.Map, offered func(keymap.ID) bool) {
	for _, a := range keys.All() {
		if offered(a.ID) && len(a.Keys) > 0 {
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", strings.Join(a.Keys, "` `"), a.Help, ownName(a))
		}
	}
}

// ownName is how an action is named by whoever gives it another key; nothing
// when nobody can.
func ownName(a keymap.Action) string {
	if _, err := keymap.Default().With(map[keymap.ID][]string{a.ID: {"f12"}}); err != nil {
		return ""
	}
	return string(a.ID)
}

// keyless are the commands that have no key.
func keyless() string {
	var b strings.Builder
	b.WriteString("| command | what it does | action |\n|---|---|---|\n")
	for _, a := range keymap.Default().All() {
		if len(a.Keys) == 0 && a.What != "" {
			fmt.Fprintf(&b, "| `:%s` | %s | %s |\n", a.ID, a.What, ownName(a))
		}
	}
	return b.String()
}

func trimmed(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// holds compares the parts of the README that are made, or writes them.
func holds(t *testing.T, parts map[string]string) {
	t.Helper()
	path := filepath.Join("..", "README.md")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wanted := string(content)
	for name, text := range parts {
		before, rest, found := strings.Cut(wanted, "<!-- "+name+" -->\n")
		_, after, closed := strings.Cut(rest, "<!-- end of "+name+" -->\n")
		if !found || !closed {
			t.Fatalf("README.md has no place for the %s", name)
		}
		wanted = before + "<!-- " + name + " -->\n" + text + "<!-- end of " + name + " -->\n" + after
	}
	if wanted == string(content) {
		return
	}
	if os.Getenv("UPDATE_README") == "" {
		t.Fatal("README.md does not show the console's keys or frame as they are; UPDATE_README=1 go test ./ui/... rewrites them")
	}
	if err := os.WriteFile(path, []byte(wanted), 0o644); err != nil {
		t.Fatal(err)
	}
}
