package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/keymap"
	"meshsecrets/ui/command/config"
)

// example is the commented configuration that the README shows.
func example(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "<!-- configuration -->\n```yaml\n")
	text, _, closed := strings.Cut(rest, "```\n<!-- end of configuration -->")
	if !found || !closed {
		t.Fatal("README.md shows no configuration")
	}
	return text
}

// The README's example holds every option, each as it is by default, and two
// control planes to show how those are named.
func TestTheReadmeShowsTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Parse([]byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	planes := got.ControlPlanes
	got.ControlPlanes = nil
	if want := config.Default(); !reflect.DeepEqual(got, want) {
		t.Errorf("the README's configuration is %+v, the default %+v", got, want)
	}
	for i := range planes {
		planes[i].Line = 0
	}
	if want := []config.ControlPlane{{Name: "prod-eu", Protected: true, NoReveal: true}, {Name: "kubernetes/prod-us", ReadOnly: true}}; !slices.Equal(planes, want) {
		t.Errorf("its control planes are %+v, want %+v", planes, want)
	}
	for _, option := range []string{"theme", "reveal-timeout", "idle-lock", "clipboard-timeout", "no-reveal", "mouse", "ascii", "keys", "control-planes"} {
		if !strings.Contains(example(t), "\n"+option+":") {
			t.Errorf("the README's configuration does not show %s", option)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	with := func(change func(*config.Config)) config.Config {
		c := config.Default()
		change(&c)
		return c
	}
	tests := map[string]struct {
		text string
		want config.Config
	}{
		"nothing":       {"", config.Default()},
		"comments only": {"# theme: dark\n", config.Default()},
		"empty values":  {"keys:\ncontrol-planes:\n", config.Default()},
		"all": {"theme: colour-blind\nreveal-timeout: 20s\nidle-lock: 0\nclipboard-timeout: 1m30s\nno-reveal: true\nmouse: true\nascii: true\n",
			with(func(c *config.Config) {
				c.Theme, c.RevealTimeout, c.IdleLock, c.ClipboardTimeout = "colour-blind", 20*time.Second, 0, 90*time.Second
				c.NoReveal, c.Mouse, c.ASCII = true, true, true
			})},
		"control planes": {"control-planes:\n  a b: {protected: true}\n  c:\n    read-only: true\n    no-reveal: true\n    protected: false\n",
			with(func(c *config.Config) {
				c.ControlPlanes = []config.ControlPlane{{Name: "a b", Line: 2, Protected: true}, {Name: "c", Line: 3, ReadOnly: true, NoReveal: true}}
			})},
		"one without marks": {"control-planes:\n  c:\n", with(func(c *config.Config) { c.ControlPlanes = []config.ControlPlane{{Name: "c", Line: 2}} })},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Parse([]byte(test.text))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

// token stands for what does not belong into a configuration, and must not come
// back in an error.
const token = "eyJhbGciOiJSUzI1NiJ9-CANARY-not-a-real-token-0123456789"

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"theme: dark\nthem: dark\n":                     "line 2: there is no option them; there are ascii, clipboard-timeout, control-planes, idle-lock, keys, mouse, no-reveal, reveal-timeout, theme",
		token + ": 1\n":                                 "line 1: there is no option of that name; there are ascii, clipboard-timeout, control-planes, idle-lock, keys, mouse, no-reveal, reveal-timeout, theme",
		"theme: " + token + "\n":                        "line 1: theme is one of auto, dark, light, high-contrast, colour-blind",
		"theme: [dark]\n":                               "line 1: theme is one of auto, dark, light, high-contrast, colour-blind",
		"mouse: yes\n":                                  "line 1: this is either true or false",
		"mouse: \"true\"\n":                             "line 1: this is either true or false",
		"reveal-timeout: 60\n":                          "line 1: this is a time from 5s to 10m, such as 45s",
		"reveal-timeout: 0\n":                           "line 1: this is a time from 5s to 10m, such as 45s",
		"idle-lock: 5s\n":                               "line 1: this is a time from 30s to 24h, such as 10m, or 0 for never",
		"idle-lock: 30500ms\n":                          "line 1: this is a time from 30s to 24h, such as 10m, or 0 for never",
		"mouse: true\n\nmouse: false\n":                 "line 3: option mouse stands here twice",
		"- theme\n":                                     "line 1: names and values are expected here, as in  theme: dark",
		"theme\n":                                       "line 1: names and values are expected here, as in  theme: dark",
		"control-planes:\n- prod\n":                     "line 2: names and values are expected here, as in  theme: dark",
		"control-planes:\n  prod: {protectd: true}\n":   "line 2: there is no option protectd; there are no-reveal, protected, read-only",
		"control-planes:\n  prod:\n    protected: on\n": "line 3: this is either true or false",
		"control-planes:\n  a: &x {protected: true}\n  b: *x\n": "line 3: names and values are expected here, as in  theme: dark",
		"? [a]\n: b\n":                                     "line 1: the name of the option cannot be read",
		"theme: dark\n---\ntheme: dark\n":                  "line 2: there is a second document; one is all there can be",
		"theme: dark\n\tmouse: true\n":                     "line 2: from here on it is not YAML",
		"a: b: c\n":                                        "line 1: from here on it is not YAML",
		"x: 1\n]\n":                                        "line 2: from here on it is not YAML",
		"x: 1\na: [b,\n c\nd: e\n":                         "line 2: from here on it is not YAML",
		"theme: *" + token + "\n":                          "line 1: from here on it is not YAML",
		"keys: {edt: r}\n":                                 "line 1: there is no action edt; did you mean edit or editor? All names are in the README",
		"keys: {re-assign: r}\n":                           "line 1: there is no action re-assign; did you mean reverse or reveal or reassign? All names are in the README",
		"keys: {reasign: r}\n":                             "line 1: there is no action reasign; did you mean reassign? All names are in the README",
		"keys: {move: r}\n":                                "line 1: there is no action move; all names are in the README",
		"keys:\n  edit: ctrl+\n":                           "line 2: one of the keys of edit is none; they look like r, R, ctrl+r, f5, pgdown",
		"keys:\n  edit: m\n":                               "line 2: m is the key of reassign; give that one another",
		"keys:\n  edit: R\n  reassign: R\n":                "line 2: R is given to reassign as well",
		"keys: {edit: [R, R]}\n":                           "line 1: R is given twice",
		"keys: {edit: [[R]]}\n":                            "line 1: a key is expected here, such as R or ctrl+r",
		"theme: dark\n" + strings.Repeat("# long\n", 9999): "it is larger than 64 KiB, which no configuration needs",
	} {
		_, err := config.Parse([]byte(text))
		var wrong *config.Error
		if !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("%q:\n %v\nwant\n %v", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q: the error quotes it", text)
		}
	}
}

func TestKeysOfOnesOwn(t *testing.T) {
	t.Parallel()
	got, err := config.Parse([]byte("keys:\n  reassign: R\n  reload: [f5, ctrl+r]\n  recover: ctrl+o\n  edit: [w]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[keymap.ID][]string{
		keymap.Reassign: {"R", "m"}, keymap.Reload: {"f5", "ctrl+r"}, keymap.Recover: {"ctrl+o"}, keymap.Edit: {"w", "e"}, keymap.Delete: {"D", "delete"},
	} {
		if keys := got.Keys.Get(id).Keys; !slices.Equal(keys, want) {
			t.Errorf("the keys of %s are %q, want %q", id, keys, want)
		}
	}
}

// Whatever stands in the file: an answer, errors with a line that is there, and
// nothing of what stands in it but short plain words.
func FuzzParse(f *testing.F) {
	f.Add([]byte("theme: dark\nkeys: {edit: [w, E]}\ncontrol-planes:\n  prod: {protected: true}\n"))
	f.Add([]byte("a: &a [*a]\n? [x]\n: !!binary aGk=\n<<: *a\n---\n"))
	f.Add([]byte("keys:\n  quit: ctrl+q\n  other pane: [tab]\n  back: [left]\n"))
	f.Add([]byte("idle-lock: 9999999h\nreveal-timeout: -1s\n\xff\xfe"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := config.Parse(data)
		var wrong *config.Error
		switch {
		case err == nil:
			if !slices.Contains(config.Themes(), got.Theme) || got.IdleLock < 0 || got.RevealTimeout < time.Second || len(got.Keys.Get(keymap.Quit).Keys) == 0 {
				t.Errorf("%+v", got)
			}
		case !errors.As(err, &wrong):
			t.Errorf("the error is %T", err)
		case wrong.Line < 0 || wrong.Line > strings.Count(string(data), "\n")+strings.Count(string(data), "\r")+strings.Count(string(data), "\u2028")+strings.Count(string(data), "\u2029")+strings.Count(string(data), "\u0085")+1:
			t.Errorf("line %d of %q", wrong.Line, data)
		case len(wrong.Text) > 300:
			t.Errorf("the error is %q", wrong.Text)
		}
	})
}
