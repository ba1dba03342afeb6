package command

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What -o takes.
const (
	asText     = "text"
	asJSON     = "json"
	asYAML     = "yaml"
	asName     = "name"
	asManifest = "manifest"
	asRaw      = "raw"
)

// The document that list prints with -o json or -o yaml, and get as one
// secretDocument. Their names stay as they are; there may come more. No value
// is in a secretEntry.
type (
	listDocument struct {
		planeEntry
		Mesh     string        `json:"mesh,omitempty"`
		Global   bool          `json:"global,omitempty"`
		Secrets  []secretEntry `json:"secrets"`
		Complete bool          `json:"complete"`
		NotRead  []unreadEntry `json:"notRead"`
		Notes    []string      `json:"notes"`
	}
	planeEntry struct {
		ControlPlane string `json:"controlPlane"`
		Environment  string `json:"environment"`
		Product      string `json:"product"`
		At           string `json:"at"`
	}
	secretEntry struct {
		Mesh      string      `json:"mesh"`
		Name      string      `json:"name"`
		Missing   bool        `json:"missing"`
		Kind      string      `json:"kind"`
		Size      *int        `json:"size,omitempty"`
		NotBefore string      `json:"notBefore,omitempty"`
		NotAfter  string      `json:"notAfter,omitempty"`
		Created   string      `json:"created,omitempty"`
		Modified  string      `json:"modified,omitempty"`
		Use       string      `json:"use"`
		UsedBy    []userEntry `json:"usedBy"`
		System    bool        `json:"system"`
		Notes     []string    `json:"notes"`
	}
	userEntry struct {
		Kind    string `json:"kind"`
		Name    string `json:"name"`
		Role    string `json:"role"`
		Enabled bool   `json:"enabled"`
		Implied bool   `json:"implied"`
	}
)

// planeEntry tells which control plane was looked at, and when.
func (e *errand) planeEntry() planeEntry {
	id := e.plane.Identity()
	return planeEntry{
		ControlPlane: e.shown(), Environment: string(id.Environment),
		Product: model.Visible(strings.TrimSpace(id.Product + " " + id.Version)),
		At:      instantOf(e.process.Now()),
	}
}

// secretEntry is a row for another program.
func (e *errand) secretEntry(row model.Row) secretEntry {
	facts, secret := row.Secret.Facts, row.Secret
	entry := secretEntry{
		Mesh: model.Visible(secret.Ref.Mesh), Name: model.Visible(secret.Ref.Name), Missing: row.Ghost(),
		NotBefore: instantOf(facts.NotBefore), NotAfter: instantOf(facts.NotAfter),
		Created: instantOf(secret.Created), Modified: instantOf(secret.Modified),
		UsedBy: []userEntry{}, System: row.System, Notes: append([]string{}, e.notesOf(row)...),
	}
	if !row.Ghost() {
		entry.Use = row.Mark.String()
	}
	if facts.Learnt() {
		entry.Kind, entry.Size = row.KindWord(), &facts.Size
	}
	for _, u := range row.Users {
		kind := string(u.Kind)
		if u.OfBackend() {
			kind = "mTLS backend"
		}
		entry.UsedBy = append(entry.UsedBy, userEntry{kind, model.Visible(u.By), model.Visible(u.Role), u.Enabled, u.Implied})
	}
	return entry
}

// notesOf are the words for a row. That a secret comes from a global control
// plane matters only on a zone of it: elsewhere it can be changed.
func (e *errand) notesOf(row model.Row) []string {
	var notes []string
	for _, note := range row.Notes(e.process.Now()) {
		if note != "from global" || e.plane.Identity().Federated {
			notes = append(notes, note)
		}
	}
	return notes
}

// unreadEntries name what was not read of who refers to secrets.
func unreadEntries(unread []model.Unread) []unreadEntry {
	entries := []unreadEntry{}
	for _, u := range unread {
		entries = append(entries, unreadEntry{string(u.Kind), model.Visible(u.Why), u.Partly})
	}
	return entries
}

// instantOf is a time for another program, "" for none.
func instantOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// printDocument prints one document, and overwrites it: it may hold a value. As
// with all output, a pipe that was closed changes nothing.
func printDocument(to io.Writer, output string, document any) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if encoder.Encode(document) != nil {
		return
	}
	out := []byte(text.String())
	if output == asYAML {
		if inYAML, err := yaml.JSONToYAML(out); err == nil {
			clear(out)
			out = inYAML
		}
	}
	_, _ = to.Write(out)
	clear(out)
}

// environmentForm is the form of a manifest that the control plane's own tools
// take.
func environmentForm(id backend.Identity) model.Form {
	if id.Environment == backend.Kubernetes {
		return model.KubernetesForm
	}
	return model.UniversalForm
}
