package ui_test

import (
	"errors"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "meshsecrets"

// mayImport is what the packages of this module may know of each other, and
// which libraries they may use, by the beginnings of their paths. The standard
// library is free, except for what is in mayNotImport. Tests are not bound.
var mayImport = map[string][]string{
	".":                        {"ui/command", "charm.land/bubbletea/v2"},
	"ui/command":               {"ui", "ui/command/audit", "ui/command/clipboard", "ui/command/config", "ui/command/editor", "ui/command/export", "backend", "backend/universal", "backend/kubernetes", "backend/embedded", "backend/embedded/demo", "model", "charm.land/bubbletea/v2", "github.com/charmbracelet/x/ansi", "github.com/charmbracelet/x/term", "github.com/spf13/", "golang.org/x/sys/unix", "sigs.k8s.io/yaml"},
	"ui/command/audit":         {"backend", "model", "golang.org/x/sys/unix"},
	"ui/command/clipboard":     {"ui", "model"},
	"ui/command/config":        {"keymap", "go.yaml.in/yaml/v3"},
	"ui/command/editor":        {"model", "github.com/kballard/go-shellquote", "golang.org/x/sys/unix"},
	"ui/command/export":        {"model", "golang.org/x/sys/unix"},
	"ui":                       {"backend", "model", "keymap", "charm.land/", "github.com/charmbracelet/", "sigs.k8s.io/yaml"},
	"keymap":                   {"charm.land/bubbles/v2/key"},
	"backend":                  {"model"},
	"backend/network":          {"backend", "model"},
	"backend/universal":        {"backend", "backend/network", "model", "sigs.k8s.io/yaml"},
	"backend/kubernetes":       {"backend", "backend/network", "model", "k8s.io/apimachinery/", "k8s.io/client-go/", "k8s.io/klog/v2", "google.golang.org/protobuf/encoding/protowire", "sigs.k8s.io/yaml"},
	"backend/embedded":         {"backend/embedded/cluster", "model", "k8s.io/apimachinery/"},
	"backend/embedded/cluster": {"k8s.io/apimachinery/"},
	"backend/embedded/demo":    {"backend/embedded", "model"},
	"model":                    {"sigs.k8s.io/yaml"},
	// These are tests that stand in packages of their own.
	"backend/backendtest":              {"backend", "model"},
	"backend/kubernetes/apiservertest": {},
	"backend/kubernetes/faultproxy":    {},
	"backend/reassigntest":             {},
	"backend/kubernetes/loadtest":      {"backend", "backend/kubernetes", "backend/kubernetes/apiservertest", "backend/kubernetes/faultproxy", "model"},
	"ui/command/figures":               {"backend/embedded", "charm.land/bubbletea/v2", "github.com/creack/pty"},
	"ui/command/pictures":              {"ui", "ui/command", "charm.land/bubbletea/v2", "github.com/charmbracelet/", "github.com/creack/pty"},
	"ui/command/terminaltest":          {"github.com/charmbracelet/", "github.com/creack/pty"},
}

// mayNotImport is the standard library's part of the rule: screens and rules
// neither reach the network nor files, and model waits for nothing.
var mayNotImport = map[string][]string{
	"model":   {"net", "os", "context", "sync", "log", "time/tzdata", "math/rand"},
	"ui":      {"net", "os/exec", "log", "math/rand"},
	"keymap":  {"net", "os", "context", "sync", "log"},
	"backend": {"net", "os", "log"},
}

// mayUse are exceptions from mayNotImport: they do no input or output. Of
// log/slog only the way is used by which a value tells it to print dots.
var mayUse = []string{"net/netip", "net/url", "log/slog"}

func TestImports(t *testing.T) {
	t.Parallel()
	for folder, imports := range packages(t) {
		allowed, known := mayImport[folder]
		if !known {
			t.Errorf("package %s is not in the table: say what it may know", folder)
			continue
		}
		for _, path := range imports {
			inner, ours := strings.CutPrefix(path, module+"/")
			switch {
			case ours && !slices.Contains(allowed, inner):
				t.Errorf("%s imports %s: arrows point down", folder, path)
			case !ours && isStandard(path) && forbidden(mayNotImport[folder], path):
				t.Errorf("%s imports %s", folder, path)
			case !ours && !isStandard(path) && !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(path, a) }):
				t.Errorf("%s imports %s", folder, path)
			}
		}
	}
}

// What the screens need of a library must not bring a client of Kubernetes or
// of HTTP along either.
func TestUIDependsOnNoClient(t *testing.T) {
	t.Parallel()
	for _, path := range dependencies(t, "ui") {
		if strings.HasPrefix(path, "k8s.io/") || path == "net/http" || strings.HasPrefix(path, module+"/backend/") {
			t.Errorf("ui depends on %s", path)
		}
	}
}

// What only tests need must not be in the program.
func TestProgramHoldsNoTestLibrary(t *testing.T) {
	t.Parallel()
	for _, path := range dependencies(t, ".") {
		for _, library := range []string{"testing", "github.com/creack/pty", "github.com/charmbracelet/x/vt", "github.com/charmbracelet/x/exp/teatest"} {
			if path == library || strings.HasPrefix(path, library+"/") {
				t.Errorf("the program depends on %s", path)
			}
		}
	}
}

// heavy are parts of client-go that bring every API group of Kubernetes along,
// and would double the program.
var heavy = []string{
	"applyconfigurations", "discovery", "dynamic/dynamicinformer", "dynamic/dynamiclister", "informers", "kubernetes", "listers",
	"metadata/metadatainformer", "metadata/metadatalister", "restmapper", "scale",
}

// Of the API groups none is in the program: each brings all its types.
func TestProgramHoldsNoGroupOfKubernetes(t *testing.T) {
	t.Parallel()
	parts := 0
	for _, path := range dependencies(t, ".") {
		if part, is := strings.CutPrefix(path, "k8s.io/client-go/"); is && forbidden(heavy, part) {
			t.Errorf("the program depends on %s", path)
		}
		if strings.HasPrefix(path, "k8s.io/api/") {
			t.Errorf("the program depends on %s", path)
		}
		if strings.HasPrefix(path, "k8s.io/") {
			parts++
		}
	}
	if parts == 0 {
		t.Error("nothing of Kubernetes was seen: this test looks for nothing")
	}
}

func forbidden(list []string, path string) bool {
	return !slices.Contains(mayUse, path) && slices.ContainsFunc(list, func(f string) bool {
		return path == f || strings.HasPrefix(path, f+"/")
	})
}

// isStandard tells whether a package is of the standard library: its path has
// no domain.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// packages gives the imports of each package of the module, without those of
// its tests, by its folder.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); name == "testdata" || len(name) > 2 && name[0] == '.' {
			return filepath.SkipDir
		}
		folder, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		read, err := build.ImportDir(path, 0)
		var none *build.NoGoError
		if errors.As(err, &none) {
			return nil
		}
		found[filepath.ToSlash(folder)] = read.Imports
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 8 {
		t.Fatalf("only %d packages were found", len(found))
	}
	return found
}

// dependencies gives everything that a package is built of.
func dependencies(t *testing.T, folder string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./"+folder)
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}
