package command

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// moved is the value that is reassigned; nothing that is printed may hold it.
const movedValue = "CANARY-demo-not-real-77aa"

// there is a control plane on loopback, and somebody at a command line.
type there struct {
	t       *testing.T
	far     *embedded.ControlPlane
	home    string
	server  *httptest.Server
	reach   []string // the flags that lead to it
	signals chan os.Signal
	printed string // the file with what the command under way printed
	input   string // what is led into a command
	// asked sees each request before it is answered. A status is the answer, 0
	// lets it through.
	asked func(*http.Request) int
	// changed is called after the answer to a write that changed the secret, with
	// what it did to it: "made in checkout", "gone from payments".
	changed func(what string)
	changes chan string
}

const hookUID = "9c1e7a40-5b1d-4e0a-9c55-2f6d0c3b7e11"

// standing makes a control plane with a secret to move, and one that is in use.
func standing(t *testing.T, environment string) *there {
	t.Helper()
	changes := make(chan string, 100)
	far, err := embedded.New(embedded.Options{Environment: environment, Now: time.Now, Observe: func(e embedded.Event) {
		what := "made in "
		if e.Deleted {
			what = "gone from "
		}
		if e.Name == "hook" {
			changes <- what + e.Mesh
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, mesh := range []string{"payments", "checkout"} {
		if err := far.Put("/meshes/"+mesh, map[string]string{"type": "Mesh", "name": mesh}); err != nil {
			t.Fatal(err)
		}
	}
	far.Seed(embedded.Secret{Mesh: "payments", Name: "hook", Value: []byte(movedValue), Created: time.Now().Add(-time.Hour), UID: hookUID,
		Labels: map[string]string{"team": "blue"}})
	far.Seed(embedded.Secret{Mesh: "payments", Name: "psp", Value: []byte("fake"), Created: time.Now()})
	err = far.Put("/meshes/payments/external-services/bank", map[string]any{"type": "ExternalService", "mesh": "payments", "name": "bank",
		"tags": map[string]string{"kuma.io/service": "bank", "kuma.io/protocol": "http"}, "networking": map[string]any{"address": "bank.example.com:443",
			"tls": map[string]any{"enabled": true, "caCert": map[string]string{"secret": "psp"}}}})
	if err != nil {
		t.Fatal(err)
	}
	x := &there{t: t, far: far, home: t.TempDir(), signals: make(chan os.Signal, 2), changes: changes}
	var through http.Handler = far
	if environment == embedded.EnvironmentKubernetes {
		through = far.Kubernetes()
	}
	x.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if x.asked != nil {
			if status := x.asked(r); status != 0 {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"title":"Refused","detail":"not by you"}`))
				return
			}
		}
		through.ServeHTTP(w, r)
		for len(changes) > 0 {
			if what := <-changes; x.changed != nil && r.Method != http.MethodGet {
				x.changed(what)
			}
		}
	}))
	t.Cleanup(x.server.Close)
	x.reach = []string{"--server", x.server.URL}
	if environment == embedded.EnvironmentKubernetes {
		x.reach = []string{"--context", "lab"}
		withKubeconfig(t, x.home, "contexts:\n- {name: lab, context: {cluster: c, user: u}}\nusers:\n- {name: u, user: {token: fake-token}}\n"+
			"clusters:\n- {name: c, cluster: {server: \""+x.server.URL+"\"}}\n")
	}
	return x
}

// does runs a command, and gives what it printed as it would stand in a
// terminal, without what differs from run to run.
func (x *there) does(line string) (string, int) {
	x.t.Helper()
	in, err := os.Open(os.DevNull)
	if x.input != "" {
		in, err = os.Open(x.file("input", x.input))
	}
	if err != nil {
		x.t.Error(err)
		return "", -1
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(filepath.Join(x.t.TempDir(), "out"))
	if err != nil {
		x.t.Error(err)
		return "", -1
	}
	defer func() { _ = out.Close() }()
	x.printed = out.Name()
	var said bytes.Buffer
	code := Main(context.Background(), Process{
		Args: append(strings.Fields(line), x.reach...), In: in, Out: out, Err: &said, Home: x.home, Host: "lab-7",
		Environ: []string{"LANG=C.UTF-8"}, Now: func() time.Time { return at }, Signals: x.signals,
	})
	printed, err := os.ReadFile(out.Name())
	if err != nil {
		x.t.Error(err)
		return "", -1
	}
	if strings.Contains(string(printed)+said.String(), "CANARY") {
		x.t.Errorf("%s: the value is printed", line)
	}
	text := fmt.Sprintf("$ meshsecrets %s\n%s", line, printed)
	for said := range strings.Lines(said.String()) {
		text += "stderr: " + said
	}
	return x.still(text) + fmt.Sprintf("exit %d\n", code), code
}

// file writes a file for a command, and gives its path.
func (x *there) file(name, content string) string {
	path := filepath.Join(x.home, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		x.t.Error(err)
	}
	return path
}

// interrupt asks the command under way to stop, and waits until it says that it
// will: what is answered to it before can be told of before.
func (x *there) interrupt() {
	x.signals <- os.Interrupt
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if printed, err := os.ReadFile(x.printed); err == nil && bytes.Contains(printed, []byte("stopping after this step")) {
			return
		}
	}
	x.t.Error("it does not say that it stops")
}

var (
	fingerprints = regexp.MustCompile(`fingerprint [0-9a-f]{4} [0-9a-f]{4}`)
	ages         = regexp.MustCompile(`begun [0-9]+s ago`)
)

func (x *there) still(text string) string {
	text = strings.NewReplacer(x.server.URL, "URL", strings.TrimPrefix(x.server.URL, "http://"), "HOST", hookUID, "UID", x.home, "HOME").Replace(text)
	return ages.ReplaceAllString(fingerprints.ReplaceAllString(text, "fingerprint ..."), "begun now")
}

// holder is in which meshes the secret is, with its bytes, and how many safety
// copies there are.
func (x *there) holder() string {
	x.t.Helper()
	plane, err := x.plane()
	if err != nil {
		x.t.Fatal(err)
	}
	var found []string
	for _, mesh := range []string{"payments", "checkout"} {
		s, err := plane.Get(x.t.Context(), model.Ref{Mesh: mesh, Name: "hook"})
		if err == nil && s.Value.Equal(model.NewValue([]byte(movedValue))) {
			found = append(found, mesh)
			if s.Secret.Labels["team"] != "blue" {
				found = append(found, "without its label")
			}
			if _, tagged := s.Secret.Labels[model.LabelReassign]; tagged {
				found = append(found, "tagged")
			}
		}
	}
	if all, err := plane.Unfinished(x.t.Context()); err != nil || len(all) > 0 {
		found = append(found, fmt.Sprintf("unfinished %d", len(all)))
	}
	return strings.Join(found, ", ")
}

// refusing refuses what a cluster is asked to create in some meshes, apart from
// trials.
func refusing(meshes ...string) embedded.AdmissionRule {
	return func(w cluster.Write) error {
		if w.Operation != cluster.Create || w.DryRun || w.New.Kind != cluster.Secrets {
			return nil
		}
		for _, mesh := range meshes {
			if w.New.Meta.Labels["kuma.io/mesh"] == mesh {
				return embedded.ExceededQuota(w.New, 200, 200)
			}
		}
		return nil
	}
}
