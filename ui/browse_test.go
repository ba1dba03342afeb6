package ui

import "testing"

func TestFramesBrowse(t *testing.T) {
	t.Parallel()
	frames := []struct {
		name string
		w, h int
		keys []string
	}{
		{"browse-120x40", 120, 40, []string{"4", "j"}},
		{"browse-100x30", 100, 30, []string{"3", "j", "j", "j", "tab"}},
		{"browse-80x24", 80, 24, []string{"4", "j"}},
		{"browse-60x20", 60, 20, []string{"4", "j"}},
		{"browse-40x12", 40, 12, []string{"4", "j"}},
		{"browse-160x48", 160, 48, []string{"4", "j"}},
		{"meshes-80x24", 80, 24, []string{"3", "tab"}},
		{"browse-empty-80x24", 80, 24, []string{"5"}},
		{"browse-all-120x40", 120, 40, []string{"G", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k"}},
		{"browse-global-80x24", 80, 24, []string{"tab", "j", "enter"}},
		{"too-small-36x8", 36, 8, nil},
		{"help-100x30", 100, 30, []string{"4", "j", "?"}},
		{"help-80x24", 80, 24, []string{"4", "j", "?"}},
	}
	for _, f := range frames {
		t.Run(f.name, func(t *testing.T) {
			onDemo(t, f.w, f.h, func(d *world) {
				d.press(f.keys...)
				d.frame(f.name)
			})
		})
	}
}

func TestFramesFilter(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("/")
		d.enter("kind:cert expires:<90d !old")
		d.frame("browse-filter-100x30")
		d.press("enter")
		d.frame("browse-filter-kept-100x30")
		d.press("esc", "/")
		d.enter("nothing like it")
		d.press("enter")
		d.frame("browse-no-match-100x30")
	})
}

func TestFramesCommands(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("4", "j", ":")
		d.enter("re")
		d.frame("commands-100x30")
	})
}

func TestFramesASCII(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press("4", "j")
		d.frame("browse-ascii-80x24")
	}, func(c *Config) { c.ASCII = true })
}

func TestFramesSecret(t *testing.T) {
	t.Parallel()
	frames := []struct {
		name   string
		w, h   int
		scope  string
		secret string
		keys   []string
	}{
		{"secret-chain-120x40", 120, 40, "4", "payments-ca-cert", []string{"enter"}},
		{"secret-chain-80x24", 80, 24, "4", "payments-ca-cert", []string{"enter"}},
		{"secret-pem-100x30", 100, 30, "4", "payments-ca-cert", []string{"enter", "x"}},
		{"secret-key-80x24", 80, 24, "4", "payments-ca-key", []string{"enter"}},
		{"secret-jwt-100x30", 100, 30, "4", "stripe-webhook-token", []string{"x"}},
		{"secret-json-80x24", 80, 24, "2", "feature-flags", []string{"x"}},
		{"secret-binary-80x24", 80, 24, "2", "session-cookie-key", []string{"x"}},
		{"secret-vault-80x24", 80, 24, "2", "warehouse-password", []string{"x"}},
		{"secret-system-100x30", 100, 30, "4", "dataplane-token-signing-key-payments-1", []string{"enter"}},
		{"secret-orphan-80x24", 80, 24, "0", "retired-shop-token", []string{"enter"}},
		{"manifest-80x24", 80, 24, "2", "smtp-password", []string{"y"}},
		{"manifest-kubernetes-80x24", 80, 24, "2", "smtp-password", []string{"y", "Y"}},
	}
	for _, f := range frames {
		t.Run(f.name, func(t *testing.T) {
			onDemo(t, f.w, f.h, func(d *world) {
				d.find(f.scope, f.secret)
				d.press(f.keys...)
				d.frame(f.name)
			})
		})
	}
}

// find puts the bar on a secret of the scope that a digit chooses.
func (d *world) find(digit, name string) {
	d.t.Helper()
	d.press(digit, "g")
	for range 40 {
		b := d.app.stack[len(d.app.stack)-1].(browse)
		if row, ok := b.row(); ok && row.Secret.Ref.Name == name {
			return
		}
		d.press("j")
	}
	d.t.Fatalf("%s is not in the list", name)
}
