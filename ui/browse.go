package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// browse is the main screen: meshes on the left, the secrets of the chosen one
// on the right; in a narrow window one pane at a time.
//
// It owns what was read of the control plane and keeps it fresh. Rows are
// chosen by identity, so that a reload moves the row and not the bar.
type browse struct {
	to      *session
	linker  linker        // for connecting, while to is nil
	entry   backend.Entry // likewise
	attempt *request      // to connect
	shared  bool          // the attempt is the picker's, and goes on there
	root    bool          // nothing is below it
	stock   stock

	pane   pane
	scope  model.Scope
	chosen map[model.Scope]model.Ref // the row at the bar, by scope; replaced, never edited
	near   int                       // where that row was last
	window window

	sort    model.Sort
	filter  model.Filter
	text    string // the filter as it was typed
	line    field
	typing_ bool
	rows    rows
	sifted  time.Time // when it was last found which rows match
	marks   marks
	afoot   afoot
	past    past

	// What is asked for, and what of it is not worked into the stock yet.
	listing bool            // the list is read from the beginning, page by page
	loading *request        // a page of it is asked for
	looking *request        // who refers to secrets is asked for
	merging *request        // steps are being worked in
	steps   []step          // those that wait
	written []backend.Event // what was written here while older answers were still to come
	lessons lessons         // facts, where lists do not bring them
	enough  bool            // the reading of all facts was stopped by hand, though the order or the filter asks for them

	watch      *request // the next batch is asked for
	watcher    backend.Watcher
	onlook     *request // the next change of who refers to secrets is asked for
	lookout    backend.Lookout
	readAt     time.Time // when what is shown was last known to be so
	wholeAt    time.Time // when the secrets of all meshes were last read, where only those on screen are polled
	looked     time.Time // when who refers to secrets was last asked for
	expired    time.Time // when the last watch was too old to go on
	again      time.Time // when what failed is tried again by itself; zero: not
	every      time.Duration
	kindsEvery time.Duration // how often some kinds are read that cannot be watched; 0: all are
	failed     error         // why the last reading of secrets failed; the rows stay
	unheard    error         // why a request beside the watch was not answered, which the watch may not have noticed
	blinded    error         // why who refers to them could not be read
	denied     error         // why secrets may not be listed at all
	stopped    bool          // reading was stopped by hand
	stirred    bool          // secrets changed since who refers to them was read
	blinds     int           // how often in a row who refers to them could not be read
	seenAt     time.Time     // when that was last read
	lookAt     time.Time     // when it is tried again, as far as that is told
	retryAt    time.Time     // when the watch tries again by itself, as far as it says

	first     bool // the first page of a list is asked for: it takes the place of what is there
	quiet     bool // the list is read again at its pace, which is not worth a word
	unwatched bool // secrets may be listed but not watched, so they are listed again and again
	rewatch   bool // something was written here: once it is worked in, it is watched from there
}

type pane uint8

const (
	secretsPane pane = iota
	meshesPane
)

// newBrowse opens a control plane that is connected.
func newBrowse(to *session, mesh string, root bool) browse {
	b := browse{to: to, root: root, scope: model.Scope{All: true}, every: pollEvery}
	if mesh != "" {
		b.scope = model.Scope{Mesh: mesh}
	}
	return b
}

// meshFor is the mesh to begin with: that of the command line, else the one
// that the configuration of the control plane names.
func meshFor(given string, e backend.Entry) string {
	if given != "" {
		return given
	}
	return e.Mesh
}

// pollEvery is what the header says until the control plane tells otherwise.
const pollEvery = 5 * time.Second

func (b browse) session() *session { return b.to }
func (b browse) typing() bool      { return b.typing_ }

// one is the secret at the bar.
func (b browse) one() (model.Row, bool) { return b.row() }

func (b browse) close() {
	b.loading.stop()
	b.looking.stop()
	b.merging.stop()
	b.lessons.asked.stop()
	b.watch.stop()
	b.afoot.asked.stop()
	b.past.forget("")
	if b.watcher != nil {
		b.watcher.Close()
	}
	b.lookAway()
}

// Do does a deed.
func (b browse) Do(f Frame, p Press) (Screen, Result) {
	screen, result := b.do(f, p)
	return b.wishing(f, screen, result)
}

func (b browse) do(f Frame, p Press) (Screen, Result) {
	if b.to == nil {
		return b.doConnecting(f, p)
	}
	if isMove(p.ID) {
		return b.move(f, p.ID)
	}
	switch p.ID {
	case keymap.Mark, keymap.MarkAll, keymap.ClearMarks:
		return b.mark(f, p.ID)
	case keymap.OtherPane:
		b.pane = secretsPane + meshesPane - b.pane
		return b, Result{}
	case keymap.AllMeshes:
		return b.choose(f, model.Scope{All: true})
	case keymap.NthMesh:
		return b.nth(f, p.Key)
	case keymap.Filter:
		b.line, b.typing_ = newField(b.text, 200), true
		return b, Result{}
	case keymap.Keep:
		return b.kept(f), Result{}
	case keymap.ClearFilter:
		b.typing_ = false
		return b.cleared(f), Result{}
	case keymap.Sort, keymap.Reverse:
		return b.sorting(f, p)
	case keymap.Reload:
		b.unwatched = false // rights come and go: whoever asks again has it tried again
		b, run := b.afresh(f)
		return b, Result{Run: run}
	case keymap.Problems:
		return b, openProblems(b.to, f, b.handed())
	case keymap.Recover:
		next, run := openRecover(b.to, f, b.handed(), b.afoot)
		return b, Result{Open: next, Run: run}
	case keymap.OpenNamed:
		next, run := openNamed(b.to, f, b.handed(), p.Word)
		return b, Result{Open: next, Run: run}
	case keymap.OpenMesh:
		return b.chooseNamed(f, p.Word)
	case keymap.LearnFacts:
		return b.learnAll(f)
	case keymap.Back:
		return b.back(f, p)
	case keymap.Planes:
		return b, Result{Close: true}
	}
	return b.act(f, p)
}

// act does what is about the row at the bar.
func (b browse) act(f Frame, p Press) (Screen, Result) {
	if b.pane == meshesPane && p.ID == keymap.Open {
		b.pane = secretsPane
		return b, Result{}
	}
	if b.pane == meshesPane && p.ID == keymap.Resend {
		next, run := openResendMesh(b.to, f, b.handed(), b.scope)
		return b, Result{Open: next, Run: run}
	}
	if p.ID == keymap.Add {
		ref := model.Ref{Mesh: b.scope.Mesh}
		if row, ok := b.row(); ok && row.Ghost() {
			ref = row.Secret.Ref
		}
		return b, Result{Open: newForm(b.to, b.handed(), ref)}
	}
	row, ok := b.row()
	if p.ID == keymap.UsedBy && (b.pane == meshesPane || !ok) {
		next, run := openTrust(b.to, f, b.handed(), b.scope.Mesh)
		return b, Result{Open: next, Run: run}
	}
	if !ok {
		return b, Result{}
	}
	if p.ID == keymap.Open && row.Ghost() {
		p.ID = keymap.UsedBy // there is nothing else to look at
	}
	next, run := b.deed(f, p.ID, row)
	return b, Result{Open: next, Run: run}
}

// deed opens what is done with one row, or with the marked ones.
func (b browse) deed(f Frame, id keymap.ID, row model.Row) (next Screen, run tea.Cmd) {
	switch id {
	case keymap.Open:
		next, run = openSecret(b.to, f, b.handed(), row, false)
	case keymap.UsedBy:
		next, run = openUsedBy(b.to, f, b.handed(), row)
	case keymap.Reveal:
		next, run = openSecret(b.to, f, b.handed(), row, true)
	case keymap.Manifest:
		next = openManifest(b.to, row)
	case keymap.Edit:
		next, run = openEdit(b.to, f, b.handed(), row)
	case keymap.EditOutside:
		next, run = openOutside(b.to, f, b.handed(), row)
	case keymap.Delete:
		if b.marks.shown > 0 {
			next, run = openRemovals(b.to, f, b.handed(), b.marks.in(b.rows))
		} else {
			next, run = openDelete(b.to, f, b.handed(), row)
		}
	case keymap.Resend:
		next, run = openResend(b.to, f, row)
	case keymap.Reassign:
		if b.marks.shown > 0 {
			next = openBatch(b.to, b.handed(), b.marks.in(b.rows))
		} else {
			next = openReassign(b.to, b.handed(), row)
		}
	}
	return next, run
}

// back clears the filter, then the marks, then goes back to the control planes;
// q at the root quits.
func (b browse) back(f Frame, p Press) (Screen, Result) {
	switch {
	case b.reading() && p.Key == "esc":
		b.loading.stop()
		b.afoot.asked.stop()
		b.listing, b.loading, b.stopped, b.first, b.lessons.all, b.enough = false, nil, true, false, false, true
		return b, Result{Say: noted("Reading was stopped; what was read stays. ctrl+r reads it all.")}
	case b.lessons.all && p.Key == "esc":
		b.lessons, b.enough = b.lessons.end(false), true
		return b, Result{Say: noted("Reading facts was stopped; what was learnt stays.")}
	case b.text != "" && p.Key != "q":
		return b.cleared(f), Result{}
	case !b.marks.none() && p.Key != "q":
		return b.unmark()
	case !b.root:
		return b, Result{Close: true}
	case p.Key == "q":
		return b, Result{Quit: true}
	}
	return b, Result{}
}

func (b browse) nth(f Frame, pressed string) (Screen, Result) {
	n := int(pressed[0] - '0')
	meshes := b.existing()
	if n < 1 || n > len(meshes) {
		return b, Result{Say: noted("There is no mesh " + pressed + " here.")}
	}
	return b.choose(f, model.Scope{Mesh: meshes[n-1].Mesh.Name})
}

// existing are the meshes that a digit can choose.
func (b browse) existing() []model.MeshSummary {
	var out []model.MeshSummary
	for _, m := range b.stock.inventory.Meshes {
		if !m.Mesh.Missing {
			out = append(out, m)
		}
	}
	return out
}

// choose shows other secrets: the watch follows what is on screen.
func (b browse) choose(f Frame, scope model.Scope) (Screen, Result) {
	if scope == b.scope {
		return b, Result{}
	}
	b.scope, b.window = scope, window{}
	b = b.sift(f)
	b, watch := b.follow(f)
	b, learn := b.learn(f)
	return b, Result{Run: tea.Batch(watch, learn)}
}

// Update takes answers, and the filter while it is typed. The screens above
// are told when what may be done changes with it.
func (b browse) Update(f Frame, msg tea.Msg) (Screen, Result) {
	screen, result := b.update(f, msg)
	screen, result = b.wishing(f, screen, result)
	next, is := screen.(browse)
	switch {
	case !is || next.to == nil:
	case next.ground() != b.ground():
		result.Tell = restocked{next.to, next.handed()}
	case result.Tell == nil && next.lessons.schooling() != b.lessons.schooling():
		result.Tell = factsProgress{next.to, next.lessons.schooling()}
	}
	return screen, result
}

// begun connects, where that was not done or tried yet.
func (b browse) begun(f Frame) (Screen, Result) {
	if b.to != nil || b.attempt != nil {
		return b, Result{}
	}
	b, run := b.connect(f)
	return b, Result{Run: run}
}

func (b browse) update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case begin:
		return b.begun(f)
	case answer[backend.Page]:
		return b.took(f, msg)
	case answer[backend.Around], answer[lookedOn], answer[backend.Outlook], answer[answered]:
		return b.lookedAround(f, msg)
	case answer[stock]:
		return b.merged(f, msg)
	case answer[lesson]:
		return b.beside(f, msg.err).learnt(f, msg)
	case learntAbove:
		return b.learntAbove(f, msg)
	case factsWanted:
		return b.wanted(f, msg)
	case undoWanted, notUndone, locking:
		return b.remember(f, msg)
	case readAnew:
		return b.readAnew(f, msg)
	case answer[held]:
		return b.beside(f, msg.err), Result{}
	case answer[sighting]:
		return b.sought(msg)
	case unsettled:
		return b.resought(f, msg)
	case recounted:
		return b.recounted(msg)
	case answer[[]model.Ref]:
		return b.beside(f, msg.err), Result{}
	case tick:
		b, run := b.ticked(f)
		return b, Result{Run: run}
	case answer[backend.Watcher]:
		return b.watching(f, msg)
	case answer[news]:
		return b.heard(f, msg)
	case changed:
		return b.apply(f, msg)
	case answer[linked]:
		return b.connected(f, msg.value)
	case tea.KeyPressMsg, tea.PasteMsg:
		if b.typing_ {
			b.line = b.line.update(msg)
			return b.filtered(f, b.line.text()), Result{}
		}
	}
	return b, Result{}
}
