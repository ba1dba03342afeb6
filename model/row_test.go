package model

import "testing"

func TestNotes(t *testing.T) {
	t.Parallel()
	row := func(change func(*Row)) Row {
		r := Row{Secret: Secret{Ref: Ref{"default", "s"}}}
		change(&r)
		return r
	}
	newline := func(kind Kind) Row {
		return row(func(r *Row) { r.Secret.Facts = Facts{Kind: kind, TrailingNewline: true} })
	}
	for _, c := range []struct {
		about string
		row   Row
		want  string
	}{
		{"nothing", row(func(*Row) {}), ""},
		{"synced", row(func(r *Row) { r.Secret.Labels = map[string]string{LabelOrigin: "global"} }), "from global"},
		{"of the zone", row(func(r *Row) { r.Secret.Labels = map[string]string{LabelOrigin: "zone"} }), ""},
		{"unlabelled", row(func(r *Row) { r.Secret.Unlabelled = true }), "! unlabelled"},
		{"label without a mesh", row(func(r *Row) { r.Secret.Object.EmptyLabel = true }), "! empty label"},
		{"deleted, and held", row(func(r *Row) { r.Secret.Object.Deleting, r.Secret.Unlabelled = true, true }), "! being deleted"},
		{"value in an annotation", row(func(r *Row) { r.Secret.Object.Applied = true }), "! in annotation"},
		{"system", row(func(r *Row) { r.System = true }), "system"},
		{"system, referenced", row(func(r *Row) { r.System, r.Users = true, usedByMTLS }), ""},
		{"ghost", row(func(r *Row) { r.Mark, r.Users = MissingSecret, usedByMTLS }), ""},
		{"orphaned before all", row(func(r *Row) { r.Orphaned, r.Blamed, r.System = true, true, true }), "! orphaned"},
		{"mismatched", row(func(r *Row) { r.Mismatch, r.Blamed = true, true }), "! mismatched"},
		{"the other half", row(func(r *Row) { r.Mismatch = true }), ""},
		{"vault reference", row(func(r *Row) { r.Secret.Facts.Kind = VaultReference }), "! not resolved"},
		{"text", newline(Text), "! ends with a newline"},
		{"JWT", newline(JWT), "! ends with a newline"},
		{"PEM ends with a newline", newline(CACertificate), ""},
		{"JSON may", newline(JSON), ""},
	} {
		if got := noteOf(c.row); got != c.want {
			t.Errorf("%s: %q, want %q", c.about, got, c.want)
		}
		look, _ := c.row.Note()
		if got := c.row.NeedsLook(frameTime); got != look {
			t.Errorf("%s: needs a look %v, but the note says %v", c.about, got, look)
		}
	}
}

func TestUserLine(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Reference{
		"mTLS backend ca-2 of payments (enabled) as certificate": {Kind: KindMesh, By: "ca-2", Mesh: "payments", Role: "certificate", Enabled: true},
		"mTLS backend ca-1 of legacy (not enabled) as key":       {Kind: KindMesh, By: "ca-1", Mesh: "legacy", Role: "key"},
		"ExternalService psp, as client key":                     {Kind: KindExternalService, By: "psp", Mesh: "payments", Role: "client key", Enabled: true},
	} {
		if got := r.UserLine(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
