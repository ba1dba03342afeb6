// Package apiservertest runs a real Kubernetes API server for tests:
// kube-apiserver and etcd of testdata/apiserver, on loopback, with users of
// different rights, the kinds of Kuma, and Kuma's admission rules.
//
// No other part of Kubernetes runs. What controllers would do does not
// happen: a deleted namespace stays, owned objects are not collected, and a
// Deployment is an object without pods.
//
// There are two ways to have one. Shared gives the one server of the test
// binary; each test makes a namespace of its own there, which is a system
// namespace with all its rights, and tells its meshes apart by their names,
// since meshes belong to the cluster. Start gives a server to one test, which
// may then stop it, restart it, switch its admission off, or count on what
// the whole cluster holds; that takes seconds each time.
//
// A program that is no test uses Find and Launch.
package apiservertest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long something may take that should take seconds. It is
// long, because it only decides about failures on a loaded machine.
const patience = 120 * time.Second

// pause is the time between two looks at something that is not there yet.
const pause = 20 * time.Millisecond

// Server is an API server and what belongs to it. Its methods may be called
// by several tests at a time, except for those that say otherwise.
type Server struct {
	binaries   string
	folder     string // keys, certificates, data and logs
	port       int
	etcdPort   int
	authority  authority
	http       *http.Client
	etcd       *process
	api        *process // nil while it is down
	admission  *admission
	shared     bool
	namespaces atomic.Int64
}

// one is the server that the tests of a binary share. Its end is the end of
// the test binary: what it runs does not outlive that, see process.
var one struct {
	sync.Once
	server *Server
	err    error
}

// Shared gives the server that all tests of the test binary share, and starts
// it for the first of them. Without binaries the test is skipped; see Find.
func Shared(t testing.TB) *Server {
	t.Helper()
	binaries := find(t)
	one.Do(func() {
		one.server, one.err = Launch(context.Background(), binaries)
		if one.err == nil {
			one.server.shared = true
		}
	})
	if one.err != nil {
		t.Fatalf("the API server for all tests did not start: %v", one.err)
	}
	return one.server
}

// Start gives the test a server of its own, which ends with it. Without
// binaries the test is skipped; see Find.
func Start(t testing.TB) *Server {
	t.Helper()
	server, err := Launch(t.Context(), find(t))
	if err != nil {
		t.Fatalf("the API server did not start: %v", err)
	}
	t.Cleanup(server.Stop)
	return server
}

// find gives the folder of the binaries, or skips the test.
func find(t testing.TB) string {
	t.Helper()
	binaries, err := Find()
	if err != nil && os.Getenv("MESHSECRETS_APISERVER_REQUIRED") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return binaries
}

// Launch starts a server with the binaries of a folder. It is ready when
// Launch returns: users have their rights, the kinds of Kuma are known, and
// admission is asked. Who calls it calls Stop.
func Launch(ctx context.Context, binaries string) (*Server, error) {
	folder, err := os.MkdirTemp("", "meshsecrets-apiserver-")
	if err != nil {
		return nil, err
	}
	s := &Server{binaries: binaries, folder: folder}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, step := range []func(context.Context) error{s.prepare, s.startEtcd, s.startAPI, s.startAdmission, s.furnish} {
		if err := step(ctx); err != nil {
			s.Stop()
			return nil, err
		}
	}
	return s, nil
}

// prepare makes what must be there before the first process.
func (s *Server) prepare(context.Context) error {
	var err error
	if s.authority, err = newAuthority(); err != nil {
		return err
	}
	if err := s.writeCredentials(); err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	if s.etcdPort, err = freePort(); err != nil {
		return err
	}
	s.http = s.authority.client()
	return nil
}

// Stop ends the server and forgets its data, without ceremony. After it, no
// other method may be called.
func (s *Server) Stop() {
	s.mayStop()
	if s.admission != nil {
		s.admission.down()
	}
	for _, p := range []*process{s.api, s.etcd} {
		if p != nil {
			p.kill()
		}
	}
	_ = os.RemoveAll(s.folder)
}

// Down ends the API server in good order; its data stay. It must not be called while
// another method runs.
func (s *Server) Down() {
	s.mayStop()
	s.api.stop()
	s.api = nil
	s.http.CloseIdleConnections()
}

// Up starts the API server after Down: the same address, certificates and
// data.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	ctx, cancel := lasting(t)
	defer cancel()
	if err := s.startAPI(ctx); err != nil {
		t.Fatalf("the API server did not start again: %v", err)
	}
	if err := s.awaitAdmission(ctx); err != nil {
		t.Fatalf("admission is not asked: %v", err)
	}
}

// Restart is Down and Up.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Down()
	s.Up(t)
}

// mayStop stops a test that would take the server from others.
func (s *Server) mayStop() {
	if s.shared {
		panic("a server that tests share cannot be stopped or changed for one of them: use Start")
	}
}

// URL is the address of the API server.
func (s *Server) URL() string { return fmt.Sprintf("https://127.0.0.1:%d", s.port) }

// CA is the certificate, in PEM, that signed the API server's.
func (s *Server) CA() []byte { return s.authority.pem }

// Binary is the path of one of the programs: etcd, kubectl or kube-apiserver.
func (s *Server) Binary(name string) string { return filepath.Join(s.binaries, name) }

func (s *Server) file(name string) string { return filepath.Join(s.folder, name) }
