package apiservertest

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// secretType is the type of a mesh secret.
const secretType = "system.kuma.io/secret"

// systemLabel marks the namespaces whose secrets Kuma's admission looks at.
// Kuma's own webhook knows its one namespace by name.
const systemLabel = "apiservertest.example.test/system"

// Namespace makes a system namespace for one test and gives its name: Kuma's
// admission looks at its secrets, and the users have their rights there.
func (s *Server) Namespace(t testing.TB) string {
	t.Helper()
	ctx, cancel := lasting(t)
	defer cancel()
	name := fmt.Sprintf("kuma-system-%d", s.namespaces.Add(1))
	if err := s.makeNamespace(ctx, name); err != nil {
		t.Fatal(err)
	}
	return name
}

// makeNamespace waits until the users have their rights.
func (s *Server) makeNamespace(ctx context.Context, name string) error {
	namespace := Object{"apiVersion": "v1", "kind": "Namespace", "metadata": Object{"name": name, "labels": Object{systemLabel: "true"}}}
	if err := s.create(ctx, "/api/v1/namespaces", namespace); err != nil {
		return err
	}
	for _, binding := range bindings(name) {
		if err := s.create(ctx, rolePath(binding, name), binding); err != nil {
			return err
		}
	}
	secrets := SecretsPath(name)
	for _, user := range []User{Viewer, Editor} {
		if err := s.awaitStatus(ctx, user, http.MethodGet, secrets+"?limit=1", nil, http.StatusOK); err != nil {
			return err
		}
	}
	return s.awaitStatus(ctx, ReaderByName, http.MethodGet, secrets+"/none", nil, http.StatusNotFound)
}

func rolePath(role Object, namespace string) string {
	base := "/apis/rbac.authorization.k8s.io/v1/"
	if namespace != "" {
		base += "namespaces/" + namespace + "/"
	}
	return base + strings.ToLower(role["kind"].(string)) + "s"
}

// SecretsPath is the path of the secrets of a namespace.
func SecretsPath(namespace string) string { return "/api/v1/namespaces/" + namespace + "/secrets" }

// Mesh makes a mesh, or replaces it. On a shared server its name should be
// the test's own, unless every test gives it the same spec.
func (s *Server) Mesh(t testing.TB, name string, spec Object) {
	t.Helper()
	s.Put(t, KumaPath+"/meshes/"+name, meshNamed(name, spec))
}

func meshNamed(name string, spec Object) Object {
	if spec == nil {
		spec = Object{}
	}
	return Object{"apiVersion": group + "/" + version, "kind": "Mesh", "metadata": Object{"name": name}, "spec": spec}
}

// Provided is the spec of a mesh whose certificate authority is in two of its
// secrets, with a backend named ca-1.
func Provided(certificate, key string) Object {
	source := func(secret string) Object { return Object{"secret": secret} }
	return Object{"mtls": Object{"enabledBackend": "ca-1", "backends": []Object{{
		"name": "ca-1", "type": "provided", "conf": Object{"cert": source(certificate), "key": source(key)},
	}}}}
}

// Secret makes a secret of a mesh, or replaces it. Without a mesh it has no
// label.
func (s *Server) Secret(t testing.TB, namespace, name, mesh string, value []byte) {
	t.Helper()
	s.Put(t, SecretsPath(namespace)+"/"+name, secretNamed(name, mesh, value))
}

func secretNamed(name, mesh string, value []byte) Object {
	metadata := Object{"name": name}
	if mesh != "" {
		metadata["labels"] = Object{meshLabel: mesh}
	}
	return Object{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": secretType, "data": Object{"value": value}}
}

// ControlPlane is what of a control plane can be seen in a cluster.
type ControlPlane struct {
	Namespace   string            // SystemNamespace if empty
	Name        string            // of the Deployment and, as "app", of its label; "kuma-control-plane" if empty
	Image       string            // "docker.io/kumahq/kuma-cp:2.14.3" if empty
	Environment map[string]string // of the container, such as KUMA_MODE
	// Webhooks is the name of a configuration of webhooks that names a service
	// in the namespace and matches nothing; none if empty. Kuma's chart makes
	// "kuma-validating-webhook-configuration".
	Webhooks string
}

// ControlPlane makes a Deployment like the one of Kuma's chart, without pods.
func (s *Server) ControlPlane(t testing.TB, c ControlPlane) {
	t.Helper()
	or := func(given, otherwise string) string {
		if given == "" {
			return otherwise
		}
		return given
	}
	c.Namespace, c.Name = or(c.Namespace, SystemNamespace), or(c.Name, "kuma-control-plane")
	c.Image = or(c.Image, "docker.io/kumahq/kuma-cp:2.14.3")
	environment := []Object{}
	for name, value := range c.Environment {
		environment = append(environment, Object{"name": name, "value": value})
	}
	labels := Object{"app": c.Name}
	s.Put(t, "/apis/apps/v1/namespaces/"+c.Namespace+"/deployments/"+c.Name, Object{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": Object{"name": c.Name, "labels": labels},
		"spec": Object{
			"selector": Object{"matchLabels": labels},
			"template": Object{
				"metadata": Object{"labels": labels},
				"spec":     Object{"containers": []Object{{"name": "control-plane", "image": c.Image, "env": environment}}},
			},
		},
	})
	if c.Webhooks == "" {
		return
	}
	webhook := secretWebhook(Object{"service": Object{"namespace": c.Namespace, "name": c.Name, "path": secretPath}})
	webhook["namespaceSelector"] = Object{"matchLabels": Object{systemLabel: "matches-nothing"}}
	s.Put(t, "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/"+c.Webhooks, configuration("Validating", c.Webhooks, webhook))
}

// Kubectl runs kubectl in the name of the administrator and gives what it
// prints. The test fails if kubectl does.
func (s *Server) Kubectl(t testing.TB, args ...string) string {
	t.Helper()
	home := t.TempDir()
	path, err := s.writeKubeconfig(home, Admin)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), s.Binary("kubectl"), args...)
	command.Env = []string{"KUBECONFIG=" + path, "HOME=" + home}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
