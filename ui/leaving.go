package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

// leaveAfter is how long a write under way is waited for before the console
// leaves all the same.
const leaveAfter = 10 * time.Second

// keepFor is how long the only copy of a value is kept when nobody answers:
// the terminal may be gone.
const keepFor = 10 * time.Minute

// leaving says that the console is about to quit, and waits for the write
// under way; or that quitting would drop the only copy of a value.
type leaving struct {
	what  string // the write under way: "saving smtp-password"
	since time.Time
	only  onlyCopy // what would be dropped; zero for nothing
	keeps bool     // it is asked about that: no write is waited for
	apart bool     // what is under way does not save that: it is asked about afterwards
	stop  stopping // of steps half way; zero for a single write
}

// patience is how long it is waited. A write comes to its end by itself, and what
// would be lost with it is worth waiting that long.
func (l leaving) patience() time.Duration {
	if l.only != (onlyCopy{}) {
		return keepFor
	}
	return leaveAfter
}

// Deeds stay; ctrl+c, which is the App's, leaves at once.
func (l leaving) Deeds(Frame) []Deed {
	return []Deed{{ID: keymap.Leave, Word: "stay"}, {ID: keymap.Quit, Word: "leave now"}}
}

// Do stays.
func (l leaving) Do(Frame, Press) (Screen, Result) { return l, Result{Close: true, Tell: stay{}} }

// quitting tells all screens that the console leaves once the write under way
// is over: what takes several steps begins no further one.
type quitting struct{}

// stay tells the App and all screens that the quit was taken back.
type stay struct{}

// Update leaves when the time is over.
func (l leaving) Update(f Frame, msg tea.Msg) (Screen, Result) {
	if _, is := msg.(tick); is && f.Now.Sub(l.since) >= l.patience() {
		return l, Result{Quit: true}
	}
	return l, Result{}
}

// View is drawn as a box.
func (l leaving) View(Frame) View { return View{} }

func (l leaving) box(f Frame) Box {
	waited := l.waited(f.Now)
	title, stays, leaves := "Quitting", "stay", "leave now, without waiting for the answer"
	then := or(l.only.then, "Then the console quits.")
	if l.apart {
		then = askedAbout(l.only.what)
	}
	said := []string{"Under way: " + l.what + ", " + waited + ". " + then}
	switch {
	case l.keeps:
		said = []string{l.only.loss}
		stays, leaves = strings.ReplaceAll(l.only.stay, keyHere, f.saveKey()), "leave, and lose it"
	case l.apart:
		leaves = "leave now, without waiting, and lose " + l.only.what
	case l.only != (onlyCopy{}):
		leaves = or(l.only.away, "leave now, without waiting, and lose it if it does not arrive")
	case l.stop.lasts > 0:
		waited = restTime(f.Now.Sub(l.stop.began), l.stop.lasts)
		fallthrough
	case l.stop.step > 0:
		title, stays = "Quitting after step "+strconv.Itoa(l.stop.step), "stay, and go on with the steps"
		said = []string{l.stop.what + " is under way: " + waited + ".", l.stop.then}
	}
	return Box{Title: title, Wide: 64, Lines: l.lines(f, said, stays, leaves)}
}

// waited is how long it is waited by now, and at most. What has nothing to do with
// the only copy of a value may take longer than a write does.
func (l leaving) waited(now time.Time) string {
	past, most := now.Sub(l.since), leaveAfter
	if l.only != (onlyCopy{}) {
		most = writeLimit
	}
	if past > most || l.apart {
		return shortSeconds(past) + " by now"
	}
	return shortSeconds(past) + " of at most " + shortSeconds(most)
}

func (l leaving) lines(f Frame, said []string, stays, leaves string) []Line {
	room := min(58, f.Width-6)
	lines := []Line{blank()}
	hint := func(key, text string) {
		for i, part := range wrap(text, room-10) {
			if i > 0 {
				key = ""
			}
			lines = append(lines, Line{{Plain, "   "}, {Accent, pad(key, 9)}, {Plain, " " + part}})
		}
	}
	for i, text := range said {
		if i > 0 {
			lines = append(lines, blank())
		}
		for _, part := range wrap(text, room) {
			lines = append(lines, say(Plain, "   "+part))
		}
	}
	if l.stop.copy != "" {
		for _, part := range wrap(l.stop.copy, room) {
			lines = append(lines, say(Plain, "   "+part))
		}
	}
	lines = append(lines, blank())
	hint("esc", stays)
	hint("ctrl+c", leaves)
	return append(lines, blank())
}

// halfway is a screen that takes several steps, and may be left between them.
type halfway interface {
	// stopping says what leaving after the step under way leaves behind.
	stopping(Frame) stopping
	// farewell are the lines that say where values are, when it was left
	// unfinished. They hold names only.
	farewell() []string
}

// stopping is what leaving leaves half way, of the screen with a write under
// way.
func (a App) stopping() stopping {
	for i := len(a.stack) - 1; i >= 0; i-- {
		if h, is := a.stack[i].(halfway); is {
			return h.stopping(a.frame())
		}
	}
	return stopping{}
}

// Farewell is what is printed on the normal screen once the console was left:
// where the value of a secret is that is on its way between two meshes. It
// holds names only.
func (a App) Farewell() []string {
	var lines []string
	for _, s := range a.stack {
		if h, is := s.(halfway); is {
			lines = append(lines, h.farewell()...)
		}
	}
	return lines
}

// shortSeconds is a wait in a sentence: "3 s".
func shortSeconds(d time.Duration) string {
	return strconv.Itoa(int(d.Seconds())) + " s"
}

// busy names the write that is under way.
func (a App) busy() (string, bool) {
	for i := len(a.stack) - 1; i >= 0; i-- {
		if w, ok := a.stack[i].(worker); ok {
			if what, is := w.busy(); is {
				return what, true
			}
		}
	}
	return "", false
}

// keeps is the value whose only copy is in this console.
func (a App) keeps() (onlyCopy, bool) {
	for i := len(a.stack) - 1; i >= 0; i-- {
		if k, ok := a.stack[i].(keeper); ok {
			if only, is := k.keeps(); is {
				return only, true
			}
		}
	}
	return onlyCopy{}, false
}

// keeperBusy tells that what is under way is of the screen with the only copy: it saves
// that, or makes it needed.
func (a App) keeperBusy() bool {
	return slices.ContainsFunc(a.stack, func(s Screen) bool {
		k, keeps := s.(keeper)
		w, works := s.(worker)
		if !keeps || !works {
			return false
		}
		_, only := k.keeps()
		_, busy := w.busy()
		return only && busy
	})
}

func (a App) writing() bool { _, is := a.busy(); return is }

// asks tells that it is asked whether the only copy of a value may be dropped:
// that waits for a person, not for a write.
func (a App) asks() bool {
	return slices.ContainsFunc(a.stack, func(s Screen) bool { l, is := s.(leaving); return is && l.keeps })
}
