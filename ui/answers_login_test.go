//go:build unix

package ui

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/kubernetes"
	"meshsecrets/model"
	"meshsecrets/ui/command/terminaltest"
)

// lostContexts are contexts that cannot be used, and one that runs LOGIN.
const lostContexts = `contexts:
- {name: torn-cluster, context: {cluster: gone, user: u}}
- {name: torn-user, context: {cluster: c, user: gone}}
- {name: no-address, context: {cluster: bare, user: u}}
- {name: no-token, context: {cluster: c, user: lost}}
- {name: given-up, context: {cluster: c, user: old}}
- {name: lab, context: {cluster: c, user: exec}}
clusters:
- {name: c, cluster: {server: "SERVER", certificate-authority-data: CA}}
- {name: bare, cluster: {}}
users:
- {name: u, user: {token: CANARY-not-a-real-token}}
- {name: lost, user: {tokenFile: none}}
- {name: old, user: {auth-provider: {name: gcp}}}
- {name: exec, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: MODE, command: LOGIN, args: [CANARY-not-a-real-token]}}}
`

// login is a program that logs in, made of a script. It goes on while the file
// beside it is there.
func login(t *testing.T, script string) string {
	t.Helper()
	path := terminaltest.Script(t, t.TempDir(), "cloud-login", script)
	if err := os.WriteFile(path+".on", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path + ".on") })
	return path
}

// unwelcoming is an API server that answers nobody.
func unwelcoming(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// TestEveryWayOfNotLoggingInIsOneClearSentence holds what is said of a context
// that cannot be used, and of a program that does not log in.
func TestEveryWayOfNotLoggingInIsOneClearSentence(t *testing.T) {
	t.Parallel()
	server := unwelcoming(t)
	ca := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	const works = `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"CANARY-not-a-real-token"}}'`
	var b strings.Builder
	for _, c := range []struct {
		name, context, about, program, mode string
		limit                               time.Duration // of connecting; 0 is what the console allows
	}{
		{"55 cluster not in the kubeconfig", "torn-cluster", "gone", "", "Never", 0},
		{"55 user not in the kubeconfig", "torn-user", "gone", "", "Never", 0},
		{"55 no address", "no-address", "address", "", "Never", 0},
		{"55 token file not there", "no-token", "DIR/none", "", "Never", 0},
		{"55 a way to log in that was given up", "given-up", "gcp", "", "Never", 0},
		{"56 program missing", "lab", "cloud-login", "/nowhere/cloud-login", "Never", 0},
		{"56 program that may not be run", "lab", "cloud-login", login(t, works) + ".on", "Never", 0},
		{"56 program exits with 3", "lab", "cloud-login", login(t, "echo CANARY-not-a-real-token; exit 3"), "Never", 0},
		{"56 program prints junk", "lab", "cloud-login", login(t, "echo CANARY-not-a-real-token"), "Never", 0},
		{"56 program prints nothing", "lab", "cloud-login", login(t, "true"), "Never", 0},
		{"56 program must ask", "lab", "cloud-login", login(t, works), "Always", 0},
		{"56 program hangs", "lab", "cloud-login", login(t, `while [ -e "$0.on" ]; do sleep 0.1; done`), "Never", 400 * time.Millisecond},
		{"56 program gives a token that is not accepted", "lab", "127.0.0.1", login(t, works), "Never", 0},
	} {
		dir := t.TempDir()
		text := strings.NewReplacer("SERVER", server.URL, "CA}", ca+"}", "LOGIN", c.program, "MODE", c.mode, "DIR", dir).Replace(lostContexts)
		text = notConnected(t, filepath.Join(dir, "config"), text, c.context, cmp.Or(c.limit, connectLimit))
		text = strings.NewReplacer(dir, "DIR", server.URL, "https://127.0.0.1:PORT").Replace(text)
		clearText(t, c.name, text, c.about, false)
		b.WriteString(c.name + "\n  " + text + "\n")
	}
	sameText(t, "login", b.String())
}

// notConnected writes a kubeconfig, connects one of its contexts, and gives what
// the screens say of the failure.
func notConnected(t *testing.T, path, content, name string, limit time.Duration) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := kubernetes.ReadContexts(kubernetes.Overrides{Kubeconfig: path})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range read.List {
		if c.Name != name {
			continue
		}
		options, err := c.Options()
		if err == nil {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			options.Examiner, options.Now = model.NewExaminer([32]byte{}), func() time.Time { return frameTime }
			_, err = kubernetes.Connect(ctx, options)
		}
		if err == nil {
			t.Fatalf("%s connected", name)
		}
		what, next := words(err, nil)
		return strings.TrimSpace(what + " " + next)
	}
	t.Fatalf("there is no context %s", name)
	return ""
}
