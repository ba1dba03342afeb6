package ui

import (
	"context"
	"io"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/model"
)

// The flows run in the real program: its loop, its commands, its renderer. They
// wait for what is asked and answered, never for time.

// flow is the console in a program.
type flow struct {
	t    *testing.T
	tm   *teatest.TestModel
	life context.CancelFunc
}

// peek asks the program's loop something about the model: it is answered
// between two messages.
type peek struct {
	ask    func(App) bool
	answer chan bool
}

// spied is the console as the program runs it, with an ear for peeks.
type spied struct{ App }

func (s spied) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if p, is := msg.(peek); is {
		p.answer <- p.ask(s.App)
		return s, nil
	}
	next, run := s.App.Update(msg)
	return spied{next.(App)}, run
}

func (s spied) View() tea.View { return s.App.View() }

// unwatched is a control plane on which nothing ever happens: how often a real
// one is read depends on how long that takes.
type unwatched struct{ backend.ControlPlane }

func (unwatched) Watch(context.Context, backend.Query, backend.Seen) (backend.Watcher, error) {
	return stillness{}, nil
}

type stillness struct{}

func (stillness) Next(ctx context.Context) (backend.Batch, error) {
	<-ctx.Done()
	return backend.Batch{}, ctx.Err()
}

func (stillness) Close() {}

// flowing runs a walk in a program on the demo, 100 by 30.
func flowing(t *testing.T, walk func(*flow), golden string) {
	t.Helper()
	cp, err := demo.New(frameTime)
	if err != nil {
		t.Fatal(err)
	}
	life, end := context.WithCancel(t.Context())
	defer end()
	entry := embeddedEntry("demo", cp, nil)
	connect := entry.Connect
	entry.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
		plane, err := connect(ctx)
		return unwatched{plane}, err
	}
	app := New(life, Config{Directory: listed{entry}, Start: &entry, Still: true, Editor: typing("demo, not real"),
		Clock: func() time.Time { return frameTime }, Examiner: model.NewExaminer([32]byte{})})
	f := &flow{t: t, life: end, tm: teatest.NewTestModel(t, spied{app}, teatest.WithInitialTermSize(100, 30))}
	go func() { _, _ = io.Copy(io.Discard, f.tm.Output()) }()
	f.until(func(a App) bool {
		b, is := a.stack[len(a.stack)-1].(browse)
		return is && b.to != nil && b.stock.looked && a.width == 100 && a.Open() == 0
	})
	walk(f)
	f.settled()
	if err := f.tm.Quit(); err != nil {
		t.Fatal(err)
	}
	last := f.tm.FinalModel(t, teatest.WithFinalTimeout(time.Minute)).(spied).App
	goldenFrame(t, golden, last)
}

// until lets the program work until something holds of the model.
func (f *flow) until(holds func(App) bool) {
	f.t.Helper()
	limit := time.After(time.Minute)
	for {
		p := peek{ask: holds, answer: make(chan bool, 1)}
		f.tm.Send(p)
		select {
		case yes := <-p.answer:
			if yes {
				return
			}
		case <-limit:
			f.t.Fatal("it does not come to that")
		}
	}
}

// settled waits until no request is open.
func (f *flow) settled() {
	f.t.Helper()
	f.until(func(a App) bool { return a.Open() == 0 })
}

// press presses keys, each when all before it is answered.
func (f *flow) press(keys ...string) {
	f.t.Helper()
	for _, k := range keys {
		f.tm.Send(keyNamed(k))
		f.settled()
	}
}

// enter types text.
func (f *flow) enter(text string) {
	for _, r := range text {
		f.tm.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// find puts the bar on a secret of the mesh that a digit chooses.
func (f *flow) find(digit, name string) {
	f.t.Helper()
	f.press(digit, "/")
	f.enter(name)
	f.press("enter")
}

func goldenFrame(t *testing.T, name string, a App) {
	t.Helper()
	golden(t, name, a.View(), a.width, a.height)
}

func TestFlowsEndInTheirFrames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		walk func(*flow)
	}{
		{"flow-reveal-100x30", func(f *flow) { f.press("4", "j", "enter", "x") }},
		{"flow-add-100x30", func(f *flow) {
			f.press("5", "a")
			f.enter("mail-password")
			f.press("tab", "tab", "tab")
			f.enter("fake-value")
			f.press("ctrl+s")
		}},
		{"flow-edit-100x30", func(f *flow) {
			f.find("4", "stripe-webhook-token")
			f.press("e")
			f.tm.Send(tea.PasteMsg{Content: jwt(`{"alg":"HS256"}`, `{"sub":"fake"}`)})
			f.press("ctrl+s")
		}},
		{"flow-reassign-100x30", func(f *flow) {
			f.find("4", "stripe-webhook-token")
			f.press("m", "G", "enter")
			f.enter("stripe-webhook-token sandbox")
			f.press("enter")
		}},
		{"flow-delete-simple-100x30", func(f *flow) { f.press("4", "j", "j", "D", "j", "enter") }},
		{"flow-delete-in-use-100x30", func(f *flow) {
			f.find("4", "psp-ca")
			f.press("D")
			f.enter("psp-ca")
			f.press("enter")
		}},
		{"flow-help-100x30", func(f *flow) { f.press("4", "j", "?") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			flowing(t, c.walk, c.name)
		})
	}
}

func TestAFlowDoesNotDependOnTheTerminal(t *testing.T) {
	for _, env := range [][]string{
		{"TERM", "dumb"}, {"TERM", ""}, {"TERM", "xterm-kitty"}, {"NO_COLOR", "1"}, {"SSH_TTY", "/dev/pts/9"}, {"COLORTERM", "truecolor"}, {"LC_ALL", "C"},
	} {
		t.Run(env[0]+"="+env[1], func(t *testing.T) {
			t.Setenv(env[0], env[1])
			flowing(t, func(f *flow) { f.press("4", "j", "enter", "x") }, "flow-reveal-100x30")
		})
	}
}
