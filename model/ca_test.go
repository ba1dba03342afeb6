package model

import (
	"crypto/x509"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// recorded reads what a control plane answered to such a pair.
func recorded(t *testing.T, file string) []Violation {
	t.Helper()
	raw, err := os.ReadFile("../testdata/controlplane/universal-2.14/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var exchange struct{ Response struct{ Body string } }
	if err := json.Unmarshal(raw, &exchange); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Parameters []Violation `json:"invalid_parameters"`
	}
	if err := json.Unmarshal([]byte(exchange.Response.Body), &answer); err != nil {
		t.Fatal(err)
	}
	for i := range answer.Parameters {
		answer.Parameters[i].Field = strings.TrimPrefix(answer.Parameters[i].Field, "mtls.backends[0].conf.")
	}
	return answer.Parameters
}

// caPair is a certificate chain and a key.
type caPair struct{ cert, key string }

// recordedShapes are pairs of the shapes that were recorded, made anew, by the
// exchange that tries them out.
func recordedShapes(t *testing.T) map[string]caPair {
	t.Helper()
	payments, root := demoChain(t)
	key := fakeKey(t, "payments-ca-key")
	shaped := func(ca bool, usage x509.KeyUsage) string {
		return chainPEM(fakeCertificate{cn: "shaped", serial: 1, to: day, ca: ca, pathLength: -1, usage: usage, key: key}.make(t))
	}
	leaf := fakeCertificate{cn: "leaf", serial: 2, to: day, usage: x509.KeyUsageDigitalSignature, key: fakeKey(t, "leaf"),
		issuer: root, signer: fakeKey(t, "demo-root")}.make(t)
	expired := fakeCertificate{cn: "expired", serial: 3, from: -2 * day, to: -day, ca: true, pathLength: -1, usage: caUsage, key: key}.make(t)
	own := fakeRSA(t)
	rsaCA := fakeCertificate{cn: "RSA", serial: 4, to: day, ca: true, pathLength: -1, usage: caUsage, key: own}.make(t)
	private := pkcs8(t, key)
	return map[string]caPair{
		"133-mtls-enable":                      {chainPEM(root), pkcs8(t, fakeKey(t, "demo-root"))},
		"138-mtls-mesh-update-after-overwrite": {"rubbish\n", private},
		"140-mtls-not-a-ca":                    {shaped(false, x509.KeyUsageDigitalSignature), private},
		"141-mtls-key-agreement":               {shaped(true, caUsage|x509.KeyUsageKeyAgreement), private},
		"142-mtls-key-mismatch":                {chainPEM(payments), pkcs8(t, fakeKey(t, "some other key"))},
		"143-mtls-encrypted-key":               {chainPEM(payments), block("ENCRYPTED PRIVATE KEY", []byte("fake, not real"))},
		"144-mtls-expired-ca":                  {chainPEM(expired), private},
		"145-mtls-chain":                       {chainPEM(payments, root), private},
		"146-mtls-chain-wrong-order":           {chainPEM(root, payments), private},
		"147-mtls-chain-with-leaf":             {chainPEM(payments, leaf), private},
		"148-mtls-ec-ca":                       {chainPEM(payments), private},
		"149-mtls-pkcs1-key":                   {chainPEM(rsaCA), block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(own))},
	}
}

func TestProvidedCASaysWhatAControlPlaneSays(t *testing.T) {
	t.Parallel()
	for file, pair := range recordedShapes(t) {
		got := ProvidedCA([]byte(pair.cert), []byte(pair.key))
		if want := recorded(t, file); !slices.Equal(got, want) {
			t.Errorf("%s: %+v\nwant %+v", file, got, want)
		}
	}
}

func TestProvidedCAWithoutCertificate(t *testing.T) {
	t.Parallel()
	want := []Violation{{"cert", "not a valid TLS key pair: tls: failed to find any PEM data in certificate input"}}
	if got := ProvidedCA(nil, []byte(pkcs8(t, fakeKey(t, "x")))); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
