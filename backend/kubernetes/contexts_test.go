package kubernetes_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/kubernetes"
)

// hidden stands in kubeconfigs where a credential would, and must not be
// found in anything that is said of them.
const hidden = "CANARY-not-a-real-token"

// kubeconfigText has one context of each kind.
const kubeconfigText = `apiVersion: v1
kind: Config
current-context: lab
contexts:
- {name: prod, context: {cluster: prod, user: cloud, namespace: team-a}}
- {name: lab, context: {cluster: lab, user: token}}
- {name: no-cluster, context: {cluster: gone, user: token}}
- {name: no-user, context: {cluster: lab, user: gone}}
- {name: no-address, context: {cluster: nowhere, user: token}}
- {name: old, context: {cluster: lab, user: gcp}}
- {name: nobody, context: {cluster: lab}}
clusters:
- {name: prod, cluster: {server: "https://u:` + hidden + `@k8s.example.com:6443/prefix?x=` + hidden + `"}}
- {name: lab, cluster: {server: "https://127.0.0.1:40411", insecure-skip-tls-verify: true}}
- {name: nowhere, cluster: {}}
users:
- {name: token, user: {token: ` + hidden + `}}
- name: cloud
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: /opt/cloud/cloud-login, args: [` + hidden + `], interactiveMode: IfAvailable}
- {name: gcp, user: {auth-provider: {name: gcp}}}
`

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// seen is what the picker would show of contexts.
func seen(contexts kubernetes.Contexts) string {
	var lines []string
	for _, c := range contexts.List {
		line := c.Name + " " + c.Address
		if c.Current {
			line += " current"
		}
		if c.Unverified {
			line += " unverified"
		}
		if c.LogsInBy != "" {
			line += " by " + c.LogsInBy
		}
		lines = append(lines, strings.TrimSpace(line+" "+c.Problem))
	}
	return strings.Join(append(lines, contexts.Warnings...), "\n")
}

func TestContexts(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "config"), kubeconfigText)
	got, err := kubernetes.ReadContexts(kubernetes.Overrides{Kubeconfig: path})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"prod https://k8s.example.com:6443/prefix by cloud-login",
		"lab https://127.0.0.1:40411 current unverified",
		"no-cluster  Its cluster gone is not in the kubeconfig.",
		"no-user https://127.0.0.1:40411 unverified Its user gone is not in the kubeconfig.",
		"no-address  The kubeconfig gives its cluster no address.",
		"old https://127.0.0.1:40411 unverified It logs in by gcp, which is not known here.",
		"nobody https://127.0.0.1:40411 unverified",
	}, "\n")
	if seen(got) != want {
		t.Errorf("got:\n%s\nwant:\n%s", seen(got), want)
	}
}

// Files are looked for as kubectl does, and the first that names something
// holds.
func TestWhichFiles(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	file := func(name, context string) string {
		return write(t, filepath.Join(home, name), "current-context: "+context+"\ncontexts:\n"+
			"- {name: both, context: {cluster: c}}\n- {name: "+context+", context: {cluster: c}}\n"+
			"clusters:\n- {name: c, cluster: {server: \"https://"+context+".example.com\"}}\n")
	}
	file(".kube/config", "default")
	one, two := file("one", "first"), file("two", "second")
	broken := write(t, filepath.Join(home, "broken"), "contexts: ["+hidden)
	pod := podIn(t)
	list := func(paths ...string) string { return strings.Join(paths, string(filepath.ListSeparator)) }
	const firstOnly = "both https://first.example.com\nfirst https://first.example.com current"
	tests := []struct {
		name, want string
		overrides  kubernetes.Overrides
	}{
		{"none", "", kubernetes.Overrides{}},
		{"the home's", "both https://default.example.com\ndefault https://default.example.com current", kubernetes.Overrides{Home: home}},
		{"of a home without one", "", kubernetes.Overrides{Home: t.TempDir()}},
		{"KUBECONFIG before the home's", firstOnly, kubernetes.Overrides{Home: home, Variable: one}},
		{"several, the first holds", firstOnly + "\nsecond https://first.example.com", kubernetes.Overrides{Variable: list(one, two, one, "")}},
		{"one of several is missing", firstOnly, kubernetes.Overrides{Variable: list(home+"/nope", one)}},
		{"all of several are missing", "None of the files that KUBECONFIG names exists.", kubernetes.Overrides{Variable: list(home+"/nope", home+"/nor-this")}},
		{"the only one is missing", "KUBECONFIG names /nowhere/config, and that file is not there.", kubernetes.Overrides{Variable: "/nowhere/config"}},
		{"one of several is broken", firstOnly + "\nThe kubeconfig " + broken + " cannot be read: line 1 is not YAML. Its contexts are left out until it is mended.",
			kubernetes.Overrides{Variable: list(broken, one)}},
		{"--kubeconfig before all", firstOnly, kubernetes.Overrides{Home: home, Variable: two, Kubeconfig: one}},
		{"a pod", "in-cluster https://10.0.0.1:443 current", kubernetes.Overrides{Home: t.TempDir(), Pod: pod}},
		{"a pod with a kubeconfig", firstOnly, kubernetes.Overrides{Variable: one, Pod: pod}},
		{"not quite a pod", "", kubernetes.Overrides{Pod: kubernetes.Pod{Host: "10.0.0.1", Port: "443", Account: t.TempDir()}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := kubernetes.ReadContexts(tt.overrides)
			if err != nil || seen(got) != tt.want {
				t.Errorf("got (error %v):\n%s\nwant:\n%s", err, seen(got), tt.want)
			}
		})
	}
}

func podIn(t *testing.T) kubernetes.Pod {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "token"), "fake-token")
	return kubernetes.Pod{Host: "10.0.0.1", Port: "443", Account: folder}
}

func TestKubeconfigThatCannotBeRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i, name := range []string{"b", "c", "d", "e", "f", "g", "h"} {
		bomb += fmt.Sprintf("%s: &%s [%s]\n", name, name, strings.TrimSuffix(strings.Repeat("*"+string("abcdefg"[i])+",", 9), ","))
	}
	tests := map[string]struct{ content, want string }{
		"torn":       {"contexts:\n\t- " + hidden + "\n", "line 2 is not YAML"},
		"cyclic":     {"contexts: &c\n- name: x\n  context: *c\nx: " + hidden + "\n", "an alias in it contains itself"},
		"bomb":       {bomb + "contexts: *h\n", "its aliases make it too large"},
		"stranger":   {"kind: Pod\napiVersion: v1\nmetadata: {name: " + hidden + "}\n", "it is not the YAML of a kubeconfig"},
		"wrong type": {"contexts: " + hidden + "\n", "it is not the YAML of a kubeconfig"},
		"twice":      {"contexts:\n- {name: x, context: {}}\n- {name: x, context: {}}\n", "two of its entries are called x"},
		"twice, at length": {"contexts:\n- {name: " + strings.Repeat("x", 99) + ", context: {}}\n- {name: " + strings.Repeat("x", 99) + ", context: {}}\n",
			"two of its entries are called " + strings.Repeat("x", 63) + "…"},
		"CA struck out": {"clusters:\n- {name: prod, cluster: {server: \"https://a\", certificate-authority-data: \"***\"}}\n",
			"certificate-authority-data of the cluster prod is not in base64"},
		"certificate struck out": {"users:\n- {name: jo, user: {client-certificate-data: \"" + hidden + "!\"}}\n", "client-certificate-data of the user jo is not in base64"},
		"key struck out":         {"users:\n- {name: jo, user: {client-key-data: \"" + hidden + "!\"}}\n", "client-key-data of the user jo is not in base64"},
		"too large":              {strings.Repeat("# "+hidden+"\n", 1<<20/20), "it is larger than 1 MiB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, filepath.Join(folder, strings.ReplaceAll(name, " ", "-")), tt.content)
			unread(t, path, tt.want)
		})
	}
	t.Run("missing", func(t *testing.T) { t.Parallel(); unread(t, folder+"/nope", "it does not exist") })
	t.Run("a folder", func(t *testing.T) { t.Parallel(); unread(t, folder, "it is not a regular file") })
}

func unread(t *testing.T, path, want string) {
	t.Helper()
	_, err := kubernetes.ReadContexts(kubernetes.Overrides{Kubeconfig: path})
	var kubeconfigError *kubernetes.KubeconfigError
	if !errors.As(err, &kubeconfigError) {
		t.Fatalf("got %v, want a *KubeconfigError", err)
	}
	if text := err.Error(); text != "the kubeconfig "+path+" cannot be read: "+want {
		t.Errorf("it says %q, want %q", text, want)
	}
}

func TestEmptyKubeconfigNamesNothing(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "config"), "")
	if got, err := kubernetes.ReadContexts(kubernetes.Overrides{Kubeconfig: path}); err != nil || seen(got) != "" {
		t.Errorf("got %q, %v", seen(got), err)
	}
}

func optionsOf(t *testing.T, o kubernetes.Overrides, name string) (kubernetes.Options, error) {
	t.Helper()
	contexts, err := kubernetes.ReadContexts(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contexts.List {
		if c.Name == name {
			return c.Options()
		}
	}
	t.Fatalf("there is no context %s", name)
	return kubernetes.Options{}, nil
}

func TestOptions(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "config"), kubeconfigText)
	o := kubernetes.Overrides{Kubeconfig: path, As: "jo", AsGroups: []string{"ops"}, Timeout: 7 * time.Second}
	prod, err := optionsOf(t, o, "prod")
	if err != nil {
		t.Fatal(err)
	}
	c := prod.Config
	if c.Host != "https://k8s.example.com:6443/prefix" || c.Username != "" {
		t.Errorf("it is reached at %s as %q, beside the program that logs in", c.Host, c.Username)
	}
	if c.Impersonate.UserName != "jo" || fmt.Sprint(c.Impersonate.Groups) != "[ops]" || c.Timeout != 7*time.Second {
		t.Errorf("it impersonates %s of %v, and waits %v", c.Impersonate.UserName, c.Impersonate.Groups, c.Timeout)
	}
	if c.ExecProvider == nil || !c.ExecProvider.StdinUnavailable {
		t.Error("the program that logs in may take the terminal's keys")
	}
	again, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: path}, "prod")
	if err != nil || again.Config.Impersonate.UserName != "" || again.Name != "prod" {
		t.Errorf("without overrides: %q impersonates %q, %v", again.Name, again.Config.Impersonate.UserName, err)
	}
}

// A password in the address logs in where nothing else does, and is not in
// the address any more.
func TestPasswordInTheAddress(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "config"), "contexts:\n- {name: odd, context: {cluster: c}}\n"+
		"clusters:\n- {name: c, cluster: {server: \"https://u:"+hidden+"@k8s.example.com\"}}\n")
	o, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: path}, "odd")
	if err != nil {
		t.Fatal(err)
	}
	if c := o.Config; c.Host != "https://k8s.example.com" || c.Username != "u" || c.Password != hidden {
		t.Errorf("it is reached at %s as %q", c.Host, c.Username)
	}
}

func TestNothingIsSentOverPlainHTTP(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "config"), "contexts:\n- {name: plain, context: {cluster: c, user: u}}\n"+
		"clusters:\n- {name: c, cluster: {server: \"http://u:"+hidden+"@cp.example.com\"}}\nusers:\n- {name: u, user: {token: "+hidden+"}}\n")
	o, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: path}, "plain")
	if err != nil {
		t.Fatal(err)
	}
	if c := o.Config; c.Host != "http://cp.example.com" || c.BearerToken != "" || c.Password != "" {
		t.Error("a credential would be sent in the clear")
	}
}

func TestOptionsOfAPod(t *testing.T) {
	t.Parallel()
	pod := podIn(t)
	o, err := optionsOf(t, kubernetes.Overrides{Pod: pod}, "in-cluster")
	if err != nil {
		t.Fatal(err)
	}
	if c := o.Config; c.Host != "https://10.0.0.1:443" || c.BearerTokenFile != pod.Account+"/token" || c.CAFile != pod.Account+"/ca.crt" {
		t.Errorf("it is reached at %s with %s and %s", c.Host, c.BearerTokenFile, c.CAFile)
	}
}

func TestContextsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "cert.pem"), "not PEM")
	path := write(t, filepath.Join(folder, "config"), strings.Replace(kubeconfigText, "contexts:\n", `contexts:
- {name: keyless, context: {cluster: lab, user: keyless}}
- {name: fileless, context: {cluster: lab, user: fileless}}
`, 1)+`- {name: keyless, user: {client-certificate: cert.pem, client-key: key.pem}}
- {name: fileless, user: {tokenFile: .}}
`)
	for name, want := range map[string]string{
		"no-cluster": "its cluster gone is not in the kubeconfig",
		"old":        "it logs in by gcp, which is not known here",
		"keyless":    "its client key " + folder + "/key.pem does not exist",
		"fileless":   "its token file " + folder + " is not a regular file",
	} {
		_, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: path}, name)
		var failure *backend.Error
		if !errors.As(err, &failure) || !errors.Is(err, backend.ErrInvalid) || failure.Reason != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
