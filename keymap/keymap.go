// Package keymap is the one list of what can be done with a key: every action
// has a name, its keys, the words of help, and whether it writes. Keys, hints,
// help, commands, the README's table and read-only all come from it.
//
// It knows no screen and handles nothing: a screen says which actions it has
// now, and the console finds the action of a key among those.
package keymap

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// ID names an action. It is also its name among the commands.
type ID string

// The actions.
const (
	Up          ID = "up"
	Down        ID = "down"
	Top         ID = "first"
	Bottom      ID = "last"
	HalfDown    ID = "half a page down"
	HalfUp      ID = "half a page up"
	PageDown    ID = "page down"
	PageUp      ID = "page up"
	OtherPane   ID = "other pane"
	AllMeshes   ID = "all meshes"
	NthMesh     ID = "mesh"
	Open        ID = "open"
	OpenNamed   ID = "open NAME"
	OpenMesh    ID = "mesh NAME"
	LearnFacts  ID = "learn facts"
	Problems    ID = "problems"
	Recover     ID = "recover"
	Resend      ID = "resend"
	Reveal      ID = "reveal"
	CopyName    ID = "copy name"
	CopyValue   ID = "copy value"
	UsedBy      ID = "used by"
	Manifest    ID = "manifest"
	SwitchForm  ID = "switch form"
	Export      ID = "export"
	Filter      ID = "filter"
	Sort        ID = "sort COLUMN"
	Reverse     ID = "reverse"
	Add         ID = "add"
	Edit        ID = "edit"
	EditOutside ID = "editor"
	Reassign    ID = "reassign"
	Delete      ID = "delete"
	TakeBack    ID = "take back"
	Undo        ID = "undo"
	Mark        ID = "mark"
	MarkAll     ID = "mark all"
	ClearMarks  ID = "clear marks"
	Planes      ID = "control planes"
	Commands    ID = "commands"
	Help        ID = "help"
	Reload      ID = "reload"
	Redraw      ID = "redraw"
	Back        ID = "back"
	Quit        ID = "quit"
	Suspend     ID = "suspend"

	// Of forms, choices and the command line.
	NextField   ID = "next field"
	PrevField   ID = "previous field"
	Left        ID = "choice to the left"
	Right       ID = "choice to the right"
	Save        ID = "save"
	RevealTyped ID = "reveal what is typed"
	Accept      ID = "do it"
	Complete    ID = "complete"
	Leave       ID = "leave"
	Keep        ID = "keep the filter"
	ClearFilter ID = "clear the filter"
)

// Section groups actions in help.
type Section string

// The sections of help, in their order there.
const (
	Move    Section = "Move"
	Look    Section = "Look"
	Change  Section = "Change"
	Marking Section = "Mark"
	Form    Section = "Form"
	Program Section = "Program"
)

// Sections gives all sections in the order of help.
func Sections() []Section { return []Section{Move, Look, Change, Marking, Form, Program} }

// Action is one thing that can be done.
type Action struct {
	ID        ID
	Keys      []string // as Bubble Tea names them
	Word      string   // in hints: "enter open"
	Help      string   // in help and the README
	Both      string   // in help, on a line shared with Beside
	What      string   // among the commands; "" keeps it out of them
	Section   Section
	Beside    ID   // the action that shares its line of help
	Takes     bool // a word is typed after its name: the last word of its ID stands for that
	Writes    bool // it changes the control plane, so read-only takes it away
	Reveals   bool // it shows a value, or gives it away: switched off where nothing is revealed
	Dangerous bool // what it does cannot be taken back by pressing another key
	OnMarks   bool // it can act on several secrets at once
}

// Map is the actions, in the order of help.
type Map struct{ actions []Action }

// Get gives an action. An ID that is not in the map gives an Action without
// keys.
func (m Map) Get(id ID) Action {
	i := slices.IndexFunc(m.actions, func(a Action) bool { return a.ID == id })
	if i < 0 {
		return Action{ID: id}
	}
	return m.actions[i]
}

// All gives the actions in the order of help.
func (m Map) All() []Action { return slices.Clone(m.actions) }

// Has tells whether the key does this action.
func (a Action) Has(pressed string) bool { return slices.Contains(a.Keys, pressed) }

// Verb is the action's name among the commands without the word that is typed
// after it.
func (a Action) Verb() string {
	if !a.Takes {
		return string(a.ID)
	}
	verb, _, _ := strings.Cut(string(a.ID), " ")
	return verb
}

// Binding is the action as the libraries' help components take it.
func (a Action) Binding() key.Binding {
	return key.NewBinding(key.WithKeys(a.Keys...), key.WithHelp(a.Label(), a.Help))
}

// Label is the first key as people write it: "enter", "ctrl+s", "j".
func (a Action) Label() string {
	if len(a.Keys) == 0 {
		return ""
	}
	return a.Keys[0]
}

// HelpLine is one line of help: keys and what they do.
type HelpLine struct {
	Section Section
	Keys    string
	Text    string
}

// Lines are the lines of help for the actions that are offered, in the order
// of help. Two actions that belong together share a line.
func (m Map) Lines(offered func(ID) bool) []HelpLine {
	var lines []HelpLine
	beside := map[ID]bool{}
	for _, a := range m.actions {
		if len(a.Keys) == 0 || beside[a.ID] || !offered(a.ID) {
			continue
		}
		line := HelpLine{Section: a.Section, Keys: a.KeyNames(), Text: a.Help}
		if a.Beside != "" && offered(a.Beside) {
			beside[a.Beside] = true
			line.Keys, line.Text = together(a, m.Get(a.Beside)), a.Both
		}
		lines = append(lines, line)
	}
	return lines
}

// KeyNames are an action's keys as help shows them.
func (a Action) KeyNames() string {
	if a.ID == NthMesh {
		return a.Keys[0] + "-" + a.Keys[len(a.Keys)-1]
	}
	text := a.Keys[0]
	for _, k := range a.Keys[1:] {
		if len(text)+1+len(k) > keysRoom {
			break
		}
		text += " " + k
	}
	return text
}

// together are the keys of two actions on one line, like with like: "j k  down
// up".
func together(a, b Action) string {
	if a.ID == AllMeshes {
		return a.KeyNames() + "  " + b.KeyNames()
	}
	text := a.Keys[0] + " " + b.Keys[0]
	for i := 1; i < min(len(a.Keys), len(b.Keys)); i++ {
		more := text + "  " + a.Keys[i] + " " + b.Keys[i]
		if len(more) > keysRoom {
			break
		}
		text = more
	}
	return text
}

// keysRoom is how wide the keys of a line of help are; further ones are left
// to the table of the README.
const keysRoom = 17
