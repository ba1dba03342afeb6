package apiservertest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// guarded runs a program that does not outlive us, however we end: a panic, a
// time limit and a kill leave no chance to stop it. Its guard waits at a pipe
// that only we can write to. A line means that the program has been seen to;
// the pipe's end means that we are gone, and then the guard kills the program
// and removes the folder. The program has the shell's process id.
const guarded = `folder=$1; shift
{ trap "" INT HUP; read -r line <&3 || { kill -KILL $$; rm -rf "$folder"; }; } &
exec "$@" 3<&-`

// process is a program that runs until it is stopped.
type process struct {
	name    string
	log     string // the file that it writes to
	command *exec.Cmd
	hold    *os.File      // our side of the guard's pipe
	ended   chan struct{} // closed when it is over
}

// run starts one of the programs.
func (s *Server) run(name string, args ...string) (*process, error) {
	p := &process{name: name, log: s.file(name + ".log"), ended: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	guard, hold, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = guard.Close() }()
	p.hold = hold
	p.command = exec.Command("/bin/sh", append([]string{"-c", guarded, "sh", s.folder, s.Binary(name)}, args...)...)
	p.command.Dir = s.folder
	p.command.Env = []string{"HOME=" + s.folder, "PATH=" + os.Getenv("PATH")}
	p.command.Stdout, p.command.Stderr = log, log
	p.command.ExtraFiles = []*os.File{guard}
	if err := p.command.Start(); err != nil {
		_ = hold.Close()
		return nil, err
	}
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	return p, nil
}

// grace is how long a program may take to end. An API server waits for those
// who watch, and they for it.
const grace = time.Second

// stop asks the program to end, as an orderly restart does, and ends it when
// it does not.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(grace):
	}
	p.kill()
}

// kill ends the program and its guard. It may be called again.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
	_, _ = p.hold.WriteString("\n")
	_ = p.hold.Close()
}

// failed gives an error with the end of what the program wrote.
func (p *process) failed(why error) error {
	const most = 30
	written, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimSpace(string(written)), "\n")
	return fmt.Errorf("%s: %w; the end of its log:\n%s", p.name, why, strings.Join(lines[max(0, len(lines)-most):], "\n"))
}

// await waits until the program does what ready looks for.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.failed(errors.New("it ended"))
		case <-ctx.Done():
			return p.failed(fmt.Errorf("it is not ready: %w", err))
		case <-time.After(pause):
		}
	}
}

// startEtcd starts the store. Nothing in it has to survive the machine.
func (s *Server) startEtcd(ctx context.Context) error {
	peers, err := freePort()
	if err != nil {
		return err
	}
	peerURL := fmt.Sprintf("http://127.0.0.1:%d", peers)
	s.etcd, err = s.run("etcd",
		"--name=test", "--data-dir="+s.file("data"), "--unsafe-no-fsync", "--log-level=warn",
		"--heartbeat-interval=10", "--election-timeout=100", // milliseconds; alone, it elects itself at once
		"--listen-client-urls="+s.etcdURL(), "--advertise-client-urls="+s.etcdURL(),
		"--listen-peer-urls="+peerURL, "--initial-advertise-peer-urls="+peerURL, "--initial-cluster=test="+peerURL)
	if err != nil {
		return err
	}
	return s.etcd.await(ctx, func(ctx context.Context) error { return answersOK(ctx, http.DefaultClient, s.etcdURL()+"/health") })
}

func (s *Server) etcdURL() string { return fmt.Sprintf("http://127.0.0.1:%d", s.etcdPort) }

// startAPI starts the API server, for the first time or again. Of its
// admission, what needs other parts of Kubernetes is off; so is the queueing
// of requests, which costs time at the start.
func (s *Server) startAPI(ctx context.Context) error {
	var err error
	s.api, err = s.run("kube-apiserver",
		"--etcd-servers="+s.etcdURL(),
		"--bind-address=127.0.0.1", "--secure-port="+strconv.Itoa(s.port),
		"--tls-cert-file="+s.file(servingCertificate), "--tls-private-key-file="+s.file(servingKey),
		"--client-ca-file="+s.file(caFile),
		"--token-auth-file="+s.file(tokenFile), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+s.file(accountPublicKey), "--service-account-signing-key-file="+s.file(accountKey),
		"--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none",
		"--disable-admission-plugins=ServiceAccount", "--enable-priority-and-fairness=false",
		"--profiling=false", "--v=0")
	if err != nil {
		return err
	}
	return s.api.await(ctx, func(ctx context.Context) error { return answersOK(ctx, s.http, s.URL()+"/readyz") })
}

// answersOK tells whether a GET is answered with 200.
func answersOK(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}

// freePort gives a port of loopback that nobody listens at. It is below those
// that systems give to outgoing connections: one of these could take the port
// of a server that is down for a moment.
func freePort() (int, error) {
	const lowest, count, tries = 20000, 12000, 100
	for range tries {
		port := lowest + rand.IntN(count)
		listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("no port of loopback is free")
}
