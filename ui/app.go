package ui

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// Config is what the console is started with.
type Config struct {
	Directory backend.Directory
	Start     *backend.Entry // go straight to this control plane; nil: the picker, or the only one there is
	Mesh      string         // the mesh to begin with; "" for all
	Clock     func() time.Time
	Examiner  model.Examiner // the one that the backends use, so that fingerprints compare
	ASCII     bool           // no characters beyond ASCII of our own
	Look      Look           // the theme; "" for auto
	Mouse     bool           // a click chooses, the wheel moves
	Still     bool           // no ticks: for frames that hold still
	Keys      keymap.Map     // what the keys do; the zero map stands for the console's own
	RevealFor time.Duration  // how long a value stays revealed; 0 for 60 s
	LockAfter time.Duration  // without a key for so long, every value is dropped; 0 for never
	Clipboard Clipboard      // where names and values are copied to; nil: nowhere
	CopyFor   time.Duration  // how long a value stays there; 0 for 45 s
	Recording Recording      // whether somebody keeps what the terminal shows
	Suspends  bool           // a shell takes the terminal back when the console is suspended
	Editor    Editor         // the person's own editor; nil for none
	Exporter  Exporter       // where manifests are written to files; nil: nowhere
	Random    io.Reader      // what generated values are made of; nil for the system's
	Observers []backend.Observer
	Notices   func() []string // what those have to say; nil for nothing
}

// App is the console: the only tea.Model. It routes keys and answers to a
// stack of screens and draws their frame.
type App struct {
	life   context.Context //nolint:containedctx // the program's life, which every connection hangs on
	config Config
	keys   keymap.Map
	theme  Theme
	desk   *desk
	writes *sync.WaitGroup

	width, height int
	now           time.Time
	stack         []Screen
	message       Message
	refused       refusedDeed // what the message is about, when it says why a deed cannot be done
	warnedOf      bool        // it was said that the terminal is recorded
	leaving       bool        // ctrl+c was pressed while a write is under way
	gone          bool        // nothing is drawn any more
	touched       time.Time   // when a key came last
	locked        bool        // no key came for too long
	chain         int         // of ticks: those of an older one are dropped
	copy          copying
	drawn         *drawn
}

// New makes the console. Nothing is read before Init's commands run.
func New(life context.Context, c Config) App {
	keys := c.Keys
	if len(keys.All()) == 0 {
		keys = keymap.Default()
	}
	if c.Look == "" {
		c.Look = LookAuto
	}
	a := App{life: life, config: c, keys: keys, theme: NewTheme(c.Look, true, c.ASCII),
		desk: &desk{}, writes: &sync.WaitGroup{}, now: c.Clock()}
	a.touched, a.drawn = a.now, &drawn{}
	a.stack = []Screen{newPicker(a.link(), c.Mesh)}
	if c.Start != nil {
		a.stack = append(a.stack, newConnecting(a.link(), *c.Start, nil, meshFor(c.Mesh, *c.Start), true))
	}
	return a
}

// Wait blocks until no write is under way, at most as long as limit. It is
// called when the program has ended, because a command outlives it. Who asked
// twice to leave is not kept waiting.
func (a App) Wait(limit time.Duration) {
	if a.desk.insisted.Load() {
		return
	}
	done := make(chan struct{})
	go func() { a.writes.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(limit):
	}
}

// Open counts the requests that are not answered yet.
func (a App) Open() int { return int(a.desk.open.Load()) }

// begin starts the first screen: it is sent by Init, so that nothing is read
// before the program runs.
type begin struct{}

// Init asks for the background's colour, where that matters, and starts the
// first screen. A terminal that does not answer is taken for a dark one: nothing
// waits for it.
func (a App) Init() tea.Cmd {
	commands := []tea.Cmd{func() tea.Msg { return begin{} }}
	if a.config.Look.asks() {
		commands = append(commands, tea.RequestBackgroundColor)
	}
	if !a.config.Still {
		commands = append(commands, nextTick(quickBeat, a.chain))
	}
	return tea.Batch(commands...)
}

// quitAsked is a quit that came from outside: SIGTERM, SIGHUP.
type quitAsked struct{}

// Filter turns a quit from outside into a request, so that values are wiped
// and a write under way is waited for. It is handed to tea.WithFilter.
func (a App) Filter(m tea.Model, msg tea.Msg) tea.Msg {
	if _, quit := msg.(tea.QuitMsg); quit {
		if app, ours := m.(App); ours && !app.gone {
			return quitAsked{}
		}
	}
	return msg
}

// Update routes a message: keys and pastes to the top screen, everything else
// to all of them.
func (a App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if a.gone {
		return a, nil
	}
	a.now = a.config.Clock()
	if !a.desk.answered(msg) {
		return a, nil
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return a, nil
	case tea.BackgroundColorMsg:
		a.theme = NewTheme(a.config.Look, msg.IsDark(), a.config.ASCII)
		return a, nil
	case tea.MouseMsg, tea.KeyPressMsg, tea.PasteMsg, answer[returned]:
		a, wake := a.touch()
		next, run := a.byHand(msg)
		return next, tea.Batch(wake, run)
	case quitAsked:
		return a.quit()
	case stay:
		a.leaving = false
		return a.tellAll(msg)
	case tick:
		return a.ticked(msg)
	}
	if next, run, is := a.copied(msg); is {
		return next, run
	}
	next, run := a.tellAll(msg)
	a = next.(App)
	if a.locked {
		var swept tea.Cmd
		a, swept = a.swept()
		run = tea.Batch(run, swept)
	}
	return a.relieved().warned().resolved(run)
}

// byHand takes what a person did.
func (a App) byHand(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.MouseMsg:
		return a.pointed(msg)
	case tea.KeyPressMsg:
		return a.press(msg)
	case tea.PasteMsg:
		if a.tooSmall() || a.locked {
			return a, nil
		}
		a.message = Message{}
		return a.give(len(a.stack)-1, msg)
	}
	// Who ends an editor is there: nobody else could have pressed its keys.
	return a.tellAll(msg)
}

// tellAll gives a message to every screen, top down; each drops answers that
// it did not ask for.
func (a App) tellAll(msg tea.Msg) (tea.Model, tea.Cmd) {
	var runs []tea.Cmd
	for i := len(a.stack) - 1; i >= 0; i-- {
		if i >= len(a.stack) {
			continue
		}
		next, run := a.give(i, msg)
		a = next.(App)
		runs = append(runs, run)
	}
	return a, tea.Batch(runs...)
}

// give lets one screen take a message.
func (a App) give(i int, msg tea.Msg) (tea.Model, tea.Cmd) {
	screen, result := a.stack[i].Update(a.frame(), msg)
	return a.take(i, screen, result)
}

// press finds the deed of a key among those the top screen has now.
func (a App) press(msg tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	pressed := msg.String()
	switch {
	case a.locked:
		return a.pressLocked(pressed)
	case a.tooSmall() && a.asks() && a.keys.Get(keymap.Quit).Has(pressed):
		return a, nil // the window has no room for the question
	case a.keys.Get(keymap.Quit).Has(pressed):
		return a.quit()
	}
	a.message = Message{}
	if a.keys.Get(keymap.Suspend).Has(pressed) {
		return a.suspend()
	}
	if a.tooSmall() {
		return a, nil
	}
	top := len(a.stack) - 1
	typing := isTyping(a.stack[top])
	if !typing || msg.Text == "" {
		for _, deed := range a.stack[top].Deeds(a.frame()) {
			if a.keys.Get(deed.ID).Has(pressed) {
				return a.do(deed, Press{ID: deed.ID, Key: pressed})
			}
		}
	}
	if typing {
		return a.give(top, msg)
	}
	return a, nil
}

// do does a deed, or says why it cannot be done.
func (a App) do(deed Deed, p Press) (tea.Model, tea.Cmd) {
	top := len(a.stack) - 1
	if deed.Not != "" {
		a.message, a.refused = refused(deed.Not), refusedDeed{deed.ID, deed.Not}
		return a, nil
	}
	if why := a.withheld(a.keys.Get(deed.ID)); why != "" {
		a.message = refused(why)
		return a, nil
	}
	if why := a.recorded(deed); why != "" {
		a.message, a.warnedOf = noted(why), true
		return a, nil
	}
	switch p.ID {
	case keymap.Redraw:
		return a, tea.ClearScreen
	case keymap.Suspend:
		return a.suspend()
	case keymap.CopyName, keymap.CopyValue:
		return a.copies(p.ID)
	case keymap.Export:
		return a.exports(), nil
	case keymap.Help:
		a.stack = push(a.stack, newHelp(a.stack[top], a.offered(), a.keys))
		return a, nil
	case keymap.Commands:
		a.stack = push(a.stack, newCommands(a.stack[top], a.offered(), a.keys, a.withheld))
		return a, nil
	case keymap.Undo:
		return a.tellAll(undoWanted{to: a.session()})
	}
	screen, result := a.stack[top].Do(a.frame(), p)
	return a.take(top, screen, result)
}

// take puts a screen back into its place and does what its result asks for.
func (a App) take(i int, screen Screen, r Result) (tea.Model, tea.Cmd) {
	a.stack = slices.Clone(a.stack)
	a.stack[i] = screen
	if r.Quit {
		return a.quit()
	}
	if r.Say != (Message{}) {
		a.message = r.Say
	}
	if a.away() {
		a = a.masked()
	}
	var runs []tea.Cmd
	a, runs = a.lending(r)
	if r.Close {
		left := stepped(a.stack[i])
		closing(a.stack[i])
		a.stack = slices.Delete(a.stack, i, i+1)
		if to := a.session(); left && to != nil {
			next, run := a.tellAll(unsettled{to, endedHere(screen)})
			a, runs = next.(App), append(runs, run)
		}
	}
	if r.Home {
		for len(a.stack) > 1 {
			closing(a.stack[len(a.stack)-1])
			a.stack = a.stack[:len(a.stack)-1]
		}
	}
	if r.Close || r.Home {
		a = a.unread()
	}
	if r.Open != nil {
		a.stack = push(a.stack, r.Open)
	}
	if r.Tell != nil {
		next, run := a.Update(r.Tell)
		a, runs = next.(App), append(runs, run)
	}
	if r.Then != nil {
		next, run := a.again(*r.Then)
		return next, tea.Batch(append(runs, run)...)
	}
	return a, tea.Batch(runs...)
}

// again does a deed on the screen that is now on top.
func (a App) again(p Press) (tea.Model, tea.Cmd) {
	if p.ID == keymap.Suspend {
		return a.suspend()
	}
	for _, deed := range a.stack[len(a.stack)-1].Deeds(a.frame()) {
		if deed.ID == p.ID {
			return a.do(deed, p)
		}
	}
	return a, nil
}

// session is the control plane that the screens on top are about.
func (a App) session() *session {
	for i := len(a.stack) - 1; i >= 0; i-- {
		if h, ok := a.stack[i].(host); ok {
			if s := h.session(); s != nil {
				return s
			}
		}
	}
	return nil
}

func push(stack []Screen, s Screen) []Screen {
	return append(slices.Clone(stack), s)
}

func closing(s Screen) {
	if c, ok := s.(closer); ok {
		c.close()
	}
}

// stepped tells that a screen took steps of a reassign, finished or not.
func stepped(s Screen) bool {
	u, ok := s.(interface{ under() bool })
	return ok && u.under()
}

func isTyping(s Screen) bool {
	t, ok := s.(typist)
	return ok && t.typing()
}

func refused(text string) Message { return Message{Mark: "✗", Text: text} }
func noted(text string) Message   { return Message{Mark: "!", Text: text} }
func done(text string) Message    { return Message{Mark: "✓", Text: text} }
