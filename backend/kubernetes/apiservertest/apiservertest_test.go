package apiservertest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUsersHaveTheirRights(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	namespace := s.Namespace(t)
	s.Secret(t, namespace, "there", DefaultMesh, []byte("fake, not real"))
	const meshes, everywhere = KumaPath + "/meshes", "/api/v1/secrets"
	secrets := SecretsPath(namespace)
	identities := KumaPath + "/namespaces/" + namespace + "/meshidentities"
	tests := map[User]map[string]int{
		Admin:        {secrets: 200, secrets + "/there": 200, meshes: 200, identities: 200, everywhere: 200, KumaPath: 200},
		Viewer:       {secrets: 200, secrets + "/there": 200, meshes: 200, identities: 200, everywhere: 403},
		Editor:       {secrets: 200, secrets + "/there": 200, meshes: 403, identities: 403, everywhere: 403},
		ReaderByName: {secrets: 403, secrets + "/there": 200, meshes: 403, identities: 403, everywhere: 403},
		Nobody:       {secrets: 403, secrets + "/there": 403, meshes: 403, identities: 403, everywhere: 403},
		"stranger":   {secrets: 401, meshes: 401},
	}
	for user, wants := range tests {
		for path, want := range wants {
			if status, _ := s.As(t, user, http.MethodGet, path, nil); status != want {
				t.Errorf("%s GET %s: status %d, want %d", user, path, status, want)
			}
		}
		want := map[bool]int{true: http.StatusCreated, false: http.StatusForbidden}[user == Admin || user == Editor]
		if user == "stranger" {
			want = http.StatusUnauthorized
		}
		made := secretNamed("by-"+string(user), DefaultMesh, []byte("fake, not real"))
		if status, _ := s.As(t, user, http.MethodPost, secrets, made); status != want {
			t.Errorf("%s POST %s: status %d, want %d", user, secrets, status, want)
		}
	}
}

func TestKindsOfKuma(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	namespace := s.Namespace(t)
	s.Mesh(t, "of-kinds", Provided("a", "b"))
	for path, object := range map[string]Object{
		"/externalservices/of-kinds":                       {"kind": "ExternalService", "mesh": "of-kinds", "spec": Object{"networking": Object{"address": "demo"}}},
		"/namespaces/" + namespace + "/meshidentities/one": {"kind": "MeshIdentity", "spec": Object{"networking": Object{"address": "demo"}}},
	} {
		object["apiVersion"], object["metadata"] = "kuma.io/v1alpha1", Object{"name": filepath.Base(path)}
		s.Put(t, KumaPath+path, object)
		s.Put(t, KumaPath+path, object) // and once more, which replaces
		spec, _ := s.Get(t, KumaPath+path)["spec"].(Object)
		networking, _ := spec["networking"].(Object)
		if networking["address"] != "demo" {
			t.Errorf("%s lost what it holds: %v", path, spec)
		}
	}
	metadata, _ := s.Get(t, KumaPath+"/meshes/of-kinds")["metadata"].(Object)
	annotations, _ := metadata["annotations"].(Object)
	if annotations[displayName] != "of-kinds" {
		t.Errorf("the mesh has annotations %v", annotations)
	}
}

// What people see of the API server from outside works with what is handed
// out: certificates verify, kubectl is let in.
func TestWaysIn(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	namespace := s.Namespace(t)
	s.Fill(t, namespace, DefaultMesh, 20, 33)
	if out := s.Kubectl(t, "get", "secrets", "-n", namespace, "-o", "name"); strings.Count(out, "secret/secret-0000") != 20 {
		t.Errorf("kubectl sees\n%s", out)
	}
	var config struct {
		CurrentContext string `json:"current-context"`
	}
	content, err := os.ReadFile(s.Kubeconfig(t, Viewer))
	if err != nil || json.Unmarshal(content, &config) != nil || config.CurrentContext != "test" {
		t.Errorf("the kubeconfig is %s, %v", content, err)
	}
	pair, err := tls.X509KeyPair(s.ClientCertificate(t, Editor))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CA()) {
		t.Fatal("the CA is no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}}}
	defer transport.CloseIdleConnections()
	for path, want := range map[string]int{SecretsPath(namespace): http.StatusOK, KumaPath + "/meshes": http.StatusForbidden} {
		response, err := (&http.Client{Transport: transport}).Get(s.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("GET %s by certificate: status %d, want %d", path, response.StatusCode, want)
		}
	}
}

func TestSharedServerIsNotTaken(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	for name, take := range map[string]func(){
		"Stop": s.Stop, "Down": s.Down, "AdmissionDown": s.AdmissionDown,
		"Restart": func() { s.Restart(t) }, "Forget": func() { s.Forget(t) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was let through", name)
				}
			}()
			take()
		}()
	}
}

// Everything about one server of a test's own, in one go: it takes seconds.
func TestOwnServer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	secrets := SecretsPath(SystemNamespace)
	s.Fill(t, SystemNamespace, DefaultMesh, 3, 20)
	var page struct {
		Metadata struct {
			Continue        string `json:"continue"`
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	_, answer := s.Do(t, http.MethodGet, secrets+"?limit=1", nil)
	if err := json.Unmarshal(answer, &page); err != nil || page.Metadata.Continue == "" {
		t.Fatalf("no page, %v", err)
	}
	before := s.Get(t, secrets+"/secret-000001")["metadata"].(Object)["uid"]

	s.Down()
	if _, _, err := s.send(t.Context(), Admin, http.MethodGet, "/readyz", nil); err == nil {
		t.Error("the API server answers while it is down")
	}
	s.Up(t)
	if after := s.Get(t, secrets+"/secret-000001")["metadata"].(Object)["uid"]; after != before {
		t.Errorf("the secret was %v and is %v", before, after)
	}
	s.Secret(t, SystemNamespace, "after", DefaultMesh, []byte("fake, not real"))
	s.Forget(t)
	for what, path := range map[string]string{
		"page":  secrets + "?limit=1&continue=" + page.Metadata.Continue,
		"watch": secrets + "?watch=1&timeoutSeconds=5&resourceVersion=" + page.Metadata.ResourceVersion,
	} {
		if _, answer := s.Do(t, http.MethodGet, path, nil); !strings.Contains(string(answer), `"code":410`) {
			t.Errorf("the old %s is answered %s", what, answer)
		}
	}
	folder := s.folder
	s.Stop()
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder stays: %v", err)
	}
}

func TestControlPlaneToDiscover(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	namespace := s.Namespace(t)
	s.ControlPlane(t, ControlPlane{Namespace: namespace, Environment: map[string]string{"KUMA_MODE": "zone"}, Webhooks: "to-discover"})
	out := s.Kubectl(t, "get", "deployments", "-n", namespace, "-l", "app=kuma-control-plane",
		"-o", "jsonpath={.items[*].spec.template.spec.containers[0]['image','env']}")
	if want := `docker.io/kumahq/kuma-cp:2.14.3 [{"name":"KUMA_MODE","value":"zone"}]`; out != want {
		t.Errorf("the Deployment has %q, want %q", out, want)
	}
	out = s.Kubectl(t, "get", "validatingwebhookconfigurations", "to-discover", "-o",
		"jsonpath={.webhooks[0].name} {.webhooks[0].clientConfig.service.namespace}")
	if want := "secret.validator.kuma-admission.kuma.io " + namespace; out != want {
		t.Errorf("the webhook is %q, want %q", out, want)
	}
	// It asks nobody: there is no such service.
	s.Secret(t, namespace, "written", DefaultMesh, []byte("fake, not real"))
}

func TestMissingBinariesAreTold(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("MESHSECRETS_APISERVER", folder)
	_, err := Find()
	if err == nil || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), "testdata/apiserver/build") {
		t.Errorf("the error is %v", err)
	}
	for _, name := range programs {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := Find(); found != folder || err != nil {
		t.Errorf("found %q, %v", found, err)
	}
}
