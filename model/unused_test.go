package model

import (
	"strings"
	"testing"
)

// Of what a policy names and does not use nothing fails by its value. What is
// loaded before that is known has to be there all the same.
func TestWhatPoliciesDoNotUse(t *testing.T) {
	t.Parallel()
	const (
		three   = `"caCert": {"secret": "s"}, "clientCert": {"secret": "s"}, "clientKey": {"secret": "s"}`
		off     = "not used, as TLS is off"
		loaded  = "loaded and not used, as TLS is off"
		through = "not used, as TLS does not end there"
		blind   = "loaded and not used, as the server is not verified"
	)
	external := func(enabled string) string { return `"networking": {"tls": {` + enabled + three + `}}` }
	meshExternal := func(tls, verification string) string {
		return `"spec": {"tls": {` + tls + `"verification": {` + verification + three + `}}}`
	}
	for _, c := range []struct {
		name   string
		kind   ResourceKind
		fields string
		said   string // of the CA
		client string // of the client certificate and key
		mark   Mark   // of a secret that is there
		gone   Mark   // of one that is not
	}{
		{"ExternalService", KindExternalService, external(`"enabled": true, `), "", "", InUse, MissingSecret},
		{"ExternalService, off", KindExternalService, external(`"enabled": false, `), loaded, loaded, InUse, MissingSecret},
		{"ExternalService, off as Universal writes it", KindExternalService, external(""), loaded, loaded, InUse, MissingSecret},
		{"MeshExternalService", KindMeshExternalService, meshExternal(`"enabled": true, `, `"mode": "Secured", `), "", "", InUse, MissingSecret},
		{"MeshExternalService, not said", KindMeshExternalService, meshExternal("", ""), "", "", InUse, MissingSecret},
		{"MeshExternalService, off", KindMeshExternalService, meshExternal(`"enabled": false, `, ""), off, off, Referenced, Unreferenced},
		{"SkipAll", KindMeshExternalService, meshExternal(`"enabled": true, `, `"mode": "SkipAll", `), blind, blind, InUse, MissingSecret},
		{"SkipCA", KindMeshExternalService, meshExternal(`"enabled": true, `, `"mode": "SkipCA", `), blind, "", InUse, MissingSecret},
		{"SkipSAN", KindMeshExternalService, meshExternal(`"enabled": true, `, `"mode": "SkipSAN", `), "", "", InUse, MissingSecret},
		{"passed through", KindMeshGateway, `"conf": {"listeners": [{"port": 443, "tls": {"mode": "PASSTHROUGH", "certificates": [{"secret": "s"}]}}]}`, through, through, Referenced, Unreferenced},
		{"terminated", KindMeshGateway, `"conf": {"listeners": [{"port": 443, "tls": {"mode": "TERMINATE", "certificates": [{"secret": "s"}]}}]}`, "", "", InUse, MissingSecret},
	} {
		for _, of := range []Resource{universal(c.kind, c.fields), kubernetes(c.kind, c.fields)} {
			refs := References(of)
			for _, r := range refs {
				want := c.client
				if r.Role == "CA" {
					want = c.said
				}
				if said := strings.TrimSuffix(r.unusedWords(), notRead); said != want || r.Guessed {
					t.Errorf("%s: %s is %q, want %q", c.name, r.Role, said, want)
				}
			}
			ref := refs[0].Target()
			there := TakeInventory(nil, []Secret{{Ref: ref, Facts: Facts{Kind: Text}}}, refs)
			if row, _ := there.Find(ref); row.Mark != c.mark {
				t.Errorf("%s: the mark is %q, want %q", c.name, row.Mark, c.mark)
			}
			if row, _ := TakeInventory(nil, nil, refs).Find(ref); row.Mark != c.gone {
				t.Errorf("%s: without it the mark is %q, want %q", c.name, row.Mark, c.gone)
			}
		}
	}
}

// An expired CA of an ExternalService whose TLS is off is worth a look, and no
// failure.
func TestNothingFailsByWhatIsNotUsed(t *testing.T) {
	t.Parallel()
	refs := References(Resource{Kind: KindExternalService, Name: "es", Mesh: "m", Raw: []byte(`{"networking": {"tls": {"caCert": {"secret": "ca"}}}}`)})
	refs = append(refs, References(Resource{Kind: KindMeshGateway, Name: "edge", Mesh: "m", Raw: []byte(
		`{"conf": {"listeners": [{"port": 443, "tls": {"mode": "PASSTHROUGH", "certificates": [{"secret": "site"}]}}]}}`)})...)
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{
		secretNamed("ca", keyed(CACertificate, 1, caFacts(-3, "CN=a"))), secretNamed("site", Facts{Kind: Text, Size: 3})}, refs)
	d := Diagnose(i, Standing{}, trustNow)
	if len(d.Problems) != 1 || d.Problems[0].Trouble != TroubleExpired || d.Broken() {
		t.Fatalf("%+v", d.Problems)
	}
	const want = "The control plane accepts it all the same; nothing fails: it is loaded and not used, as TLS is off."
	if said := d.Problems[0].Meaning()[1]; said != want {
		t.Errorf("%q, want\n%q", said, want)
	}
	sameLines(t, outline(TakeTrust(i, "m", refs)),
		"m: no mTLS backend, no MeshIdentity",
		"  ExternalService es",
		"      CA: loaded and not used, as TLS is off",
		"        ca: CA cert, expired !!",
		"  MeshGateway edge: listener 443",
		"      certificate and key: not used, as TLS does not end there",
		"        site: text")
	site, _ := i.Find(Ref{"m", "site"})
	if got := site.Users[0].User() + "; " + site.Users[0].UserLine() + "; " + Namings(site.Users)[0].Line() + "; " + site.Users[0].Without(); got !=
		"(MeshGateway edge); MeshGateway edge, as certificate and key (not used, as TLS does not end there); "+
			"MeshGateway edge (not used, as TLS does not end there) as certificate and key; "+
			"MeshGateway edge: nothing changes; the secret is not used, as TLS does not end there." {
		t.Error(got)
	}
}
