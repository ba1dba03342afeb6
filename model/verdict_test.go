package model

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// caTrial is the trial of one half of mesh payments' CA.
func caTrial(pair caPair, isKey bool) Trial {
	own, other := examine(pair.cert), examine(pair.key)
	r := Reader{
		Reference: Reference{Kind: KindMesh, By: "ca-1", Mesh: "payments", Secret: "t-cert", Role: "certificate", Backend: "provided", Enabled: true},
		Partner:   Ref{"payments", "t-key"}, PartnerFacts: other,
	}
	if isKey {
		own, r.PartnerFacts = other, own
		r.Secret, r.Role, r.Partner = "t-key", "key", Ref{"payments", "t-cert"}
	}
	return Trial{Facts: own, Readers: []Reader{r}}
}

// refusals are the fields that the control plane would name at the next update
// of the mesh.
func refusals(verdicts []Verdict) []string {
	var fields []string
	for _, v := range verdicts {
		if v.When == RefusedLater {
			fields = append(fields, strings.Fields(v.Field)...)
		}
	}
	return fields
}

// For each recorded pair the verdict is the control plane's answer: by the
// bytes and by facts alone, seen from the certificate and from the key.
func TestVerdictIsTheRecordedAnswer(t *testing.T) {
	t.Parallel()
	shapes := recordedShapes(t)
	for file, pair := range shapes {
		var want []string
		for _, v := range recorded(t, file) {
			want = append(want, v.Field)
		}
		for _, isKey := range []bool{false, true} {
			trial := caTrial(pair, isKey)
			if got := refusals(Preflight(trial, demoNow)); !slices.Equal(got, want) {
				t.Errorf("%s, by facts, key %t: refused for %q, want %q", file, isKey, got, want)
			}
			own, other := pair.cert, pair.key
			if isKey {
				own, other = other, own
			}
			trial.Readers[0] = trial.Readers[0].WithBytes([]byte(own), []byte(other))
			byBytes := Preflight(trial, demoNow)
			if got := refusals(byBytes); !slices.Equal(got, want) {
				t.Errorf("%s, by bytes, key %t: refused for %q, want %q", file, isKey, got, want)
			}
			trial.Readers[0].Asked = false
			if !slices.Equal(byBytes, Preflight(trial, demoNow)) {
				t.Errorf("%s, key %t: bytes and facts give other verdicts", file, isKey)
			}
		}
	}
	// No exchange that tries a pair out is left aside.
	files, err := filepath.Glob("../testdata/controlplane/universal-2.14/1[34][0-9]-mtls-*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, tried := shapes[name]
		other := name == "131-mtls-key-missing" // in TestVerdictOfMissingHalves
		if updates := strings.Contains(string(raw), `"PUT"`) && strings.Contains(string(raw), `\"provided\"`); updates && !tried && !other {
			t.Errorf("%s is not tried", name)
		}
	}
}

// The control plane names both fields, whichever half it misses.
func TestVerdictOfMissingHalves(t *testing.T) {
	t.Parallel()
	payments, _ := demoChain(t)
	none := caTrial(caPair{}, false)
	none.Readers[0].PartnerAbsent = true
	noKey := caTrial(caPair{cert: chainPEM(payments)}, false)
	noKey.Readers[0].PartnerAbsent = true
	for file, trial := range map[string]Trial{"129-mtls-secrets-missing": none, "131-mtls-key-missing": noKey} {
		var want []string
		for _, v := range recorded(t, file) {
			want = append(want, v.Field)
		}
		verdicts := Preflight(trial, demoNow)
		if got := refusals(verdicts); !slices.Equal(got, want) {
			t.Errorf("%s: refused for %q, want %q", file, got, want)
		}
		if said := slices.DeleteFunc(verdicts, func(v Verdict) bool { return v.When != RefusedLater }); len(said) != 1 {
			t.Errorf("%s: one reason is told %d times", file, len(said))
		}
	}
	// 156-mtls-skip-validation: the secrets need not exist.
	none.Unchecked = true
	if got := refusals(Preflight(none, demoNow)); recorded(t, "156-mtls-skip-validation") != nil || got != nil {
		t.Errorf("refused for %q although nothing is checked", got)
	}
}

// Rubbish and nothing are taken now, wherever a CA is in use.
func TestVerdictOfOverwriting(t *testing.T) {
	t.Parallel()
	payments, _ := demoChain(t)
	key := pkcs8(t, fakeKey(t, "payments-ca-key"))
	for file, value := range map[string]string{"137-mtls-overwrite-cert-in-use": "rubbish\n", "139-mtls-wipe-cert-in-use": ""} {
		trial := caTrial(caPair{value, key}, false)
		trial.Was = examine(chainPEM(payments))
		if recorded(t, file) != nil {
			t.Errorf("%s was refused", file)
		}
		if got := refusals(Preflight(trial, demoNow)); !slices.Equal(got, []string{"cert"}) {
			t.Errorf("%s: later refused for %q", file, got)
		}
	}
}

func preflightLines(trial Trial) []string {
	var lines []string
	for _, v := range Preflight(trial, demoNow) {
		lines = append(lines, []string{"✓", " ", "!", "✗"}[v.Level]+" "+v.Topic+": "+v.Line())
	}
	return lines
}

func expectLines(t *testing.T, name string, trial Trial, want ...string) {
	t.Helper()
	if got := preflightLines(trial); !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPreflightOfAnMTLSBackend(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	shapes := recordedShapes(t)
	key, next := pkcs8(t, fakeKey(t, "payments-ca-key")), pkcs8(t, fakeKey(t, "payments-ca-key-2"))
	const refused = ": accepted now; the next update of mesh payments is refused"
	const ends = "  expires: it expires on 2026-12-13"
	const suits = "✓ suitable: for mTLS backend ca-1 as certificate"
	const waits = ", and until both match nothing can be issued; data planes keep what they have"

	expectLines(t, "whole", caTrial(caPair{chainPEM(root), pkcs8(t, fakeKey(t, "demo-root"))}, false), suits, "✓ pair: it matches t-key")
	expectLines(t, "soon", caTrial(shapes["145-mtls-chain"], false), suits, "✓ pair: it matches t-key", ends)
	half := caTrial(caPair{chainPEM(payments), next}, true)
	half.Was = examine(key)
	expectLines(t, "half replaced", half,
		"! pair: half of the pair is replaced, t-cert belongs to the value before"+refused+waits+". Save the new certificate next")
	caHalf := caTrial(caPair{chainPEM(root), key}, false)
	caHalf.Was = examine(chainPEM(payments))
	expectLines(t, "the other half replaced", caHalf,
		"! pair: half of the pair is replaced, t-key belongs to the value before"+refused+waits+". Save the new key next")
	expectLines(t, "never a pair", caTrial(caPair{chainPEM(root), key}, false),
		"! pair: it does not match t-key"+refused+waits+". Save the key that belongs to it next")
	expectLines(t, "expired", caTrial(shapes["144-mtls-expired-ca"], false),
		"! expired: it expired on 2026-11-19 by this machine's clock: accepted; data planes refuse what mTLS backend ca-1 signs with it", "✓ pair: it matches t-key")
	expectLines(t, "order", caTrial(shapes["146-mtls-chain-wrong-order"], false),
		"! pair: it does not match t-key; the key is that of the 2nd certificate, which belongs first"+refused+waits,
		ends)
	expectLines(t, "leaf", caTrial(shapes["147-mtls-chain-with-leaf"], false),
		"! CA: its 2nd certificate is not a CA and may not sign certificates"+refused,
		"! chain: the 2nd certificate did not issue the 1st, so the chain leads nowhere: accepted; data planes may refuse what mTLS backend ca-1 signs with it",
		"  expires: it expires on 2026-11-21")
	expectLines(t, "encrypted", caTrial(shapes["143-mtls-encrypted-key"], true), "! role: "+problemEncrypted+refused)
	expectLines(t, "its key is text", caTrial(caPair{chainPEM(root), "fake"}, false), "! role: t-key holds no private key in PEM"+refused)

	leaf := fakeCertificate{cn: "leaf", serial: 6, from: -day, to: 90 * day, usage: x509.KeyUsageCertSign, key: fakeKey(t, "leaf")}.make(t)
	expectLines(t, "no CA, and of another pair", caTrial(caPair{chainPEM(leaf), key}, false),
		"! pair: it does not match t-key"+refused+waits+". Save the key that belongs to it next", "! CA: it is not a CA"+refused)

	later := fakeCertificate{cn: "later", serial: 5, from: day, to: 90 * day, ca: true, pathLength: -1, usage: caUsage, key: fakeKey(t, "later")}
	expectLines(t, "not yet", caTrial(caPair{chainPEM(later.make(t)), pkcs8(t, fakeKey(t, "later"))}, false),
		"! not yet: it is valid only from 2026-11-21 09:00 UTC by this machine's clock: accepted; data planes refuse what mTLS backend ca-1 signs with it", "✓ pair: it matches t-key")

	idle := caTrial(shapes["140-mtls-not-a-ca"], false)
	idle.Readers[0].Enabled = false
	expectLines(t, "idle", idle, "! CA: it is not a CA and may not sign certificates"+refused, "  expires: it expires on 2026-11-21")

	unread := caTrial(shapes["140-mtls-not-a-ca"], false)
	unread.Readers[0].PartnerFacts = Facts{}
	expectLines(t, "unread", unread, "! CA: it is not a CA and may not sign certificates"+refused,
		"  pair: whether it matches t-key is not known: nobody has looked at both", "  expires: it expires on 2026-11-21")

	skips := caTrial(shapes["142-mtls-key-mismatch"], true)
	skips.Unchecked = true
	expectLines(t, "not checked", skips,
		"! pair: it does not match t-cert: accepted, as the mesh has skipValidation; mTLS backend ca-1 cannot issue certificates. Save the certificate that belongs to it next")
}

func TestPreflightOfOthers(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	key := pkcs8(t, fakeKey(t, "payments-ca-key"))
	leaf := fakeCertificate{cn: "leaf", serial: 2, from: -day, to: 90 * day, usage: x509.KeyUsageDigitalSignature, key: fakeKey(t, "leaf"),
		issuer: root, signer: fakeKey(t, "demo-root")}.make(t)
	trial := func(kind ResourceKind, role, value string, partner ...string) Trial {
		r := Reader{Reference: Reference{Kind: kind, By: "x", Mesh: "m", Secret: "s", Role: role, Enabled: true}}
		for _, p := range partner {
			r.Partner, r.PartnerFacts = Ref{"m", "other"}, examine(p)
		}
		return Trial{Facts: examine(value), Readers: []Reader{r}}
	}
	expectLines(t, "CA of several roots", trial(KindExternalService, "CA", chainPEM(root, root)), "✓ suitable: for ExternalService x as CA")
	agreeing := fakeCertificate{cn: "x", serial: 9, to: 90 * day, ca: true, pathLength: -1, usage: x509.KeyUsageKeyAgreement, key: fakeKey(t, "x")}.make(t)
	expectLines(t, "only mTLS backends look at usages", trial(KindExternalService, "CA", chainPEM(agreeing)), "✓ suitable: for ExternalService x as CA")
	builtin := trial(KindMesh, "certificate", chainPEM(root), key)
	builtin.Readers[0].Backend = "builtin"
	expectLines(t, "only provided CAs are checked", builtin, "! pair: it does not match other: accepted; mTLS backend x cannot issue certificates. Save the key that belongs to it next")
	expectLines(t, "no CA", trial(KindMeshExternalService, "CA", chainPEM(leaf)), "! CA: it is not a CA: calls to x may fail")
	expectLines(t, "client certificate", trial(KindExternalService, "client certificate", chainPEM(leaf), pkcs8(t, fakeKey(t, "leaf"))),
		"✓ suitable: for ExternalService x as client certificate", "✓ pair: it matches other")
	expectLines(t, "client key", trial(KindExternalService, "client key", key, chainPEM(leaf)), "! pair: it does not match other: accepted; calls to x fail. Save the certificate that belongs to it next")
	expectLines(t, "key where a certificate belongs", trial(KindExternalService, "CA", key),
		"! role: it is a private key, where a certificate belongs, and who may see certificates sees it: accepted; calls to x fail")
	encrypted := block("ENCRYPTED PRIVATE KEY", []byte("fake, not real"))
	expectLines(t, "encrypted", trial(KindExternalService, "client key", encrypted), "! role: "+problemEncrypted+": accepted; calls to x fail")
	der := trial(KindExternalService, "CA", string(root.Raw))
	expectLines(t, "DER", der, "! role: "+problemDER+": accepted; calls to x fail")
	missing := trial(KindExternalService, "client key", key, "")
	missing.Readers[0].PartnerAbsent = true
	expectLines(t, "half of it", missing, "! missing: other, the other half, is missing: accepted; calls to x fail. Add other next")
	unread := trial(KindExternalService, "client key", key, "")
	unread.Readers[0].PartnerFacts = Facts{}
	expectLines(t, "half of it is read", unread, "  pair: whether it matches other is not known: nobody has looked at both")
	expectLines(t, "gateway", trial(KindMeshGateway, certificateAndKey, key),
		"! role: it is a private key, where a certificate and its key belong: accepted; listeners of x are left out")
	expectLines(t, "identity", trial(KindMeshIdentity, "certificate", chainPEM(leaf), pkcs8(t, fakeKey(t, "leaf"))),
		"! CA: it is not a CA: data planes may refuse what identity x signs with it", "✓ pair: it matches other")
	expectLines(t, "key beside", trial(KindExternalService, "client certificate", chainPEM(leaf)+pkcs8(t, fakeKey(t, "leaf"))),
		"! role: it holds a private key beside the certificate: who may see certificates sees the key")
	expectLines(t, "an access key is no private key", trial(KindMesh, "access key", "fake"))
	expectLines(t, "empty", trial(KindMeshOPA, "policy", ""), "! value: it has no value: accepted; what MeshOPA x does then is not known here")
	expectLines(t, "nobody", Trial{Facts: examine(chainPEM(payments))})
	guessed := trial(KindMesh, "key", "fake")
	guessed.Readers[0].Guessed = true
	expectLines(t, "a place that is not known", guessed)
}

// What is the same for several who refer is told once, and the others counted.
func TestPreflightOfMany(t *testing.T) {
	t.Parallel()
	_, root := demoChain(t)
	trial := Trial{Facts: examine(chainPEM(root))}
	for _, by := range []string{"a", "b", "b", "c"} {
		trial.Readers = append(trial.Readers, Reader{Reference: Reference{Kind: KindExternalService, By: by, Mesh: "m", Secret: "s", Role: "CA", Enabled: true}})
	}
	expectLines(t, "whole", trial, "✓ suitable: for ExternalService a as CA, and for 2 more")
	trial.Readers = append(trial.Readers, Reader{Reference: Reference{Kind: KindMeshOPA, By: "d", Mesh: "m", Secret: "s", Role: "policy", Enabled: true}})
	expectLines(t, "one takes anything", trial, "✓ suitable: for ExternalService a as CA, and for 2 more")
	trial.Facts = Facts{}
	expectLines(t, "not read", trial)
	trial.Facts = examine("")
	trial.Readers = trial.Readers[:2]
	expectLines(t, "empty", trial, "! value: it has no value: accepted; calls to a fail, and likewise for one more")
}

// Whoever reads it or nobody: what is wrong with the value itself is told. By
// facts alone, so that no key has to be made.
func TestPreflightOfTimeAndStrength(t *testing.T) {
	t.Parallel()
	ca := func(algorithm string) Facts {
		return Facts{Kind: CACertificate, Size: 1, Certificates: []CertificateFacts{{IsCA: true, PathLength: -1, Key: KeyFacts{Algorithm: algorithm}}}}
	}
	asCA := []Reader{{Reference: Reference{Kind: KindExternalService, By: "x", Mesh: "m", Secret: "s", Role: "CA", Enabled: true}}}
	const suits = "✓ suitable: for ExternalService x as CA"
	const trust = ": accepted; calls to x may fail"
	for algorithm, want := range map[string][2]string{
		"RSA 1024":  {"! weak: RSA 1024 is too short to be safe", ": data planes may refuse less than RSA 2048"},
		"RSA 16384": {"! large: RSA 16384 is longer than TLS libraries take", ": RSA 8192 is the most"},
	} {
		expectLines(t, algorithm+", nobody", Trial{Facts: ca(algorithm)}, want[0]+want[1])
		expectLines(t, algorithm, Trial{Facts: ca(algorithm), Readers: asCA}, want[0]+trust)
	}
	for _, algorithm := range []string{"RSA 2048", "EC P-256", "EC P-384"} {
		expectLines(t, algorithm, Trial{Facts: ca(algorithm), Readers: asCA}, suits)
	}
	for _, algorithm := range []string{"EC P-521", "Ed25519"} {
		expectLines(t, algorithm+", nobody", Trial{Facts: ca(algorithm)})
		expectLines(t, algorithm, Trial{Facts: ca(algorithm), Readers: asCA}, suits,
			"  key: not every data plane takes "+algorithm+"; EC P-256 and RSA 2048 are taken everywhere")
	}
	ends := Facts{Kind: JWT, Size: 1, NotAfter: demoNow}
	expectLines(t, "at its end", Trial{Facts: ends}, "! expired: it expired on 2026-11-20 by this machine's clock")
	if got := Preflight(Trial{Facts: ends}, demoNow.Add(-time.Second)); got != nil {
		t.Errorf("a second before its end: %+v", got)
	}
	begins := Facts{Kind: JWT, Size: 1, NotBefore: demoNow.Add(time.Hour)}
	expectLines(t, "not yet", Trial{Facts: begins}, "! not yet: it is valid only from 2026-11-20 10:00 UTC by this machine's clock")
}

// Of a value that is there nobody has to be told that it was accepted.
func TestWhatComesOfAVerdict(t *testing.T) {
	t.Parallel()
	v := Verdict{What: "it is no CA", When: RefusedLater, Taken: "accepted now", Then: "the next update is refused", Way: "Mend it", More: 2}
	if got, want := v.Comes(), "it is no CA: the next update is refused, and likewise for 2 more"; got != want || !v.Harms() {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := v.Line(), "it is no CA: accepted now; the next update is refused, and likewise for 2 more. Mend it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	v = Verdict{What: "it matches x", When: NotFelt}
	if v.Comes() != "it matches x" || v.Harms() {
		t.Errorf("%q", v.Comes())
	}
}

func TestChainFault(t *testing.T) {
	t.Parallel()
	chain := func(links ...CertificateFacts) Facts { return Facts{Kind: CACertificate, Certificates: links} }
	ca := func(by, path int) CertificateFacts {
		return CertificateFacts{IsCA: true, IssuedBy: by, PathLength: path}
	}
	leaf := CertificateFacts{IssuedBy: 1, PathLength: -1}
	for name, c := range map[string]struct {
		facts  Facts
		signer bool
		want   string
	}{
		"none":            {Facts{}, true, ""},
		"one":             {chain(ca(-1, 0)), true, ""},
		"up":              {chain(ca(1, 0), ca(2, 1), ca(2, -1)), true, ""},
		"skips one":       {chain(ca(2, 0), ca(2, -1), ca(2, -1)), true, "the chain is out of order: the 1st certificate was issued by the 3rd"},
		"leads nowhere":   {chain(ca(-1, 0), ca(1, -1)), true, "the 2nd certificate did not issue the 1st, so the chain leads nowhere"},
		"root first":      {chain(ca(0, -1), ca(0, 0)), true, ""},
		"leaf first":      {chain(ca(0, -1), ca(0, 0)), false, "the 1st certificate is its own issuer, so the chain ends before the 2nd"},
		"too long":        {chain(ca(1, 0), ca(1, 0)), true, "the 2nd certificate allows 0 CAs below it, and there are 1"},
		"leaf below":      {chain(leaf, ca(1, 0)), false, ""},
		"leaf, too long":  {chain(leaf, ca(2, 0), ca(2, 0)), false, "the 3rd certificate allows 0 CAs below it, and there are 1"},
		"no path is told": {chain(ca(1, -1), ca(1, -1)), true, ""},
	} {
		if got := c.facts.chainFault(c.signer); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Who names a pair is asked of the inventory, for a secret that is there and
// for one that is to come.
func TestReaders(t *testing.T) {
	t.Parallel()
	i := TakeInventory(demo())
	readers := i.Readers(Ref{"payments", "psp-client-key"})
	if len(readers) != 1 || readers[0].By != "psp" || readers[0].Partner.Name != "psp-client-cert" || readers[0].PartnerFacts.Kind != Certificate || readers[0].PartnerAbsent {
		t.Errorf("%+v", readers)
	}
	readers = i.Readers(Ref{"payments", "edge-tls"})
	if len(readers) != 1 || readers[0].Kind != KindMeshGateway || readers[0].Partner != (Ref{}) {
		t.Errorf("%+v", readers)
	}
	refs := []Reference{
		{Kind: KindMesh, By: "b", Mesh: "m", Secret: "c", Role: "certificate", Backend: "provided"},
		{Kind: KindMesh, By: "b", Mesh: "m", Secret: "k", Role: "key", Backend: "provided"},
	}
	readers = TakeInventory([]Mesh{{Name: "m"}}, nil, refs).Readers(Ref{"m", "k"})
	if len(readers) != 1 || readers[0].Partner.Name != "c" || !readers[0].PartnerAbsent {
		t.Errorf("%+v", readers)
	}
	skips := TakeInventory([]Mesh{{Name: "m", SkipsValidation: true}}, nil, refs)
	if trial := skips.Trial(Ref{"m", "k"}, examine("fake")); !trial.Unchecked || len(trial.Readers) != 1 || trial.Facts.Kind != Text {
		t.Errorf("%+v", trial)
	}
	if i.Trial(Ref{"payments", "psp-client-key"}, Facts{}).Unchecked {
		t.Error("a mesh that checks is said not to")
	}
	if i.Readers(Ref{"payments", "stripe-webhook-token"}) != nil {
		t.Error("somebody reads what nobody names")
	}
}
