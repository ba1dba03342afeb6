package command

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes"
)

const kubeconfig = `current-context: lab
contexts:
- {name: prod, context: {cluster: prod, user: cloud}}
- {name: lab, context: {cluster: lab, user: token}}
- {name: torn, context: {cluster: gone, user: token}}
clusters:
- {name: prod, cluster: {server: "https://user:` + secret + `@k8s.example.com:6443"}}
- {name: lab, cluster: {server: "https://127.0.0.1:40411", insecure-skip-tls-verify: true}}
users:
- {name: token, user: {token: ` + secret + `}}
- {name: cloud, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /opt/cloud-login, args: [` + secret + `]}}}
`

// withKubeconfig adds a kubeconfig to a home.
func withKubeconfig(t *testing.T, home, content string) string {
	t.Helper()
	path := filepath.Join(home, ".kube", "config")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEntriesOfBothFiles(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, kumactl)
	withKubeconfig(t, home, kubeconfig)
	entries, warnings := directoryOf(t, home, flags{}).Entries(context.Background())
	var lines []string
	for _, e := range entries {
		line := e.Key() + " " + string(e.Environment) + " " + e.Address
		if e.Unverified {
			line += " unverified"
		}
		if e.Current {
			line += " current"
		}
		lines = append(lines, strings.TrimSpace(line+" "+e.Note))
	}
	want := strings.Join([]string{
		"kubeconfig/prod kubernetes https://k8s.example.com:6443 runs cloud-login to log in",
		"kubeconfig/lab kubernetes https://127.0.0.1:40411 unverified current",
		"kubeconfig/torn kubernetes  Its cluster gone is not in the kubeconfig.",
		"kumactl/local universal http://localhost:5681 current",
		"kumactl/demo universal https://cp.example.com:5682",
		"built in/demo universal inside this program",
	}, "\n")
	if got := strings.Join(lines, "\n"); got != want || len(warnings) != 0 {
		t.Errorf("got:\n%s\nwant:\n%s\nwarnings: %q", got, want, warnings)
	}
}

func TestBrokenKubeconfigLeavesTheRest(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, kumactl)
	path := withKubeconfig(t, home, "contexts:\n\t"+secret)
	entries, warnings := directoryOf(t, home, flags{}).Entries(context.Background())
	want := "The kubeconfig " + path + " cannot be read: line 2 is not YAML. Its contexts are left out until it is mended."
	if len(entries) != 3 || len(warnings) != 1 || warnings[0] != want {
		t.Errorf("%d entries, and the warnings %q; want 3, and %q", len(entries), warnings, want)
	}
}

// Which control plane is gone to straight away, by the flags.
func TestStart(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, kumactl)
	withKubeconfig(t, home, kubeconfig)
	tests := []struct {
		name  string
		flags flags
		want  string
	}{
		{"a context", flags{context: "prod"}, "kubeconfig/prod"},
		{"by its group", flags{controlPlane: "kubeconfig/lab"}, "kubeconfig/lab"},
		{"by its environment", flags{controlPlane: "kubernetes/lab"}, "kubeconfig/lab"},
		{"of kumactl, by its group", flags{controlPlane: "kumactl/demo"}, "kumactl/demo"},
		{"of kumactl, by its environment", flags{controlPlane: "universal/demo"}, "kumactl/demo"},
		{"by its name alone", flags{controlPlane: "torn"}, "kubeconfig/torn"},
		{"not given", flags{}, ""},
		{"an unknown context", flags{context: "nope"}, "No context is called nope; there are: lab, prod, torn."},
		{"a context that may be a token", flags{context: secret}, "No context is called that; there are: lab, prod, torn."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			entry, err := tt.flags.start(directoryOf(t, home, tt.flags))
			got := ""
			switch {
			case err != nil:
				got = err.Error()
			case entry != nil:
				got = entry.Key()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A context that is the only control plane is opened without asking, except
// when there is something to know before: that it runs a program.
func TestOnlyContext(t *testing.T) {
	t.Parallel()
	one := func(user string) string {
		return "contexts:\n- {name: lab, context: {cluster: c, user: u}}\nclusters:\n- {name: c, cluster: {server: \"https://127.0.0.1:1\"}}\n" +
			"users:\n- {name: u, user: " + user + "}\n"
	}
	for user, want := range map[string]bool{
		"{token: fake-token}": true,
		"{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: cloud-login}}": false,
	} {
		home := t.TempDir()
		withKubeconfig(t, home, one(user))
		f := flags{}
		entry, err := f.start(directoryOf(t, home, f))
		if err != nil || (entry != nil) != want {
			t.Errorf("%s: opened %v (%v), want %v", user, entry != nil, err, want)
		}
	}
}

func TestTheDemoReadsNoKubeconfig(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	withKubeconfig(t, home, kubeconfig)
	entries, _ := directoryOf(t, home, flags{demo: demoUniversal}).Entries(context.Background())
	if got := shown(entries); got != "built in/demo inside this program" {
		t.Errorf("with --demo there are:\n%s", got)
	}
}

func TestTornContextDoesNotConnect(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	withKubeconfig(t, home, kubeconfig)
	entry, err := directoryOf(t, home, flags{}).chosenContext("torn")
	if err != nil {
		t.Fatal(err)
	}
	_, err = entry.Connect(context.Background())
	if !errors.Is(err, backend.ErrInvalid) || !strings.Contains(err.Error(), "its cluster gone is not in the kubeconfig") {
		t.Errorf("got %v", err)
	}
}

// A context is connected as its file is then, except for what nobody was told.
func TestContextIsReadAnew(t *testing.T) {
	t.Parallel()
	const before = "contexts:\n- {name: lab, context: {cluster: c, user: u}}\nusers:\n- {name: u, user: {token: fake-old}}\n" +
		"clusters:\n- {name: c, cluster: {server: \"https://127.0.0.1:1\"}}\n"
	for name, tt := range map[string]struct{ from, to, want string }{
		"a new token":                  {"fake-old", "fake-new", "fake-new"},
		"a token that is not there":    {"fake-old}", "fake-old, tokenFile: /nowhere/token}", "its token file /nowhere/token does not exist"},
		"another address":              {"127.0.0.1:1", "127.0.0.1:2", "fake-old"},
		"a program that was not there": {"token: fake-old", "exec: {apiVersion: v1, command: cloud-login}", "fake-old"},
		"not there any more":           {"name: lab", "name: other", "fake-old"},
		"not YAML any more":            {"contexts:", "contexts: [", "fake-old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			withKubeconfig(t, home, before)
			d := directoryOf(t, home, flags{})
			read, err := kubernetes.ReadContexts(d.clusters)
			if err != nil || len(read.List) != 1 {
				t.Fatal(read, err)
			}
			withKubeconfig(t, home, strings.Replace(before, tt.from, tt.to, 1))
			options, err := d.anew(read.List[0]).Options()
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = options.Config.BearerToken + options.Config.Host
			}
			if !strings.Contains(got, tt.want) || err == nil && !strings.HasSuffix(got, ":1") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A context reaches a cluster as kubectl would: over TLS, with a token, and
// with what the command line says against the file.
func TestContextConnects(t *testing.T) {
	t.Parallel()
	plane, err := embedded.New(embedded.Options{
		Environment: embedded.EnvironmentKubernetes, Now: func() time.Time { return at },
		Users: []embedded.KubernetesUser{{Name: "jo@example.com", Token: "fake-token", Rules: []embedded.Rule{{
			Verbs: []string{"get", "list", "watch"}, Groups: []string{"", "kuma.io", "apps"},
			Resources: []string{"secrets", "meshes", "zones", "deployments"}, Namespaces: []string{"kuma-system"},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(plane.Kubernetes())
	t.Cleanup(server.Close)
	ca := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	home := t.TempDir()
	withKubeconfig(t, home, "contexts:\n- {name: lab, context: {cluster: c, user: u}}\nusers:\n- {name: u, user: {token: fake-token}}\n"+
		"clusters:\n- {name: c, cluster: {server: \""+server.URL+"\", certificate-authority-data: "+ca+"}}\n")
	for namespace, want := range map[string]string{"": "by its usual name", "kuma-system": "given"} {
		f := flags{context: "lab", namespace: namespace, readOnly: true}
		entry, err := f.start(directoryOf(t, home, f))
		if err != nil {
			t.Fatal(err)
		}
		connected, err := entry.Connect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		id := connected.Identity()
		if id.Name != "lab" || id.SystemNamespace != "kuma-system" || id.NamespaceFrom != want || id.User != "jo@example.com" ||
			id.WhyNot != "you may not create, update or delete secrets in kuma-system" || !entry.ReadOnly {
			t.Errorf("with -n %q it says of itself %+v", namespace, id)
		}
	}
}
