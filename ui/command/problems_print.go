package command

import (
	"encoding/json"
	"strings"
	"time"

	"meshsecrets/model"
)

// printText prints one line a problem, and then what was read.
func (l looked) printText(e *errand, mesh string) {
	of := ""
	if mesh != "" {
		of = "in mesh " + mesh + " "
	}
	if len(l.Problems) == 0 {
		e.sheet.title("Nothing wrong was found %son %s.", of, e.about())
	} else {
		e.sheet.title("Problems %son %s", of, e.about())
	}
	wide := 0
	for _, p := range l.Problems {
		wide = max(wide, min(len([]rune(whereOf(p))), longestName))
	}
	for _, p := range l.Problems {
		e.sheet.line(problemMark(p), "%-15s  %-*s  %s", p.Trouble, wide, whereOf(p), p.Cell(false))
	}
	e.sheet.title("Read: %s.", l.whatWasRead())
	for _, group := range groupUnread(l.Unread) {
		if !group[0].MayBeThere() {
			e.sheet.line("", "not read: %s (%s)", kindWords(group), model.Visible(group[0].Why))
		}
	}
	for _, text := range l.blind {
		e.sheet.line(look, "%s", text)
	}
}

// longestName is how much room names have before what a problem means.
const longestName = 48

// whereOf is the secret or the mesh that a problem is about, as :open takes it.
func whereOf(p model.Problem) string {
	switch {
	case p.Ref.Name == "":
		return "mesh " + model.Visible(p.Ref.Mesh)
	case p.Ref.Mesh == "" && p.Interrupted != nil:
		return model.Visible(p.Ref.Name)
	}
	return model.Visible(p.Ref.String())
}

func problemMark(p model.Problem) string {
	if p.Broken {
		return failed
	}
	if p.Mild() {
		return ""
	}
	return look
}

// whatWasRead is how much was.
func (l looked) whatWasRead() string {
	secrets := counted(l.Secrets, "secret", "secrets")
	switch {
	case l.Secrets == 0:
		secrets = "no secrets"
	case l.Unlearnt == 0:
		secrets += " and their facts"
	case l.Unlearnt < l.Secrets:
		secrets += ", the facts of " + model.CountWord(l.Secrets-l.Unlearnt) + " of them"
	default:
		secrets += " without their facts"
	}
	return strings.Join([]string{counted(l.Meshes, "mesh", "meshes"), secrets, counted(len(l.read), "kind of resources", "kinds of resources")}, ", ")
}

// groupUnread puts kinds together that were not read for the same reason.
func groupUnread(unread []model.Unread) [][]model.Unread {
	var groups [][]model.Unread
next:
	for _, u := range unread {
		for i := range groups {
			if groups[i][0].Alike(u) {
				groups[i] = append(groups[i], u)
				continue next
			}
		}
		groups = append(groups, []model.Unread{u})
	}
	return groups
}

func kindWords(group []model.Unread) string {
	words := make([]string, len(group))
	for i, u := range group {
		words[i] = string(u.Kind)
	}
	return strings.Join(words, ", ")
}

// The document that -o json prints. Its names stay as they are; there may come
// more.
type (
	problemsDocument struct {
		ControlPlane string         `json:"controlPlane"`
		Environment  string         `json:"environment"`
		Product      string         `json:"product"`
		At           string         `json:"at"`
		Mesh         string         `json:"mesh,omitempty"`
		Problems     []problemEntry `json:"problems"`
		Errors       int            `json:"errors"`
		Warnings     int            `json:"warnings"`
		Unfinished   int            `json:"unfinished"`
		Complete     bool           `json:"complete"`
		Read         readEntry      `json:"read"`
		NotRead      []unreadEntry  `json:"notRead"`
		Notes        []string       `json:"notes"`
	}
	problemEntry struct {
		Level   string    `json:"level"`
		Problem string    `json:"problem"`
		Mesh    string    `json:"mesh"`
		Name    string    `json:"name"`
		Other   *refEntry `json:"other,omitempty"`
		What    string    `json:"what"`
		Meaning string    `json:"meaning"`
	}
	refEntry struct {
		Mesh string `json:"mesh"`
		Name string `json:"name"`
	}
	readEntry struct {
		Meshes  int      `json:"meshes"`
		Secrets int      `json:"secrets"`
		Facts   int      `json:"facts"`
		Kinds   []string `json:"kinds"`
	}
	unreadEntry struct {
		Kind   string `json:"kind"`
		Why    string `json:"why"`
		Partly bool   `json:"partly"`
	}
)

// printJSON prints it all for another program. No value is in it.
func (l looked) printJSON(e *errand, mesh string) {
	id := e.plane.Identity()
	fail, look, unfinished := l.count()
	d := problemsDocument{
		ControlPlane: e.shown(), Environment: string(id.Environment),
		Product: model.Visible(strings.TrimSpace(id.Product + " " + id.Version)),
		At:      e.process.Now().UTC().Format(time.RFC3339), Mesh: mesh,
		Problems: []problemEntry{}, Errors: fail, Warnings: look, Unfinished: unfinished, Complete: len(l.blind) == 0,
		Read:    readEntry{Meshes: l.Meshes, Secrets: l.Secrets, Facts: l.Secrets - l.Unlearnt, Kinds: []string{}},
		NotRead: unreadEntries(l.Unread), Notes: append([]string{}, l.blind...),
	}
	for _, p := range l.Problems {
		d.Problems = append(d.Problems, entryFor(p))
	}
	for _, kind := range l.read {
		d.Read.Kinds = append(d.Read.Kinds, string(kind))
	}
	encoder := json.NewEncoder(e.sheet.to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(d) // as with all output, a pipe that was closed changes nothing
}

// entryFor is one problem. A global secret has no mesh.
func entryFor(p model.Problem) problemEntry {
	level := "warning"
	switch {
	case p.Interrupted != nil:
		level = "unfinished"
	case p.Broken:
		level = "error"
	case p.Mild():
		level = "note"
	}
	out := problemEntry{
		Level: level, Problem: p.Trouble.String(), Mesh: model.Visible(p.Ref.Mesh), Name: model.Visible(p.Ref.Name),
		What: p.Cell(false), Meaning: strings.Join(p.Meaning(), " "),
	}
	if p.Other != (model.Ref{}) {
		out.Other = &refEntry{model.Visible(p.Other.Mesh), model.Visible(p.Other.Name)}
	}
	return out
}
