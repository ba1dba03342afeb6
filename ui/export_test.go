package ui

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// cabinet is where exports go in tests.
type cabinet struct {
	mu    sync.Mutex
	files map[string]string
	fails error
	waits chan struct{} // writing ends when it is closed; nil: at once
}

func (c *cabinet) File(path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return strings.TrimSuffix("/srv/clusters/"+path, "/")
}

func (c *cabinet) Write(_ context.Context, path string, text model.Value) error {
	if c.waits != nil {
		<-c.waits
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails != nil {
		return c.fails
	}
	if c.files == nil {
		c.files = map[string]string{}
	}
	c.files[c.File(path)] = string(text.Reveal())
	return nil
}

func (c *cabinet) is(config *Config) { config.Exporter = c }

// export opens the dialog for a secret of the list.
func (d *world) export(digit, name string) {
	d.t.Helper()
	d.find(digit, name)
	d.exportIt()
}

func (d *world) exportIt() {
	d.press(":")
	d.enter("export")
	d.press("enter")
	if got := screenKind(d.app.stack[len(d.app.stack)-1]); got != "exporting" {
		d.t.Fatalf("the screen is %s\n%s", got, d.text())
	}
}

func TestFramesExport(t *testing.T) {
	files := &cabinet{}
	onDemo(t, 80, 24, func(d *world) {
		d.export("4", "payments-ca-cert")
		d.frame("export-80x24")
		d.press("enter")
		d.frame("export-no-path-80x24")
		d.enter("k8s/payments-ca-cert.yaml")
		d.press("tab", "right", "tab", "right")
		d.frame("export-value-80x24")
		files.fails = errors.New("There is no folder /srv/clusters/k8s. Make it first, or correct the path.")
		d.press("enter")
		d.frame("export-refused-80x24")
		files.fails = nil
		d.press("enter")
		d.frame("export-done-80x24")
	}, files.is)
}

func TestFramesExportElsewhere(t *testing.T) {
	t.Parallel()
	t.Run("narrow", func(t *testing.T) {
		onDemo(t, 60, 20, func(d *world) {
			d.export("4", "stripe-webhook-token")
			d.enter("/srv/clusters/eu-south/prod-eu/kong-mesh-system/stripe-webhook-token.yaml")
			d.press("tab", "tab", "left")
			d.frame("export-60x20")
		})
	})
	t.Run("no reveal", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			d.export("0", "user-token-revocations")
			d.press("tab")
			d.frame("export-no-reveal-80x24")
		}, func(c *Config) { noReveal(c.Start) })
	})
}

// What is in the file, in both forms, with the value and without.
func TestWhatIsExported(t *testing.T) {
	files := &cabinet{}
	onDemo(t, 100, 30, func(d *world) {
		d.export("2", "smtp-password")
		d.enter("masked")
		d.press("enter")
		d.exportIt()
		d.enter("/etc/whole.yaml ")
		d.press("down", "right", "down", "right", "enter")
		if got, want := d.app.message, done("/etc/whole.yaml holds the manifest of smtp-password, its value in plain."); got != want {
			t.Errorf("the message is %v", got)
		}
		d.press("0")
		d.export("0", "user-token-revocations")
		d.enter("global")
		d.press("tab", "left", "enter")
	}, files.is)
	value := base64.StdEncoding.EncodeToString([]byte("demo-smtp-not-a-real-password\n"))
	for name, want := range map[string]string{
		"/srv/clusters/masked": `# The value of smtp-password is left out. It is got, with the flags that name the control plane, by
#   meshsecrets get smtp-password --mesh default --reveal -o manifest --form universal
# A masked manifest cannot be applied: dots are not base64.
type: Secret
mesh: default
name: smtp-password
creationTime: "2026-11-11T09:00:00Z"
modificationTime: "2026-11-11T09:00:00Z"
labels:
  kuma.io/env: universal
  kuma.io/mesh: default
  kuma.io/origin: zone
  kuma.io/zone: default
data: ••••••••
`,
		"/etc/whole.yaml": `# The value of smtp-password stands here in plain: base64 is no encryption.
apiVersion: v1
kind: Secret
metadata:
  name: smtp-password
  namespace: kuma-system
  labels:
    kuma.io/mesh: default
type: system.kuma.io/secret
data:
  value: ` + value + "\n",
		"/srv/clusters/global": `# The value of user-token-revocations is left out. It is got, with the flags that name the control plane, by
#   meshsecrets get user-token-revocations --global --reveal -o manifest --form kubernetes
# A masked manifest cannot be applied: dots are not base64.
apiVersion: v1
kind: Secret
metadata:
  name: user-token-revocations
  namespace: kuma-system
type: system.kuma.io/global-secret
data:
  value: ••••••••
`,
	} {
		got := files.files[name]
		if got != want {
			t.Errorf("%s holds\n%s\nwant\n%s", name, got, want)
		}
		back, _, err := model.ReadManifest([]byte(got))
		if whole := strings.Contains(name, "whole"); whole != (err == nil) || !whole && !errors.Is(err, model.ErrMaskedManifest) {
			t.Errorf("%s is read as %v, %v", name, back.Secret.Ref, err)
		}
	}
	if len(files.files) != 3 {
		t.Errorf("%d files were written, want 3", len(files.files))
	}
}

// A masked file tells nothing of a value, no screen does on the way to a whole
// one, and where nothing is revealed there are masked ones only.
func TestTheCanaryIsOnlyInFilesThatWereToHoldIt(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string][]func(*backend.Entry){"revealing": nil, "no reveal": {noReveal}} {
		t.Run(name, func(t *testing.T) {
			withCanaries(t, func(d *watched) {
				d.find("5", "canary-text")
				d.walk(":", "e", "x", "p", "o", "enter", "a", "enter")
				d.walk(":", "e", "x", "p", "o", "enter", "b", "tab", "right", "tab", "right", "enter")
				files := d.app.session().exporter.(*cabinet).files
				if len(files) != 2 {
					t.Fatalf("%d files were written", len(files))
				}
				for file, text := range files {
					seen := slices.ContainsFunc(slices.Collect(maps.Values(d.looks)), func(look string) bool { return strings.Contains(text, look) })
					if whole := strings.HasSuffix(file, "b") && rules == nil; seen != whole {
						t.Errorf("%s holds the value: %v", file, seen)
					}
				}
			}, rules...)
		})
	}
}

// A name that a shell would act on is not put into a command.
func TestOnlyPlainNamesAreTyped(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"payments-ca-cert": "payments-ca-cert", "0a.b_C": "0a.b_C", "": "",
		"-o": "NAME", "a b": "NAME", "$(reboot)": "NAME", "a;b": "NAME", "a\nb": "NAME", "é": "NAME", ".a": "NAME",
	} {
		if got := typable(name, "NAME"); got != want {
			t.Errorf("%q is typed as %q, want %q", name, got, want)
		}
	}
}

// What cannot be read is not written, and what is being read can be left.
func TestAnExportThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule func(*http.Request) (*http.Response, error)
		want string
	}{
		"forbidden": {status(403, "no"), "✗"},
		"gone":      {status(404, "no"), "✗"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := &cabinet{}
			state{name: name, reach: func(s *stateful) {
				s.export("4", "payments-ca-cert")
				s.fault.meddle(on("GET", "/secrets/payments-ca-cert", c.rule))
				s.enter("a")
				s.press("enter")
				if got := s.app.message; got.Mark != c.want {
					t.Errorf("it says %v", got)
				}
			}}.in(t, 80, 24, func(s *stateful) {
				if e, is := s.top().(exporting); !is || e.path.text() != "a" || e.waits() || len(files.files) > 0 {
					t.Errorf("the screen is %s, and there are %d files", screenKind(s.top()), len(files.files))
				}
			}, files.is)
		})
	}
}

func TestAnExportThatIsLeft(t *testing.T) {
	files := &cabinet{}
	onPlane(t, 80, 24, nil, func(d *world, board *switchboard) {
		d.export("4", "payments-ca-cert")
		d.enter("a")
		board.set(nil, true)
		d.press("enter")
		d.wait(time.Second)
		d.frame("export-reading-80x24")
		d.press("esc")
		board.set(nil, false)
		d.press("ctrl+r")
		if got := screens(d.app); got != "/picker/browse" || len(files.files) > 0 {
			t.Errorf("the screens are %s, and there are %d files", got, len(files.files))
		}
	}, files.is)
}

// Leaving waits for the file, as for any write.
func TestLeavingWaitsForAnExport(t *testing.T) {
	files := &cabinet{}
	onDemo(t, 80, 24, func(d *world) {
		files.waits = make(chan struct{}) // of this bubble
		d.export("4", "payments-ca-cert")
		d.enter("a")
		d.press("enter")
		d.press("esc")
		if got := d.app.message.Text; got != "The file is being written. Try again in a moment." {
			t.Errorf("it says %q", got)
		}
		d.press("ctrl+c")
		if got := d.text(); d.app.gone || !strings.Contains(got, "writing the manifest of payments-ca-cert") {
			t.Errorf("it does not wait\n%s", got)
		}
		close(files.waits)
		d.settle()
		if !d.app.gone || len(files.files) != 1 {
			t.Errorf("it is gone: %v; there are %d files", d.app.gone, len(files.files))
		}
	}, files.is)
}

// A file system that does not answer keeps nobody.
func TestAnExportThatHangs(t *testing.T) {
	files := &cabinet{}
	onDemo(t, 80, 24, func(d *world) {
		files.waits = make(chan struct{})
		d.export("4", "payments-ca-cert")
		d.enter("a")
		d.press("enter")
		d.wait(29 * time.Second)
		d.press("esc")
		if _, is := d.app.stack[len(d.app.stack)-1].(exporting); !is {
			t.Error("it leaves before its time")
		}
		d.wait(time.Second)
		d.frame("export-hangs-80x24")
		d.press("esc")
		if got, want := d.app.message, noted("Whether /srv/clusters/a comes is not known: its file system has not answered. Look there."); got != want {
			t.Errorf("it says %v", got)
		}
		if got := screens(d.app); got != "/picker/browse" {
			t.Errorf("the screens are %s", got)
		}
		close(files.waits)
		d.settle()
	}, files.is)
}

// When the console locks, a value that is still being read is not written, also
// when it comes then; nobody is there to see what became of the file.
func TestAnExportIsNoWayPastTheLock(t *testing.T) {
	for whole, keys := range map[bool][]string{true: {"tab", "tab", "right"}, false: nil} {
		files := &cabinet{}
		state{name: "locked", reach: func(s *stateful) {
			late := make(chan struct{}) // of this bubble
			s.export("4", "payments-ca-cert")
			s.enter("a")
			s.press(keys...)
			s.fault.meddle(on("GET", "/secrets/payments-ca-cert", func(r *http.Request) (*http.Response, error) {
				<-late
				return s.fault.next.RoundTrip(r)
			}))
			s.press("enter")
			s.wait(10 * time.Second)
			if !s.app.locked {
				t.Fatal("it does not lock")
			}
			close(late)
			s.settle()
			s.press("enter")
			if e, open := s.top().(exporting); open != whole || e.waits() {
				t.Errorf("with the value %v: there is %s, and waits: %v", whole, screenKind(s.top()), e.waits())
			}
			if wrote := len(files.files) > 0; wrote == whole {
				t.Errorf("with the value %v it wrote %v", whole, wrote)
			}
		}}.in(t, 80, 24, func(*stateful) {}, files.is, lockAfter(10*time.Second))
	}
}

func TestNothingIsExportedWhereNoFileCanBeWritten(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press(":")
		d.enter("export")
		d.press("enter")
		if got, want := d.app.message, refused("No file can be written here. Nothing was exported."); got != want {
			t.Errorf("it says %v", got)
		}
		d.press("g", ":")
		d.enter("export")
		d.press("enter")
		if got := d.app.message; got.Mark != "✗" || !strings.HasPrefix(got.Text, "edge-tls is missing") {
			t.Errorf("of a missing secret it says %v", got)
		}
	}, func(c *Config) { c.Exporter = nil })
}
