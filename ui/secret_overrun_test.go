package ui

import (
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
)

func (r *workbench) told() string {
	var all []string
	lines, _ := r.app.draw()
	for _, l := range lines {
		all = append(all, l.plain())
	}
	return strings.Join(all, "\n")
}

// TestASecretThatWasOverrun holds that an open screen claims nothing of a value
// that is no longer there, and hands nobody a secret that is gone.
func TestASecretThatWasOverrun(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30)
	row, whole := r.row("payments", "payments-ca-key"), r.stock
	s, run := openSecret(r.session, r.frame(), whole, row, false)
	r.over("payments", "payments-ca-key", s, run).settle()
	if r.restock(whole); !strings.Contains(r.told(), "matches payments-ca-cert") {
		t.Fatalf("it is as it was read, and the screen says\n%s", r.told())
	}
	other := row.Secret
	other.Modified, other.Facts.Fingerprint = other.Modified.Add(time.Hour), "fake"
	r.restock(whole.with([]backend.Event{{Secret: other}}))
	if got := r.told(); strings.Contains(got, "matches payments-ca-cert") || !strings.Contains(got, "somebody changed it since it was read here") {
		t.Errorf("changed, it says\n%s", got)
	}
	r.restock(whole.with([]backend.Event{{Secret: row.Secret, Gone: true}}))
	if got := r.told(); !strings.Contains(got, "somebody deleted or reassigned it since it was read here") {
		t.Errorf("gone, it says\n%s", got)
	}
	if row, _ := r.top().(secret).stock.inventory.Find(row.Secret.Ref); !row.Ghost() {
		t.Error("what it hands on has the secret that is gone")
	}
	r.press("e").said("✗", "payments-ca-key is no longer there: somebody deleted or reassigned it. ctrl+r asks again.")
	r.press("ctrl+r").settle()
	if got := r.told(); strings.Contains(got, "since it was read") {
		t.Errorf("read again, it says\n%s", got)
	}
}
