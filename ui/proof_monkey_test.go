package ui

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
)

// The monkey presses keys at random, on the demo, and holds at each that nothing
// panics, that nothing is written but after a key that agrees to it, and that no
// masked screen shows a value. It prefers keys that are offered, and where a
// phrase is asked for it often types it: else it would never come far.
//
//	MESHSECRETS_KEYS=1000000 go test ./ui -run Monkey -v -timeout 3h
//	MESHSECRETS_SEED=7 go test ./ui -run Monkey -v
const (
	fewKeys    = 6000 // of the usual run
	keysOfLife = 1500 // then it begins anew, on a fresh control plane
	manyWrites = 1000 // of each kind, of a million keys
)

// tally is what came of all keys.
type tally struct {
	keys    int
	screens map[string]int
	writes  map[string]int
}

// toBeReached are all screens that stand for themselves on the demo.
var toBeReached = []string{
	"abandon", "approval", "batch", "browse", "commands", "finding", "form", "help", "manifest", "problems", "reassign", "removal", "removals", "secret", "sorting", "undoing", "usedBy",
}

func TestMonkey(t *testing.T) {
	keys := fewKeys
	if text := os.Getenv("MESHSECRETS_KEYS"); text != "" {
		var err error
		if keys, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	all := &tally{screens: map[string]int{}, writes: map[string]int{}}
	t.Run("lives", func(t *testing.T) {
		for seed := firstSeed(t); all.keys < keys && !t.Failed(); seed++ {
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { live(t, seed, all) })
			if oneLife() {
				break
			}
		}
	})
	t.Logf("%d keys; writes: %v; screens: %v", all.keys, all.writes, all.screens)
	least := 1
	if keys >= 1_000_000 {
		least = manyWrites
	}
	if oneLife() {
		return // one life need not come everywhere
	}
	for _, verb := range []string{"add", "edit", "delete", "reassign"} {
		if all.writes[verb] < least {
			t.Errorf("%q was done %d times, want %d", verb, all.writes[verb], least)
		}
	}
	for _, kind := range toBeReached {
		if all.screens[kind] == 0 && keys > 10*fewKeys {
			t.Errorf("the screen %s was never reached; those that were: %v", kind, slices.Sorted(maps.Keys(all.screens)))
		}
	}
}

// oneLife tells whether one life is lived again.
func oneLife() bool { return os.Getenv("MESHSECRETS_SEED") != "" }

func firstSeed(t *testing.T) uint64 {
	t.Helper()
	if !oneLife() {
		return 0
	}
	seed, err := strconv.ParseUint(os.Getenv("MESHSECRETS_SEED"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// monkey is one life.
type monkey struct {
	*world
	random *rand.Rand
	last   []string // the last keys, for a failure
	agreed bool     // what is written now was agreed to
	stray  []string // writes that nobody agreed to
	writes map[string]int
	keys   int
}

func live(t *testing.T, seed uint64, all *tally) {
	t.Helper()
	m := &monkey{random: rand.New(rand.NewPCG(seed, 11)), writes: map[string]int{}}
	seen := map[string]int{}
	var mu sync.Mutex
	observe := func(r backend.Record) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Result == backend.ResultBegun && !m.agreed:
			m.stray = append(m.stray, r.Verb+" "+r.Ref.Name+" "+r.Step)
		case r.Result == backend.ResultDone && r.Step == "":
			m.writes[r.Verb]++
		}
	}
	throughDemo(t, 100, 30, func(d *world) {
		m.world = d
		for m.keys < keysOfLife && !d.app.gone {
			m.act()
			for _, s := range d.app.stack {
				seen[screenKind(s)]++
			}
			if t.Failed() {
				t.Fatalf("seed %d, after %q, on %s", seed, m.last, screens(d.app))
			}
		}
	}, func(c *Config) {
		c.Observers = []backend.Observer{observe}
		c.LockAfter = 10 * time.Minute
	})
	all.keys += m.keys
	for kind, n := range seen {
		all.screens[kind] += n
	}
	for verb, n := range m.writes {
		all.writes[verb] += n
	}
}

// chance is true n times of a hundred.
func (m *monkey) chance(n int) bool { return m.random.IntN(100) < n }

func pick[T any](m *monkey, from []T) T { return from[m.random.IntN(len(from))] }

// act does one thing that a person might do, of one key or several.
func (m *monkey) act() {
	top := m.app.stack[len(m.app.stack)-1]
	switch {
	case m.chance(1):
		m.wait(pick(m, []time.Duration{time.Second, 5 * time.Second, time.Minute, 11 * time.Minute}))
	case m.chance(1):
		size := pick(m, [][2]int{{80, 24}, {100, 30}, {120, 40}, {60, 20}, {40, 12}, {20, 5}})
		m.size(size[0], size[1])
	case m.agrees(top):
	case screenKind(top) == "reassign" && m.chance(70):
		m.key(pick(m, []string{"j", "G"}))
		m.key("enter")
	case !isTyping(top) && m.chance(1):
		m.key(":")
		m.text(pick(m, []string{"open monkey-77", "open psp-ca", "mesh legacy", "payca", "quit?"}))
		m.key("enter")
	case screenKind(top) == "browse" && !isTyping(top) && m.chance(3):
		m.several()
	case screenKind(top) == "browse" && !isTyping(top) && m.chance(50):
		m.one()
	case m.chance(70):
		m.offered(top)
	case isTyping(top):
		m.key(pick(m, strings.Split("a b c p s 1 - . / ! enter esc tab down backspace", " ")))
	default:
		m.key(pick(m, strings.Split("j k g G h l 0 1 2 3 4 5 / : ? x e E m a D z u p y s S c C space ctrl+a ctrl+r ctrl+s esc enter q tab", " ")))
	}
}

// offered presses a key that the screen offers.
func (m *monkey) offered(top Screen) {
	var keys []string
	for _, deed := range m.app.deeds(top) {
		if deed.ID == keymap.Quit || deed.ID == keymap.Suspend || deed.ID == keymap.Planes {
			continue
		}
		keys = append(keys, m.app.keys.Get(deed.ID).Keys...)
	}
	if len(keys) == 0 {
		keys = []string{"esc"}
	}
	m.key(pick(m, keys))
}

// agrees fills a form, or types what is asked for, and tells whether it did.
func (m *monkey) agrees(top Screen) bool {
	if f, is := top.(form); is && !f.waits() && m.chance(25) {
		m.fill(f)
		return true
	}
	ask := askOf(top)
	if ask == nil || !m.chance(80) {
		return false
	}
	if !ask.typed() {
		m.key("down")
		m.key("enter")
		return true
	}
	for range 12 { // where the text above has to be read first
		m.key("enter")
		if now := askOf(m.app.stack[len(m.app.stack)-1]); now == nil || m.chance(20) {
			break
		}
	}
	if now := askOf(m.app.stack[len(m.app.stack)-1]); now != nil && now.typed() && now.line.text() == "" {
		m.text(now.want())
		m.key("enter")
	}
	return true
}

// askOf is what a screen asks for before it writes, nil for nothing.
func askOf(s Screen) *consent {
	switch s := s.(type) {
	case approval:
		return &s.ask
	case removal:
		return &s.ask
	case undoing:
		return &s.ask
	case removals:
		if s.stage == askingOnce {
			return &s.ask
		}
	case reassign:
		if s.stage == confirming {
			return &s.ask
		}
	case batch:
		if s.leg == confirmingAll {
			return &s.ask
		}
	}
	return nil
}

// fill writes a form and saves it.
func (m *monkey) fill(f form) {
	switch f.at {
	case atName:
		m.text("monkey-" + strconv.Itoa(m.random.IntN(40)))
	case atValue:
		m.paste("CANARY-typed-" + strconv.Itoa(m.random.IntN(1000)))
	case atFrom, atMake, atMesh:
		m.key(pick(m, []string{"left", "right", "enter"}))
	case atPath, atStore, atChecks:
	}
	m.key(pick(m, []string{"ctrl+s", "tab"}))
}

func (m *monkey) text(text string) {
	for _, r := range text {
		m.press1(tea.KeyPressMsg{Code: r, Text: string(r)}, string(r))
	}
}

func (m *monkey) paste(text string) { m.press1(tea.PasteMsg{Content: text}, "a paste") }

func (m *monkey) key(name string) { m.press1(keyNamed(name), name) }

// press1 is one key, and the looks after it.
func (m *monkey) press1(msg tea.Msg, name string) {
	if m.app.gone || len(m.app.stack) == 0 {
		return
	}
	top := m.app.stack[len(m.app.stack)-1]
	if m.quits(top, name) && !m.chance(2) {
		return // a life is to be long
	}
	m.keys++
	if m.last = append(m.last, name); len(m.last) > 40 {
		m.last = m.last[1:]
	}
	m.agreed = m.app.writing() && m.agreed || agreesBy(top, name)
	m.send(msg)
	for range 50 { // a write that was agreed to goes on
		if !m.app.writing() {
			break
		}
		m.wait(time.Second)
	}
	if len(m.stray) > 0 {
		m.t.Errorf("written without having been agreed to: %v", m.stray)
	}
	m.masked()
}

// quits tells whether a key leaves the program.
func (m *monkey) quits(top Screen, name string) bool {
	for _, deed := range m.app.deeds(top) {
		if deed.ID == keymap.Quit || deed.ID == keymap.Back && deed.Word == "quit" {
			if slices.Contains(m.app.keys.Get(deed.ID).Keys, name) {
				return true
			}
		}
	}
	_, root := top.(picker)
	return root && name == "q"
}

// several marks some secrets, and begins what is done with them together.
func (m *monkey) several() {
	m.key(pick(m, []string{"0", "2", "3", "4"}))
	for range 2 + m.random.IntN(3) {
		for range m.random.IntN(6) {
			m.key("j")
		}
		m.key("space")
	}
	m.key(pick(m, []string{"D", "m"}))
}

// one goes to a secret and begins something with it.
func (m *monkey) one() {
	m.key(pick(m, []string{"0", "2", "3", "4", "5"}))
	for range m.random.IntN(12) {
		m.key("j")
	}
	m.key(pick(m, []string{"D", "D", "m", "m", "m", "m", "m", "m", "m", "m", "m", "m", "e", "e", "a", "a", "a", "E", "E", "y"}))
}

// agreesBy tells whether a key on a screen may begin a write.
func agreesBy(s Screen, name string) bool {
	switch s.(type) {
	case approval, removal, undoing, removals, reassign, batch, decision, resend, conflict:
		return name == "enter"
	case form:
		return name == "ctrl+s" || name == "enter" // enter gives what the editor left
	case browse, secret, problems:
		return name == "E" // what is saved in the editor is meant
	}
	return false
}

// values are parts of those of the demo, and of what the monkey types as values.
var values = []string{
	"CANARY-typed", "demo-smtp-not", "demo-ftp-not", "demo-retired-not", "demo-jti-", "demo-not-a-real-key", "vault://hcv", "-----BEGIN",
}

// masked holds that no value is seen while nothing is revealed.
func (m *monkey) masked() {
	for _, s := range m.app.stack {
		if reveals(s) {
			return
		}
	}
	text := m.text0()
	for _, value := range values {
		if strings.Contains(text, value) {
			m.t.Errorf("a masked screen shows %q", value)
		}
	}
}

func (m *monkey) text0() string {
	if m.app.gone {
		return ""
	}
	return m.world.text()
}

// reveals tells whether a screen shows a value because it was asked to.
func reveals(s Screen) bool {
	switch s := s.(type) {
	case secret:
		return s.shown
	case form:
		return s.shown
	case conflict:
		return s.shown
	case manifest:
		return s.shown
	}
	return false
}
