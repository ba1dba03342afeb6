package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var trustNow = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// spokenWords are words as a wide screen shows them.
func spokenWords(words []TrustWord) string {
	var out []string
	for _, w := range words {
		switch w.Look {
		case Calm:
			out = append(out, w.Text)
		case LookAfter:
			out = append(out, w.Text+" !")
		case Pressing:
			out = append(out, w.Text+" !!")
		case LookBefore:
			out = append(out, "! "+w.Text)
		}
	}
	return strings.Join(out, ", ")
}

// outline is a tree as indented text.
func outline(t Trust) []string {
	lines := []string{t.Mesh.Name + ": " + spokenWords(t.MeshWords())}
	add := func(depth int, name string, words []TrustWord) {
		line := strings.Repeat("  ", depth) + name
		if text := spokenWords(words); text != "" {
			line += ": " + text
		}
		lines = append(lines, line)
	}
	for _, u := range t.Users {
		add(1, u.Title(), u.Words())
		for _, g := range u.Groups {
			if g.Detail != "" && len(u.Groups) > 1 {
				add(2, "part", g.Words())
			}
			for _, p := range g.Places {
				add(3, p.Role, p.Words())
				for _, l := range p.Leaves {
					add(4, l.Reference.Secret, l.Words(trustNow))
				}
			}
		}
	}
	for _, r := range t.Idle {
		add(1, "idle "+r.Secret.Ref.Name, r.TrustWords(trustNow))
	}
	return lines
}

func sameLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// keyed is a certificate or key of a pair that a number names.
func keyed(kind Kind, pair byte, certificates ...CertificateFacts) Facts {
	f := Facts{Kind: kind, Size: 1, Certificates: certificates, Key: KeyFacts{Algorithm: "EC P-256"}}
	if kind == PrivateKey || kind == CertificateAndKey {
		f.Key.Public = [32]byte{pair}
	}
	if len(certificates) > 0 {
		f.Certificates[0].Key.Public = [32]byte{pair}
		f.NotBefore, f.NotAfter = certificates[0].NotBefore, certificates[0].NotAfter
	}
	return f
}

// caFacts is a CA that may sign, and ends in so many days.
func caFacts(days int, subject string) CertificateFacts {
	return CertificateFacts{Subject: subject, Issuer: subject, IsCA: true, CertSign: true, NotBefore: trustNow.Add(-100 * day),
		NotAfter: trustNow.Add(time.Duration(days)*day + time.Hour), Key: KeyFacts{Algorithm: "EC P-256"}}
}

func secretNamed(name string, f Facts) Secret {
	return Secret{Ref: Ref{Mesh: "m", Name: name}, Facts: f, Created: trustNow.Add(-400 * day), Modified: trustNow.Add(-400 * day)}
}

func backendNames(backend, role, secret string, enabled bool) Reference {
	return Reference{Kind: KindMesh, By: backend, Mesh: "m", Secret: secret, Role: role, Backend: "provided", Enabled: enabled}
}

func policyNames(kind ResourceKind, by, role, secret string) Reference {
	return Reference{Kind: kind, By: by, Mesh: "m", Secret: secret, Role: role, Enabled: true}
}

func providedMesh(mode string) Mesh {
	return Mesh{Name: "m", EnabledBackend: "ca", Backends: []MTLSBackend{{Name: "old", Type: "provided"}, {Name: "ca", Type: "provided", Mode: mode}}}
}

func TestTrustIsATreeOfAllThatTheMeshNames(t *testing.T) {
	t.Parallel()
	refs := []Reference{
		{Kind: KindMeshGateway, By: "edge", Mesh: "m", Secret: "site", Role: certificateAndKey, Enabled: true, Detail: "listener 80"},
		{Kind: KindMeshGateway, By: "edge", Mesh: "m", Secret: "gone", Role: certificateAndKey, Enabled: true, Detail: "listener 81"},
		policyNames(KindMeshIdentity, "main", "certificate", "ca-cert"),
		{Kind: KindMeshIdentity, By: "main", Mesh: "m", Secret: "main-private-key", Role: "key", Enabled: true, Implied: true},
		policyNames(KindExternalService, "psp", "client certificate", "client"),
		policyNames(KindExternalService, "psp", "CA", "psp-ca"),
		{Kind: KindMeshOPA, By: "rules", Mesh: "m", Secret: "ca-key", Role: "token", Path: "spec.x.token.secret", Enabled: true, Guessed: true},
		backendNames("ca", "certificate", "ca-cert", true),
		backendNames("ca", "key", "ca-key", true),
		{Kind: KindExternalService, By: "elsewhere", Mesh: "other", Secret: "x", Role: "CA"},
	}
	client := CertificateFacts{Subject: "CN=client", Issuer: "CN=psp", IssuedBy: -1, NotAfter: trustNow.Add(3 * day)}
	mesh := providedMesh("PERMISSIVE")
	mesh.Identities = []string{"main"}
	i := TakeInventory([]Mesh{mesh}, []Secret{
		secretNamed("ca-cert", keyed(CACertificate, 1, caFacts(23, "CN=ca"), caFacts(900, "CN=root"))),
		secretNamed("ca-key", keyed(PrivateKey, 1)),
		secretNamed("psp-ca", keyed(CACertificate, 2, caFacts(188, "CN=psp"))),
		secretNamed("client", keyed(Certificate, 3, client)),
		secretNamed("site", Facts{}),
		secretNamed("spare", Facts{Kind: Text, Size: 3}),
		secretNamed("dataplane-token-signing-key-m-1", keyed(PrivateKey, 4)),
	}, refs)
	tree := TakeTrust(i, "m", refs)
	sameLines(t, outline(tree),
		"m: mTLS on, with ca, and MeshIdentity main, plaintext is taken too",
		"  mTLS backend ca: provided, enabled, PERMISSIVE: takes plaintext too",
		"      certificate",
		"        ca-cert: CA cert, chain of 2, in 23d !",
		"      key",
		"        ca-key: private key EC P-256, matches ca-cert",
		"  mTLS backend old: provided, not enabled, names no secret",
		"  MeshIdentity main",
		"      certificate",
		"        ca-cert: CA cert, chain of 2, in 23d !",
		"      key",
		"        main-private-key: made by the control plane when it needs it",
		"  ExternalService psp",
		"      client certificate",
		"        client: certificate, in 3d !!, issued by psp-ca",
		"      CA",
		"        psp-ca: CA cert, in 188d",
		"  MeshGateway edge",
		"    part: listener 80, TLS ends here",
		"      certificate and key",
		"        site: …",
		"    part: listener 81, TLS ends here",
		"      certificate and key",
		"        gone: missing: the listener is left out until it is added",
		"  MeshOPA rules",
		"      token: a guess, from spec.x.token.secret",
		"        ca-key: private key EC P-256",
		"  idle spare: text",
	)
	if tree.Secrets != 5 || tree.InUse != 5 || tree.Missing != 1 {
		t.Errorf("%d secrets, %d in use, %d missing; want 5, 5, 1", tree.Secrets, tree.InUse, tree.Missing)
	}
	sameLines(t, outline(tree.Of(Ref{Mesh: "m", Name: "gone"})),
		"m: mTLS on, with ca, and MeshIdentity main, plaintext is taken too",
		"  MeshGateway edge: listener 81, TLS ends here",
		"      certificate and key",
		"        gone: missing: the listener is left out until it is added",
	)
}

func TestOfManyNamesOfOnePartOnlyTheOneAskedForIsShown(t *testing.T) {
	t.Parallel()
	var refs []Reference
	var secrets []Secret
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		refs = append(refs, policyNames(KindMeshOPA, "rules", "policy", name))
		secrets = append(secrets, secretNamed(name, Facts{Kind: Text, Size: 1}))
	}
	tree := TakeTrust(TakeInventory([]Mesh{{Name: "m"}}, secrets, refs), "m", refs)
	sameLines(t, outline(tree.Of(Ref{Mesh: "m", Name: "c"})), "m: no mTLS backend, no MeshIdentity", "  MeshOPA rules", "      policy", "        c: text")
	if all := len(tree.Users[0].Groups[0].Places[0].Leaves); all != 9 {
		t.Errorf("the whole tree has %d of 9 leaves", all)
	}
}

func TestALeafSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	leafOf := func(kind ResourceKind, role string) Reference {
		r := policyNames(kind, "by", role, "s")
		r.Backend = "provided"
		return r
	}
	mayNot := caFacts(90, "CN=a")
	mayNot.CertSign = false
	agrees := caFacts(90, "CN=a")
	agrees.KeyAgreement = true
	plain := caFacts(90, "CN=a")
	plain.IsCA = false
	expired := caFacts(-2, "CN=a")
	astray := caFacts(90, "CN=b")
	astray.IssuedBy = -1
	plain.IssuedBy = -1
	unused := leafOf(KindExternalService, "CA")
	unused.Unused = tlsOff
	for _, c := range []struct {
		name  string
		of    Reference
		facts Facts
		want  string
	}{
		{"no CA", leafOf(KindMesh, "certificate"), keyed(Certificate, 1, plain), "certificate, in 90d, ! not a CA"},
		{"a chain with one that is none", leafOf(KindMesh, "certificate"), keyed(Certificate, 1, caFacts(90, "CN=a"), plain), "certificate, chain of 2, in 90d, ! not a CA"},
		{"may not sign", leafOf(KindMesh, "certificate"), keyed(CACertificate, 1, mayNot), "CA cert, in 90d, ! may not sign"},
		{"key agreement", leafOf(KindMesh, "certificate"), keyed(CACertificate, 1, agrees), "CA cert, in 90d, ! asks for key agreement"},
		{"expired", leafOf(KindMesh, "certificate"), keyed(CACertificate, 1, expired), "CA cert, expired !!"},
		{"key for certificate", leafOf(KindMesh, "certificate"), keyed(PrivateKey, 1), "private key EC P-256, ! not a certificate"},
		{"text for key", leafOf(KindMesh, "key"), Facts{Kind: Text, Size: 1}, "text, ! not a private key"},
		{"a policy's CA", leafOf(KindExternalService, "CA"), keyed(Certificate, 1, plain), "certificate, in 90d, ! not a CA"},
		{"a client need not be a CA", leafOf(KindExternalService, "client certificate"), keyed(Certificate, 1, plain), "certificate, in 90d"},
		{"an access key is no private key", leafOf(KindMesh, "access key"), Facts{Kind: Text, Size: 1}, "text"},
		{"both in one", leafOf(KindMeshGateway, certificateAndKey), keyed(CertificateAndKey, 1, plain), "cert + key, in 90d, key and certificate match"},
		{"a certificate alone", leafOf(KindMeshGateway, certificateAndKey), keyed(Certificate, 1, plain), "certificate, in 90d, ! not a certificate and its key"},
		{"a short key", leafOf(KindMesh, "key"), Facts{Kind: PrivateKey, Key: KeyFacts{Algorithm: "RSA 1024", Public: [32]byte{1}}}, "private key RSA 1024, ! weak key"},
		{"a chain that leads nowhere", leafOf(KindMeshGateway, certificateAndKey), keyed(CertificateAndKey, 1, plain, astray), "cert + key, chain of 2, in 90d, ! broken chain, key and certificate match"},
		{"a newline", leafOf(KindMesh, "access key"), Facts{Kind: Text, Size: 2, TrailingNewline: true}, "text, ! ends with a newline"},
		{"no value", leafOf(KindMesh, "key"), Facts{Kind: Empty}, "! empty"},
		{"encrypted", leafOf(KindMesh, "key"), Facts{Kind: PrivateKey, Key: KeyFacts{Algorithm: "encrypted"}, Problem: problemEncrypted}, "private key encrypted, ! cannot be read"},
		{"a newline, not used", unused, Facts{Kind: Text, Size: 2, TrailingNewline: true}, "text, ! ends with a newline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			refs := []Reference{c.of}
			tree := TakeTrust(TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretNamed("s", c.facts)}, refs), "m", refs)
			if got := spokenWords(tree.Users[0].Groups[0].Places[0].Leaves[0].Words(trustNow)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAMissingLeafSaysWhatDoesNotWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of                 Reference
		leaf, said, wanted string
	}{
		{backendNames("ca", "certificate", "s", true), "missing: mesh changes are refused until it is added",
			"The control plane refuses changes of mesh m, and nothing can be issued.", "a CA certificate that may sign, or a chain of such"},
		{backendNames("ca", "key", "s", false), "missing: the backend cannot be enabled until it is added",
			"mTLS backend ca cannot be enabled, and changes of mesh m are refused.", "the private key alone"},
		{typeNames("builtin", "certificate", "s"), "missing: no certificate is issued until it is added",
			"mTLS backend ca cannot issue certificates.", "a CA certificate that may sign, or a chain of such"},
		{typeNames("vault", "client key", "s"), "missing: no certificate is issued until it is added",
			"mTLS backend ca cannot issue certificates.", "the private key alone"},
		{policyNames(KindExternalService, "psp", "CA", "s"), "missing: its endpoints are left out until it is added",
			"The control plane took the ExternalService. It leaves the endpoints out, and says so only in its log.", "a CA certificate, or several"},
		{policyNames(KindMeshGateway, "edge", certificateAndKey, "s"), "missing: the listener is left out until it is added",
			"The control plane took the MeshGateway. It leaves the listener out, and says so only in its log.", "one certificate and its key, the certificate first"},
		{policyNames(KindMeshIdentity, "main", "key", "s"), "missing: no certificate is issued until it is added",
			"The control plane took the MeshIdentity. It issues no certificate, and says so only in its status.", "the private key alone"},
		{policyNames(KindMeshOPA, "rules", "policy", "s"), "missing: what that does is not known here",
			"What MeshOPA rules does without it is not known here.", ""},
	} {
		t.Run(c.of.User(), func(t *testing.T) {
			t.Parallel()
			refs := []Reference{c.of}
			tree := TakeTrust(TakeInventory([]Mesh{{Name: "m"}}, nil, refs), "m", refs)
			if got := spokenWords(tree.Users[0].Groups[0].Places[0].Leaves[0].Words(trustNow)); got != c.leaf {
				t.Errorf("the leaf says %q, want %q", got, c.leaf)
			}
			said, wanted := tree.Lacking(Ref{Mesh: "m", Name: "s"})
			if !slices.Equal(said, []string{c.said}) || wanted != c.wanted {
				t.Errorf("it says %q and wants %q; want %q and %q", said, wanted, c.said, c.wanted)
			}
		})
	}
}

func TestTheMeshSaysHowItIsTrusted(t *testing.T) {
	t.Parallel()
	backend := []MTLSBackend{{Name: "ca", Type: "provided"}}
	for _, c := range []struct {
		name  string
		mesh  Mesh
		words string
		step  Migration
		lines []string
	}{
		{"nothing", Mesh{Name: "m"}, "no mTLS backend, no MeshIdentity", NoTrust, []string{"Data planes of m talk to each other in plaintext."}},
		{"off", Mesh{Name: "m", Backends: backend}, "mTLS off", NoTrust, []string{"Data planes of m talk to each other in plaintext."}},
		{"mTLS", Mesh{Name: "m", Backends: backend, EnabledBackend: "ca"}, "mTLS on, with ca", MTLSOnly, []string{
			"Nothing changes today. 3.0 no longer reads mTLS backends: after that upgrade, and without a MeshIdentity, data planes of m serve and accept plaintext.",
			"Read by nobody in 3.0, as only mTLS backends name them: c."}},
		{"both", Mesh{Name: "m", Backends: backend, EnabledBackend: "ca", Identities: []string{"main", "next"}}, "mTLS on, with ca, and MeshIdentity main +1", MTLSAndIdentity, []string{
			"MeshIdentity main and next stays in 3.0, and mTLS backends are no longer read. A data plane that no MeshIdentity selects would talk in plaintext then.",
			"Read by nobody in 3.0, as only mTLS backends name them: c."}},
		{"identity", Mesh{Name: "m", Identities: []string{"main"}}, "identity from MeshIdentity main", IdentityOnly, []string{"This is how 3.0 does it: no mTLS backend is in use any more."}},
		{"identities not read", Mesh{Name: "m", Backends: backend, EnabledBackend: "ca", IdentitiesUnread: true}, "mTLS on, with ca", MigrationUnknown, []string{
			"MeshIdentity was not read, so whether this mesh has one is not known."}},
		{"identities read in part", Mesh{Name: "m", IdentitiesUnread: true, IdentitiesPartly: true}, "no mTLS backend, MeshIdentity not read whole", MigrationUnknown, []string{
			"MeshIdentity was not read whole, so whether this mesh has one is not known."}},
		{"nothing that was read", Mesh{Name: "m", IdentitiesUnread: true}, "no mTLS backend, MeshIdentity not read", MigrationUnknown, []string{
			"MeshIdentity was not read, so whether this mesh has one is not known."}},
		{"no such backend", Mesh{Name: "m", Backends: backend, EnabledBackend: "x"}, "mTLS on, with x, ! which is none of its backends", MTLSOnly, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var refs []Reference
			if c.mesh.EnabledBackend == "ca" {
				refs = []Reference{backendNames("ca", "certificate", "c", true)}
			}
			tree := TakeTrust(TakeInventory([]Mesh{c.mesh}, []Secret{secretNamed("c", Facts{})}, refs), "m", refs)
			if got := spokenWords(tree.MeshWords()); got != c.words {
				t.Errorf("words %q, want %q", got, c.words)
			}
			if got := tree.Migration(); got != c.step {
				t.Errorf("step %q, want %q", got, c.step)
			}
			if c.lines != nil {
				sameLines(t, tree.MigrationLines(), c.lines...)
			}
		})
	}
	unread := TakeTrust(TakeInventory(nil, []Secret{secretNamed("c", Facts{})}, nil), "m", nil)
	if got := spokenWords(unread.MeshWords()); got != "the mesh was not read" || unread.Migration() != MigrationUnknown {
		t.Errorf("a mesh that was not read says %q, %s", got, unread.Migration())
	}
}

func TestASecretThatAPolicyOf3NamesIsNotSaidToBeReadByNobody(t *testing.T) {
	t.Parallel()
	refs := []Reference{
		policyNames(KindExternalService, "psp", "CA", "shared"), policyNames(KindMeshExternalService, "psp", "CA", "shared"),
		policyNames(KindExternalService, "psp", "client key", "alone"),
	}
	tree := TakeTrust(TakeInventory([]Mesh{{Name: "m", Identities: []string{"main"}}}, []Secret{secretNamed("shared", Facts{}), secretNamed("alone", Facts{})}, refs), "m", refs)
	sameLines(t, tree.MigrationLines(), "This is how 3.0 does it: no mTLS backend is in use any more.",
		"Read by nobody in 3.0, as only ExternalService names them: alone.")
}

// findingLines are the findings of the first pair as lines.
func findingLines(r PairReport) []string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, map[Level]string{Pass: "v ", Inform: "  ", Warn: "! ", Stop: "x "}[f.Level]+f.Text)
	}
	for _, text := range r.Consequence {
		lines = append(lines, "= "+text)
	}
	return lines
}

func TestPairsAreJudged(t *testing.T) {
	t.Parallel()
	named := func(enabled bool) []Reference {
		by := "old"
		if enabled {
			by = "ca"
		}
		return []Reference{backendNames(by, "certificate", "c", enabled), backendNames(by, "key", "k", enabled)}
	}
	client := []Reference{policyNames(KindExternalService, "psp", "client certificate", "c"), policyNames(KindExternalService, "psp", "client key", "k")}
	bad := caFacts(90, "CN=root")
	bad.IsCA = false
	later := secretNamed("k", keyed(PrivateKey, 2))
	later.Modified = trustNow.Add(-12 * day)
	const quoted = `= "not a valid TLS key pair: tls: private key does not match public key"`
	for _, c := range []struct {
		name    string
		refs    []Reference
		secrets []Secret
		want    []string
	}{
		{"well", named(true), []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(23, "CN=a"), caFacts(3000, "CN=root"))), secretNamed("k", keyed(PrivateKey, 1))},
			[]string{"v key and first certificate match", "v both certificates are CAs and may sign", "v no certificate asks for key agreement",
				"! the first certificate expires in 23d; the second in 8y"}},
		{"of a client", client, []Secret{secretNamed("c", keyed(Certificate, 1, bad)), secretNamed("k", keyed(PrivateKey, 1))},
			[]string{"v key and first certificate match", "v the certificate expires in 90d"}},
		{"mismatched, enabled", named(true), []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(90, "CN=a"))), later},
			[]string{"x key and first certificate do not match: the key was changed 12d ago, the certificate 1y ago", "v the certificate is a CA and may sign",
				"= Nothing can be issued, and the control plane would refuse the next change of mesh m:", quoted, "= Put back the old key, or a certificate made for this one."}},
		{"mismatched, not enabled", named(false), []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(90, "CN=a"))), later},
			[]string{"x key and first certificate do not match: the key was changed 12d ago, the certificate 1y ago", "v the certificate is a CA and may sign",
				"= The control plane would refuse the next change of mesh m, switching mTLS on included:", quoted, "= Put back the old key, or a certificate made for this one."}},
		{"no CA in the chain", named(true), []Secret{secretNamed("c", keyed(Certificate, 1, caFacts(90, "CN=a"), bad)), secretNamed("k", keyed(PrivateKey, 1))},
			[]string{"v key and first certificate match", "x the second certificate is not a CA", "v the first certificate expires in 90d; the second in 90d",
				"= The control plane would refuse the next change of mesh m."}},
		{"expired", named(true), []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(-3, "CN=a"))), secretNamed("k", keyed(PrivateKey, 1))},
			[]string{"v key and first certificate match", "v the certificate is a CA and may sign", "v no certificate asks for key agreement", "! the certificate expired 2d ago"}},
		{"text for a key", named(true), []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(90, "CN=a"))), secretNamed("k", Facts{Kind: Text, Size: 1})},
			[]string{"x k is read as the key, but is text", "v the certificate is a CA and may sign",
				"= Nothing can be issued, and the control plane would refuse the next change of mesh m.", "= Put back the old key, or a certificate made for this one."}},
		{"a half missing", named(true), []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(90, "CN=a")))}, []string{"x the key, k, is missing"}},
		{"mismatched, of another type", []Reference{typeNames("vault", "client certificate", "c"), typeNames("vault", "client key", "k")},
			[]Secret{secretNamed("c", keyed(Certificate, 1, caFacts(90, "CN=a"))), later},
			[]string{"x key and first certificate do not match: the key was changed 12d ago, the certificate 1y ago",
				"= mTLS backend ca cannot issue certificates.", "= Put back the old key, or a certificate made for this one."}},
		{"no CA, of another type", []Reference{typeNames("builtin", "certificate", "c"), typeNames("builtin", "key", "k")},
			[]Secret{secretNamed("c", keyed(Certificate, 1, bad)), secretNamed("k", keyed(PrivateKey, 1))},
			[]string{"v key and first certificate match", "x the certificate is not a CA", "v the certificate expires in 90d",
				"= Data planes refuse what mTLS backend ca signs with it."}},
		{"not read", named(true), []Secret{secretNamed("c", Facts{}), secretNamed("k", Facts{})}, []string{"  what they hold is not read yet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reports := TakeTrust(TakeInventory([]Mesh{providedMesh("")}, c.secrets, c.refs), "m", c.refs).Pairs(Ref{Mesh: "m", Name: "c"}, trustNow)
			if len(reports) != 1 {
				t.Fatalf("%d reports", len(reports))
			}
			sameLines(t, findingLines(reports[0]), c.want...)
		})
	}
}

// On Kubernetes an identity belongs to a namespace, of which the mesh does not
// tell: each stands in the tree once, those of one name too.
func TestTrustHasEachIdentityOnce(t *testing.T) {
	t.Parallel()
	identity := func(namespace, provider string) Resource {
		return Resource{Kind: KindMeshIdentity, Mesh: "m", Name: "auto", Raw: []byte(`{"metadata": {"name": "auto", "namespace": "` + namespace + `"}, "spec": {"provider": ` + provider + `}}`)}
	}
	const made, named = `{"bundled": {"autogenerate": {"enabled": true}}}`, `{"bundled": {"ca": {"certificate": {"secretRef": {"name": "c"}}}}}`
	for name, c := range map[string]struct {
		resources []Resource
		want      []string
	}{
		"one":               {[]Resource{identity("a", made)}, []string{"auto of a: 1"}},
		"two":               {[]Resource{identity("a", made), identity("b", named)}, []string{"auto of a: 1", "auto of b: 1"}},
		"one names nothing": {[]Resource{identity("a", `{"spire": {}}`), identity("b", named)}, []string{"auto of : 0", "auto of b: 1"}},
	} {
		var sights []Sight
		var refs []Reference
		for _, r := range c.resources {
			s := See(r)
			sights, refs = append(sights, s), append(refs, s.References...)
		}
		var got []string
		for _, u := range TakeTrust(TakeInventory(WithIdentities([]Mesh{{Name: "m"}}, sights), nil, refs), "m", refs).Users {
			got = append(got, fmt.Sprintf("%s of %s: %d", u.Name, u.Within, len(u.Groups)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A half that is empty is no half of another pair, and nobody is sent to look for
// one.
func TestAnEmptyHalfIsCalledEmpty(t *testing.T) {
	t.Parallel()
	refs := []Reference{backendNames("ca", "certificate", "c", true), backendNames("ca", "key", "k", true)}
	secrets := []Secret{secretNamed("c", Facts{Kind: Empty}), secretNamed("k", keyed(PrivateKey, 1)), secretNamed("idle", Facts{Kind: Empty})}
	sameLines(t, outline(TakeTrust(TakeInventory([]Mesh{providedMesh("")}, secrets, refs), "m", refs))[1:6],
		"  mTLS backend ca: provided, enabled", "      certificate", "        c: ! empty", "      key", "        k: private key EC P-256")
}

// Of what a policy names and does not use, nobody doubts that it is meant.
func TestALeafThatIsNotListedIsAGuessOrNotNeeded(t *testing.T) {
	t.Parallel()
	for want, of := range map[string]Reference{
		"no such secret is listed, and none is needed here": {Kind: KindMeshGateway, By: "gw", Mesh: "m", Secret: "s", Role: certificateAndKey, Ignored: true, Unused: tlsThrough},
		"no such secret is listed; perhaps none is meant":   {Kind: KindMeshOPA, By: "x", Mesh: "m", Secret: "s", Guessed: true, Enabled: true},
	} {
		if got := spokenWords(TrustLeaf{Reference: of}.Words(trustNow)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
