package model

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Form is the dialect of a manifest.
type Form uint8

// The forms: what the HTTP API of a control plane speaks, and a Secret of
// Kubernetes.
const (
	UniversalForm Form = iota
	KubernetesForm
)

// The types of secrets in both forms.
const (
	typeSecret           = "Secret"
	typeGlobalSecret     = "GlobalSecret"
	kubeTypeSecret       = "system.kuma.io/secret"        //nolint:gosec // the name of a type
	kubeTypeGlobalSecret = "system.kuma.io/global-secret" //nolint:gosec // likewise
)

// String is the form as a screen says it.
func (f Form) String() string {
	if f == KubernetesForm {
		return "Kubernetes form"
	}
	return "Universal form"
}

// WriteManifest writes a secret as YAML. data is what stands for the value:
// Mask, or its base64. namespace is that of the control plane and is only
// used by the Kubernetes form; empty, it is left out. What annotations and
// other keys hold is masked always, and LastApplied is left out. The text holds
// foreign names only as printable characters.
func WriteManifest(s Secret, form Form, namespace, data string) string {
	w := manifestWriter{data: data}
	w.write(s, form, namespace)
	return string(w.text)
}

// ManifestWith is WriteManifest with the value itself, below a heading that is
// taken as it is. The caller wipes what comes of it: in strings, and in a buffer
// that grows, copies of the value would stay that nobody can wipe.
func ManifestWith(heading string, s Secret, form Form, namespace string, v Value) Value {
	room := len(heading) + len(WriteManifest(s, form, namespace, Mask)) + base64.StdEncoding.EncodedLen(v.Len()) + len(`""`)
	w := manifestWriter{text: append(make([]byte, 0, room), heading...), value: v.Reveal(), shown: true}
	w.write(s, form, namespace)
	defer clear(w.text)
	return NewValue(w.text)
}

// manifestWriter writes a manifest, with what stands for the value or with the
// value.
type manifestWriter struct {
	text  []byte
	data  string
	value []byte
	shown bool
}

func (w *manifestWriter) write(s Secret, form Form, namespace string) {
	if form == KubernetesForm {
		w.kubernetes(s, namespace)
	} else {
		w.universal(s)
	}
}

// secret writes the value, or what stands for it.
func (w *manifestWriter) secret(depth int, key string) {
	if !w.shown {
		w.field(depth, key, w.data)
		return
	}
	w.begin(depth, key+": ")
	at := len(w.text)
	w.text = base64.StdEncoding.AppendEncode(w.text, w.value)
	if !plain(w.text[at:]) {
		w.text = append(slices.Insert(w.text, at, '"'), '"')
	}
	w.text = append(w.text, '\n')
}

// begin writes the text of a line up to where something foreign follows.
func (w *manifestWriter) begin(depth int, text string) {
	w.text = append(append(w.text, strings.Repeat("  ", depth)...), text...)
}

func (w *manifestWriter) universal(s Secret) {
	kind := typeSecret
	if s.Ref.Global() {
		kind = typeGlobalSecret
	}
	w.field(0, "type", kind)
	if !s.Ref.Global() {
		w.field(0, "mesh", s.Ref.Mesh)
	}
	w.field(0, "name", s.Ref.Name)
	w.instant("creationTime", s.Created)
	w.instant("modificationTime", s.Modified)
	w.labels(0, s.Labels)
	w.secret(0, "data")
}

func (w *manifestWriter) kubernetes(s Secret, namespace string) {
	kind := kubeTypeSecret
	if s.Ref.Global() {
		kind = kubeTypeGlobalSecret
	}
	w.field(0, "apiVersion", "v1")
	w.field(0, "kind", "Secret")
	w.open(0, "metadata")
	w.field(1, "name", s.Ref.Name)
	if namespace != "" {
		w.field(1, "namespace", namespace)
	}
	w.labels(1, kubernetesLabels(s))
	if len(s.Object.Annotations) > 0 {
		w.open(1, "annotations")
	}
	for _, name := range s.Object.Annotations {
		w.field(2, name, Mask)
	}
	w.field(0, "type", kind)
	if s.Object.Immutable {
		w.begin(0, "immutable: true\n")
	}
	w.open(0, "data")
	w.secret(1, "value")
	for _, key := range s.Object.Keys {
		w.field(1, key.Name, Mask)
	}
}

// kubernetesLabels are the labels of a secret in the Kubernetes form. Those
// that a Universal control plane computed are left out: they would be wrong
// there. The mesh stands only in its label; a global secret with one is
// refused.
func kubernetesLabels(s Secret) map[string]string {
	labels := maps.Clone(s.Labels)
	if labels[LabelEnv] == "universal" {
		labels = Carry(labels)
	}
	delete(labels, LabelMesh)
	if s.Ref.Global() {
		return labels
	}
	if labels == nil {
		labels = map[string]string{}
	}
	labels[LabelMesh] = s.Ref.Mesh
	return labels
}

func (w *manifestWriter) open(depth int, key string) {
	w.begin(depth, scalar(key)+":\n")
}

func (w *manifestWriter) field(depth int, key, value string) {
	w.begin(depth, scalar(key)+": "+scalar(value)+"\n")
}

// instant writes a time in quotes: without them YAML readers make a time of
// their own of it.
func (w *manifestWriter) instant(key string, at time.Time) {
	if !at.IsZero() {
		w.field(0, key, at.UTC().Format(time.RFC3339Nano))
	}
}

func (w *manifestWriter) labels(depth int, labels map[string]string) {
	if len(labels) == 0 {
		return
	}
	w.open(depth, "labels")
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		w.field(depth+1, key, labels[key])
	}
}

// notText are the plain words that readers of YAML, old ones included, take
// for something else than text. Base64 can spell some of them.
var notText = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

// scalar writes text so that every reader of YAML reads the same text: plain
// where nothing can be mistaken, else in double quotes. Go's quotes are YAML's
// as long as the text is valid UTF-8.
func scalar(text string) string {
	if text == Mask || plain(text) {
		return text
	}
	return strconv.Quote(strings.ToValidUTF8(text, "\uFFFD"))
}

// plain allows what names, labels and base64 are made of. A digit or sign at
// the beginning could make a number or a date.
func plain[T string | []byte](text T) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '/'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+=-_.", rune(c))) {
			return false
		}
	}
	return len(text) > 0 && !slices.ContainsFunc(notText, func(word string) bool {
		return len(word) == len(text) && strings.EqualFold(word, string(text))
	})
}
