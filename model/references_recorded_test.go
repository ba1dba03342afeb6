package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recordedBody reads what a control plane sent, or was sent.
func recordedBody(t testing.TB, file string, request bool) []byte {
	t.Helper()
	return exchangeBody(t, filepath.Join("..", "testdata", "controlplane", "universal-2.14", file), request)
}

func exchangeBody(t testing.TB, path string, request bool) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var exchange struct {
		Request, Response struct{ Body string }
	}
	if err := json.Unmarshal(text, &exchange); err != nil {
		t.Fatal(err)
	}
	if request {
		return []byte(exchange.Request.Body)
	}
	return []byte(exchange.Response.Body)
}

// What many recorded meshes name.
var (
	recordedProvided = []string{
		"ca-cert as certificate at mtls.backends[0].conf.cert.secret",
		"ca-key as key at mtls.backends[0].conf.key.secret",
	}
	recordedProvidedBelow = []string{
		"ca-cert as certificate at spec.mtls.backends[0].conf.cert.secret",
		"ca-key as key at spec.mtls.backends[0].conf.key.secret",
	}
	recordedTrial = []string{
		"t-cert as certificate at mtls.backends[0].conf.cert.secret",
		"t-key as key at mtls.backends[0].conf.key.secret",
	}
	recordedBuiltin = []string{
		"payments.ca-builtin-cert-ca-1 as certificate at , implied",
		"payments.ca-builtin-key-ca-1 as key at , implied",
	}
	recordedExternalService = []string{
		"es-ca as CA at networking.tls.caCert.secret",
		"missing as client certificate at networking.tls.clientCert.secret",
		"missing as client key at networking.tls.clientKey.secret",
	}
	recordedMeshExternalService = []string{
		"mes-ca as CA at spec.tls.verification.caCert.secret",
		"missing as client certificate at spec.tls.verification.clientCert.secret",
		"missing as client key at spec.tls.verification.clientKey.secret",
	}
	recordedGateway  = []string{"gw-cert as certificate and key at conf.listeners[0].tls.certificates[0].secret"}
	recordedIdentity = []string{
		"mid-cert as certificate at spec.provider.bundled.ca.certificate.secretRef.name",
		"mid-key as key at spec.provider.bundled.ca.privateKey.secretRef.name",
	}
	recordedLostIdentity = []string{
		"absent as certificate at spec.provider.bundled.ca.certificate.secretRef.name",
		"absent as key at spec.provider.bundled.ca.privateKey.secretRef.name",
	}
)

// recordedReferences are what the meshes and policies of the recorded exchanges
// name, in requests and answers alike. Those of other files name nothing.
var recordedReferences = map[string][]string{
	"global-2.14/022": {
		"nope as certificate at mtls.backends[0].conf.cert.secret",
		"nope as key at mtls.backends[0].conf.key.secret",
	},
	"global-2.14/023": {
		"default.ca-builtin-cert-ca-1 as certificate at , implied",
		"default.ca-builtin-key-ca-1 as key at , implied",
	},
	"kubernetes-2.14/051": recordedProvidedBelow,
	"kubernetes-2.14/054": recordedProvidedBelow,
	"kubernetes-2.14/060": recordedBuiltin,
	"universal-2.14/129":  recordedProvided,
	"universal-2.14/131":  recordedProvided,
	"universal-2.14/133":  recordedProvided,
	"universal-2.14/134":  recordedProvided,
	"universal-2.14/138":  recordedProvided,
	"universal-2.14/140":  recordedTrial,
	"universal-2.14/141":  recordedTrial,
	"universal-2.14/142":  recordedTrial,
	"universal-2.14/143":  recordedTrial,
	"universal-2.14/144":  recordedTrial,
	"universal-2.14/145":  recordedTrial,
	"universal-2.14/146":  recordedTrial,
	"universal-2.14/147":  recordedTrial,
	"universal-2.14/148":  recordedTrial,
	"universal-2.14/149":  recordedTrial,
	"universal-2.14/151": {
		"ca-cert as certificate at mtls.backends[0].config.cert.secret, not enabled, ignored",
		"ca-key as key at mtls.backends[0].config.key.secret, not enabled, ignored",
	},
	"universal-2.14/154": {
		"payments.ca-builtin-cert-ca-1 as certificate at , not enabled, implied",
		"payments.ca-builtin-key-ca-1 as key at , not enabled, implied",
	},
	"universal-2.14/155": {
		"payments.ca-builtin-cert-ca-1 as certificate at , implied",
		"payments.ca-builtin-key-ca-1 as key at , implied",
		"payments.ca-builtin-cert-ca-2 as certificate at , not enabled, implied",
		"payments.ca-builtin-key-ca-2 as key at , not enabled, implied",
	},
	"universal-2.14/156": {
		"not-there as certificate at mtls.backends[0].conf.cert.secret",
		"not-there-either as key at mtls.backends[0].conf.key.secret",
	},
	"universal-2.14/159": recordedBuiltin,
	"universal-2.14/164": recordedExternalService,
	"universal-2.14/165": recordedExternalService,
	"universal-2.14/166": recordedMeshExternalService,
	"universal-2.14/167": recordedMeshExternalService,
	"universal-2.14/168": recordedGateway,
	"universal-2.14/169": recordedGateway,
	"universal-2.14/170": recordedIdentity,
	"universal-2.14/171": recordedLostIdentity,
	"universal-2.14/173": {
		"auto-root-ca as certificate at , implied",
		"auto-private-key as key at , implied",
	},
	"universal-2.14/174": recordedIdentity,
	"universal-2.14/175": recordedLostIdentity,
	"universal-2.14/182": recordedIdentity,
}

// recordedResource is a mesh or policy of a recorded exchange, by the number of
// which its references are known.
type recordedResource struct {
	file string
	Resource
}

// recordedResources are all of them: 59 when they were copied.
func recordedResources(t testing.TB) []recordedResource {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "controlplane", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []recordedResource
	for _, path := range files {
		number, _, _ := strings.Cut(filepath.Base(path), "-")
		file := filepath.Base(filepath.Dir(path)) + "/" + number
		for _, request := range []bool{true, false} {
			for _, r := range resourcesOf(exchangeBody(t, path, request)) {
				all = append(all, recordedResource{file, r})
			}
		}
	}
	return all
}

// resourcesOf are the body's own resource, or those of its list.
func resourcesOf(body []byte) []Resource {
	var held struct {
		Type, Kind, Mesh string
		Items            []json.RawMessage
	}
	if json.Unmarshal(body, &held) != nil {
		return nil
	}
	kind := ResourceKind(firstWord(held.Type, held.Kind))
	if slices.Contains(ReferringKinds(), kind) {
		return []Resource{{Kind: kind, Raw: body}}
	}
	var all []Resource
	for _, item := range held.Items {
		all = append(all, resourcesOf(item)...)
	}
	return all
}

func TestReferencesOfRecordedResources(t *testing.T) {
	t.Parallel()
	all := recordedResources(t)
	if len(all) < 59 {
		t.Errorf("there are %d recorded meshes and policies, want 59 at least", len(all))
	}
	seen := map[string]bool{}
	for _, r := range all {
		seen[r.file] = true
		got := References(r.Resource)
		if !slices.Equal(sayAll(got), recordedReferences[r.file]) {
			t.Errorf("%s: found %q\n want %q", r.file, sayAll(got), recordedReferences[r.file])
		}
		for _, reference := range got {
			mesh := map[ResourceKind]string{KindMesh: "payments"}[r.Kind]
			if strings.HasPrefix(r.file, "global") {
				mesh = "default"
			}
			if want := firstWord(mesh, "shop"); reference.Mesh != want {
				t.Errorf("%s: %s is looked for in mesh %s, want %s", r.file, reference.Secret, reference.Mesh, want)
			}
		}
	}
	for file := range recordedReferences {
		if !seen[file] {
			t.Errorf("%s is not among the recordings", file)
		}
	}
}
