package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// ErrMaskedManifest is the answer to a manifest whose value is dots.
var ErrMaskedManifest = errors.New("a masked manifest cannot be applied: dots are not base64")

// ErrSeveralDocuments is the answer to a text that holds more than one
// manifest.
var ErrSeveralDocuments = errors.New("the text holds several documents, and one secret is read at a time: keep one of them")

// ReadManifest reads a secret from YAML or JSON of either form. It is strict:
// what it would have to drop it refuses, apart from what the control plane
// computes. Its errors name a line or a field and never repeat the text, which
// holds the value. The caller wipes the snapshot.
func ReadManifest(text []byte) (Snapshot, Form, error) {
	if len(documents(string(text))) > 1 {
		return Snapshot{}, UniversalForm, ErrSeveralDocuments
	}
	root, err := decodeManifest(text)
	if err != nil {
		return Snapshot{}, UniversalForm, err
	}
	r := manifestReader{text: string(text)}
	if _, kubernetes := root["apiVersion"]; kubernetes {
		s, err := r.kubernetes(root)
		return s, KubernetesForm, err
	}
	s, err := r.universal(root)
	return s, UniversalForm, err
}

// lineOf finds the line in an error of the YAML reader. Nothing else of such
// an error is passed on: it may quote the text.
var lineOf = regexp.MustCompile(`\bline (\d+)\b`)

func decodeManifest(text []byte) (map[string]any, error) {
	asJSON, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		where := "the text"
		if line := lineOf.FindStringSubmatch(err.Error()); line != nil {
			where = "line " + line[1]
		}
		if strings.Contains(err.Error(), "already set in map") {
			return nil, fmt.Errorf("%s repeats a field: keep one of them", where)
		}
		return nil, fmt.Errorf("%s is not YAML", where)
	}
	defer clear(asJSON)
	var root map[string]any
	if err := json.Unmarshal(asJSON, &root); err != nil || root == nil {
		return nil, errors.New("the text is not a manifest: it has no fields such as type, mesh and name")
	}
	return root, nil
}

// manifestReader reads fields and remembers the first thing that is wrong.
type manifestReader struct {
	text string
	err  error
}

func (r *manifestReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *manifestReader) universal(root map[string]any) (Snapshot, error) {
	r.only(root, "the manifest", "type", "mesh", "name", "creationTime", "modificationTime", "labels", "data")
	var s Secret
	s.Ref = Ref{Mesh: r.str(root, "", "mesh"), Name: r.str(root, "", "name")}
	switch r.str(root, "", "type") {
	case typeSecret:
		if s.Ref.Mesh == "" {
			r.fail("mesh is missing: a secret belongs to one; a global secret has type: GlobalSecret")
		}
	case typeGlobalSecret:
		if s.Ref.Mesh != "" {
			r.fail("mesh does not belong to a global secret: leave it out")
		}
	default:
		r.fail("type has to be Secret or GlobalSecret")
	}
	s.Created = r.instant(root, "creationTime")
	s.Modified = r.instant(root, "modificationTime")
	s.Labels = r.labels(root, "")
	return r.finish(s, root, "data", "data")
}

// computed are fields of metadata that Kubernetes fills in itself.
var computed = []string{"creationTimestamp", "uid", "resourceVersion", "generation", "selfLink", "managedFields"}

func (r *manifestReader) kubernetes(root map[string]any) (Snapshot, error) {
	r.only(root, "the manifest", "apiVersion", "kind", "metadata", "type", "data", "stringData")
	metadata := r.object(root, "", "metadata")
	r.only(metadata, "metadata", append([]string{"name", "namespace", "labels"}, computed...)...)
	if r.str(root, "", "apiVersion") != "v1" || r.str(root, "", "kind") != "Secret" {
		r.fail("apiVersion and kind have to be v1 and Secret")
	}
	_ = r.str(metadata, "metadata.", "namespace")
	s := Secret{Labels: r.labels(metadata, "metadata.")}
	s.Ref.Name = r.str(metadata, "metadata.", "name")
	mesh, labelled := s.Labels[LabelMesh]
	switch r.str(root, "", "type") {
	case kubeTypeSecret:
		s.Ref.Mesh = mesh
		if !labelled {
			s.Ref.Mesh = "default" // as the control plane reads it
		}
		if s.Ref.Mesh == "" {
			r.fail("metadata.labels: kuma.io/mesh is empty; name the mesh")
		}
	case kubeTypeGlobalSecret:
		if labelled {
			r.fail("metadata.labels: kuma.io/mesh does not belong to a global secret: leave it out")
		}
	default:
		r.fail("type has to be system.kuma.io/secret or system.kuma.io/global-secret")
	}
	return r.kubernetesValue(s, root)
}

func (r *manifestReader) kubernetesValue(s Secret, root map[string]any) (Snapshot, error) {
	_, encoded := root["data"]
	_, literal := root["stringData"]
	switch {
	case encoded && literal:
		r.fail("data and stringData both hold a value: keep one of them")
	case literal:
		held := r.object(root, "", "stringData")
		r.only(held, "stringData", "value")
		text := r.value(held, "stringData.", "value")
		if masked(text) {
			r.fail("%w", ErrMaskedManifest)
		}
		return r.done(s, []byte(text))
	}
	held := r.object(root, "", "data")
	r.only(held, "data", "value")
	return r.finish(s, held, "value", "data.value")
}

// finish decodes the value that stands under key and is called field.
func (r *manifestReader) finish(s Secret, held map[string]any, key, field string) (Snapshot, error) {
	text := r.value(held, strings.TrimSuffix(field, key), key)
	if masked(text) {
		r.fail("%w", ErrMaskedManifest)
	}
	decoded, fault := DecodeBase64(text)
	if fault != nil {
		r.fail("%s is not base64: %s", field, fault.Line())
	}
	return r.done(s, decoded)
}

// done gives what was read, or the first thing that was wrong. It takes the
// bytes over and clears them.
func (r *manifestReader) done(s Secret, value []byte) (Snapshot, error) {
	defer clear(value)
	if s.Ref.Name == "" {
		r.fail("name is missing")
	}
	if r.err != nil {
		return Snapshot{}, r.err
	}
	return Snapshot{Secret: s, Value: NewValue(value)}, nil
}

// masked tells whether text stands for a value, in either set of glyphs.
func masked(text string) bool {
	return text != "" && (strings.Trim(text, "•") == "" || strings.Trim(text, "*") == "")
}

// only refuses fields that are not among names. It names the line and not the
// field: of a text that was cut or pasted wrongly, a piece of the value can
// look like a field.
func (r *manifestReader) only(object map[string]any, where string, names ...string) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(names, key) {
			continue
		}
		at := where
		if line := r.lineWith(key); line > 0 {
			at = fmt.Sprintf("line %d: %s", line, where)
		}
		r.fail("%s holds a field that would be lost; it may have %s", at, list(names))
		return
	}
}

// lineWith finds the first line that begins with a key, or 0.
func (r *manifestReader) lineWith(key string) int {
	number := 0
	for line := range strings.SplitSeq(r.text, "\n") {
		number++
		if rest, found := strings.CutPrefix(strings.TrimSpace(line), key); found && strings.HasPrefix(rest, ":") {
			return number
		}
	}
	return 0
}

// str reads a text that may be absent.
func (r *manifestReader) str(object map[string]any, where, key string) string {
	v, there := object[key]
	text, ok := v.(string)
	if there && !ok {
		r.fail("%s%s is not a text: put it in quotes", where, key)
	}
	return text
}

// value reads a text that has to be there, though it may be empty: a control
// plane takes a secret whose value was left out for one that is empty.
func (r *manifestReader) value(object map[string]any, where, key string) string {
	if object[key] == nil {
		r.fail(`%s%s is missing; an empty value is written as ""`, where, key)
	}
	return r.str(object, where, key)
}

func (r *manifestReader) object(object map[string]any, where, key string) map[string]any {
	inner, ok := object[key].(map[string]any)
	if _, there := object[key]; !there {
		r.fail("%s%s is missing", where, key)
	} else if !ok {
		r.fail("%s%s does not hold fields", where, key)
	}
	return inner
}

func (r *manifestReader) instant(object map[string]any, key string) time.Time {
	text := r.str(object, "", key)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		r.fail("%s is not a time such as 2026-11-20T09:00:00Z", key)
	}
	return at
}

func (r *manifestReader) labels(object map[string]any, where string) map[string]string {
	if object["labels"] == nil {
		return nil
	}
	held := r.object(object, where, "labels")
	labels := make(map[string]string, len(held))
	for key, v := range held {
		text, ok := v.(string)
		if !ok {
			r.fail("%slabels holds something that is not a text: put it in quotes", where)
		}
		labels[key] = text
	}
	return labels
}
