//go:build unix

package command_test

import (
	"encoding/base64"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meshsecrets/backend/embedded/demo"
	"meshsecrets/ui/command/terminaltest"
)

// tunnel is a proxy on loopback: it notes where each CONNECT wants to go, and
// leads all of them to one server.
type tunnel struct {
	to    string
	guard sync.Mutex
	asked []string
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.guard.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.guard.Unlock()
	if r.Method != http.MethodConnect {
		http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
		return
	}
	var dialer net.Dialer
	far, err := dialer.DialContext(r.Context(), "tcp", p.to)
	if err != nil {
		http.Error(w, "no way", http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = far.Close()
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
	go pipe(near, far)
	go pipe(far, near)
}

func pipe(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

// seen are the places that were asked for, each once.
func (p *tunnel) seen() []string {
	p.guard.Lock()
	defer p.guard.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(p.asked)))
}

// TestProxies runs the built program on a cluster that only a proxy reaches: the
// one of the kubeconfig, or that of the environment.
func TestProxies(t *testing.T) {
	t.Parallel()
	plane, err := demo.NewKubernetes(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(plane.Kubernetes())
	t.Cleanup(server.Close)
	program := buildProgram(t)
	for name, c := range map[string]struct{ file, environment string }{
		"of the kubeconfig":  {file: "proxy-url: "},
		"of the environment": {environment: "HTTPS_PROXY="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := &tunnel{to: server.Listener.Addr().String()}
			by := httptest.NewServer(proxy)
			t.Cleanup(by.Close)
			config, environment := "", []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + t.TempDir()}
			if c.file != "" {
				config = ", " + c.file + by.URL
			}
			if c.environment != "" {
				environment = append(environment, c.environment+by.URL)
			}
			file := filepath.Join(t.TempDir(), "kubeconfig")
			if err := os.WriteFile(file, []byte(behindProxy(server, config)), 0o600); err != nil {
				t.Fatal(err)
			}
			run := exec.CommandContext(t.Context(), program, "--kubeconfig", file, "--context", "far", "-m", "payments")
			run.Env = environment
			terminal := terminaltest.Start(t, run, 100, 30)
			terminal.Until("the secrets of payments", func(screen string) bool {
				return strings.Contains(screen, "Secrets · payments") && strings.Contains(screen, "psp-ca")
			})
			if got, want := proxy.seen(), []string{"CONNECT example.com:6443"}; !slices.Equal(got, want) {
				t.Errorf("the proxy was asked for %q, want %q", got, want)
			}
			terminal.Type("\x03")
			if code := terminal.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
		})
	}
}

// behindProxy is the kubeconfig of a server under a name that its certificate
// has and that is not its address: only the proxy leads there.
func behindProxy(server *httptest.Server, more string) string {
	ca := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return "contexts:\n- {name: far, context: {cluster: c, user: u}}\nusers:\n- {name: u, user: {token: fake-token}}\n" +
		"clusters:\n- {name: c, cluster: {server: \"https://example.com:6443\", certificate-authority-data: " + ca + more + "}}\n"
}
