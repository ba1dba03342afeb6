package model

import "testing"

// What stops working without the secret that a resource names, by who names it.
func TestWithout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		by   Reference
		want string
	}{
		{Reference{Kind: KindMesh, By: "ca-2", Mesh: "m", Enabled: true}, "mTLS backend ca-2 cannot issue certificates any more."},
		{Reference{Kind: KindMesh, By: "ca-1", Mesh: "m"}, "mTLS backend ca-1 could not be enabled any more; it is not enabled now."},
		{Reference{Kind: KindMesh, By: "ca-2", Mesh: "m", Enabled: true, Guessed: true, Path: "mtls.backends[0].conf.x.secret"},
			"mTLS backend ca-2: what it does without the secret is not known, as it names it in a place that is not known (mtls.backends[0].conf.x.secret)."},
		{Reference{Kind: KindMesh, By: "ca-1", Mesh: "m", Ignored: true}, `mTLS backend ca-1: nothing changes; the secret is named under "config", which control planes do not read.`},
		{
			Reference{Kind: KindMesh, By: "m", Mesh: "m", Enabled: true, Guessed: true, Apart: true, Path: "tracing.secret"},
			"Mesh m: what it does without the secret is not known, as it names it in a place that is not known (tracing.secret).",
		},
		{Reference{Kind: KindExternalService, By: "psp", Enabled: true}, "Calls to psp: the control plane takes its endpoints away and says so only in its log."},
		{Reference{Kind: KindMeshExternalService, By: "psp", Enabled: true}, "Calls to psp: the control plane takes its endpoints away and says so only in its log."},
		{Reference{Kind: KindMeshGateway, By: "edge", Enabled: true}, "Listeners of edge: the control plane leaves them out and says so only in its log."},
		{Reference{Kind: KindGateway, By: "shop/edge", Enabled: true, Implied: true}, "Listeners of Gateway shop/edge: they have no certificate until the control plane makes the copy again."},
		{Reference{Kind: KindMeshOPA, By: "gate", Enabled: true}, "Authorisation by gate: what data planes do without the policy or configuration in it is not known here."},
		{Reference{Kind: KindOPAPolicy, By: "gate", Enabled: true}, "Authorisation by gate: what data planes do without the policy or configuration in it is not known here."},
		{Reference{Kind: KindMeshIdentity, By: "main", Enabled: true}, "Identity main: it cannot issue certificates any more and says so only in its status."},
		{Reference{Kind: KindMeshIdentity, By: "main", Enabled: true, Implied: true}, "Identity main: the control plane makes a missing half anew; its status does not show that the halves differ then."},
		{Reference{Kind: "MeshNew", By: "x", Enabled: true}, "MeshNew x: what it does without the secret is not known here."},
	} {
		if got := c.by.Without(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

// Whether an mTLS backend uses a secret is not known of a guess, and of "config" it
// is known that it does not: the secret stays all the same.
func TestRefuseLossSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	enabled := providedBy("s", "key", true)
	guess, ignored, idle := enabled, enabled, enabled
	guess.Guessed, ignored.Ignored, ignored.Enabled, idle.Enabled = true, true, false, false
	for _, c := range []struct {
		by   []Reference
		want string
	}{
		{[]Reference{enabled}, "uses it"}, {[]Reference{idle}, "uses it"}, {[]Reference{guess}, "names it"}, {[]Reference{ignored}, "names it"},
		{[]Reference{guess, enabled}, "uses it"},
	} {
		err := RefuseLoss(Ref{"m", "s"}, c.by)
		if want := "s stays: mTLS backend ca-1 of m " + c.want + ". Take the reference out of mesh m first."; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A resource that names a secret in several places is told once, with all that
// it names it as.
func TestNamings(t *testing.T) {
	t.Parallel()
	got := Namings([]Reference{
		{Kind: KindMesh, By: "ca-1", Mesh: "m", Role: "certificate"},
		{Kind: KindExternalService, By: "psp", Mesh: "m", Role: "CA", Enabled: true},
		{Kind: KindExternalService, By: "psp", Mesh: "m", Role: "client certificate", Enabled: true},
		{Kind: KindExternalService, By: "psp", Mesh: "m", Role: "CA", Enabled: true},
		{Kind: KindExternalService, By: "psp\x1b", Mesh: "m", Role: "CA", Enabled: true},
		{Kind: KindMesh, By: "m", Mesh: "m", Apart: true, Enabled: true},
	})
	want := []string{
		"mTLS backend ca-1 (not enabled) as certificate", "ExternalService psp as CA, client certificate",
		"ExternalService psp␛ as CA", "Mesh m",
	}
	if len(got) != len(want) {
		t.Fatalf("%d, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i].Line() != want[i] {
			t.Errorf("%q, want %q", got[i].Line(), want[i])
		}
	}
}
