package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// fakeEditor stands for the person's own editor, and for what they do there.
type fakeEditor struct {
	unfit  error // no program can be run
	onDisk bool
	does   func(was string) (string, error)
	ran    []Draft // without values
}

func (e *fakeEditor) Look() (Outlet, error) {
	return Outlet{Program: "vim", Memory: !e.onDisk}, e.unfit
}

func (e *fakeEditor) Edit(life context.Context, d Draft, done func(model.Value, error) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		defer d.Value.Wipe()
		e.ran = append(e.ran, Draft{Name: d.Name, Limit: d.Limit, OnDisk: d.OnDisk})
		if life.Err() != nil {
			return done(model.Value{}, life.Err())
		}
		left, err := e.does(string(d.Value.Reveal()))
		return done(model.NewValue([]byte(left)), err)
	}
}

// typing leaves a text, whatever was there.
func typing(text string) *fakeEditor {
	return &fakeEditor{does: func(string) (string, error) { return text, nil }}
}

// outside opens a secret in an editor, from the list.
func (r *workbench) outside(e *fakeEditor, mesh, name string) *workbench {
	r.session.editor = e
	s, run := openOutside(r.session, r.frame(), r.stock, r.row(mesh, name))
	return r.over(mesh, name, s, run)
}

func (r *workbench) closed() *workbench {
	r.t.Helper()
	if _, is := r.top().(browse); !is {
		r.t.Errorf("there is %T over the list", r.top())
	}
	return r
}

func (r *workbench) open() *workbench {
	r.t.Helper()
	if _, is := r.top().(form); !is {
		r.t.Errorf("there is %T and not the form", r.top())
	}
	return r
}

func TestEditorSaves(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	r.outside(typing("demo, not real, changed"), "default", "smtp-password").settle().closed().wrote("update default/smtp-password").
		said("✓", "smtp-password saved in default, read back, equal.").golden("editor-saved-80x24")
	if got := r.stored("default", "smtp-password"); got != "demo, not real, changed" {
		t.Errorf("stored is %q", got)
	}
}

// What an editor leaves is checked, asked about and refused as what is typed in
// the form.
func TestEditorIsTheSameEdit(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	r.outside(typing("demo, not real\xff\x00"), "payments", "payments-ca-key").settle().wrote().golden("editor-asks-80x24").
		press("esc").settle().open().golden("editor-declined-80x24").wrote()
	r = newBench(t, 100, 30)
	r.outside(typing(""), "default", "smtp-password").settle().open().wrote().
		said("", "1 to mend before saving: value.").golden("editor-empty-100x30")
	r = newBench(t, 80, 24)
	r.outside(typing("demo, not real\n"), "default", "warehouse-password").settle().open().wrote().golden("editor-looks-80x24")
	r.press("ctrl+s").settle().closed().wrote("update default/warehouse-password")
}

// A refused save keeps what was typed, and opens the editor with it again.
func TestEditorOpensAgain(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24, failing("update", backend.ErrInvalid, "the value is not liked"))
	e := typing("demo, not real, first")
	r.outside(e, "default", "smtp-password").settle().open().golden("editor-refused-80x24")
	e.does = func(was string) (string, error) { return was + ", second", nil }
	r.plane.before = nil
	r.press("enter").settle().closed()
	if got := r.stored("default", "smtp-password"); got != "demo, not real, first, second" {
		t.Errorf("stored is %q", got)
	}
}

func TestEditorLosesToNobody(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	e := &fakeEditor{does: func(string) (string, error) {
		r.foreign("default", "smtp-password", "demo, not real, theirs")
		return "demo, not real, mine", nil
	}}
	r.outside(e, "default", "smtp-password").settle().open().
		said("!", "Not saved: somebody changed smtp-password meanwhile. Your text is kept; enter compares the two.")
	if got := r.stored("default", "smtp-password"); got != "demo, not real, theirs" {
		t.Errorf("stored is %q", got)
	}
	r.press("enter").settle()
	if c, is := r.top().(conflict); !is || string(c.mine.Value.Reveal()) != "demo, not real, mine" {
		t.Errorf("%T, and not what was typed", r.top())
	}
}

func TestEditorTakesNothingOver(t *testing.T) {
	t.Parallel()
	as := func(err error) func(string) (string, error) {
		return func(was string) (string, error) { return was, err }
	}
	for name, c := range map[string]struct {
		editor *fakeEditor
		mark   string
		said   string
	}{
		"nothing changed": {&fakeEditor{does: as(nil)}, "", "Nothing is different, so nothing was saved."},
		"failed": {&fakeEditor{does: as(errors.New("vim ended with an error (exit 1)"))}, "✗",
			"vim ended with an error (exit 1). Nothing was taken over; the text is as it was before."},
		"gone":      {&fakeEditor{does: as(ErrEditorGone)}, "✗", "vim left no file. Nothing was taken over; the text is as it was before."},
		"too large": {&fakeEditor{does: as(ErrEditorTooLarge)}, "✗", "vim left more than 16,777,216 bytes. Nothing was taken over; the text is as it was before."},
		"a link":    {&fakeEditor{does: as(ErrEditorNoFile)}, "✗", "vim left a link or a folder in the place of the file. Nothing was taken over; the text is as it was before."},
		"no such":   {&fakeEditor{unfit: errors.New("No such program.")}, "✗", "No such program."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newBench(t, 80, 24).outside(c.editor, "default", "smtp-password").settle().closed().wrote().said(c.mark, c.said)
		})
	}
}

// What an editor had written when it failed is kept, and so is more than a secret
// may have: nothing of it is saved, and the editor opens with it again.
func TestEditorCostsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		left string
		err  error
		mark string
		said string
	}{
		"failed": {"demo, not real, half", errors.New("vim was killed"), "✗",
			"vim was killed. What was written by then is kept here and not saved; ctrl+s saves it."},
		"too large": {strings.Repeat("demo, not real\n", 80_000), nil, "", "1 to mend before saving: size."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newBench(t, 80, 24)
			e := &fakeEditor{does: func(string) (string, error) { return c.left, c.err }}
			r.outside(e, "default", "smtp-password").settle().open().wrote().said(c.mark, c.said).
				golden("editor-kept-" + strings.ReplaceAll(name, " ", "-") + "-80x24")
			e.does = func(was string) (string, error) {
				if was != c.left {
					t.Errorf("it opened with %d bytes, not with what was left", len(was))
				}
				return "demo, not real, whole", nil
			}
			r.press("enter").settle().closed().wrote("update default/smtp-password")
		})
	}
}

// The form hands over what is typed and takes back what comes, and saves when it
// is told to.
func TestEditorInTheForm(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	e := typing("demo, not real")
	r.session.editor = e
	r.add("default").write("new-one").press("tab", "right", "right", "right").golden("editor-add-80x24").press("enter").settle().
		said("", "Read 14 bytes from vim. ctrl+s saves them.").golden("editor-added-80x24").wrote()
	e.does = func(was string) (string, error) { return was, errors.New("vim was killed") }
	r.press("enter").settle().said("✗", "vim was killed. Nothing was taken over; the text is as it was before.")
	e.does = func(was string) (string, error) { return was, nil }
	r.press("enter").settle().said("", "Nothing was changed in vim.").press("ctrl+s").settle().closed().wrote("create default/new-one")
	if got := r.stored("default", "new-one"); got != "demo, not real" {
		t.Errorf("stored is %q", got)
	}
}

// Without a file system in memory a person is asked first.
func TestEditorOnDisk(t *testing.T) {
	t.Parallel()
	e := typing("demo, not real")
	e.onDisk = true
	r := newBench(t, 80, 24).outside(e, "default", "smtp-password").settle().golden("editor-disk-80x24").press("enter").settle().open()
	if len(e.ran) > 0 {
		t.Error("it was edited on disk, and nobody allowed that")
	}
	r.write("{}").press("ctrl+s").settle().closed()
	r = newBench(t, 80, 24).outside(e, "default", "smtp-password").settle().press("down", "enter").settle().closed()
	if len(e.ran) != 1 || !e.ran[0].OnDisk {
		t.Errorf("it was edited %+v", e.ran)
	}
	r.wrote("update default/smtp-password")
}

// While an editor runs nothing locks; who ends it is there. After a long time
// nothing is saved unasked.
func TestEditorIsNotIdle(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	r.app.config.LockAfter = 10 * time.Minute
	e := &fakeEditor{}
	e.does = func(string) (string, error) {
		r.now = r.now.Add(time.Hour)
		r.send(tick{})
		if r.app.locked {
			t.Error("it locked while the editor ran")
		}
		return "demo, not real, slowly", nil
	}
	r.outside(e, "default", "smtp-password")
	r.app.touched = r.now
	r.settle().open().wrote().send(tick{}).golden("editor-long-80x24")
	if r.app.locked {
		t.Error("it locked with what was typed just now")
	}
	r.press("ctrl+s").settle().closed().wrote("update default/smtp-password")
}

// An edit that nobody waits for any more does not begin, and is wiped.
func TestEditorThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	e := typing("demo, not real")
	r := newBench(t, 80, 24).outside(e, "default", "smtp-password")
	for range 2 { // the secret is read, and the editor found
		run := r.waiting[0]
		r.waiting = r.waiting[1:]
		r.step(run)
	}
	f, is := r.top().(form)
	if !is || !f.away() {
		t.Fatalf("%T does not run the editor", r.top())
	}
	f.close()
	r.settle().wrote()
}

// What may not be shown is not edited outside, nor what may not be changed; the
// control plane's own secrets take their unlock.
func TestEditorIsGuarded(t *testing.T) {
	t.Parallel()
	never := func(e *backend.Entry, _ *faultyPlane) { e.NoReveal = true }
	readOnly := func(e *backend.Entry, _ *faultyPlane) { e.ReadOnly = true }
	for why, rule := range map[string]setting{
		"Revealing is switched off for demo. Facts and references stay visible.": never,
		"demo is read-only (set for this run): nothing can be changed here.":     readOnly,
	} {
		r := newBench(t, 80, 24, rule)
		b := newBrowse(r.session, "default", true)
		b.chosen = map[model.Scope]model.Ref{b.scope: {Mesh: "default", Name: "feature-flags"}}
		b.stock, b.readAt = r.stock, r.now
		r.app.stack = []Screen{b.sift(r.frame())}
		r.press("E").settle().closed().said("✗", why)
	}
	r := newBench(t, 80, 24, never).add("default")
	if f, is := r.top().(form); !is || slices.Contains(f.sources(), byEditor) {
		t.Error("the form offers the editor although nothing is revealed")
	}
	r = newBench(t, 80, 24).outside(typing("demo, not real"), "", "zone-token-signing-key-1").settle()
	if a, is := r.top().(approval); !is || a.ask.kind != model.Unlock {
		t.Errorf("%T asks for no unlock", r.top())
	}
	r.wrote()
}

// What comes back as another kind is asked about with its reason, whoever uses the
// secret, as it is where it was typed.
func TestEditorLeavesAnotherKind(t *testing.T) {
	t.Parallel()
	for name, save := range map[string]func(*workbench, string){
		"in the editor": func(r *workbench, text string) { r.outside(typing(text), "default", "feature-flags").settle() },
		"typed": func(r *workbench, text string) {
			r.edit("default", "feature-flags").settle().paste(text).press("ctrl+s").settle()
		},
	} {
		for _, c := range []struct{ text, want string }{
			{"demo, not real\xff\x00", "It was JSON and becomes binary: who reads it as JSON may fail."},
			{"demo, not real\n", "It was JSON and becomes text: who reads it as JSON may fail."},
			{`{"fake": true}`, ""},
		} {
			r := newBench(t, 80, 24)
			save(r, c.text)
			if c.want == "" {
				r.closed().wrote("update default/feature-flags")
				continue
			}
			a, asks := r.wrote().top().(approval)
			if !asks || !slices.Contains(a.effects, c.want) {
				t.Fatalf("%s: on top is %T, of %q", name, r.top(), a.effects)
			}
			if name == "in the editor" && strings.HasSuffix(c.text, "\x00") {
				r.golden("editor-kind-80x24")
			}
			r.press("down", "enter").settle().closed().wrote("update default/feature-flags")
		}
	}
}
