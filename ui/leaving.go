package ui

import (
	"strconv"
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
	what  string // "saving smtp-password"; the secret's name when it keeps
	since time.Time
	keeps bool
}

func (l leaving) patience() time.Duration {
	if l.keeps {
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
	waited := shortSeconds(f.Now.Sub(l.since))
	hint := func(key, text string) Line {
		return Line{{Plain, "   "}, {Accent, pad(key, 9)}, {Plain, " " + text}}
	}
	lines := []Line{blank()}
	text, leave := "Under way: "+l.what+", "+waited+" of at most 10 s. Then the console quits.", "leave now, without waiting for the answer"
	if l.keeps {
		text = l.what + " is in neither mesh: its value is here and nowhere else. Leaving drops it for good."
		leave = "leave, and lose it"
	}
	for _, part := range wrap(text, 58) {
		lines = append(lines, say(Plain, "   "+part))
	}
	return Box{Title: "Quitting", Wide: 64, Lines: append(lines, blank(),
		hint("esc", "stay"), hint("ctrl+c", leave), blank())}
}

// shortSeconds is a wait in a sentence: "3 s".
func shortSeconds(d time.Duration) string {
	return strconv.Itoa(int(d.Seconds())) + " s"
}
