//go:build linux

package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/backend/kubernetes/faultproxy"
)

// What the secrets are like that apiservertest makes.
const (
	mesh       = apiservertest.DefaultMesh
	namespace  = apiservertest.SystemNamespace
	canary     = apiservertest.Filler
	namePrefix = "secret-0"
	oneName    = "secret-000000"
)

// options say what is measured.
type options struct {
	count, size, runs int
	report            bool // times are told and do not count
}

// bench is a server with its secrets, and the way to it.
type bench struct {
	options
	self       string // this program
	kubectl    []string
	kubeconfig string
	folder     string
	proxy      *faultproxy.Proxy
}

// compare measures us and kubectl, and writes what came of it.
func compare(ctx context.Context, o options, out io.Writer) error {
	binaries, err := apiservertest.Find()
	if err != nil {
		return err
	}
	server, err := apiservertest.Launch(ctx, binaries)
	if err != nil {
		return err
	}
	defer server.Stop()
	folder, err := os.MkdirTemp("", "meshsecrets-loadtest-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	b := bench{options: o, folder: folder}
	if b.proxy, err = faultproxy.Start(strings.TrimPrefix(server.URL(), "https://")); err != nil {
		return err
	}
	defer b.proxy.Close()
	if err := b.prepare(server); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "making %s secrets of %s bytes\n", grouped(o.count), grouped(o.size)); err != nil {
		return err
	}
	if err := server.FillContext(ctx, namespace, mesh, o.count, o.size); err != nil {
		return err
	}
	return b.measure(ctx, out)
}

// prepare writes a kubeconfig whose way to the server is the proxy.
func (b *bench) prepare(server *apiservertest.Server) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b.self, b.kubeconfig = self, filepath.Join(b.folder, "kubeconfig")
	b.kubectl = []string{server.Binary("kubectl"), "--kubeconfig", b.kubeconfig, "--namespace", namespace,
		"get", "secrets", "--field-selector", "type=system.kuma.io/secret", "--no-headers"}
	type object = map[string]any
	content, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": "load",
		"clusters": []object{{"name": "load", "cluster": object{
			"server": "https://" + b.proxy.Address(), "certificate-authority-data": base64.StdEncoding.EncodeToString(server.CA()),
		}}},
		"users":    []object{{"name": "load", "user": object{"token": server.Token(apiservertest.Viewer)}}},
		"contexts": []object{{"name": "load", "context": object{"cluster": "load", "user": "load"}}},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(b.kubeconfig, content, 0o600)
}

// measure runs each as often as was asked, in turns, so that what disturbs the
// machine disturbs both, and once before, so that both find warm caches.
func (b *bench) measure(ctx context.Context, out io.Writer) error {
	ours := []string{b.self, roleList, "-kubeconfig", b.kubeconfig, "-namespace", namespace}
	var r report
	for run := range b.runs + 1 {
		mine, err := b.one(ctx, ours)
		if err != nil {
			return err
		}
		theirs, err := b.one(ctx, b.kubectl)
		if err != nil {
			return err
		}
		if run > 0 {
			r.ours, r.kubectl = append(r.ours, mine), append(r.kubectl, theirs)
		}
	}
	var err error
	if r.listed, err = search(ctx, b.self, ours[2:]...); err != nil {
		return err
	}
	if r.revealed, err = search(ctx, b.self, append(ours[2:], "-reveal", oneName)...); err != nil {
		return err
	}
	return r.write(out, b.options)
}

// one is one run, in an environment that holds nothing of this machine.
func (b *bench) one(ctx context.Context, argv []string) (measure, error) {
	b.proxy.Reset()
	m, err := metered(ctx, b.self, []string{"HOME=" + b.folder}, argv...)
	m.Sent, m.Received = b.proxy.Counted()
	if err == nil && m.Rows != b.count {
		err = fmt.Errorf("%s listed %d of %d secrets", filepath.Base(argv[0]), m.Rows, b.count)
	}
	return m, err
}
