package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// spot is a field of a form, or the checks under it.
type spot uint8

const (
	atMesh spot = iota
	atName
	atFrom
	atPath
	atMake
	atStore
	atValue
	atChecks
)

// form adds a secret or edits the value of one. Nothing is sent before it is
// saved; a refused save keeps everything that was typed.
type form struct {
	id    *token
	to    *session
	stock stock
	row   model.Row // the secret that is edited, or the missing one that is added
	edit  bool

	meshes     []string // to choose from; "" is the global secrets
	mesh       int
	name       field
	start      string // the name as it was filled in
	from       source // where the value is to come from
	path       field
	taken      string // the path that the value was read from
	unreadable string // why the file could not be read, until its path is changed
	make       making
	spare      model.Value   // the other half of a CA that was made
	maker      mould         // what the value was made for, when that was this program
	lone       lone          // that the value is the other half of one that is saved
	lost       *model.Change // that may have been saved, as its answer was lost; nil for none
	decode     bool          // what is written is base64 of the value
	outside    outside       // the person's own editor, and what is under way with it
	entry      entry
	shown      bool
	until      time.Time // when what is revealed is masked again; typing puts it off

	at     spot
	mend   int // which of the checks that can be mended the bar is on
	checks []check
	stops  []string  // what must be mended before saving, by its topics
	exists model.Ref // it was there already when it was saved
	why    string    // in the control plane's words: which other secret has its name

	before   model.Snapshot // what is edited, as it was read
	opened   time.Time      // when it was read
	conflict bool           // somebody else saved it meanwhile
	failed   error          // why it could not be read
	again    time.Time      // when that is tried again by itself; zero: not
	refused  string         // why the control plane did not save it, in whole; until something is changed
	reading  *request
	loading  *request     // a file is read
	saving   *request     // a write is under way
	halves   halves       // the other halves of its pair are read
	change   model.Change // that waits for consent or is being saved
}

// source is where the value of a form is to come from.
type source uint8

const (
	byHand   source = iota // typed or pasted
	byFile                 // from a file
	byMaking               // made here
	byEditor               // from the person's own editor
)

// sources are those that can be chosen, in their order. What the editor would
// show may not be shown everywhere.
func (f form) sources() []source {
	if f.to.editor == nil || f.to.veiled() {
		return []source{byHand, byFile, byMaking}
	}
	return []source{byHand, byFile, byMaking, byEditor}
}

// newForm adds a secret. ref gives the mesh, and the name when a missing one
// is added.
func newForm(s *session, have stock, ref model.Ref) Screen { return newFormOf(s, have, ref) }

func newFormOf(s *session, have stock, ref model.Ref) form {
	f := form{id: &token{}, to: s, stock: have, start: ref.Name, name: newField(ref.Name, 1024), path: newField("", 4096), entry: newEntry(), at: atName}
	for _, m := range have.inventory.Meshes {
		if !m.Mesh.Missing {
			f.meshes = append(f.meshes, m.Mesh.Name)
		}
	}
	if i := slices.Index(f.meshes, ref.Mesh); i >= 0 {
		f.mesh = i
	} else if !ref.Global() {
		f.meshes = append(f.meshes, ref.Mesh)
		f.mesh = len(f.meshes) - 1
	}
	f.meshes = append(f.meshes, "")
	if ref.Global() {
		f.mesh, f.at = len(f.meshes)-1, atMesh
	}
	if ref.Name != "" {
		f.at = atValue
		f.row, _ = have.inventory.Find(ref)
	}
	return f
}

// openEdit edits a secret: it is read at once, and the form fills when it is
// there.
func openEdit(s *session, f Frame, have stock, row model.Row) (Screen, tea.Cmd) {
	c := changeOf(model.Edit, have, row)
	why := firstOf(sentence(c.Refuse(s.gate.Ground())), immutable(row.Secret))
	if why != "" {
		return refusal{"Edit " + model.Visible(row.Secret.Ref.Name), why}, nil
	}
	e := form{id: &token{}, to: s, stock: have, row: row, edit: true, path: newField("", 4096), name: newField("", 0), entry: newEntry(), at: atValue}
	return e.read(f)
}

func (f form) read(fr Frame) (form, tea.Cmd) {
	f.failed, f.again = nil, time.Time{}
	var run tea.Cmd
	f.reading, run = readSecret(f.to, fr, f.row.Secret.Ref)
	return f, run
}

// ref is the secret as it is to be saved.
func (f form) ref() model.Ref {
	if f.edit {
		return f.row.Secret.Ref
	}
	return model.Ref{Mesh: f.meshes[f.mesh], Name: f.name.text()}
}

// called is the secret's name for a sentence.
func (f form) called() string {
	if name := f.ref().Name; name != "" {
		return model.Visible(name)
	}
	return "the secret"
}

func (f form) typing() bool {
	if f.waits() {
		return false
	}
	return f.at == atName || f.at == atPath || f.at == atValue
}

// waits tells that nothing can be typed: the secret is being read or saved, or
// could not be read.
func (f form) waits() bool {
	return f.reading != nil || f.saving != nil || f.failed != nil || f.outside.busy()
}

func (f form) busy() (string, bool) { return "saving " + f.called(), f.saving != nil }

func (f form) holds() bool { return true }

func (f form) masked() Screen {
	f.shown = false
	return f
}

func (f form) close() {
	f.reading.stop()
	f.loading.stop()
	f.outside.stop()
	f.halves.asked.stop()
	f.entry.wipe()
	f.spare.Wipe()
	f.before.Wipe()
	f.change.Wipe()
	f.known()
}

// dirty tells whether leaving would drop something that was typed.
func (f form) dirty() bool {
	if f.path.text() != "" {
		return true
	}
	if !f.edit {
		return f.name.text() != f.start || !f.entry.empty()
	}
	if f.waits() || f.entry.from == asStored {
		return false
	}
	v := f.entry.value()
	defer v.Wipe()
	return !v.Equal(f.before.Value)
}

// untouched tells that what is typed or pasted replaces the value: it is the
// stored one, and masked, so nobody sees into what they would type.
func (f form) untouched() bool { return f.entry.from == asStored && !f.shown }

// Deeds are those of the field that has the keys.
func (f form) Deeds(Frame) []Deed {
	redraw := Deed{ID: keymap.Redraw, Quiet: true}
	switch {
	case f.saving != nil:
		return []Deed{redraw, {ID: keymap.Leave, Not: f.called() + " is being saved; that is not stopped half way.", Quiet: true}, {ID: keymap.Quit, Word: "quit once it is saved"}}
	case f.outside.busy():
		return []Deed{redraw}
	case f.reading != nil:
		return []Deed{redraw, {ID: keymap.Leave, Pin: true}}
	case f.failed != nil:
		return []Deed{redraw, {ID: keymap.Reload, Word: "read it again"}, {ID: keymap.Leave, Pin: true}}
	}
	var deeds []Deed
	if word := f.enterWord(); word != "" {
		deeds = append(deeds, Deed{ID: keymap.Accept, Word: word, Quiet: word == nextWord, Shows: word == editorWord})
	}
	deeds = append(deeds, Deed{ID: keymap.NextField}, Deed{ID: keymap.PrevField, Quiet: true})
	if f.choosing() {
		deeds = append(deeds, Deed{ID: keymap.Left, Word: "choose"}, Deed{ID: keymap.Right, Quiet: true})
	}
	word := "reveal"
	if f.shown {
		word = "mask"
	}
	return append(deeds, Deed{ID: keymap.Save}, Deed{ID: keymap.RevealTyped, Word: word}, redraw, Deed{ID: keymap.Leave, Pin: true})
}

const (
	nextWord   = "next field"
	editorWord = "open $EDITOR"
)

// enterWord is what enter does, "" where it is a new line of the value.
func (f form) enterWord() string {
	switch {
	case f.conflict:
		return "compare"
	case f.at == atChecks:
		return f.mendable()[f.mend].word
	case f.opensEditor():
		return editorWord
	case f.at == atMake:
		return makeWord
	case f.at == atPath && f.path.text() != f.taken:
		return "read it"
	case f.at == atValue:
		return ""
	}
	return nextWord
}

// Do does one of them.
func (f form) Do(fr Frame, p Press) (Screen, Result) {
	next, result := f.act(fr, p)
	return withHalves(next, result, fr)
}

func (f form) act(fr Frame, p Press) (Screen, Result) {
	var run tea.Cmd
	f.outside.pending = false
	switch p.ID {
	case keymap.NextField:
		return f.next(1), Result{}
	case keymap.PrevField:
		return f.next(-1), Result{}
	case keymap.Left:
		return f.chosen(-1).checked(fr.Now), Result{}
	case keymap.Right:
		return f.chosen(1).checked(fr.Now), Result{}
	case keymap.RevealTyped:
		f.shown, f.until = !f.shown, fr.maskAt()
		return f.checked(fr.Now), Result{}
	case keymap.Save:
		return f.save(fr)
	case keymap.Accept:
		return f.enter(fr)
	case keymap.Reload:
		f, run = f.read(fr)
		return f, Result{Run: run}
	case keymap.Leave:
		if f.dirty() {
			return f, Result{Open: f.leaveAsked()}
		}
		return f, Result{Close: true}
	}
	return f, Result{}
}

func (f form) enter(fr Frame) (Screen, Result) {
	switch f.enterWord() {
	case "compare":
		next, run := openConflict(f, fr)
		return f, Result{Open: next, Run: run}
	case "read it":
		return f.load(fr)
	case editorWord:
		return f.lookOut(fr)
	case makeWord:
		return f.made(fr)
	case nextWord:
		return f.next(1), Result{}
	}
	if f.at == atChecks && f.mendable()[f.mend].apart {
		return f.takenApart(fr)
	}
	if f.at == atChecks {
		return f.mended(f.mendable()[f.mend].mend).checked(fr.Now).settled(), Result{}
	}
	return f, Result{}
}
