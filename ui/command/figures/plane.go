//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"meshsecrets/backend/embedded"
)

const (
	// meshes is over how many the secrets are spread.
	meshes = 10
	// age is how old they are: an age in days stays as it is meanwhile, and one
	// in seconds would be drawn anew each second.
	age = 41*24*time.Hour + 12*time.Hour
)

// serve is a control plane in a cluster, with count secrets, on a port of this
// machine that it prints.
func serve(ctx context.Context, count int, out io.Writer, now func() time.Time) error {
	plane, err := filled(count, now) //nolint:contextcheck // filling it asks nobody
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return err
	}
	server := &http.Server{Handler: plane.Kubernetes(), ReadHeaderTimeout: time.Minute}
	return server.Serve(listener)
}

// filled is the control plane with its secrets.
func filled(count int, now func() time.Time) (*embedded.ControlPlane, error) {
	plane, err := embedded.New(embedded.Options{Empty: true, Now: now, Environment: embedded.EnvironmentKubernetes})
	if err != nil {
		return nil, err
	}
	for i := range meshes {
		name := "mesh-" + strconv.Itoa(i)
		if err := plane.Put("/meshes/"+name, map[string]string{"type": "Mesh", "name": name}); err != nil {
			return nil, err
		}
	}
	// The meshes have a secret each that the control plane made.
	secrets, made := make([]embedded.Secret, 0, count), now().Add(-age)
	for i := range count - meshes {
		secrets = append(secrets, embedded.Secret{Mesh: "mesh-" + strconv.Itoa(i%meshes),
			Name: fmt.Sprintf("service-%06d-password", i), Value: fmt.Appendf(nil, "fake-%d", i), Created: made})
	}
	plane.Seed(secrets...)
	return plane, nil
}

// launch starts serve in a process of its own, and writes a kubeconfig for it.
func launch(ctx context.Context, self, folder string, count int) (kubeconfig string, stop func(), err error) {
	command := exec.CommandContext(ctx, self, rolePlane, "-n", strconv.Itoa(count)) //nolint:gosec // it is this program
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = command.Process.Kill()
		_ = command.Wait() // killed, as it was meant to be
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, errors.New("the control plane did not start")
	}
	kubeconfig = filepath.Join(folder, "kubeconfig")
	content := "apiVersion: v1\nkind: Config\ncurrent-context: idle\n" +
		"clusters:\n- {name: idle, cluster: {server: \"http://" + strings.TrimSpace(address) + "\"}}\n" +
		"users:\n- {name: idle, user: {}}\ncontexts:\n- {name: idle, context: {cluster: idle, user: idle}}\n"
	return kubeconfig, stop, os.WriteFile(kubeconfig, []byte(content), 0o600)
}
