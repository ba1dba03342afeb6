//go:build unix

package kubernetes_test

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/kubernetes"
)

// login is a fake program that logs in: a script.
const (
	loginWorks = `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"fake-token"}}'`
	loginFails = `exit 3`
	loginJunk  = `echo '` + hidden + `'`
	loginHangs = `while [ -e "$0.running" ]; do sleep 0.1; done`
)

// tlsServer is an API server that knows one token.
func tlsServer(t *testing.T) *httptest.Server {
	t.Helper()
	api := &apiServer{answers: usual("mesh")}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer fake-token" {
			(&apiServer{answers: map[string]string{r.URL.Path: "401"}}).ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// kubeconfigFor writes a kubeconfig with one context, lab, whose user is given
// as YAML.
func kubeconfigFor(t *testing.T, server *httptest.Server, user string) string {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return write(t, filepath.Join(t.TempDir(), "config"), "current-context: lab\ncontexts:\n- {name: lab, context: {cluster: c, user: u}}\n"+
		"clusters:\n- {name: c, cluster: {server: \""+server.URL+"\", certificate-authority-data: "+base64.StdEncoding.EncodeToString(ca)+"}}\n"+
		"users:\n- {name: u, user: "+user+"}\n")
}

func script(t *testing.T, content string) string {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "cloud-login"), "#!/bin/sh\n"+content+"\n")
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, path+".running", "")
	t.Cleanup(func() { _ = os.Remove(path + ".running") })
	return path
}

func runs(program, mode string) string {
	return "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: " + mode + ", command: " + program + "}}"
}

func connectLab(ctx context.Context, t *testing.T, kubeconfig string) (backend.ControlPlane, error) {
	t.Helper()
	o, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: kubeconfig}, "lab")
	if err != nil {
		t.Fatal(err)
	}
	return kubernetes.Connect(ctx, o)
}

func TestLogsIn(t *testing.T) {
	t.Parallel()
	server := tlsServer(t)
	token := write(t, filepath.Join(t.TempDir(), "token"), "fake-token")
	for name, user := range map[string]string{
		"by a token":                  "{token: fake-token}",
		"by a token file":             "{tokenFile: " + token + "}",
		"by a program":                runs(script(t, loginWorks), "Never"),
		"by a program that could ask": runs(script(t, loginWorks), "IfAvailable"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := kubeconfigFor(t, server, user)
			before := state(t, path)
			plane, err := connectLab(context.Background(), t, path)
			if err != nil {
				t.Fatal(err)
			}
			if id := plane.Identity(); id.User != "jo@example.com" {
				t.Errorf("we are %q", id.User)
			}
			if after := state(t, path); after != before {
				t.Errorf("the kubeconfig was written: it was %s, and is %s", before, after)
			}
		})
	}
}

// state is what a file holds, when it was written, and what stands beside it.
func state(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime().Format(time.RFC3339Nano) + " " + string(content) + strings.Join(beside, " ")
}

func TestProgramsThatDoNotLogIn(t *testing.T) {
	t.Parallel()
	server := tlsServer(t)
	const hint = "Run kubectl once with this context and see what it says."
	for name, tt := range map[string]struct {
		program, mode, reason string
		kind                  error
	}{
		"missing":      {"/nowhere/cloud-login", "Never", "cloud-login, which logs in, is not installed here", backend.ErrInvalid},
		"fails":        {script(t, loginFails), "Never", "cloud-login, which logs in, failed", backend.ErrInvalid},
		"prints junk":  {script(t, loginJunk), "Never", "cloud-login, which logs in, gave no login that can be used", backend.ErrInvalid},
		"wants to ask": {script(t, loginWorks), "Always", "cloud-login wants to ask for the login, which it cannot do here", backend.ErrInvalid},
		"hangs":        {script(t, loginHangs), "Never", "cloud-login, which logs in, did not end in time", backend.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			if name == "hangs" {
				short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
				ctx = short
			}
			_, err := connectLab(ctx, t, kubeconfigFor(t, server, runs(tt.program, tt.mode)))
			var failure *backend.Error
			if !errors.As(err, &failure) || !errors.Is(err, tt.kind) || failure.Reason != tt.reason || failure.Hint != hint {
				t.Fatalf("got %#v, want %v, %q", err, tt.kind, tt.reason)
			}
			if strings.Contains(err.Error()+failure.Hint, "CANARY") {
				t.Errorf("it quotes what the program printed: %v", err)
			}
		})
	}
}

// What client-go would write back after a renewed login is kept in memory.
func TestRenewedLoginsAreNotWritten(t *testing.T) {
	t.Parallel()
	path := kubeconfigFor(t, tlsServer(t), "{auth-provider: {name: oidc, config: {client-id: fake, idp-issuer-url: \"https://idp.example.com\", id-token: fake-token}}}")
	before := state(t, path)
	o, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: path}, "lab")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rest.TransportFor(o.Config); err != nil {
		t.Fatal(err)
	}
	if err := o.Config.AuthConfigPersister.Persist(map[string]string{"id-token": "fake-renewed"}); err != nil {
		t.Fatal(err)
	}
	if after := state(t, path); after != before {
		t.Errorf("the kubeconfig was written: it was %s, and is %s", before, after)
	}
}

// A guard runs the program in our place, and its exit codes tell more than the
// program's own.
func TestGuardedLogin(t *testing.T) {
	t.Parallel()
	server := tlsServer(t)
	passes := script(t, `[ "$1" = guard ] && [ "$2" = -- ] && shift 2 && exec "$@"`)
	for name, tt := range map[string]struct{ guard, program, reason string }{
		"logs in":        {passes, script(t, loginWorks), ""},
		"fails":          {passes, script(t, loginFails), "cloud-login, which logs in, failed"},
		"not there":      {script(t, "exit 240"), "cloud-login", "cloud-login, which logs in, is not installed here"},
		"may not be run": {script(t, "exit 241"), "cloud-login", "cloud-login, which logs in, may not be run"},
		"hangs":          {script(t, "exit 242"), "cloud-login", "cloud-login, which logs in, did not end in time, and was ended"},
		"has no end":     {script(t, "exit 243"), "cloud-login", "cloud-login, which logs in, printed more than a login, and was ended"},
		"nobody guards":  {"", script(t, "exit 240"), "cloud-login, which logs in, failed"},
		"no such guard":  {"/nowhere/guard", "cloud-login", "cloud-login, which logs in, could not be run: the file of this console is not there any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: kubeconfigFor(t, server, runs(tt.program, "Never"))}, "lab")
			if err != nil {
				t.Fatal(err)
			}
			before := o.Config.ExecProvider.Command
			if tt.guard != "" {
				o.LoginGuard = []string{tt.guard, "guard"}
			}
			_, err = kubernetes.Connect(context.Background(), o)
			var failure *backend.Error
			if tt.reason == "" && err != nil || tt.reason != "" && (!errors.As(err, &failure) || failure.Reason != tt.reason) {
				t.Errorf("got %v, want %q", err, tt.reason)
			}
			if o.Config.ExecProvider.Command != before {
				t.Error("the configuration that was given is another one now")
			}
		})
	}
}
