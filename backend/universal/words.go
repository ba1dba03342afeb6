package universal

import (
	"encoding/json"
	"errors"
	"strings"
)

// apiWords is the JSON of a control plane's refusal. Control planes before 2.3
// give details and causes only.
type apiWords struct {
	Kind       string `json:"kind"` // of an API server of Kubernetes: "Status"
	APIVersion string `json:"apiVersion"`
	Title      string `json:"title"`
	Detail     string `json:"detail"`
	Details    string `json:"details"`
	Parameters []struct {
		Field  string `json:"field"`
		Reason string `json:"reason"`
	} `json:"invalid_parameters"`
	Causes []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"causes"`
}

func readWords(text []byte) apiWords {
	var words apiWords
	if json.Unmarshal(text, &words) != nil {
		return apiWords{}
	}
	return words
}

// spoken tells whether a control plane said anything.
func (w apiWords) spoken() bool { return w.Title != "" || w.Detail != "" || w.Details != "" }

// cluster tells the words of an API server of Kubernetes from a control plane's.
func (w apiWords) cluster() bool { return w.Kind == "Status" && w.APIVersion == "v1" }

// meshMissing tells the 404 of a mesh from that of a secret.
func (w apiWords) meshMissing() bool { return w.Title == titleMeshMissing }

// errMeshMissing is the cause of an ErrNotFound that is about the mesh, not
// about the secret in it.
var errMeshMissing = errors.New("the mesh does not exist")

// titleMeshMissing is the title of every 404 below a mesh that does not exist.
const titleMeshMissing = "Failed to retrieve Mesh"

func (w apiWords) field() string {
	switch {
	case len(w.Parameters) > 0:
		return w.Parameters[0].Field
	case len(w.Causes) > 0:
		return w.Causes[0].Field
	}
	return ""
}

func (w apiWords) reason() string {
	var all []string
	for _, p := range w.Parameters {
		all = append(all, saying(p.Field, p.Reason))
	}
	if len(all) == 0 {
		for _, c := range w.Causes {
			all = append(all, saying(c.Field, c.Message))
		}
	}
	switch {
	case len(all) > 0:
		return strings.Join(all, "; ")
	case w.meshMissing():
		return "its mesh does not exist"
	case w.Detail != "":
		return w.Detail
	case w.Details != "":
		return w.Details
	}
	return w.Title
}

func saying(field, reason string) string {
	if field == "" {
		return reason
	}
	return field + ": " + reason
}
