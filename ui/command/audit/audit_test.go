//go:build unix

package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

var at = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return at }

func path(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "state", "meshsecrets", "audit.jsonl")
}

func record(name string, result backend.Result) backend.Record {
	return backend.Record{
		Entry:     backend.Entry{Name: "prod-eu", Environment: backend.Kubernetes, Address: "https://k8s-eu.example.com:6443"},
		Identity:  backend.Identity{User: "jo@example.com", SystemNamespace: "kong-mesh-system"},
		Operation: "9c1e7a405b1d4e0a", Verb: "reassign", Step: "delete", Ref: model.Ref{Mesh: "payments", Name: name}, To: model.Ref{Mesh: "checkout", Name: name},
		Result: result,
	}
}

// read gives the names of the lines; what is no line is "?".
func read(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		t.Error("the last line has no end")
	}
	var names []string
	for text := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		var l line
		if json.Unmarshal([]byte(text), &l) != nil || l.Operation == "" {
			l.Name = "?"
		}
		names = append(names, l.Name)
	}
	return names
}

func TestALine(t *testing.T) {
	t.Parallel()
	p := path(t)
	l := New(p, clock)
	l.Observe(record("hook", backend.ResultBegun))
	r := record("", backend.ResultDone)
	r.Entry, r.Identity, r.Step, r.To = backend.Entry{Name: "local\x1b]0;x\a", Environment: backend.Universal, Address: "http://localhost:5681"}, backend.Identity{}, "", model.Ref{}
	r.Verb, r.Ref = "add", model.Ref{Name: "global-one"}
	l.Observe(r)
	got, err := os.ReadFile(p)
	want := `{"time":"2026-11-20T09:00:00Z","operation":"9c1e7a405b1d4e0a","controlPlane":"prod-eu","environment":"kubernetes","address":"https://k8s-eu.example.com:6443","namespace":"kong-mesh-system","user":"jo@example.com","verb":"reassign","step":"delete","mesh":"payments","name":"hook","toMesh":"checkout","result":"begun"}
{"time":"2026-11-20T09:00:00Z","operation":"9c1e7a405b1d4e0a","controlPlane":"local␛]0;x␇","environment":"universal","address":"http://localhost:5681","verb":"add","mesh":"","name":"global-one","result":"done"}
`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	about, err := os.Stat(p)
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", about.Mode(), err)
	}
	folder, err := os.Stat(filepath.Dir(p))
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", folder.Mode(), err)
	}
	if said := l.Notices(); len(said) != 0 {
		t.Errorf("it says %q", said)
	}
}

func TestTheDemoIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	p := path(t)
	r := record("hook", backend.ResultDone)
	r.Entry.Inside = true
	New(p, clock).Observe(r)
	if _, err := os.Stat(filepath.Dir(p)); !os.IsNotExist(err) {
		t.Errorf("there is a folder: %v", err)
	}
}

// A crash may cut a line off; what is written afterwards stands by itself.
func TestALineThatWasCutOff(t *testing.T) {
	t.Parallel()
	p := path(t)
	New(p, clock).Observe(record("a", backend.ResultBegun))
	whole, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(whole); cut += 17 {
		if err := os.WriteFile(p, slices.Concat(whole, whole[:cut]), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, 0o644); err != nil {
			t.Fatal(err)
		}
		New(p, clock).Observe(record("b", backend.ResultBegun))
		if got := read(t, p); !slices.Equal(got, []string{"a", "?", "b"}) {
			t.Errorf("cut off after %d bytes: %q", cut, got)
		}
		if about, _ := os.Stat(p); about.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v", about.Mode())
		}
	}
}

// What cannot be written is said once, and something else is never written to.
func TestWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		make func(t *testing.T, path string)
		why  string
	}{
		"a link":   {func(t *testing.T, p string) { must(t, os.Symlink(filepath.Join(filepath.Dir(p), "elsewhere"), p)) }, "it is no file"},
		"a folder": {func(t *testing.T, p string) { must(t, os.Mkdir(p, 0o700)) }, "it is no file"},
		"a pipe":   {func(t *testing.T, p string) { must(t, syscall.Mkfifo(p, 0o600)) }, "it is no file"},
		"no folder": {func(t *testing.T, p string) {
			must(t, os.Remove(filepath.Dir(p)))
			must(t, os.WriteFile(filepath.Dir(p), nil, 0o600))
		}, "not a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := path(t)
			must(t, os.MkdirAll(filepath.Dir(p), 0o700))
			test.make(t, p)
			l := New(p, clock)
			l.Observe(record("a", backend.ResultBegun))
			l.Observe(record("a", backend.ResultDone))
			want := []string{"Changes are not written down in " + p + " (" + test.why + "). They are made all the same."}
			if got := l.Notices(); !slices.Equal(got, want) {
				t.Errorf("it says %q, want %q", got, want)
			}
			if got := l.Notices(); len(got) != 0 {
				t.Errorf("it says %q again", got)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(p), "elsewhere")); err == nil {
				t.Error("the link was followed")
			}
		})
	}
	t.Run("nowhere", func(t *testing.T) {
		t.Parallel()
		l := New("", clock)
		l.Observe(record("a", backend.ResultBegun))
		if got, want := l.Notices(), []string{"Changes are not written down in a file (there is no home directory). They are made all the same."}; !slices.Equal(got, want) {
			t.Errorf("it says %q, want %q", got, want)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A full file is put aside, the oldest goes, and no line is lost of those that
// are kept.
func TestAFullFile(t *testing.T) {
	t.Parallel()
	p := path(t)
	l := New(p, clock)
	l.most = 900 // two lines, and then one more
	var names []string
	for i := range 40 {
		names = append(names, "n"+string(rune('A'+i)))
		l.Observe(record(names[i], backend.ResultDone))
	}
	var kept []string
	for _, end := range []string{".4", ".3", ".2", ".1", ""} {
		kept = append(kept, read(t, p+end)...)
	}
	if len(kept) < 10 || !slices.Equal(kept, names[len(names)-len(kept):]) {
		t.Errorf("there are %q", kept)
	}
	if _, err := os.Stat(p + ".5"); err == nil {
		t.Error("a fifth old file is kept")
	}
}

func TestAFileThatIsMovedAway(t *testing.T) {
	t.Parallel()
	p := path(t)
	l := New(p, clock)
	l.Observe(record("a", backend.ResultBegun))
	must(t, os.Rename(p, p+".mine"))
	l.Observe(record("b", backend.ResultDone))
	if got := append(read(t, p+".mine"), read(t, p)...); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("there are %q", got)
	}
}

// Several consoles write to one file; no line is torn, none is lost.
func TestSeveralConsoles(t *testing.T) {
	t.Parallel()
	p := path(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			l := New(p, clock)
			for range 25 {
				l.Observe(record("a", backend.ResultDone))
			}
		})
	}
	wait.Wait()
	if got := read(t, p); len(got) != 200 || slices.Contains(got, "?") {
		t.Errorf("there are %d lines: %q", len(got), got)
	}
}
