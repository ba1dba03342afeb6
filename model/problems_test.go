package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// problemLines are the lines of a diagnosis at the time of the frames.
func problemLines(d Diagnosis) []string {
	var lines []string
	for _, p := range d.Problems {
		mark := "!"
		if p.Broken {
			mark = "✗"
		}
		name := p.Ref.MeshWord()
		if p.Ref.Name != "" {
			name += "/" + Visible(p.Ref.Name)
		}
		lines = append(lines, mark+" "+p.Trouble.String()+" "+name+": "+p.Cell(false))
	}
	return lines
}

func expectProblems(t *testing.T, name string, d Diagnosis, want ...string) {
	t.Helper()
	if got := problemLines(d); !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// diagnosed are the problems of secrets of mesh m, which exists.
func diagnosed(secrets []Secret, refs []Reference) Diagnosis {
	return Diagnose(TakeInventory([]Mesh{{Name: "m"}}, secrets, refs), Standing{}, frameTime)
}

func named(kind ResourceKind, by, secret, role string) Reference {
	return Reference{Kind: kind, By: by, Mesh: "m", Secret: secret, Role: role, Enabled: true}
}

func providedBy(secret, role string, enabled bool) Reference {
	return Reference{Kind: KindMesh, By: "ca-1", Mesh: "m", Secret: secret, Role: role, Backend: "provided", Enabled: enabled}
}

// What a zone on Kubernetes can have, in the order in which its screen was
// drawn.
func TestProblemsOfAZone(t *testing.T) {
	t.Parallel()
	text := Facts{Kind: Text, Size: 10}
	local := func(name string, change func(*Secret)) Secret {
		s := secretOf("default", name, text)
		s.Labels = map[string]string{LabelOrigin: "global"}
		s.Facts.Fingerprint = name
		change(&s)
		return s
	}
	secrets := []Secret{
		local("feature-flags", func(s *Secret) { s.Labels = nil }),
		local("scanner-license", func(s *Secret) { s.Object.Applied, s.Unlabelled = true, true }),
		local("hmac-seed", func(s *Secret) { s.Object.Immutable = true }),
		local("psp-ca", func(*Secret) {}),
		secretOf("default", "dataplane-token-signing-key-default-1", Facts{Kind: PrivateKey}),
		secretOf("", "own", text),
	}
	standing := Standing{Federated: true, Kubernetes: true, Unfinished: []Interrupted{
		{Unfinished: Unfinished{Plan: Plan{From: Ref{"payments", "stripe-webhook-token"}, To: Ref{"default", "stripe-webhook-token"}}}, State: Gap, Looked: true},
	}}
	i := TakeInventory([]Mesh{{Name: "default"}, {Name: "payments"}}, secrets, nil)
	expectProblems(t, "zone", Diagnose(i, standing, frameTime),
		"✗ interrupted payments/stripe-webhook-token: reassign: only in the safety copy",
		"! created on zone default/feature-flags: not from the global control plane; the zone keeps its own",
		"! in annotation default/scanner-license: the whole value, in the clear",
		"! unlabelled default/scanner-license: lists by mesh leave it out",
		"! immutable default/hmac-seed: cannot be edited: delete and add")
	if standing.Federated = false; len(Diagnose(i, standing, frameTime).Problems) != 4 {
		t.Error("a control plane that follows no other calls its own secrets created on a zone")
	}
}

func TestProblemsOfInterruptedReassigns(t *testing.T) {
	t.Parallel()
	plan := Plan{From: Ref{"a", "s"}, To: Ref{"b", "s"}}
	for _, c := range []struct {
		of   Interrupted
		want string
	}{
		{Interrupted{Unfinished: Unfinished{Plan: plan}, State: Gap, Looked: true}, "✗ interrupted a/s: reassign: only in the safety copy"},
		{Interrupted{Unfinished: Unfinished{Plan: plan}, State: Replaced, Looked: true}, "✗ interrupted a/s: reassign: another secret has its name"},
		{Interrupted{Unfinished: Unfinished{Plan: plan}, State: Staged, Looked: true}, "! interrupted a/s: reassign: copied, nothing deleted"},
		{Interrupted{Unfinished: Unfinished{Plan: plan}}, "! interrupted a/s: reassign: not finished"},
		{Interrupted{Unfinished: Unfinished{Copy: "meshsecrets-reassign-x", Problem: "it holds nothing"}},
			"! interrupted global/meshsecrets-reassign-x: reassign: not a safety copy of this program"},
	} {
		expectProblems(t, c.want, Diagnose(TakeInventory(nil, nil, nil), Standing{Unfinished: []Interrupted{c.of}}, frameTime), c.want)
	}
}

// Everything that can be wrong with a value nobody refers to.
func TestProblemsOfValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts Facts
		want  []string
	}{
		"text":             {Facts{Kind: Text}, nil},
		"not read":         {Facts{}, nil},
		"newline":          {Facts{Kind: Text, TrailingNewline: true, CRLF: true}, []string{"! newline m/s: the value ends with a newline"}},
		"newline of PEM":   {Facts{Kind: PrivateKey, TrailingNewline: true, CRLF: true}, nil},
		"CR LF":            {Facts{Kind: Text, CRLF: true}, []string{"! CR LF m/s: the lines end with CR LF"}},
		"BOM":              {Facts{Kind: Text, BOM: true}, []string{"! BOM m/s: the value begins with a byte order mark"}},
		"encoded twice":    {Facts{Kind: Text, EncodedTwice: PrivateKey}, []string{"! base64 twice m/s: it looks like base64 of a private key"}},
		"vault":            {Facts{Kind: VaultReference, Problem: "reference url has empty path"}, []string{"! not resolved m/s: a Kong vault reference, stored as it is"}},
		"empty":            {Facts{Kind: Empty}, []string{"! empty m/s: it has no value; no reference found"}},
		"cut off":          {Facts{Kind: Certificate, Problem: "the PEM block is cut off"}, []string{"! damaged m/s: the PEM block is cut off"}},
		"too large":        {Facts{Kind: Text, Problem: problemTooLarge}, nil},
		"weak":             {Facts{Kind: PrivateKey, Key: KeyFacts{Algorithm: "RSA 1024"}}, []string{"! weak key m/s: RSA 1024 is too short to be safe"}},
		"too long":         {Facts{Kind: PrivateKey, Key: KeyFacts{Algorithm: "RSA 16384"}}, []string{"! weak key m/s: RSA 16384 is longer than TLS libraries take"}},
		"expiring":         {Facts{Kind: JWT, NotAfter: frameTime.Add(29 * day)}, []string{"! expiring m/s: in 29d; no reference found"}},
		"later":            {Facts{Kind: JWT, NotAfter: frameTime.Add(30 * day)}, nil},
		"expired":          {Facts{Kind: JWT, NotAfter: frameTime}, []string{"! expired m/s: 0s ago; no reference found"}},
		"not yet valid":    {Facts{Kind: JWT, NotBefore: frameTime.Add(day)}, []string{"! not yet valid m/s: from 2026-11-21; no reference found"}},
		"several at once ": {Facts{Kind: JWT, NotAfter: frameTime.Add(day), TrailingNewline: true}, []string{"! expiring m/s: in 1d; no reference found", "! newline m/s: the value ends with a newline"}},
	} {
		expectProblems(t, name, diagnosed([]Secret{secretOf("m", "s", c.facts)}, nil), c.want...)
	}
	d := diagnosed([]Secret{secretOf("m", "s", Facts{}), secretOf("m", "t", Facts{Kind: Text})}, nil)
	if d.Unlearnt != 1 || d.Secrets != 2 || d.Broken() {
		t.Errorf("%d of %d not learnt", d.Unlearnt, d.Secrets)
	}
}

// What is read as something that it is not, or not any more, fails.
func TestProblemsOfWhatIsUsed(t *testing.T) {
	t.Parallel()
	ca := func(key string) Facts { return certificateOf(key, CACertificate, 300*day) }
	leaf := certificateOf("k", Certificate, 300*day)
	expired := ca("k")
	expired.NotAfter = frameTime.Add(-day)
	mayNot := ca("k")
	mayNot.Certificates[0].CertSign = false
	chain := ca("k")
	chain.Certificates = append(chain.Certificates, ca("r").Certificates...)
	chain.Certificates[0].IssuedBy, chain.Certificates[1].IssuedBy = -1, 1
	both := []Reference{providedBy("c", "certificate", true), providedBy("k", "key", true)}
	idle := []Reference{providedBy("c", "certificate", false), providedBy("k", "key", false)}
	encrypted := Facts{Kind: PrivateKey, Key: KeyFacts{Encrypted: true}, Problem: problemEncrypted}
	for name, c := range map[string]struct {
		certificate, key Facts
		refs             []Reference
		want             []string
	}{
		"whole":              {ca("k"), keyOf("k"), both, nil},
		"mismatched":         {ca("k"), keyOf("other"), both, []string{"✗ mismatched m/k: does not match c; mTLS backend ca-1 names both"}},
		"key is text":        {ca("k"), Facts{Kind: Text}, both, []string{"✗ unsuitable m/k: is text, where a private key belongs"}},
		"no key at all":      {ca("k"), Facts{Kind: Empty}, both, []string{"✗ empty m/k: it has no value; in use by mTLS backend ca-1"}},
		"no CA":              {leaf, keyOf("k"), both, []string{"✗ not a CA m/c: it is not a CA"}},
		"idle, no CA":        {leaf, keyOf("k"), idle, []string{"✗ not a CA m/c: it is not a CA"}},
		"may not sign":       {mayNot, keyOf("k"), both, []string{"✗ not a CA m/c: it may not sign certificates"}},
		"encrypted":          {ca("k"), encrypted, both, []string{"✗ unsuitable m/k: " + problemEncrypted}},
		"expired and used":   {expired, keyOf("k"), both, []string{"✗ expired m/c: 1d ago; in use by mTLS backend ca-1"}},
		"expired and idle":   {expired, keyOf("k"), idle, []string{"! expired m/c: 1d ago; named by mTLS backend ca-1, not enabled"}},
		"chain":              {chain, keyOf("k"), both, []string{"! broken chain m/c: the 2nd certificate did not issue the 1st, so the chain leads nowhere"}},
		"both are the key":   {keyOf("k"), keyOf("other"), both, []string{"✗ unsuitable m/c: is a private key, where a certificate belongs"}},
		"access key":         {Facts{Kind: Text}, keyOf("k"), []Reference{{Kind: KindMesh, By: "a", Mesh: "m", Secret: "c", Role: "access key", Backend: "acmpca", Enabled: true}}, nil},
		"not known":          {Facts{Kind: Text}, keyOf("k"), []Reference{{Kind: KindMesh, By: "a", Mesh: "m", Secret: "c", Role: "key", Guessed: true, Enabled: true}}, nil},
		"CA of a service":    {leaf, keyOf("k"), []Reference{named(KindExternalService, "x", "c", "CA")}, []string{"! not a CA m/c: it is not a CA"}},
		"gateway":            {leaf, keyOf("k"), []Reference{named(KindMeshGateway, "x", "c", certificateAndKey)}, []string{"✗ unsuitable m/c: is a certificate, where a certificate and its key belong"}},
		"gateway, mixed":     {Facts{Kind: CertificateAndKey, Certificates: leaf.Certificates, Key: publicOf("other")}, keyOf("k"), []Reference{named(KindMeshGateway, "x", "c", certificateAndKey)}, []string{"✗ mismatched m/c: it holds a key that does not belong to its first certificate"}},
		"gateway, encrypted": {Facts{Kind: CertificateAndKey, Certificates: leaf.Certificates, Key: encrypted.Key, Problem: problemEncrypted}, keyOf("k"), []Reference{named(KindMeshGateway, "x", "c", certificateAndKey)}, []string{"✗ unsuitable m/c: " + problemEncrypted}},
		"identity":           {leaf, keyOf("k"), []Reference{named(KindMeshIdentity, "x", "c", "certificate"), named(KindMeshIdentity, "x", "k", "key")}, []string{"! not a CA m/c: it is not a CA"}},
		"key beside":         {Facts{Kind: CertificateAndKey, Certificates: leaf.Certificates, Key: publicOf("k")}, Facts{}, []Reference{named(KindExternalService, "x", "c", "client certificate")}, []string{"! unsuitable m/c: holds a private key beside the certificate that is read alone"}},
		"generated, halved":  {ca("k"), keyOf("other"), []Reference{{Kind: KindMeshIdentity, By: "x", Mesh: "m", Secret: "c", Role: "certificate", Enabled: true, Implied: true}, {Kind: KindMeshIdentity, By: "x", Mesh: "m", Secret: "k", Role: "key", Enabled: true, Implied: true}}, []string{"✗ half replaced m/k: does not match c, though the control plane makes both"}},
	} {
		expectProblems(t, name, diagnosed([]Secret{secretOf("m", "c", c.certificate), secretOf("m", "k", c.key)}, c.refs), c.want...)
	}
}

func TestProblemsOfSystemSecrets(t *testing.T) {
	t.Parallel()
	rsa := signerOf("rsa")
	rsa.Size, rsa.Fingerprint = 1679, "07b7 5c4a"
	secrets := []Secret{
		secretOf("m", "dataplane-token-signing-key-m-1", rsa), secretOf("other", "dataplane-token-signing-key-other-1", rsa),
		secretOf("m", "dataplane-token-signing-key-m-2", Facts{Kind: Text, TrailingNewline: true}),
		secretOf("", "admin-user-token", Facts{Kind: JWT, TrailingNewline: true}),
		secretOf("", "user-token-revocations", Facts{Kind: Text, TrailingNewline: true}), secretOf("", "zone-token-revocations", Facts{Kind: Empty}),
	}
	d := Diagnose(TakeInventory([]Mesh{{Name: "m"}, {Name: "other"}}, secrets, nil), Standing{}, frameTime)
	expectProblems(t, "system", d, "✗ unsuitable m/dataplane-token-signing-key-m-2: is text, where a signing key belongs")
}

func TestProblemsOfMeshes(t *testing.T) {
	t.Parallel()
	meshes := []Mesh{
		{Name: "payments", EnabledBackend: "ca-2", Backends: []MTLSBackend{{Name: "ca-1"}}}, {Name: "payrnents", UsesConfig: true}, {Name: "pаyments"},
		{Name: "fine", EnabledBackend: "ca-1", Backends: []MTLSBackend{{Name: "ca-1"}}},
	}
	secrets := []Secret{secretOf("f1ne", "s", Facts{Kind: Text})}
	expectProblems(t, "meshes", Diagnose(TakeInventory(meshes, secrets, nil), Standing{}, frameTime),
		"✗ no backend payments: mTLS backend ca-2 is enabled, and there is none of that name",
		`! ignored payrnents: "config" stands where "conf" belongs, and is not read`,
		"! orphaned f1ne/s: mesh f1ne does not exist",
		"! strange name pаyments: \"а\" (U+0430) is in its name, and belongs in no name",
		"! looks like f1ne: mesh fine: they differ only in signs that look alike",
		"! looks like payrnents: mesh payments: they differ only in signs that look alike",
		"! looks like pаyments: mesh payments: they differ only in signs that look alike")
}

// The later of two names is told to look like the other, and only within a
// mesh; a missing one may be a slip of the pen.
func TestProblemsOfNames(t *testing.T) {
	t.Parallel()
	at := func(mesh, name string, days time.Duration) Secret {
		s := secretOf(mesh, name, Facts{Kind: Text, Fingerprint: mesh + name})
		s.Created = frameTime.Add(-days * day)
		return s
	}
	secrets := []Secret{at("m", "billing-ca", 9), at("m", "bi1ling-ca", 3), at("n", "bil1ing-ca", 1), at("m", "modem-key", 1), at("m", "modern-key", 5), at("m", "aux-l", 1)}
	refs := []Reference{named(KindExternalService, "x", "billing_ca-0", "CA"), named(KindExternalService, "x", "mail-ca", "CA"), named(KindExternalService, "x", "aux-1", "CA")}
	secrets = append(secrets, at("m", "billing-ca-o", 5))
	d := Diagnose(TakeInventory([]Mesh{{Name: "m"}, {Name: "n"}}, secrets, refs), Standing{}, frameTime)
	expectProblems(t, "names", d,
		"✗ missing m/aux-1: ExternalService x names it: its endpoints are left out",
		"✗ missing m/billing_ca-0: ExternalService x names it: its endpoints are left out",
		"✗ missing m/mail-ca: ExternalService x names it: its endpoints are left out",
		"! looks like m/aux-1: aux-l: they differ only in signs that look alike",
		"! looks like m/bi1ling-ca: billing-ca: they differ only in signs that look alike",
		"! looks like m/billing_ca-0: billing-ca-o: they differ only in signs that look alike",
		"! looks like m/modem-key: modern-key: they differ only in signs that look alike")
	if got := d.Problems[5].Meaning()[0]; got != "A secret of this name is referred to and is missing, and billing-ca-o is there: perhaps that one is meant." {
		t.Error(got)
	}
}

// Keys and passwords should be one secret's; what people copy on purpose and
// what is public may stand anywhere.
func TestProblemsOfEqualValues(t *testing.T) {
	t.Parallel()
	password := Facts{Kind: Text, Size: 12, Fingerprint: "1111 2222"}
	other := password
	other.Size = 13
	token := Facts{Kind: JWT, Size: 80, Fingerprint: "3333 4444"}
	in1, in8 := keyOf("same"), keyOf("same")
	in1.Size, in8.Size = 1, 8
	bundle := Facts{Kind: CertificateAndKey, Key: publicOf("same")}
	ca := Facts{Kind: CACertificate, Size: 9, Fingerprint: "5555 6666"}
	flags := Facts{Kind: JSON, Size: 2, Fingerprint: "7777 8888"}
	d := Diagnose(TakeInventory([]Mesh{{Name: "m"}, {Name: "n"}}, []Secret{
		secretOf("m", "db-password", password), secretOf("n", "smtp-password", password), secretOf("m", "third", password), secretOf("m", "longer", other),
		secretOf("m", "registry", token), secretOf("n", "registry", token),
		secretOf("m", "edge-key", in1), secretOf("m", "edge-tls", bundle), secretOf("m", "zz-key", in8),
		secretOf("m", "ca", ca), secretOf("n", "ca-copy", ca), secretOf("m", "flags", flags), secretOf("m", "flags-2", flags),
		secretOf("m", "unread-1", Facts{}), secretOf("m", "unread-2", Facts{}),
	}, nil), Standing{}, frameTime)
	expectProblems(t, "equal", d,
		"! same value m/db-password: as smtp-password of n and 1 more: when one is replaced, the others stay",
		"! same value n/smtp-password: as db-password of m and 1 more: when one is replaced, the others stay",
		"! same key m/edge-key: as edge-tls and 1 more: when one is replaced, the others stay",
		"! copied m/registry: as registry of n: when one is replaced, the other stays")
	from, to := Ref{"m", "registry"}, Ref{"n", "registry"}
	moving := Standing{Unfinished: []Interrupted{{Unfinished: Unfinished{Plan: Plan{From: from, To: to}}, Looked: true, State: Staged}}}
	i := TakeInventory([]Mesh{{Name: "m"}, {Name: "n"}}, []Secret{secretOf("m", "registry", token), secretOf("n", "registry", token)}, nil)
	for _, p := range Diagnose(i, moving, frameTime).Problems {
		if p.Trouble == TroubleCopied {
			t.Error("what an unfinished reassign left in two meshes is called a copy")
		}
	}
	copied := d.Problems[len(d.Problems)-1]
	if want := "The secrets of its name hold the same: registry of n."; !copied.Mild() || copied.Meaning()[0] != want {
		t.Errorf("%v, %q", copied.Mild(), copied.Meaning())
	}
}

// Every trouble has words of its own in both widths, a meaning and no name that
// drives a terminal.
func TestEveryTroubleIsWorded(t *testing.T) {
	t.Parallel()
	hostile := "a\x1b[31m"
	row := &Row{Secret: secretOf("m", hostile, Facts{Kind: CACertificate, Certificates: make([]CertificateFacts, 2)})}
	row.Users, row.Mark = []Reference{named(KindExternalService, hostile, hostile, "CA")}, InUse
	seen := map[string]Trouble{}
	for trouble := TroubleMissing; trouble <= TroubleCopied; trouble++ {
		p := Problem{Trouble: trouble, Ref: row.Secret.Ref, Other: Ref{hostile, hostile}, row: row, detail: "it is so", by: &Reference{Kind: KindMesh, By: hostile}, Interrupted: &Interrupted{}, of: &diagnoser{now: frameTime}}
		texts := append([]string{trouble.String(), p.Cell(false), p.Cell(true), p.Brief()}, p.Meaning()...)
		for _, r := range p.Remedies(TakeInventory(nil, nil, nil)) {
			texts = append(texts, r.Text+r.More)
		}
		for _, text := range texts {
			if text == "" || strings.ContainsRune(text, '\x1b') {
				t.Errorf("%s: %q", trouble, texts)
			}
		}
		for _, sentence := range p.Meaning() {
			if !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q has no end", trouble, sentence)
			}
		}
		if other, twice := seen[trouble.String()]; twice {
			t.Errorf("%d and %d have one word", trouble, other)
		}
		seen[trouble.String()] = trouble
	}
}

func TestMeaningSaysWhatFailsAndWhen(t *testing.T) {
	t.Parallel()
	missing := func(r Reference) []string { return diagnosed(nil, []Reference{r}).Problems[0].Meaning() }
	for _, c := range []struct {
		of   Reference
		want string
	}{
		{providedBy("s", "key", true), "Nothing can be issued, and the next update of mesh m is refused; data planes keep the certificates that they have until those expire."},
		{providedBy("s", "key", false), "The backend is not enabled, so nothing fails now; the next update of mesh m is refused."},
		{named(KindExternalService, "x", "s", "CA"), "The control plane accepted the ExternalService; it leaves its endpoints out and says so only in its log."},
		{named(KindMeshIdentity, "x", "s", "key"), "The control plane accepted the MeshIdentity; it cannot issue certificates and says so only in its status."},
	} {
		if got := missing(c.of); len(got) != 2 || got[1] != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	i := TakeInventory([]Mesh{{Name: "m", SkipsValidation: true}}, nil, []Reference{providedBy("s", "key", true)})
	if got := Diagnose(i, Standing{}, frameTime).Problems[0].Meaning()[1]; !strings.Contains(got, "as the mesh has skipValidation, its updates are not refused") {
		t.Error(got)
	}
	soon := certificateOf("k", CACertificate, 5*day)
	soon.Certificates[0].IsCA, soon.Certificates[0].CertSign = true, true
	d := diagnosed([]Secret{secretOf("m", "c", soon), secretOf("m", "k", keyOf("k"))}, []Reference{providedBy("c", "certificate", true), providedBy("k", "key", true)})
	want := []string{
		"It expires on 2026-11-25 09:00 UTC, by this machine's clock.",
		"From then on data planes refuse what mTLS backend ca-1 signs with it. A provided CA is not renewed by the control plane.",
	}
	if got := d.Problems[0].Meaning(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	remedies := d.Problems[0].Remedies(Inventory{})
	if len(remedies) != 2 || remedies[0] != (Remedy{DeedEdit, "replaces the value", "; if its key changes too, replace k right after"}) {
		t.Errorf("%+v", remedies)
	}
}

// Of a hundred thousand secrets all problems are found in a moment, be each of
// them one or none.
// A mesh that is not there now may be made again, by a script or with the rest
// of a cluster: nothing says that its secrets are used by nobody.
func TestAnOrphanIsNotSaidToBeUnused(t *testing.T) {
	t.Parallel()
	i := TakeInventory([]Mesh{}, []Secret{secretOf("gone", "s", Facts{})}, nil)
	const back = "Its mesh does not exist now; who refers to it may come back with the mesh."
	for kubernetes, then := range map[bool]string{true: "It can be reassigned to a mesh that exists.", false: "It can be read, but not changed or deleted until mesh gone is made again."} {
		p := Diagnose(i, Standing{Kubernetes: kubernetes}, frameTime).Problems[0]
		if got := p.Meaning(); !slices.Equal(got, []string{back, then}) {
			t.Errorf("%q", got)
		}
		for _, r := range p.Remedies(i) {
			if r.Deed == DeedDelete && r.More == "" {
				t.Errorf("%q is advised without a doubt", r.Text)
			}
		}
	}
}

func BenchmarkDiagnose(b *testing.B) {
	meshes := make([]Mesh, 20)
	for n := range meshes {
		meshes[n].Name = fmt.Sprintf("mesh-%d", n)
	}
	secrets := manySecrets(100_000)
	for n := range secrets {
		secrets[n].Facts = Facts{Kind: Text, Size: n, Fingerprint: "1111 2222"}
	}
	for name, i := range map[string]Inventory{"healthy": TakeInventory(meshes, secrets, nil), "orphaned": TakeInventory([]Mesh{}, secrets, nil)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Diagnose(i, Standing{}, frameTime)
			}
		})
	}
}
