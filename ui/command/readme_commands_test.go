//go:build unix

package command_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/embedded/demo"
	"meshsecrets/ui/command/terminaltest"
)

// told are the README's commands that do not just end well: those that find
// something, and those that want a terminal (the editor there leaves all as it
// is), with a word of what is then seen and
// what is typed. Every other one must end with 0.
var told = map[string]struct {
	code        int
	sees, types string
}{
	"go run . --demo": {sees: "payments-ca-cert", types: "\x03"},
	"meshsecrets --server https://cp.example.com:5682 --token-file ~/.cp-token -m payments": {sees: "payments-ca-cert", types: "\x03"},
	"meshsecrets --control-plane universal-lab":                                             {sees: "payments-ca-cert", types: "\x03"},
	"meshsecrets --context prod-eu -n kong-mesh-system -m payments":                         {sees: "kong-mesh-system", types: "\x03"},
	"meshsecrets problems --context prod-eu":                                                {code: 2},
	"meshsecrets problems --context prod-eu --mesh payments -o json":                        {code: 2},
	"meshsecrets edit psp-ca --mesh payments --from-file ca.pem":                            {sees: "Type  psp-ca  to go on", types: "psp-ca\r"},
	"meshsecrets edit feature-flags --mesh default":                                         {sees: "Nothing is different, so nothing was saved."},
	"meshsecrets delete old-dashboard-token --mesh legacy":                                  {sees: "Type  old-dashboard-token  to go on", types: "old-dashboard-token\r"},
}

// far is the README's address of a control plane on Universal.
const far = "https://cp.example.com:5682"

// elsewhere are commands that another test runs, or .ci/run.
var elsewhere = map[string]bool{"go test ./...": true}

// The README's commands are run, from its top to its bottom, as they stand there:
// by somebody who has a clone, Go, a cluster called prod-eu and a control plane on
// Universal, both of which are the demo's here.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	home, program := t.TempDir(), buildProgram(t)
	environment := append(goEnvironment(t), "HOME="+home, "GOBIN="+filepath.Join(home, "bin"), "TERM=xterm-256color", "LANG=C.UTF-8", "EDITOR=true",
		"PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"), "KUBECONFIG="+demoCluster(t, home))
	address := demoUniversal(t, home)
	commands := readmeCommands(t)
	if len(commands) < 10 {
		t.Fatalf("only %d commands were found", len(commands))
	}
	for line := range told {
		if !slices.Contains(commands, line) {
			t.Errorf("README.md does not say %q any more", line)
		}
	}
	for _, line := range commands {
		if elsewhere[line] {
			continue
		}
		run := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(line, far, address))
		run.Dir, run.Env = home, environment
		if strings.HasPrefix(line, "go ") {
			run.Dir = filepath.Join("..", "..")
		}
		code, out := ended(t, run, told[line].sees, told[line].types)
		if code != told[line].code {
			t.Errorf("%s\nends with %d, want %d:\n%s", line, code, told[line].code, out)
		}
	}
}

// ended runs a command to its end, on a terminal when something is to be seen
// and typed there.
func ended(t *testing.T, run *exec.Cmd, sees, types string) (int, string) {
	t.Helper()
	if sees != "" {
		c := terminaltest.Start(t, run, 100, 30)
		c.WaitFor(sees)
		c.Type(types)
		return c.End(), c.Screen()
	}
	out, err := run.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return run.ProcessState.ExitCode(), string(out)
}

// readmeCommands are the lines of the README's blocks of commands.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(content), -1) {
		for line := range strings.Lines(block[1]) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// demoCluster serves the demo's cluster, and writes a kubeconfig that calls it
// prod-eu.
func demoCluster(t *testing.T, folder string) string {
	t.Helper()
	plane, err := demo.NewKubernetesWithClock(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(plane.Kubernetes())
	t.Cleanup(server.Close)
	path := filepath.Join(folder, "kubeconfig")
	content := "apiVersion: v1\nkind: Config\ncurrent-context: prod-eu\nclusters:\n- {name: prod-eu, cluster: {server: \"" + server.URL + "\"}}\n" +
		"users:\n- {name: me, user: {}}\ncontexts:\n- {name: prod-eu, context: {cluster: prod-eu, user: me}}\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// demoUniversal serves the demo's control plane on Universal, writes a token for
// it and a kumactl configuration that calls it universal-lab, and gives its
// address.
func demoUniversal(t *testing.T, home string) string {
	t.Helper()
	plane, err := demo.NewWithClock(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(plane)
	t.Cleanup(server.Close)
	if err := os.Mkdir(filepath.Join(home, ".kumactl"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		".cp-token": "fake-token\n",
		".kumactl/config": "contexts:\n- {name: universal-lab, controlPlane: lab}\ncontrolPlanes:\n- {name: lab, coordinates: {apiServer: {url: \"" +
			server.URL + "\"}}}\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return server.URL
}

// goEnvironment lets the go command find what it has downloaded and built: that
// hangs on the home directory, which is another one here.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN", "GOSUMDB"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name+"="+strings.TrimSpace(string(value)))
	}
	return all
}
