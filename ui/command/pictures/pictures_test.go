//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The pictures show the console as it is. They are drawn again, and compared.
func TestThePicturesAreOfThisConsole(t *testing.T) {
	t.Parallel()
	pictures, err := draw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	top := filepath.Join("..", "..", "..")
	for name, content := range pictures {
		have, err := os.ReadFile(filepath.Join(top, folder, name))
		if err != nil || string(have) != content {
			t.Errorf("%s/%s does not show the console as it is: go run ./ui/command/pictures draws it again (%v)", folder, name, err)
		}
	}
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range pictures {
		if !strings.Contains(string(readme), "]("+folder+"/"+name+")") {
			t.Errorf("README.md does not show %s", name)
		}
	}
}
