package ui

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"meshsecrets/model"
)

// issued is a certificate of a key of the demo, so that both match.
func (r *workbench) issued(mesh, key string, from, to time.Time, ca bool) string {
	r.t.Helper()
	block, _ := pem.Decode([]byte(r.stored(mesh, key)))
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		r.t.Fatal(err)
	}
	return molded(r.t, private.(crypto.Signer), private.(crypto.Signer).Public(), from, to, ca)
}

// feeble is a certificate of a key that is too short, signed with another one.
func (r *workbench) feeble() string {
	r.t.Helper()
	block, _ := pem.Decode([]byte(keyPEM(r.t)))
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		r.t.Fatal(err)
	}
	return molded(r.t, private.(crypto.Signer), &rsa.PublicKey{N: odd(1024), E: 65537}, writeMoment.AddDate(0, -1, 0), writeMoment.AddDate(1, 0, 0), true)
}

func molded(t *testing.T, by crypto.Signer, public crypto.PublicKey, from, to time.Time, ca bool) string {
	t.Helper()
	usage := x509.KeyUsageDigitalSignature
	if ca {
		usage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	subject := pkix.Name{Organization: []string{"demo, not real"}, CommonName: "typed demo CA"}
	der, err := x509.CreateCertificate(nil, &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: subject, NotBefore: from, NotAfter: to, IsCA: ca, BasicConstraintsValid: true, KeyUsage: usage,
	}, &x509.Certificate{Subject: subject}, public, by)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// What a typed value would do is told under it, whatever the control plane
// itself would say.
func TestPreflightInForms(t *testing.T) {
	t.Parallel()
	month, year := writeMoment.AddDate(0, -1, 0), writeMoment.AddDate(1, 0, 0)
	for size, dims := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}} {
		r := newBench(t, dims[0], dims[1]).edit("payments", "payments-ca-cert").settle()
		r.paste(r.issued("payments", "payments-ca-key", writeMoment.AddDate(-1, 0, 0), month, true)).golden("preflight-expired-" + size)
		r.press("ctrl+s").golden("preflight-expired-confirm-" + size).wrote()
	}
	r := newBench(t, 80, 24).edit("payments", "payments-ca-cert").settle()
	r.paste(r.issued("payments", "payments-ca-key", month, year, false)).golden("preflight-not-a-ca-80x24")
	r = newBench(t, 80, 24).edit("payments", "payments-ca-cert").settle()
	r.paste(r.issued("payments", "payments-ca-key", month, year, true)).golden("preflight-suitable-80x24")
	newBench(t, 80, 24).edit("payments", "payments-ca-key").settle().paste(keyPEM(t)).golden("preflight-half-80x24")
	r = newBench(t, 80, 24).edit("payments", "psp-ca").settle()
	r.paste(r.feeble()).golden("preflight-weak-80x24")
	r = newBench(t, 80, 24).add("default").write("smtp-password-2").press("tab", "tab", "tab")
	r.paste(r.stored("default", "smtp-password")).golden("preflight-same-80x24")
	newBench(t, 80, 24).add("default").write("warehouse-reader").press("tab", "tab", "tab").
		paste("{vault://hcv/warehouse/writer/password}").golden("preflight-vault-80x24")
}

// A value by which somebody fails is saved once that was agreed to: also of a
// secret that is missing, or that only a backend refers to which is not
// enabled.
func TestAHarmfulValueAsksOnceMore(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).over("payments", "edge-tls", nil, nil)
	r.app.stack[1] = newForm(r.session, r.stock, model.Ref{Mesh: "payments", Name: "edge-tls"})
	r.paste(keyPEM(t)).golden("preflight-missing-80x24").press("ctrl+s").golden("preflight-missing-confirm-80x24")
	r.press("enter").wrote() // the bar is on what keeps things as they are
	r.press("ctrl+s", "j", "enter").settle().wrote("create payments/edge-tls")

	r = newBench(t, 80, 24).edit("legacy", "legacy-ca-key").settle().paste(keyPEM(t)).press("ctrl+s").golden("preflight-idle-confirm-80x24")
	r.wrote().press("esc").wrote().press("ctrl+s", "j", "enter").settle().wrote("update legacy/legacy-ca-key")

	// What is right for all who refer to it is saved without a question.
	r = newBench(t, 80, 24).edit("legacy", "legacy-ca-cert").settle()
	r.paste(r.issued("legacy", "legacy-ca-key", writeMoment.AddDate(0, -1, 0), writeMoment.AddDate(1, 0, 0), true)).press("ctrl+s").settle().
		wrote("update legacy/legacy-ca-cert")
}

// services is an ExternalService that names a certificate and a key.
func services(mesh, name, certificate, key string) model.Resource {
	return model.Resource{Kind: model.KindExternalService, Mesh: mesh, Name: name, Raw: []byte(
		`{"type":"ExternalService","mesh":"` + mesh + `","name":"` + name + `","networking":{"tls":{"enabled":true,"clientCert":{"secret":"` +
			certificate + `"},"clientKey":{"secret":"` + key + `"}}}}`)}
}

// A mesh that names the secret waits for it: what it gets is said before.
func TestPreflightInReassign(t *testing.T) {
	t.Parallel()
	awaited := plant(nil, services("checkout", "acquirer", "payments-ca-cert-old", "checkout-ca-key"))
	for size, dims := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}} {
		plantedBench(t, dims[0], dims[1], awaited).reassign("payments", "payments-ca-cert-old").press("enter").settle().
			golden("preflight-reassign-" + size).press("tab").golden("preflight-reassign-checks-" + size)
	}
}

// The screen of a secret says what comes of its value as it is.
func TestPreflightOnTheSecretsScreen(t *testing.T) {
	t.Parallel()
	show := func(w, h int, mesh, name string, settings ...setting) *workbench {
		r := plantedBench(t, w, h, settings...)
		s, run := openSecret(r.session, r.frame(), r.stock, r.row(mesh, name), false)
		return r.over(mesh, name, s, run).settle()
	}
	show(80, 24, "legacy", "legacy-ca-key").golden("preflight-secret-mismatched-80x24")
	show(120, 40, "legacy", "legacy-ca-cert").golden("preflight-secret-mismatched-120x40")
	acquirer := services("payments", "acquirer", "payments-ca-cert-old", "psp-client-key")
	show(80, 24, "payments", "payments-ca-cert-old", plant(nil, acquirer)).golden("preflight-secret-expired-80x24")
	feeble := newBench(t, 80, 24)
	feeble.foreign("payments", "psp-ca", feeble.feeble())
	feeble.stock = stockOf(t, feeble.plane)
	s, run := openSecret(feeble.session, feeble.frame(), feeble.stock, feeble.row("payments", "psp-ca"), false)
	feeble.over("payments", "psp-ca", s, run).settle().golden("preflight-secret-weak-80x24")
}

// Facts that nobody has read are not made up.
func TestPreflightOfWhatIsNotRead(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 80, 24)
	s, run := openSecret(r.session, r.frame(), r.stock, r.row("payments", "payments-ca-key"), false)
	r.over("payments", "payments-ca-key", s, run).golden("preflight-secret-unread-80x24").
		settle().golden("preflight-secret-alone-80x24")
	if lines, _ := r.app.draw(); strings.Contains(plainOf(lines), "suitable") {
		t.Error("half of a pair is called suitable, and nobody has looked at the other one")
	}
}

func plainOf(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.plain() + "\n")
	}
	return b.String()
}
