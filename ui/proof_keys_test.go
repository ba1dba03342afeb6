package ui

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

func typeName(v any) string { return fmt.Sprintf("%T", v) }

// corpus are all the keys that the proof presses.
func corpus() []tea.KeyPressMsg {
	var keys []tea.KeyPressMsg
	for r := rune(0x20); r < 0x7f; r++ {
		keys = append(keys, tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	for r := 'a'; r <= 'z'; r++ {
		keys = append(keys, tea.KeyPressMsg{Code: r, Mod: tea.ModCtrl})
	}
	for _, r := range []rune{'\\', ']', '^', '_', '@', ' '} {
		keys = append(keys, tea.KeyPressMsg{Code: r, Mod: tea.ModCtrl})
	}
	for _, r := range []rune{'x', 'd', 'D', 'q', 'v', '1', 'b', 'f', 'c', 'u', 'l'} {
		keys = append(keys, tea.KeyPressMsg{Code: r, Mod: tea.ModAlt})
	}
	named := []rune{tea.KeyEnter, tea.KeyEscape, tea.KeyTab, tea.KeyBackspace, tea.KeyDelete, tea.KeyInsert, tea.KeyUp, tea.KeyDown,
		tea.KeyLeft, tea.KeyRight, tea.KeyHome, tea.KeyEnd, tea.KeyPgUp, tea.KeyPgDown, tea.KeyF1, tea.KeyF2, tea.KeyF5, tea.KeyF12}
	for _, code := range named {
		for _, mod := range []tea.KeyMod{0, tea.ModShift, tea.ModAlt} {
			keys = append(keys, tea.KeyPressMsg{Code: code, Mod: mod})
		}
	}
	return append(keys, tea.KeyPressMsg{Code: 'é', Text: "é"}, tea.KeyPressMsg{Code: '世', Text: "世"})
}

// trace is all that a key can change: what is drawn, and which screens there
// are.
func trace(a App) string {
	view := a.View()
	text := view.Content
	if view.Cursor != nil {
		text += fmt.Sprint(view.Cursor.X, ",", view.Cursor.Y)
	}
	return text + screens(a)
}

func screens(a App) string {
	text := ""
	for _, s := range a.stack {
		text += "/" + screenKind(s)
	}
	return text
}

// offeredBy is the deed that a key does, if any.
func offeredBy(a App, key tea.KeyPressMsg) (Deed, bool) {
	for _, d := range a.stack[len(a.stack)-1].Deeds(a.frame()) {
		if a.keys.Get(d.ID).Has(key.String()) {
			return d, true
		}
	}
	return Deed{}, false
}

func TestAKeyThatIsNotOfferedChangesNothing(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				typing, before, stack := isTyping(d.top()), trace(d.app), screens(d.app)
				for _, key := range corpus() {
					if of := key.String(); of == "ctrl+c" || of == "ctrl+z" {
						continue // they are the program's, on every screen, and have tests of their own
					}
					if _, offered := offeredBy(d.app, key); offered && (!typing || key.Text == "") {
						continue
					}
					next, run := d.app.Update(key)
					after := next.(App)
					if run != nil {
						t.Errorf("%q is not offered and runs something", key.String())
					}
					if typing && screens(after) == stack {
						d.app = after // text, and the keys that edit it
						continue
					}
					if got := trace(after); got != before {
						t.Errorf("%q is not offered and changes the screen from %s to %s\n%s", key.String(), stack, screens(after), after.message.Text)
					}
				}
			})
		})
	}
}

// acted collects which deeds of which kind of screen did something.
type acted struct {
	mu   sync.Mutex
	seen map[string]map[keymap.ID]bool
	none map[string][]string // the states in which it did nothing
}

func (a *acted) note(kind string, id keymap.ID, where string, did bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen[kind] == nil {
		a.seen[kind] = map[keymap.ID]bool{}
	}
	a.seen[kind][id] = a.seen[kind][id] || did
	if !did {
		a.none[kind+" "+string(id)] = append(a.none[kind+" "+string(id)], where)
	}
}

// rank puts the deeds that close something, and so wipe what it holds, last.
func rank(d Deed) int {
	switch d.ID {
	case keymap.Back, keymap.Leave, keymap.Planes, keymap.Accept:
		return 1
	}
	return 0
}

//nolint:tparallel // the states must be over before what they did is judged
func TestEveryOfferedKeyActsInSomeStateOfItsScreen(t *testing.T) {
	t.Parallel()
	all := &acted{seen: map[string]map[keymap.ID]bool{}, none: map[string][]string{}}
	t.Run("states", func(t *testing.T) {
		for _, s := range states() {
			for _, size := range [][2]int{{100, 30}, {60, 14}} {
				t.Run(fmt.Sprintf("%s/%dx%d", s.name, size[0], size[1]), func(t *testing.T) {
					t.Parallel()
					s.in(t, size[0], size[1], func(d *stateful) { d.doAll(all, s) })
				})
			}
		}
	})
	for kind, deeds := range all.seen {
		for id, did := range deeds {
			if !did {
				t.Errorf("%s offers %q, which does nothing in any of %q", kind, id, all.none[kind+" "+string(id)])
			}
		}
	}
}

// doAll does every deed of the state, each from the same App, and notes which
// changed something.
func (d *stateful) doAll(all *acted, s state) {
	kind, before := screenKind(d.top()), trace(d.app)
	deeds := slices.Clone(d.app.deeds(d.top()))
	slices.SortStableFunc(deeds, func(a, b Deed) int { return rank(a) - rank(b) })
	for _, deed := range deeds {
		keys := d.app.keys.Get(deed.ID).Keys
		if len(keys) == 0 {
			next, run := d.app.again(Press{ID: deed.ID})
			all.note(kind, deed.ID, s.name, run != nil || trace(next.(App)) != before)
		}
		for _, name := range keys {
			next, run := d.app.Update(keyNamed(name))
			d.run(run)
			d.settleAway()
			all.note(kind, deed.ID, s.name, run != nil || trace(next.(App)) != before)
		}
	}
}

func TestEveryKeyThatTakesTextAwayCountsAsAnEdit(t *testing.T) {
	t.Parallel()
	for _, key := range []tea.KeyPressMsg{{Code: 'k', Mod: tea.ModCtrl}, {Code: 'd', Mod: tea.ModCtrl}, {Code: 'd', Mod: tea.ModAlt}, {Code: tea.KeyDelete}} {
		t.Run(key.String(), func(t *testing.T) {
			t.Parallel()
			atSecret("edit", "form", "3", "ftp-upload-password", "e", "ctrl+x").in(t, 100, 30, func(d *stateful) {
				d.press("home")
				d.send(key)
				d.press("esc")
				if got := screenKind(d.top()); got != "abandon" {
					t.Errorf("esc after %s leaves for %s without asking\n%s", key.String(), got, d.text())
				}
			})
		})
	}
}
