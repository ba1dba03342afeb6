package ui

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/universal"
	"meshsecrets/model"
)

// frameTime is the clock of all frames.
var frameTime = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// world is the console on a control plane, driven by hand: messages go through
// Update one by one, the answers to their commands are fed back until nothing
// moves. It runs in a synctest bubble, where watches wait for ever.
type world struct {
	t      *testing.T
	app    App
	now    time.Time
	answer chan tea.Msg
	end    context.CancelFunc
}

// entryOf makes an entry of an embedded control plane, reached through round,
// or when that is nil through its own transport.
func embeddedEntry(name string, cp *embedded.ControlPlane, round http.RoundTripper) backend.Entry {
	if round == nil {
		round = cp.Transport()
	}
	e := backend.Entry{Name: name, Group: "built in", Environment: backend.Universal, Address: "inside this program", Inside: true}
	e.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
		return universal.Connect(ctx, universal.Options{Name: name, URL: "http://localhost:5681", Transport: round,
			Examiner: model.NewExaminer([32]byte{}), Now: func() time.Time { return frameTime }})
	}
	return e
}

// listed is a directory of fixed entries.
type listed []backend.Entry

func (l listed) Entries(context.Context) ([]backend.Entry, []string) { return l, nil }

// onDemo runs a walk on the demo's data, beside other tests.
func onDemo(t *testing.T, w, h int, walk func(*world), change ...func(*Config)) {
	t.Helper()
	t.Parallel()
	throughDemo(t, w, h, walk, change...)
}

// throughDemo runs a walk on the demo's data.
func throughDemo(t *testing.T, w, h int, walk func(*world), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		entry := embeddedEntry("demo", cp, nil)
		start(t, w, h, Config{Directory: listed{entry}, Start: &entry}, walk, change...)
	})
}

// start runs a walk with a configuration, inside a bubble.
func start(t *testing.T, w, h int, c Config, walk func(*world), change ...func(*Config)) {
	t.Helper()
	life, end := context.WithCancel(context.Background())
	d := &world{t: t, now: frameTime, answer: make(chan tea.Msg), end: end}
	c.Clock = func() time.Time { return d.now }
	c.Examiner = model.NewExaminer([32]byte{})
	c.Random = rand.NewChaCha8([32]byte{}) // so that frames hold still
	c.Still, c.Editor, c.Clipboard = true, typing("demo, not real"), &board{}
	c.Exporter = &cabinet{}
	for _, f := range change {
		f(&c)
	}
	d.app = New(life, c)
	d.run(d.app.Init())
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	walk(d)
	next, _ := d.app.leave()
	d.app = next.(App)
	end()
	// A step that is under way, or waits before it is taken again, comes to its
	// end first.
	for range 30 {
		time.Sleep(time.Second)
		for range 100 {
			synctest.Wait()
			select {
			case <-d.answer:
				continue
			default:
			}
			break
		}
	}
}

// run starts a command; its message comes back over the channel.
func (d *world) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				d.run(c)
			}
		default:
			d.answer <- msg
		}
	}()
}

// settle feeds answers back until nothing moves any more.
func (d *world) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-d.answer:
			d.step(msg)
		default:
			return
		}
	}
}

// step is one Update, without waiting for its answers.
func (d *world) step(msg tea.Msg) {
	next, cmd := d.app.Update(msg)
	d.app = next.(App)
	d.run(cmd)
}

func (d *world) send(msg tea.Msg) {
	d.step(msg)
	d.settle()
}

// press presses keys, named as Bubble Tea names them.
func (d *world) press(keys ...string) {
	for _, k := range keys {
		d.send(keyNamed(k))
	}
}

// enter types text letter by letter.
func (d *world) enter(text string) {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// wait lets time pass on the frames' clock.
func (d *world) wait(by time.Duration) {
	d.now = d.now.Add(by)
	d.send(tick{})
}

func (d *world) size(w, h int) { d.send(tea.WindowSizeMsg{Width: w, Height: h}) }

// frame holds the frame against its golden.
func (d *world) frame(name string) {
	d.t.Helper()
	golden(d.t, name, d.app.View(), d.app.width, d.app.height)
}

// text is the frame without styles, for a word in a test.
func (d *world) text() string {
	lines, _ := d.app.draw()
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.plain() + "\n")
	}
	return b.String()
}

var namedKeys = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	"delete": {Code: tea.KeyDelete}, "backspace": {Code: tea.KeyBackspace}, "space": {Code: tea.KeySpace, Text: " "},
}

func keyNamed(name string) tea.KeyPressMsg {
	if k, ok := namedKeys[name]; ok {
		return k
	}
	if letter, ctrl := strings.CutPrefix(name, "ctrl+"); ctrl {
		return tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}
