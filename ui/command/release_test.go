//go:build unix

package command_test

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A release has a list of what the program is made of. It holds every module
// that is in it, by its version and checksum, and the standard library.
func TestListOfModules(t *testing.T) {
	t.Parallel()
	program := buildProgram(t)
	path := filepath.Join(t.TempDir(), "modules.json")
	if out, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", ".ci", "sbom"), program, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		BOMFormat, SpecVersion string
		Components             []struct {
			Name, Version, Purl string
			Properties          []struct{ Name, Value string }
		}
	}
	if err := json.Unmarshal(content, &list); err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, c := range list.Components {
		sum := ""
		for _, p := range c.Properties {
			sum = p.Value
		}
		listed[c.Name+" "+c.Version] = sum
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range info.Deps {
		if sum, is := listed[module.Path+" "+module.Version]; !is || sum != module.Sum {
			t.Errorf("%s %s is in the program, and listed as %q", module.Path, module.Version, sum)
		}
	}
	if want := len(info.Deps) + 1; len(listed) != want || len(info.Deps) == 0 {
		t.Errorf("%d are listed, want %d and the standard library", len(listed), want-1)
	}
	if _, is := listed["stdlib "+info.GoVersion[len("go"):]]; !is || list.BOMFormat != "CycloneDX" || list.SpecVersion != "1.6" {
		t.Errorf("it is %s %s, with the standard library: %v", list.BOMFormat, list.SpecVersion, is)
	}
}
