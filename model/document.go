package model

import (
	"encoding/json"
	"strconv"
	"strings"
)

// document is a resource that was decoded.
type document struct {
	kind       ResourceKind
	name, mesh string
	kubernetes bool
	root       map[string]any
}

func readDocument(r Resource) (document, bool) {
	var root map[string]any
	if err := json.Unmarshal(r.Raw, &root); err != nil || root == nil {
		return document{}, false
	}
	metadata, kubernetes := root["metadata"].(map[string]any)
	d := document{kind: r.Kind, name: r.Name, kubernetes: kubernetes, root: root}
	d.name = firstWord(r.Name, textAt(root, "name"), textAt(metadata, "name"))
	d.mesh = firstWord(r.Mesh, textAt(root, "mesh"), d.label(LabelMesh), "default")
	if r.Kind == KindMesh {
		d.mesh = d.name
	}
	return d, true
}

// label reads a label, or on Kubernetes the annotation of that name: a
// display name may be either.
func (d document) label(key string) string {
	if !d.kubernetes {
		return textAt(objectAt(d.root, "labels"), key)
	}
	metadata := objectAt(d.root, "metadata")
	return firstWord(textAt(objectAt(metadata, "labels"), key), textAt(objectAt(metadata, "annotations"), key))
}

// sourceForm is one of the two ways in which a data source names a secret: the
// keys below it.
type sourceForm string

const (
	olderForm sourceForm = "secret"
	newerForm sourceForm = "secretRef.name"
)

// kindSecret is what a reference in the newer form is to.
const kindSecret = "Secret"

// name is the secret that a data source names in this form, or "". In the newer
// form the data source has a type, and only one type is a secret; the older
// one has none, so a word of that name says nothing there.
func (f sourceForm) name(source map[string]any) string {
	if f == olderForm {
		return textAt(source, "secret")
	}
	switch textAt(source, "type") {
	case "File", "EnvVar", "InsecureInline":
		return ""
	}
	to := objectAt(source, "secretRef")
	if kind := textAt(to, "kind"); kind != "" && kind != kindSecret {
		return ""
	}
	return textAt(to, "name")
}

// eachName calls found with every secret that is named at a path below v, and
// with where it stands. The path ends with the form of a data source.
func eachName(v any, path, at string, found func(name, at string)) {
	form := newerForm
	source, newer := strings.CutSuffix(path, "."+string(newerForm))
	if !newer {
		form, source = olderForm, strings.TrimSuffix(path, "."+string(olderForm))
	}
	eachAt(v, source, at, func(v any, at string) {
		object, _ := v.(map[string]any)
		if name := form.name(object); name != "" {
			found(name, join(at, string(form)))
		}
	})
}

// eachAt calls found with everything at a path below v, and with where it
// stands: at is where v does.
func eachAt(v any, path, at string, found func(v any, at string)) {
	if path == "" {
		found(v, at)
		return
	}
	step, rest, _ := strings.Cut(path, ".")
	key, isList := strings.CutSuffix(step, "[]")
	object, _ := v.(map[string]any)
	inner, ok := object[key]
	if !ok {
		return
	}
	at = join(at, key)
	if !isList {
		eachAt(inner, rest, at, found)
		return
	}
	elements, _ := inner.([]any)
	for i, element := range elements {
		eachAt(element, rest, at+index(i), found)
	}
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func textAt(object map[string]any, key string) string {
	text, _ := object[key].(string)
	return text
}

func objectAt(object map[string]any, key string) map[string]any {
	inner, _ := object[key].(map[string]any)
	return inner
}

func firstWord(words ...string) string {
	for _, word := range words {
		if word != "" {
			return word
		}
	}
	return ""
}
