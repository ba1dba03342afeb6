package apiservertest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// User is somebody whom the API server knows by a token, or by a certificate
// of ClientCertificate.
type User string

// The users. Their rights on secrets are on those of the namespaces that
// Namespace makes, and on no others; the administrator's are on everything.
const (
	// Admin may do everything, as a member of system:masters.
	Admin User = "admin"
	// Viewer may get, list and watch secrets, all kinds of Kuma, and Gateways.
	Viewer User = "viewer"
	// Editor may do everything with secrets, and nothing else: it sees no
	// meshes.
	Editor User = "editor"
	// ReaderByName may get secrets, but neither list nor watch them.
	ReaderByName User = "reader-by-name"
	// Nobody has a token and no rights.
	Nobody User = "nobody"
)

var users = []User{Admin, Viewer, Editor, ReaderByName, Nobody}

// mastersGroup is the group that Kubernetes lets do everything.
const mastersGroup = "system:masters"

// Token is what a user shows the API server. It is not a secret.
func (s *Server) Token(user User) string { return "fake-token-of-" + string(user) }

// tokens is the file of tokens: token, name, uid, groups.
func tokens() string {
	var lines strings.Builder
	for _, user := range users {
		group := "people"
		if user == Admin {
			group = mastersGroup
		}
		fmt.Fprintf(&lines, "%s,%s,uid-of-%s,%q\n", (*Server)(nil).Token(user), user, user, group)
	}
	return lines.String()
}

// Kubeconfig writes a configuration with one context, "test", in which user
// reaches the API server by a token, and gives its path. The file goes with
// the test.
func (s *Server) Kubeconfig(t testing.TB, user User) string {
	t.Helper()
	path, err := s.writeKubeconfig(t.TempDir(), user)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// writeKubeconfig writes JSON, which is YAML.
func (s *Server) writeKubeconfig(folder string, user User) (string, error) {
	content, err := json.MarshalIndent(Object{
		"apiVersion": "v1", "kind": "Config", "current-context": "test",
		"clusters": []Object{{"name": "test", "cluster": Object{
			"server": s.URL(), "certificate-authority-data": base64.StdEncoding.EncodeToString(s.CA()),
		}}},
		"users":    []Object{{"name": string(user), "user": Object{"token": s.Token(user)}}},
		"contexts": []Object{{"name": "test", "context": Object{"cluster": "test", "user": string(user)}}},
	}, "", "  ")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "kubeconfig-"+string(user))
	return path, os.WriteFile(path, content, 0o600)
}

// roles are the rights of the users. In a namespace they are bound by
// bindings.
func roles() []Object {
	rule := func(group, resource string, verbs ...string) Object {
		return Object{"apiGroups": []string{group}, "resources": []string{resource}, "verbs": verbs}
	}
	role := func(user User, rules ...Object) Object {
		return Object{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
			"metadata": Object{"name": secretsRole(user)}, "rules": rules,
		}
	}
	return []Object{
		role(Viewer, rule("", "secrets", "get", "list", "watch")),
		role(Editor, rule("", "secrets", "*")),
		role(ReaderByName, rule("", "secrets", "get")),
		{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
			"metadata": Object{"name": "kuma-viewer"}, "rules": []Object{
				rule(group, "*", "get", "list", "watch"), rule(gatewayGroup, "gateways", "get", "list", "watch"),
			},
		},
		{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
			"metadata": Object{"name": "kuma-viewer"},
			"roleRef":  Object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "kuma-viewer"},
			"subjects": []Object{{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": string(Viewer)}},
		},
	}
}

func secretsRole(user User) string { return "secrets-" + string(user) }

// bindings give the users their rights in a namespace.
func bindings(namespace string) []Object {
	var all []Object
	for _, user := range []User{Viewer, Editor, ReaderByName} {
		all = append(all, Object{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
			"metadata": Object{"name": secretsRole(user), "namespace": namespace},
			"roleRef":  Object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": secretsRole(user)},
			"subjects": []Object{{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": string(user)}},
		})
	}
	return all
}
