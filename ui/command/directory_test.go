package command

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/model"
)

func process(home string) Process {
	return Process{Home: home, Now: func() time.Time { return at }}
}

func directoryOf(t *testing.T, home string, f flags) *directory {
	t.Helper()
	d, err := newDirectory(process(home), f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shown is what the picker shows of the entries.
func shown(entries []backend.Entry) string {
	var lines []string
	for _, e := range entries {
		line := e.Key() + " " + e.Address
		for mark, is := range map[string]bool{" read-only": e.ReadOnly, " current": e.Current} {
			if is {
				line += mark
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestEntries(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, kumactl)
	tests := []struct {
		name, home, want string
		flags            flags
	}{
		{"the configuration and the demo", home, "kumactl/local http://localhost:5681 current\n" +
			"kumactl/demo https://cp.example.com:5682\nbuilt in/demo inside this program", flags{}},
		{"no configuration", t.TempDir(), "built in/demo inside this program", flags{}},
		{"no home", "", "built in/demo inside this program", flags{}},
		{"the demo reads no file", home, "built in/demo inside this program", flags{demo: demoUniversal}},
		{"a server of this run", t.TempDir(), "this run/server https://cp.example.com:5682 current\nbuilt in/demo inside this program",
			flags{server: "https://cp.example.com:5682/"}},
		{"read-only holds for all", t.TempDir(), "built in/demo inside this program read-only", flags{readOnly: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			entries, warnings := directoryOf(t, tt.home, tt.flags).Entries(context.Background())
			if got := shown(entries); got != tt.want || len(warnings) != 0 {
				t.Errorf("got:\n%s\nwant:\n%s\nwarnings: %q", got, tt.want, warnings)
			}
		})
	}
}

func TestUnreadableConfigurationLeavesTheRest(t *testing.T) {
	t.Parallel()
	home, path := withKumactl(t, "contexts:\n- name: ["+secret+"\n")
	entries, warnings := directoryOf(t, home, flags{}).Entries(context.Background())
	if shown(entries) != "built in/demo inside this program" || len(warnings) != 1 {
		t.Fatalf("entries:\n%s\nwarnings: %q", shown(entries), warnings)
	}
	if !strings.Contains(warnings[0], path) || strings.Contains(warnings[0], "CANARY") {
		t.Errorf("the warning is %q", warnings[0])
	}
}

func TestDemoConnects(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]struct {
		environment backend.Environment
		namespace   string
		secrets     int
	}{
		demoUniversal:  {backend.Universal, "", 32},
		demoKubernetes: {backend.Kubernetes, demoNamespace, 33},
	} {
		plane, err := directoryOf(t, "", flags{demo: where}).builtIn().Connect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if count := countOf(t, plane); count != want.secrets {
			t.Errorf("%s: %d secrets, want %d", where, count, want.secrets)
		}
		id := plane.Identity()
		if id.Name != "demo" || id.Environment != want.environment || id.SystemNamespace != want.namespace || id.Version != "2.14.3" || !id.MayWrite {
			t.Errorf("%s says of itself %+v", where, id)
		}
	}
}

func countOf(t *testing.T, plane backend.ControlPlane) int {
	t.Helper()
	count, query := 0, backend.Query{}
	for more := true; more; more = query.Cursor != "" {
		page, err := plane.List(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		count, query.Cursor = count+len(page.Secrets), page.Next
	}
	return count
}

// The demo is one control plane: what was changed in it is there after a
// second connecting.
func TestDemoIsMadeOnce(t *testing.T) {
	t.Parallel()
	entry := directoryOf(t, "", flags{demo: demoUniversal}).builtIn()
	first, err := entry.Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	added := model.Snapshot{
		Secret: model.Secret{Ref: model.Ref{Mesh: "sandbox", Name: "added"}},
		Value:  model.NewValue([]byte("fake-value")),
	}
	if _, err := first.Create(context.Background(), added); err != nil {
		t.Fatal(err)
	}
	second, err := entry.Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Get(context.Background(), added.Secret.Ref); err != nil {
		t.Errorf("what was added is not there: %v", err)
	}
}

func TestServerLogsInWithTheTokenFile(t *testing.T) {
	t.Parallel()
	plane, err := demo.New(at)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Get("Authorization")
		r.Header.Del("Authorization") // the demo knows no such token
		plane.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("fake-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	entry := directoryOf(t, "", flags{server: server.URL, tokenFile: file}).given()
	if _, err := entry.Connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "Bearer fake-token" {
		t.Errorf("sent %q, want %q", got, "Bearer fake-token")
	}
}

func TestTokenFileIsReadAtConnecting(t *testing.T) {
	t.Parallel()
	entry := directoryOf(t, "", flags{server: "http://127.0.0.1:1", tokenFile: "/nowhere/token"}).given()
	_, err := entry.Connect(context.Background())
	if err == nil || !strings.Contains(err.Error(), "/nowhere/token") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func TestContextWithAProblem(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, "contexts:\n- {name: torn, controlPlane: gone}\n")
	entries, _ := directoryOf(t, home, flags{}).Entries(context.Background())
	const want = "Its control plane gone is not in the kumactl configuration."
	if entries[0].Note != want {
		t.Errorf("the note is %q, want %q", entries[0].Note, want)
	}
	within := lower(strings.TrimSuffix(want, "."))
	if _, err := entries[0].Connect(context.Background()); err == nil || !strings.HasSuffix(fmt.Sprint(err), within) {
		t.Errorf("connecting answered %v", err)
	}
}

// The only control plane besides the demo is opened without asking; of
// several, or when something is wrong with the files, the picker asks.
func TestOnlyOneIsOpenedWithoutAsking(t *testing.T) {
	t.Parallel()
	demo := backend.Entry{Name: "demo", Inside: true}
	lab, staging := backend.Entry{Name: "lab"}, backend.Entry{Name: "staging"}
	broken := backend.Entry{Name: "broken", Note: "its control plane is not there"}
	cases := map[string]struct {
		entries  []backend.Entry
		warnings []string
		want     string
	}{
		"the demo alone":         {entries: []backend.Entry{demo}},
		"one besides the demo":   {entries: []backend.Entry{lab, demo}, want: "lab"},
		"two":                    {entries: []backend.Entry{lab, staging, demo}},
		"one that is broken":     {entries: []backend.Entry{broken, demo}},
		"one, and a broken file": {entries: []backend.Entry{lab, demo}, warnings: []string{"The file cannot be read."}},
	}
	for name, c := range cases {
		got := ""
		if e := onlyOne(c.entries, c.warnings); e != nil {
			got = e.Name
		}
		if got != c.want {
			t.Errorf("%s: %q is opened, want %q", name, got, c.want)
		}
	}
}
