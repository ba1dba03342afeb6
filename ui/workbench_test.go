package ui

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/backend/universal"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// writeMoment is the clock of all frames.
var writeMoment = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// plane is the demo's control plane with faults that a test puts in.
type faultyPlane struct {
	backend.ControlPlane
	parked chan struct{}

	identity func(backend.Identity) backend.Identity
	before   func(op string, ref model.Ref) error // before a call; an error is its answer
	after    func(op string, ref model.Ref) error // after a write; an error is its answer
	zones    []backend.Zone                       // instead of those that follow
	ops      []string                             // the writes that were asked for

	unfinished func() ([]model.Unfinished, error) // instead of looking
}

func (p *faultyPlane) Identity() backend.Identity {
	id := p.ControlPlane.Identity()
	if p.identity != nil {
		id = p.identity(id)
	}
	return id
}

func (p *faultyPlane) check(hook func(string, model.Ref) error, op string, ref model.Ref) error {
	if hook == nil {
		return nil
	}
	return hook(op, ref)
}

func (p *faultyPlane) Get(ctx context.Context, ref model.Ref) (model.Snapshot, error) {
	if err := p.check(p.before, "get", ref); err != nil {
		return model.Snapshot{}, err
	}
	return p.ControlPlane.Get(ctx, ref)
}

func (p *faultyPlane) Zones(ctx context.Context) ([]backend.Zone, error) {
	if p.zones == nil {
		return p.ControlPlane.Zones(ctx)
	}
	return p.zones, nil
}

func (p *faultyPlane) Unfinished(ctx context.Context) ([]model.Unfinished, error) {
	if p.unfinished == nil {
		return p.ControlPlane.Unfinished(ctx)
	}
	return p.unfinished()
}

func (p *faultyPlane) Create(ctx context.Context, s model.Snapshot) (model.Secret, error) {
	ref := s.Secret.Ref
	p.ops = append(p.ops, "create "+ref.String())
	if err := p.check(p.before, "create", ref); err != nil {
		return model.Secret{}, err
	}
	made, err := p.ControlPlane.Create(ctx, s)
	if fault := p.check(p.after, "create", ref); fault != nil {
		return model.Secret{}, fault
	}
	return made, err
}

func (p *faultyPlane) Update(ctx context.Context, before, after model.Snapshot) (model.Secret, error) {
	ref := after.Secret.Ref
	p.ops = append(p.ops, "update "+ref.String())
	if err := p.check(p.before, "update", ref); err != nil {
		return model.Secret{}, err
	}
	saved, err := p.ControlPlane.Update(ctx, before, after)
	if fault := p.check(p.after, "update", ref); fault != nil {
		return model.Secret{}, fault
	}
	return saved, err
}

func (p *faultyPlane) Delete(ctx context.Context, before model.Snapshot) error {
	ref := before.Secret.Ref
	p.ops = append(p.ops, "delete "+ref.String())
	if err := p.check(p.before, "delete", ref); err != nil {
		return err
	}
	err := p.ControlPlane.Delete(ctx, before)
	if fault := p.check(p.after, "delete", ref); fault != nil {
		return fault
	}
	return err
}

// Watch gives a watcher that never hears anything, and says when it listens.
func (p *faultyPlane) Watch(context.Context, backend.Query, backend.Seen) (backend.Watcher, error) {
	return deaf{p.parked}, nil
}

type deaf struct{ parked chan struct{} }

func (d deaf) Next(ctx context.Context) (backend.Batch, error) {
	if ctx.Err() != nil {
		return backend.Batch{}, ctx.Err() // nobody waits for it any more
	}
	select {
	case d.parked <- struct{}{}:
	case <-ctx.Done():
	}
	<-ctx.Done()
	return backend.Batch{}, ctx.Err()
}

func (deaf) Close() {}

// workbench is the App over the demo, driven by hand: keys are pressed, and the
// commands that come of them are run when the test says so.
type workbench struct {
	t       *testing.T
	app     App
	plane   *faultyPlane
	session *session
	stock   stock
	now     time.Time
	waiting []tea.Cmd
}

type setting func(*backend.Entry, *faultyPlane)

func protected(e *backend.Entry, _ *faultyPlane) { e.Protected = true }

func newBench(t *testing.T, w, h int, settings ...setting) *workbench {
	t.Helper()
	r := &workbench{t: t, now: writeMoment}
	cp, err := demo.NewWithClock(r.clock)
	if err != nil {
		t.Fatal(err)
	}
	connected, err := universal.Connect(t.Context(), universal.Options{
		Name: "demo", URL: "http://localhost:5681", Transport: cp.Transport(), Examiner: examinerOfTests, Now: r.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.furnish(w, h, connected, settings)
}

// newClusterBench is newBench with the demo in a cluster.
func newClusterBench(t *testing.T, w, h int, settings ...setting) *workbench {
	t.Helper()
	r := &workbench{t: t, now: writeMoment}
	cp, err := demo.NewKubernetesWithClock(r.clock)
	if err != nil {
		t.Fatal(err)
	}
	connected, err := kubernetes.Connect(t.Context(), kubernetes.Options{Name: "demo", Config: &rest.Config{Host: "http://cluster.invalid"},
		Examiner: examinerOfTests, Now: r.clock, Transport: cp.KubernetesTransport()})
	if err != nil {
		t.Fatal(err)
	}
	return r.furnish(w, h, connected, settings)
}

// examinerOfTests makes the same fingerprints in every run.
var examinerOfTests = model.NewExaminer([32]byte{})

func (r *workbench) clock() time.Time { return r.now }

// furnish puts an App on the bench that is connected.
func (r *workbench) furnish(w, h int, connected backend.ControlPlane, settings []setting) *workbench {
	r.plane = &faultyPlane{ControlPlane: connected, parked: make(chan struct{})}
	entry := backend.Entry{Name: "demo", Group: "built in", Environment: connected.Identity().Environment, Address: "inside this program"}
	for _, set := range settings {
		set(&entry, r.plane)
	}
	life, end := context.WithCancel(r.t.Context())
	r.session = &session{
		life: life, end: end, desk: &desk{}, writes: &sync.WaitGroup{}, entry: entry, plane: r.plane,
		gate: backend.NewGate(r.plane, entry), id: r.plane.Identity(), traits: connected.Traits(), examine: examinerOfTests, random: rand.NewChaCha8([32]byte{}),
		editor: typing("demo, not real"),
	}
	r.stock = stockOf(r.t, connected)
	r.app = App{life: life, config: Config{Clock: r.clock, Still: true}, keys: keymap.Default(), theme: NewTheme(LookAuto, true, false),
		desk: r.session.desk, writes: r.session.writes, width: w, height: h, now: r.now}
	return r
}

// over puts browse at the bottom, at a mesh, and a screen on top of it.
func (r *workbench) over(mesh, name string, s Screen, run tea.Cmd) *workbench {
	b := newBrowse(r.session, mesh, true)
	b.chosen = map[model.Scope]model.Ref{b.scope: {Mesh: mesh, Name: name}}
	b.stock, b.readAt = r.stock, r.now
	b = b.sift(Frame{Now: frameTime})
	r.app.stack = []Screen{b, s}
	return r.then(run)
}

func (r *workbench) row(mesh, name string) model.Row {
	r.t.Helper()
	row, ok := r.stock.inventory.Find(model.Ref{Mesh: mesh, Name: name})
	if !ok {
		r.t.Fatalf("the demo has no %s/%s", mesh, name)
	}
	return row
}

func (r *workbench) frame() Frame { return r.app.frame() }

// add opens the form for a new secret of a mesh.
func (r *workbench) add(mesh string) *workbench {
	return r.over(mesh, "", newForm(r.session, r.stock, model.Ref{Mesh: mesh}), nil)
}

func (r *workbench) edit(mesh, name string) *workbench {
	s, run := openEdit(r.session, r.frame(), r.stock, r.row(mesh, name))
	return r.over(mesh, name, s, run)
}

func (r *workbench) remove(mesh, name string) *workbench {
	s, run := openDelete(r.session, r.frame(), r.stock, r.row(mesh, name))
	return r.over(mesh, name, s, run)
}

func (r *workbench) reassign(mesh, name string) *workbench {
	return r.over(mesh, name, openReassign(r.session, r.stock, r.row(mesh, name)), nil)
}

func (r *workbench) then(run tea.Cmd) *workbench {
	if run != nil {
		r.waiting = append(r.waiting, run)
	}
	return r
}

// send gives the App a message and keeps what comes of it.
func (r *workbench) send(msg tea.Msg) *workbench {
	r.t.Helper()
	next, run := r.app.Update(msg)
	r.app = next.(App)
	return r.then(run)
}

// settle runs every command that waits, and those that come of them, until
// nothing is left but watches.
func (r *workbench) settle() *workbench {
	r.t.Helper()
	for len(r.waiting) > 0 {
		run := r.waiting[0]
		r.waiting = r.waiting[1:]
		r.step(run)
	}
	return r
}

func (r *workbench) step(run tea.Cmd) {
	r.t.Helper()
	said := make(chan tea.Msg, 1)
	go func() { said <- run() }()
	select {
	case msg := <-said:
		if batch, is := msg.(tea.BatchMsg); is {
			for _, one := range batch {
				r.then(one)
			}
			return
		}
		if msg != nil {
			r.send(msg)
		}
	case <-r.plane.parked:
	}
}

// press presses keys one after the other and settles nothing.
func (r *workbench) press(names ...string) *workbench {
	r.t.Helper()
	for _, name := range names {
		r.send(pressOf(name))
	}
	return r
}

// write types text.
func (r *workbench) write(text string) *workbench {
	for _, c := range text {
		r.send(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
	return r
}

func (r *workbench) paste(text string) *workbench { return r.send(tea.PasteMsg{Content: text}) }

// pressOf is the key of that name.
func pressOf(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "backspace": {Code: tea.KeyBackspace},
		"ctrl+s": {Code: 's', Mod: tea.ModCtrl}, "ctrl+x": {Code: 'x', Mod: tea.ModCtrl}, "ctrl+r": {Code: 'r', Mod: tea.ModCtrl},
		"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "pgdown": {Code: tea.KeyPgDown},
	}
	if k, is := special[name]; is {
		return k
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// top is the screen that has the keys.
func (r *workbench) top() Screen { return r.app.stack[len(r.app.stack)-1] }

// said holds the status line's message to what is wanted.
func (r *workbench) said(mark, text string) *workbench {
	r.t.Helper()
	if got := r.app.message; got.Mark != mark || got.Text != text {
		r.t.Errorf("the message is\n %s %s\nwant\n %s %s", got.Mark, got.Text, mark, text)
	}
	return r
}

// wrote holds the writes that reached the control plane to those wanted.
func (r *workbench) wrote(want ...string) *workbench {
	r.t.Helper()
	if !slices.Equal(r.plane.ops, want) {
		r.t.Errorf("the control plane was asked for %q, want %q", r.plane.ops, want)
	}
	return r
}

// stored reads a value as it is on the control plane now.
func (r *workbench) stored(mesh, name string) string {
	r.t.Helper()
	got, err := r.plane.ControlPlane.Get(r.t.Context(), model.Ref{Mesh: mesh, Name: name})
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return string(got.Value.Reveal())
}

// foreign changes a secret behind the console's back.
func (r *workbench) foreign(mesh, name, value string) {
	r.t.Helper()
	ref := model.Ref{Mesh: mesh, Name: name}
	before, err := r.plane.ControlPlane.Get(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	after := before
	after.Value = model.NewValue([]byte(value))
	if _, err := r.plane.ControlPlane.Update(r.t.Context(), before, after); err != nil {
		r.t.Fatal(err)
	}
}

// golden holds the frame to testdata/frames.
func (r *workbench) golden(name string) *workbench {
	r.t.Helper()
	lines, _ := r.app.draw()
	for i, l := range lines {
		if l.width() != r.app.width {
			r.t.Errorf("%s: line %d is %d cells wide", name, i+1, l.width())
		}
	}
	golden(r.t, name, r.app.View(), r.app.width, r.app.height)
	return r
}

// failing makes one operation answer with an error, as a backend words it.
func failing(op string, kind error, reason string) setting {
	return func(_ *backend.Entry, p *faultyPlane) {
		p.before = func(asked string, ref model.Ref) error {
			if asked != op {
				return nil
			}
			return &backend.Error{Kind: kind, Op: "saving", Ref: ref, Address: "http://localhost:5681", Reason: reason}
		}
	}
}
