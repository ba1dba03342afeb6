package kubernetes

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"k8s.io/apimachinery/pkg/util/validation"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The measures of a list.
const (
	pageSize  = 500  // the first page, which somebody waits for
	laterSize = 2500 // the pages after it: each costs the server a look at all secrets
	learnSize = 100  // with values, which may be of 1 MiB each
	maxSweeps = 3
	maxCursor = 16 << 10 // bytes; what a server gives as its own cursor is in it
)

// phase is one of the lists that a query is made of.
type phase struct{ kind, labels string }

// phasesOf takes a query apart: an API server chooses by one type at a time,
// and by a label that is there or by one that is not.
func phasesOf(q backend.Query) []phase {
	switch {
	case q.Global:
		return []phase{{kind: typeGlobal}}
	case q.Mesh == "":
		return []phase{{kind: typeMesh}, {kind: typeGlobal}}
	case q.Mesh == defaultMesh:
		return []phase{{typeMesh, model.LabelMesh + " in (" + defaultMesh + ",)"}, {typeMesh, "!" + model.LabelMesh}}
	case len(validation.IsValidLabelValue(q.Mesh)) > 0:
		return nil // no label can have this value, so no secret is in this mesh
	}
	return []phase{{typeMesh, model.LabelMesh + "=" + q.Mesh}}
}

// mark is where watches go on: the resourceVersion of the first page of each
// type's list.
type mark struct {
	Mesh   string `json:"m,omitempty"`
	Global string `json:"g,omitempty"`
}

// with notes a list of a type. The older one of two counts: what came between
// is told twice then, rather than not at all.
func (m mark) with(kind, revision string) mark {
	switch {
	case kind == typeGlobal && m.Global == "":
		m.Global = revision
	case kind == typeMesh && m.Mesh == "":
		m.Mesh = revision
	}
	return m
}

func (m mark) of(kind string) string {
	if kind == typeGlobal {
		return m.Global
	}
	return m.Mesh
}

func (m mark) encode() string { return encode(m) }

// cursor is where a sweep stands. All of it travels in Page.Next: nothing is
// kept between the pages, so leaving a list half-way costs nothing.
type cursor struct {
	Sweep     int    `json:"s"` // from 1
	Phase     int    `json:"p"`
	Limit     int    `json:"l"` // items on a page
	Seen      int    `json:"n"` // secrets of earlier pages
	Continue  string `json:"c,omitempty"`
	Mark      mark   `json:"m"`
	Unsettled bool   `json:"u,omitempty"`
}

func (c cursor) encode() string { return encode(c) }

// decodeCursor reads what encode wrote for a list of that many phases.
// Anything else is refused: a cursor decides what is asked for.
func decodeCursor(text string, phases int) (cursor, bool) {
	var c cursor
	sound := len(text) <= maxCursor && decodeText(text, &c) && c.encode() == text &&
		c.Sweep >= 1 && c.Sweep <= maxSweeps && c.Phase >= 0 && c.Phase < phases &&
		c.Limit >= 1 && c.Limit <= laterSize && c.Seen >= 0
	return c, sound
}

// encode writes strings and numbers, which always succeeds.
func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func decodeText(text string, into any) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return false
	}
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	return strict.Decode(into) == nil
}
