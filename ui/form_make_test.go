package ui

import (
	"strings"
	"testing"

	"meshsecrets/model"
)

// choose goes to a field of a form by its label, and turns its choice until the
// word is chosen.
func (d *world) choose(label, word string) {
	d.t.Helper()
	for range 12 {
		for line := range strings.SplitSeq(d.text(), "\n") {
			if strings.Contains(line, "▌ "+label) {
				if strings.Contains(line, "["+word+"]") {
					return
				}
				d.press("right")
			}
		}
		if !strings.Contains(d.text(), "▌ "+label) {
			d.press("tab")
		}
	}
	d.t.Fatalf("%s is not at %s:\n%s", label, word, d.text())
}

// generateCA fills a form of mesh sandbox with the first half of a CA.
func (d *world) generateCA() {
	d.press("5", "a")
	d.enter("sandbox-ca-cert")
	d.choose("from", "generate")
	d.choose("generate", "CA")
	d.press("enter")
}

func TestFramesGenerate(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press("2", "a")
		d.enter("reader-password")
		d.choose("from", "generate")
		d.choose("generate", "password")
		d.press("enter")
		d.frame("generate-password-80x24")
		d.press("ctrl+s")
		if got := d.app.message.Text; !strings.HasPrefix(got, "reader-password saved in default") {
			t.Errorf("the message is %q", got)
		}
	})
}

// TestFramesGenerateCA: the two halves of a CA become two secrets that match,
// one right after the other.
func TestFramesGenerateCA(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.generateCA()
		d.frame("generate-ca-100x30")
		d.press("ctrl+s")
		d.frame("generate-ca-key-100x30")
		d.press("ctrl+s")
		if got := d.app.message.Text; !strings.HasPrefix(got, "sandbox-ca-key saved in sandbox") {
			t.Errorf("the message is %q", got)
		}
		text := d.text()
		if !strings.Contains(text, "sandbox-ca-cert") || !strings.Contains(text, "sandbox-ca-key") {
			t.Errorf("they are not there:\n%s", text)
		}
	})
}

// Both halves of a CA can be undone, one after the other.
func TestUndoOfAGeneratedCA(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.generateCA()
		d.press("ctrl+s", "ctrl+s")
		for _, name := range []string{"sandbox-ca-key", "sandbox-ca-cert"} {
			d.press("z", "down", "enter")
			if got := d.app.message.Text; !strings.HasPrefix(got, name+" is gone from sandbox again") {
				t.Errorf("the message is %q, not of %s", got, name)
			}
		}
	})
}

// What was typed before is not saved in place of what is to be generated.
func TestGenerateTakesThePlaceOfWhatWasTyped(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("2", "a")
		d.enter("reader-password")
		d.press("tab", "tab", "tab")
		d.enter("fake-typed")
		d.choose("from", "generate")
		d.choose("generate", "password")
		d.frame("generate-typed-before-100x30")
		d.press("ctrl+s")
		if got := d.app.message.Text; got != "Generated; ctrl+s saves it." {
			t.Errorf("the message is %q", got)
		}
		d.choose("generate", "certificate and key")
		d.press("ctrl+s")
		if got := d.app.message.Text; got != "Generated; ctrl+s saves it." {
			t.Errorf("another choice: the message is %q", got)
		}
	})
}

func TestFramesGenerateForAGateway(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "edge-tls")
		d.press("a")
		d.choose("from", "generate")
		d.choose("generate", "certificate and key")
		d.press("enter")
		d.frame("generate-certificate-80x24")
	})
}

func TestHalfNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		isKey      bool
	}{
		{"payments-ca-cert", "payments-ca-key", false},
		{"payments-ca-key", "payments-ca-cert", true},
		{"cert-of-certs", "cert-of-keys", false},
		{"ca", "ca-key", false},
		{"ca", "ca-cert", true},
	} {
		if got := halfName(c.name, c.isKey); got != c.want {
			t.Errorf("of %s it is %s, want %s", c.name, got, c.want)
		}
	}
}

// TestKeyAsTheFirstHalf: where the secret is read as a key, the key goes into it.
func TestKeyAsTheFirstHalf(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		f := newFormOf(d.app.session(), d.app.stack[1].(browse).handed(), model.Ref{Mesh: "legacy", Name: "legacy-ca-key"})
		f.make = makesCA
		value, spare, err := f.makeIt(d.app.frame())
		if err != nil {
			t.Fatal(err)
		}
		if got := learnt(f.to, value).Kind; got != model.PrivateKey {
			t.Errorf("the value is %v", got)
		}
		if got := learnt(f.to, spare).Kind; got != model.CACertificate {
			t.Errorf("the other half is %v", got)
		}
	})
}

// What was generated for one mesh or name is not saved in another.
func TestGeneratedForAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		made       string
		turn       func(*world)
		line, said string
	}{
		"a CA, another mesh": {"CA", func(d *world) { d.at("mesh"); d.press("left") },
			"it was generated for mesh sandbox, and names it; ctrl+s generates it anew", "Generated; ctrl+s saves it, and then asks for the name of its other half."},
		"a CA, another mesh, and typed by hand": {"CA", func(d *world) { d.choose("from", "type or paste"); d.at("mesh"); d.press("left") },
			"it was generated for mesh sandbox", "Generated; ctrl+s saves it, and then asks for the name of its other half."},
		"a certificate, another name": {"certificate and key", func(d *world) { d.at("name"); d.press("2") },
			"it was generated for edge, and names it; ctrl+s generates it anew", "Generated; ctrl+s saves it."},
		"a CA, another name":          {"CA", func(d *world) { d.at("name"); d.press("2") }, "free in mesh sandbox", "edge2 saved in sandbox. ctrl+s adds its key, which is only here."},
		"a certificate, another mesh": {"certificate and key", func(d *world) { d.at("mesh"); d.press("left") }, "free in mesh payments", "edge saved in payments"},
		"a password, another mesh":    {"password", func(d *world) { d.at("mesh"); d.press("left"); d.at("name"); d.press("2") }, "free in mesh payments", "edge2 saved in payments"},
	} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 120, 30, func(d *world) {
				d.press("5", "a")
				d.enter("edge")
				d.choose("from", "generate")
				d.choose("generate", c.made)
				d.press("enter")
				c.turn(d)
				if !strings.Contains(d.text(), c.line) {
					t.Errorf("%q is not said:\n%s", c.line, d.text())
				}
				if name == "a CA, another mesh" {
					d.frame("generate-for-another-120x30")
				}
				d.press("ctrl+s")
				if got := d.app.message.Text; !strings.HasPrefix(got, c.said) {
					t.Errorf("the message is %q", got)
				}
			})
		})
	}
}

// at goes to a field of a form by its label.
func (d *world) at(label string) {
	d.t.Helper()
	for range 12 {
		if strings.Contains(d.text(), "▌ "+label) {
			return
		}
		d.press("tab")
	}
	d.t.Fatalf("%s is no field:\n%s", label, d.text())
}
