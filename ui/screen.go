package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// Screen is one screen or dialog: a value that is replaced by each key.
type Screen interface {
	// Deeds says what can be done now. Their order is that of the hints.
	Deeds(Frame) []Deed
	// Do does one of the deeds.
	Do(Frame, Press) (Screen, Result)
	// Update takes what is not a deed: answers, ticks, pastes and, while text is
	// typed, keys.
	Update(Frame, tea.Msg) (Screen, Result)
	// View draws the body: at most Height lines of at most Width cells.
	View(Frame) View
}

// The parts a screen may have besides, asked for by the App.
type (
	// typist has a text field: while typing is true, keys that print are text.
	typist interface{ typing() bool }
	// closer lets go of what it holds: requests are stopped, values wiped.
	closer interface{ close() }
	// worker has a write under way; what says which.
	worker interface{ busy() (what string, is bool) }
	// keeper holds the only copy of a value: leaving would drop it.
	keeper interface {
		keeps() (only onlyCopy, is bool)
	}
	// dialog is drawn as a box over the screen below it.
	dialog interface{ box(Frame) Box }
	// host knows which control plane the screens above it are about.
	host interface{ session() *session }
	// faceted has a filter that takes facets.
	faceted interface{ facets() []model.FacetHelp }
	// fresh says how fresh what is shown is, for the right end of line 1.
	fresh interface{ freshness(Frame) Line }
)

// Deed is an action that can be done now.
type Deed struct {
	ID    keymap.ID
	Word  string // the hint's word here, when it is not the action's own
	Quiet bool   // not among the hints: moves, and what has a shorter way
	Pin   bool   // at the end of the hints, and never dropped
	Shows bool   // it lets a value be seen, although its action mostly does not
	Not   string // why it cannot be done now: its key says this. It stays among the hints, which do not jump from row to row
}

// Press is a deed and the key that asked for it; Key is empty when it came
// from the commands, and Word is what was typed there after its name.
type Press struct {
	ID   keymap.ID
	Key  string
	Word string
}

// Result is what a screen asks the App for. The zero Result asks for nothing.
type Result struct {
	Run   tea.Cmd // input and output
	Lends bool    // Run has the terminal, and the console stands still meanwhile
	Open  Screen  // put on top
	Close bool    // take this one away, before Open
	Home  bool    // take everything above the first screen away
	Quit  bool    // leave the console
	Say   Message // one message in the status line
	Tell  tea.Msg // told to all screens at once, in this very Update
	Then  *Press  // done by the screen that is then on top: what a command names
}

// Message is what happened, in one or two lines. The zero Message says
// nothing.
type Message struct {
	Mark  string // "✓", "✗", "!" or none
	Text  string
	Right string // one thing that belongs to it, at the right
}

// Frame is all that a screen needs to know of the world: handed in, never
// stored.
type Frame struct {
	Width, Height int // of the body, in cells
	Now           time.Time
	Keys          keymap.Map
	RevealFor     time.Duration // how long a value stays revealed
	LockAfter     time.Duration // without a key for so long, every value is dropped; 0 for never
	Locked        bool          // nobody is there
	// Whole is the height of the terminal.
	Whole int
}

// View is what a screen draws.
type View struct {
	Lines  []Line
	Status Line   // while no message is there
	Right  string // at the right of the status line
	Cursor *Point // where text is typed, within Lines; nil hides it
	// Hints replaces the hints, for lines that explain themselves; nil: from
	// the deeds.
	Hints Line
}

// Point is a cell, counted from 0.
type Point struct{ X, Y int }

// tick is told once a second, and less often when nobody is there: ages and
// countdowns move. See beat.go.
type tick struct{ chain int }

// narrow is the width under which a dialog is a full screen, and browse shows
// one pane.
const (
	narrowDialog = 80
	twoPanes     = 100
	widePanes    = 140
	smallest     = 40
	lowest       = 12
)
