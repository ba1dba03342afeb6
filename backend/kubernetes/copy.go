package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/model"
)

// What a safety copy is as an object. Its type is nobody's, so that neither
// the control plane nor its zones see it; it has no mesh label and no owner,
// and its data can be deleted but not changed.
const (
	typeCopy       = "meshsecrets.io/reassign-v1"
	keyMeta        = "meta.json"
	dataPrefix     = "v." // begins the keys of what was in the secret's data
	copySchema     = 1    // of meta.json
	labelManagedBy = "app.kubernetes.io/managed-by"
)

// What is written on a safety copy for whoever looks at it, and for lists.
const (
	noteFrom     = "meshsecrets.io/from-mesh"
	noteTo       = "meshsecrets.io/to-mesh"
	noteName     = "meshsecrets.io/source-name"
	noteUID      = "meshsecrets.io/source-uid"
	noteRevision = "meshsecrets.io/source-rv"
	noteBy       = "meshsecrets.io/by"
	noteHost     = "meshsecrets.io/host"
	noteVersion  = "meshsecrets.io/tool-version"
)

// noted tells whether an annotation is one of those: they hold no value.
func noted(name string) bool {
	switch name {
	case noteFrom, noteTo, noteName, noteUID, noteRevision, noteBy, noteHost, noteVersion:
		return true
	}
	return false
}

// origin is what meta.json says of the secret, and of where it goes.
// Annotations and labels of an object can be changed by others, its data not:
// what the notes say counts only as long as both agree.
type origin struct {
	Schema     int               `json:"schema"`
	ID         string            `json:"id"`
	From       string            `json:"from"`
	To         string            `json:"to"`
	Name       string            `json:"name"`
	UID        string            `json:"uid"`
	Revision   string            `json:"revision"`
	Type       string            `json:"type"`
	Labels     map[string]string `json:"labels"`
	Immutable  bool              `json:"immutable"`
	Unlabelled bool              `json:"unlabelled"`
}

// notedAnnotations are the annotations of the secret beside it. They may hold
// values, so they are read as they stand and can be overwritten.
type notedAnnotations struct {
	Annotations map[string]json.RawMessage `json:"annotations"`
}

func originOf(plan model.Plan, s model.Secret) origin {
	return origin{
		Schema: copySchema, ID: plan.ID, From: plan.From.Mesh, To: plan.To.Mesh, Name: plan.From.Name,
		UID: plan.UID, Revision: s.Version.Revision, Type: typeMesh,
		Labels: s.Labels, Immutable: s.Object.Immutable, Unlabelled: s.Unlabelled,
	}
}

// errCopy is what a broken safety copy ends in.
var errCopy = errors.New("it is no safety copy")

// encode writes meta.json. What annotations hold is added by hand, into a
// buffer that is large enough: an encoder would leave copies behind.
func (o origin) encode(annotations map[string]model.Value) ([]byte, error) {
	public, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	names, size := slices.Sorted(maps.Keys(annotations)), len(public)+len(`,"annotations":{}}`)
	quoted := make([][]byte, len(names))
	for i, name := range names {
		if quoted[i], err = json.Marshal(name); err != nil {
			return nil, err
		}
		size += len(quoted[i]) + len(`:"",`) + base64.StdEncoding.EncodedLen(annotations[name].Len())
	}
	text := append(make([]byte, 0, size), public[:len(public)-1]...)
	text = append(text, `,"annotations":{`...)
	for i, name := range names {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, quoted[i]...), `:"`...)
		text = append(base64.StdEncoding.AppendEncode(text, annotations[name].Reveal()), '"')
	}
	return append(text, "}}"...), nil
}

// encoded are annotations as meta.json has them: a server that echoes what it
// was sent has them encoded twice. The caller wipes them.
func encoded(annotations map[string]model.Value) map[string]model.Value {
	all := make(map[string]model.Value, len(annotations))
	for name, value := range annotations {
		text := base64.StdEncoding.AppendEncode(nil, value.Reveal())
		all[name] = model.NewValue(text)
		clear(text)
	}
	return all
}

// readOrigin reads meta.json. The caller wipes the annotations.
func readOrigin(text []byte) (origin, map[string]model.Value, error) {
	var o origin
	var beside notedAnnotations
	defer func() {
		for _, raw := range beside.Annotations {
			clear(raw)
		}
	}()
	if json.Unmarshal(text, &o) != nil || json.Unmarshal(text, &beside) != nil {
		return origin{}, nil, errCopy
	}
	var annotations map[string]model.Value
	for name, raw := range beside.Annotations {
		value, err := readAnnotation(raw)
		if err != nil {
			model.Snapshot{Rest: model.Rest{Annotations: annotations}}.Wipe()
			return origin{}, nil, err
		}
		if annotations == nil {
			annotations = make(map[string]model.Value, len(beside.Annotations))
		}
		annotations[name] = value
	}
	return o, annotations, nil
}

func readAnnotation(raw []byte) (model.Value, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return model.Value{}, errCopy
	}
	raw = raw[1 : len(raw)-1]
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	defer clear(plain)
	n, err := base64.StdEncoding.Strict().Decode(plain, raw)
	if err != nil {
		return model.Value{}, errCopy
	}
	return model.NewValue(plain[:n]), nil
}

// newCopy makes the safety copy of a secret. The caller wipes it.
func (p *plane) newCopy(plan model.Plan, s model.Snapshot) (held, error) {
	meta, err := originOf(plan, s.Secret).encode(s.Rest.Annotations)
	if err != nil {
		return held{}, err
	}
	fixed := true
	h := held{secretObject{
		ObjectMeta: metav1.ObjectMeta{
			Name: model.CopyName(plan.UID), Namespace: p.namespace,
			Labels: map[string]string{model.LabelReassign: plan.ID, labelManagedBy: fieldManager},
			Annotations: map[string]string{
				noteFrom: plan.From.Mesh, noteTo: plan.To.Mesh, noteName: plan.From.Name,
				noteUID: plan.UID, noteRevision: s.Secret.Version.Revision,
				noteBy: clipped(p.identity.User), noteHost: clipped(p.host), noteVersion: version(),
			},
		},
		Type: typeCopy, Immutable: &fixed,
		Data: map[string][]byte{keyMeta: meta, dataPrefix + keyValue: append([]byte{}, s.Value.Reveal()...)},
	}}
	for name, value := range s.Rest.Keys {
		h.Data[dataPrefix+name] = append([]byte{}, value.Reveal()...)
	}
	return h, nil
}

// maxNote bounds what somebody wrote about themselves, in bytes.
const maxNote = 512

// clipped is a text that a note takes.
func clipped(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxNote)], "")
}

// copied reads the secret that a safety copy holds, and false for an object
// that is none, or none that is whole. The caller wipes it.
func (p *plane) copied(h held, plan model.Plan) (model.Snapshot, bool) {
	value := h.Data[dataPrefix+keyValue]
	if h.Type != typeCopy || h.Immutable == nil || !*h.Immutable || len(value) == 0 {
		return model.Snapshot{}, false
	}
	o, annotations, err := readOrigin(h.Data[keyMeta])
	s := model.Snapshot{Rest: model.Rest{Annotations: annotations}}
	if err != nil || !o.holds(plan, h.Annotations[noteRevision]) {
		s.Wipe()
		return model.Snapshot{}, false
	}
	for key, data := range h.Data {
		name, its := strings.CutPrefix(key, dataPrefix)
		switch {
		case key == keyMeta || name == keyValue && its:
		case !its || name == "":
			s.Wipe()
			return model.Snapshot{}, false
		default:
			if s.Rest.Keys == nil {
				s.Rest.Keys = make(map[string]model.Value, len(h.Data))
			}
			s.Rest.Keys[name] = model.NewValue(data)
		}
	}
	s.Value = model.NewValue(value)
	s.Secret = o.secret(plan)
	s.Secret.Facts = p.examiner.Examine(value)
	s.Secret.Object.Annotations = slices.Sorted(maps.Keys(annotations))
	s.Secret.Object.Keys = s.Rest.KeysOf()
	return s, true
}

// holds tells whether meta.json is of this plan, and of a secret that can have
// been.
func (o origin) holds(plan model.Plan, revision string) bool {
	labelled := metav1.ObjectMeta{Name: o.Name, Labels: o.Labels}
	_, label := o.Labels[model.LabelMesh]
	return o.Schema == copySchema && o.Type == typeMesh && o.Revision != "" && o.Revision == revision &&
		o.ID == plan.ID && o.UID == plan.UID && o.From == plan.From.Mesh && o.To == plan.To.Mesh && o.Name == plan.From.Name &&
		refOf(labelled, typeMesh) == plan.From && o.Unlabelled == !label
}

// secret is the secret as it was.
func (o origin) secret(plan model.Plan) model.Secret {
	return model.Secret{
		Ref: plan.From, Labels: o.Labels, Unlabelled: o.Unlabelled,
		Version: model.Version{UID: o.UID, Revision: o.Revision},
		Object:  model.Object{Immutable: o.Immutable},
	}
}
