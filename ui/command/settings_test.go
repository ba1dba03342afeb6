package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"meshsecrets/backend"
	"meshsecrets/ui/command/config"
)

// withConfig writes a configuration into a home.
func withConfig(t *testing.T, home, text string) string {
	t.Helper()
	path := filepath.Join(home, ".config", "meshsecrets", "config.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAConfigurationThatCannotBeReadEndsEverything(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"an unknown option": {"them: dark\n", ", line 1: there is no option them; there are ascii, clipboard-timeout, control-planes, idle-lock, keys, mouse, no-reveal, reveal-timeout, theme. Mend that, or move the file away.\n"},
		"no YAML":           {"a: b: " + secret + "\n", ", line 1: from here on it is not YAML. Mend that, or move the file away.\n"},
		"too large":         {strings.Repeat("#", config.MaxSize+1), ": it is larger than 64 KiB, which no configuration needs. Mend that, or move the file away.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			path := withConfig(t, home, test.text)
			for _, args := range [][]string{{"--demo"}, {"problems", "--demo"}, {"recover", "--demo"}} {
				code, out, said := try(t, home, args...)
				if code != ExitUsage || out != "" || said != path+test.want {
					t.Errorf("%q: %d, %q\n%s", args, code, out, said)
				}
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		t.Parallel()
		home := t.TempDir()
		path := filepath.Join(home, ".config", "meshsecrets", "config.yaml")
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, _, said := try(t, home, "problems", "--demo"); said != path+" cannot be read (it is no file). Mend that, or move the file away.\n" {
			t.Error(said)
		}
	})
}

func TestWhereTheConfigurationIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ home, variable, want string }{
		"by default":       {"/home/jo", "", "/home/jo/.config/meshsecrets"},
		"as said":          {"/home/jo", "/etc/jo", "/etc/jo/meshsecrets"},
		"relative":         {"/home/jo", "etc", "/home/jo/.config/meshsecrets"},
		"without any home": {"", "", ""},
	} {
		p := Process{Home: test.home, Environ: []string{"XDG_CONFIG_HOME=" + test.variable}}
		if got := p.own("XDG_CONFIG_HOME", ".config"); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestWhatIsSetForAControlPlane(t *testing.T) {
	t.Parallel()
	in := backend.Entry{Name: "prod", Group: groupKumactl, Environment: backend.Universal}
	of := func(readOnly, protected, noReveal bool) backend.Entry {
		e := in
		e.ReadOnly, e.Protected, e.NoReveal = readOnly, protected, noReveal
		return e
	}
	because := func(e backend.Entry, why string) backend.Entry { e.WhyReadOnly = why; return e }
	for name, test := range map[string]struct {
		text  string
		flags []string
		want  backend.Entry
	}{
		"nothing":                     {"", nil, of(false, false, false)},
		"by its name":                 {"control-planes: {prod: {protected: true}}", nil, of(false, true, false)},
		"by its environment":          {"control-planes: {universal/prod: {protected: true}}", nil, of(false, true, false)},
		"by its group":                {"control-planes: {kumactl/prod: {no-reveal: true}}", nil, of(false, false, true)},
		"another one":                 {"control-planes: {kubernetes/prod: {protected: true}, prod-eu: {read-only: true}}", nil, of(false, false, false)},
		"twice":                       {"control-planes: {prod: {protected: true}, universal/prod: {protected: false, read-only: true}}", nil, because(of(true, true, false), "set in config.yaml")},
		"read-only there":             {"control-planes: {prod: {read-only: true}}", nil, because(of(true, false, false), "set in config.yaml")},
		"read-only by the flag":       {"", []string{"--read-only"}, of(true, false, false)},
		"not read-only by the flag":   {"control-planes: {prod: {read-only: true}}", []string{"--read-only=false"}, of(false, false, false)},
		"no reveal by the flag":       {"", []string{"--no-reveal"}, of(false, false, true)},
		"no reveal anywhere":          {"no-reveal: true", nil, of(false, false, true)},
		"reveal by the flag":          {"no-reveal: true\ncontrol-planes: {prod: {no-reveal: true}}", []string{"--no-reveal=false"}, of(false, false, false)},
		"protected whatever is given": {"control-planes: {prod: {protected: true}}", []string{"--read-only=false", "--no-reveal=false"}, of(false, true, false)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f flags
			f.set = pflag.NewFlagSet("test", pflag.ContinueOnError)
			f.defineManner(f.set, Process{})
			f.defineLooks(f.set)
			if err := f.set.Parse(test.flags); err != nil {
				t.Fatal(err)
			}
			read, err := config.Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			d := &directory{flags: f, settings: settings{Config: read}.against(f.set, f)}
			got := d.ruled(in)
			if got.ReadOnly != test.want.ReadOnly || got.Protected != test.want.Protected || got.NoReveal != test.want.NoReveal || got.WhyReadOnly != test.want.WhyReadOnly {
				t.Errorf("%+v\nwant %+v", got, test.want)
			}
		})
	}
}

// A name that is nowhere is told of, and takes nothing else away: the only
// control plane is still opened unasked.
func TestAControlPlaneThatIsSetAndNotThere(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	path := withConfig(t, home, "control-planes:\n  demo: {protected: true}\n  prod-ue: {protected: true}\n")
	d := directoryOf(t, home, flags{server: "https://cp.example.com:5682"})
	entries, warnings := d.Entries(t.Context())
	want := path + ", line 3: no control plane here is called prod-ue, so what is set for it holds for none."
	if !slices.Equal(warnings, []string{want}) {
		t.Errorf("the warnings are %q", warnings)
	}
	if _, warnings := d.read(); len(warnings) != 0 {
		t.Errorf("what may be missing is %q", warnings)
	}
	protected := 0
	for _, e := range entries {
		if e.Protected {
			protected++
		}
	}
	if protected != 1 {
		t.Errorf("%d control planes are protected", protected)
	}
}

func TestFlagsHoldAgainstTheFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text, locale string
		flags        []string
		ascii, mouse bool
		theme        string
	}{
		"nothing":                 {"", "C.UTF-8", nil, false, false, "auto"},
		"by the locale":           {"", "C", nil, true, false, "auto"},
		"the locale and the file": {"ascii: false", "C", nil, true, false, "auto"},
		"the file":                {"ascii: true\nmouse: true\ntheme: light", "C.UTF-8", nil, true, true, "light"},
		"the flags":               {"ascii: true\nmouse: true\ntheme: light", "C.UTF-8", []string{"--ascii=false", "--mouse=false", "--theme=dark"}, false, false, "dark"},
		"the flag and the locale": {"", "C", []string{"--ascii=false"}, false, false, "auto"},
		"on by the flags":         {"", "C.UTF-8", []string{"--ascii", "--mouse", "--theme=high-contrast"}, true, true, "high-contrast"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f flags
			f.set = pflag.NewFlagSet("test", pflag.ContinueOnError)
			f.defineManner(f.set, Process{Environ: []string{"LANG=" + test.locale}})
			f.defineLooks(f.set)
			if err := f.set.Parse(test.flags); err != nil {
				t.Fatal(err)
			}
			read, err := config.Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			got := settings{Config: read}.against(f.set, f)
			if got.ASCII != test.ascii || got.Mouse != test.mouse || got.Theme != test.theme {
				t.Errorf("ascii %v, mouse %v, theme %s", got.ASCII, got.Mouse, got.Theme)
			}
		})
	}
}
