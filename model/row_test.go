package model

import "testing"

func TestNotes(t *testing.T) {
	t.Parallel()
	row := func(change func(*Row)) Row {
		r := Row{Secret: Secret{Ref: Ref{"default", "s"}}}
		change(&r)
		r.examined()
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
		{"mismatched", row(func(r *Row) { r.Secret.Facts.Kind, r.Mismatch, r.Blamed = PrivateKey, true, true }), "! mismatched"},
		{"the other half", row(func(r *Row) { r.Mismatch = true }), ""},
		{"vault reference", row(func(r *Row) { r.Secret.Facts.Kind = VaultReference }), "! not resolved"},
		{"text", newline(Text), "! ends with a newline"},
		{"JWT", newline(JWT), "! ends with a newline"},
		{"PEM ends with a newline", newline(CACertificate), ""},
		{"JSON may", newline(JSON), ""},
		{"no CA where one signs", row(func(r *Row) {
			r.Users = []Reference{{Kind: KindMesh, By: "ca-1", Role: "certificate", Backend: "provided", Enabled: true}}
			r.Secret.Facts = Facts{Kind: Certificate, Certificates: []CertificateFacts{{CertSign: true}}}
		}), "! not a CA"},
		{"text where a key belongs, before mismatched", row(func(r *Row) {
			r.Users, r.Blamed = []Reference{{Kind: KindMesh, By: "ca-1", Role: "key", Backend: "provided"}}, true
			r.Secret.Facts = Facts{Kind: Text}
		}), "! unsuitable"},
		{"text for a signing key", row(func(r *Row) {
			r.Secret.Ref.Name, r.System = "dataplane-token-signing-key-default-1", true
			r.Secret.Facts = Facts{Kind: Text}
		}), "! unsuitable"},
		{"two pairs in one value", row(func(r *Row) {
			r.Users = []Reference{{Kind: KindMeshGateway, By: "edge", Role: certificateAndKey, Enabled: true}}
			r.Secret.Facts = Facts{Kind: CertificateAndKey, Key: KeyFacts{Public: [32]byte{1}}, Certificates: []CertificateFacts{{Key: KeyFacts{Public: [32]byte{2}}}}}
		}), "! mismatched"},
		{"empty", row(func(r *Row) { r.Secret.Facts.Kind = Empty }), "! empty"},
		{"no revocations", row(func(r *Row) { r.Secret.Ref, r.Secret.Facts.Kind = Ref{Name: "user-token-revocations"}, Empty }), ""},
		{"encoded twice", row(func(r *Row) { r.Secret.Facts = Facts{Kind: Text, EncodedTwice: PrivateKey} }), "! base64 twice"},
		{"byte order mark", row(func(r *Row) { r.Secret.Facts = Facts{Kind: Text, BOM: true} }), "! BOM"},
		{"weak key", row(func(r *Row) { r.Secret.Facts = Facts{Kind: PrivateKey, Key: KeyFacts{Algorithm: "RSA 1024"}} }), "! weak key"},
		{"immutable is only worth knowing", row(func(r *Row) { r.Secret.Object.Immutable = true }), ""},
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
