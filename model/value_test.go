package model

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"sigs.k8s.io/yaml"
)

const planted = "CANARY-5d1e-not-real"

type (
	holder   struct{ Value Value }
	hider    struct{ value Value }
	deep     struct{ inner hider }
	pointing struct{ inner *hider }
	sliced   struct{ values []Value }
	mapped   struct{ values map[string]Value }
	boxed    struct{ value any }
	hidden   struct{ snapshot Snapshot }
)

type failure struct{ v Value }

func (f failure) Error() string { return fmt.Sprint("failed on ", f.v) }

// nestings are the ways in which a value lies in something that is printed.
func nestings() map[string]any {
	v := NewValue([]byte(planted))
	return map[string]any{
		"bare":                        v,
		"pointer":                     &v,
		"exported field":              holder{v},
		"unexported field":            hider{v},
		"pointer to unexported field": &hider{v},
		"two unexported fields":       deep{hider{v}},
		"unexported pointer":          pointing{&hider{v}},
		"slice":                       []Value{v},
		"array":                       [1]Value{v},
		"unexported slice":            sliced{[]Value{v}},
		"map":                         map[string]Value{"a": v},
		"unexported map":              mapped{map[string]Value{"a": v}},
		"interface":                   []any{v},
		"unexported interface":        boxed{v},
		"snapshot":                    Snapshot{Value: v},
		"hidden snapshot":             hidden{Snapshot{Value: v}},
		"change":                      Change{Before: Snapshot{Value: v}},
		"error":                       failure{v},
	}
}

// leaks tells in which form the planted value stands in a text.
func leaks(text string) []string {
	raw := []byte(planted)
	decimals := strings.Trim(fmt.Sprintf("%d", raw), "[]")
	var found []string
	for name, form := range map[string]string{
		"plain":     planted,
		"hex":       hex.EncodeToString(raw),
		"HEX":       strings.ToUpper(hex.EncodeToString(raw)),
		"base64":    base64.RawStdEncoding.EncodeToString(raw),
		"URL-safe":  base64.RawURLEncoding.EncodeToString(raw),
		"decimals":  decimals,
		"with 0x":   strings.ReplaceAll(fmt.Sprintf("% #x", raw), " ", ", "),
		"Go syntax": strings.ReplaceAll(decimals, " ", ", "),
	} {
		if strings.Contains(text, form) {
			found = append(found, name)
		}
	}
	return found
}

// sinks print one thing in every way that a program may come to print it.
func sinks(thing any) map[string]string {
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U", "%e", "%t", "%p", "% x", "%#x"} {
		out[verb] = fmt.Sprintf(verb, thing)
	}
	out["Sprint"] = fmt.Sprint(thing)
	out["wrapped"] = fmt.Errorf("wrapped %v: %w", thing, errors.Join(fmt.Errorf("joined %+v", thing))).Error()
	var log bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	slog.New(slog.NewTextHandler(&log, options)).Debug("text", "thing", thing, slog.Group("group", "thing", thing))
	slog.New(slog.NewJSONHandler(&log, options)).Debug("json", "thing", thing, slog.Group("group", "thing", thing))
	out["slog"] = log.String()
	out["json"] = printed(json.Marshal(thing))
	out["yaml"] = printed(yaml.Marshal(thing))
	out["xml"] = printed(xml.Marshal(thing))
	var stream bytes.Buffer
	err := gob.NewEncoder(&stream).Encode(thing)
	out["gob"] = printed(stream.Bytes(), err)
	var page strings.Builder
	err = template.Must(template.New("").Parse(`{{.}} {{printf "%#v" .}}`)).Execute(&page, thing)
	out["template"] = printed([]byte(page.String()), err)
	return out
}

func printed(b []byte, err error) string { return fmt.Sprint(string(b), err) }

func TestNoSinkPrintsAValue(t *testing.T) {
	t.Parallel()
	tried := 0
	for nesting, thing := range nestings() {
		for sink, text := range sinks(thing) {
			tried++
			if found := leaks(text); len(found) > 0 {
				t.Errorf("%s through %s leaks, %v", nesting, sink, found)
			}
		}
	}
	if tried < 46 {
		t.Errorf("only %d sinks were tried", tried)
	}
	if leaks(planted) == nil || leaks(fmt.Sprintf("%d", []byte(planted))) == nil || leaks(fmt.Sprintf("%#v", []byte(planted))) == nil {
		t.Error("a leak is not seen")
	}
}

func TestValueRefusesToBeEncoded(t *testing.T) {
	t.Parallel()
	v := NewValue([]byte(planted))
	_, asJSON := json.Marshal(holder{v})
	_, asYAML := yaml.Marshal(holder{v})
	_, asText := v.MarshalText()
	asGob := gob.NewEncoder(&bytes.Buffer{}).Encode(holder{v})
	for name, err := range map[string]error{"JSON": asJSON, "text": asText, "gob": asGob} {
		if !errors.Is(err, ErrValueInDocument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if asYAML == nil || !strings.Contains(asYAML.Error(), ErrValueInDocument.Error()) {
		t.Errorf("YAML: %v", asYAML)
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	given := []byte(planted)
	v := NewValue(given)
	clear(given)
	same := v
	if string(v.Reveal()) != planted || v.Len() != len(planted) || !v.Equal(same) || !v.Equal(NewValue([]byte(planted))) {
		t.Error("a value is not what it was made of")
	}
	if v.Equal(Value{}) || v.Equal(NewValue([]byte("fake"))) || !(Value{}).Equal(NewValue(nil)) {
		t.Error("different values are equal")
	}
	v.Wipe()
	if strings.Trim(string(same.Reveal()), "\x00") != "" {
		t.Error("a copy survives Wipe")
	}
	Value{}.Wipe()
	if v.String() != Mask || (Value{}).String() != Mask || (Value{}).Reveal() != nil {
		t.Error("the mask tells whether there is a value")
	}
}

// revealers are the files that look at the bytes of a value, and why. Another
// line in this list is a matter for a review.
var revealers = map[string]string{
	"backend/inspect.go":                "learns facts of what is moved",
	"backend/inspect_fit.go":            "holds what is moved to what is named beside it",
	"backend/kubernetes/copy.go":        "writes it into a safety copy",
	"backend/kubernetes/write.go":       "sends the value",
	"backend/universal/write.go":        "sends the value",
	"model/make.go":                     "puts a certificate and its key into one value",
	"model/manifest.go":                 "writes it into a manifest",
	"model/redact.go":                   "takes the value out of foreign texts",
	"model/value.go":                    "is the value",
	"ui/command/checks.go":              "checks what is to be saved",
	"ui/command/clipboard/clipboard.go": "hands it to the clipboard",
	"ui/command/create.go":              "reads manifests, and learns facts of what is to be saved",
	"ui/command/edit.go":                "learns facts of what is to be saved",
	"ui/command/editor/edit.go":         "writes the value for the editor to show, in memory",
	"ui/command/export/export.go":       "writes what the person exports to a file",
	"ui/command/get.go":                 "asks whether the value is text",
	"ui/command/get_value.go":           "prints the value, with --reveal",
	"ui/command/known.go":               "learns facts of what it read",
	"ui/conflict.go":                    "learns facts of what somebody else saved",
	"ui/explain.go":                     "explains tokens and vault references",
	"ui/form_check.go":                  "checks and decodes what was typed",
	"ui/form_entry.go":                  "edits the value",
	"ui/form_manifest.go":               "takes a manifest apart that was pasted as a value",
	"ui/manifest.go":                    "shows the manifest, when revealed",
	"ui/reveal.go":                      "shows the value, when revealed",
}

func TestOnlyListedFilesReveal(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && path != "..") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selected, is := n.(*ast.SelectorExpr)
			if is && selected.Sel.Name == "Reveal" && !imported(file, selected.X) {
				relative, _ := filepath.Rel("..", path)
				found[filepath.ToSlash(relative)] = true
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(revealers))
	if !slices.Equal(got, want) {
		t.Errorf("these files reveal values:\n%s\nand these are listed:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// imported tells whether an expression names an imported package, such as
// keymap, whose Reveal is a key.
func imported(file *ast.File, x ast.Expr) bool {
	name, is := x.(*ast.Ident)
	return is && slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool {
		return strings.HasSuffix(strings.Trim(i.Path.Value, `"`), "/"+name.Name)
	})
}
