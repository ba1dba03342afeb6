package reassigntest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// The types of secrets on Kubernetes.
const (
	typeMesh = "system.kuma.io/secret"
	typeCopy = "meshsecrets.io/reassign-v1"
)

// otherPrefix begins the names of the secrets that somebody else writes all the
// time.
const otherPrefix = "other-"

// faultKind is what a fault is about.
type faultKind int

const (
	lost    faultKind = iota // no object holds the value
	altered                  // other bytes, or somebody else's object
	claimed                  // what was said was not so
	left                     // something was left behind, or not found
)

// fault is something that must not be.
type fault struct {
	kind faultKind
	text string
}

// objects are secrets by their places.
type objects map[string]embedded.Event

// history watches a store, revision by revision, during one reassign.
type history struct {
	kind  string // "kubernetes" or "universal"
	name  string
	from  string
	to    []string // one mesh, or two when two consoles differ
	value []byte

	mu        sync.Mutex
	begun     bool
	original  embedded.Event
	held      objects
	theirs    map[string]bool // places where somebody else wrote last
	stranger  bool            // it is somebody else who writes now
	strange   bool            // somebody else wrote
	racing    bool            // somebody else wrote what our console has not read since
	replaced  bool            // somebody else put something else in its place: its value need not be kept
	crossing  bool            // two consoles want opposite things: for a moment only their memory may hold the value
	dropped   bool            // somebody else took away what held the value alone
	gone      bool            // at the last revision nothing held the value
	lostAt    uint64          // the first revision at which nothing did; 0 for none
	revisions int             // that were looked at
	faults    []fault
	worlds    map[string]bool   // seen at any revision
	seen      map[*wire]objects // what was there when a console last read the secret
}

func newHistory(kind, name, from string, value []byte, to ...string) *history {
	return &history{
		kind: kind, name: name, from: from, to: slices.Compact(slices.Clone(to)), value: value,
		held: objects{}, theirs: map[string]bool{}, worlds: map[string]bool{},
	}
}

// place is what a store knows an object by.
func (h *history) place(e embedded.Event) string {
	if h.kind == kubernetes {
		return e.Namespace + "/" + e.Name
	}
	return e.Mesh + "/" + e.Name
}

// observe takes one revision.
func (h *history) observe(e embedded.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.place(e)
	before, was := h.held[at]
	if e.Deleted {
		delete(h.held, at)
	} else {
		h.held[at] = e
	}
	if !h.begun {
		return
	}
	if h.stranger || strings.HasPrefix(e.Name, otherPrefix) {
		h.theirs[at] = !e.Deleted
	} else {
		h.judge(at, e, before, was)
	}
	h.look(e.Revision)
}

// judge looks at one write of ours.
func (h *history) judge(at string, e, before embedded.Event, was bool) {
	switch {
	case h.theirs[at] && h.racing && h.kind == universal:
		h.theirs[at] = false // nothing there is conditional
	case h.theirs[at]:
		h.fault(altered, "revision %d: %s was somebody else's, and was written", e.Revision, at)
	case e.Type == typeCopy:
		if !e.Deleted && was && !bytes.Equal(before.Data["v.value"], e.Data["v.value"]) {
			h.fault(altered, "revision %d: the safety copy was changed", e.Revision)
		}
	case e.Name != h.name || e.Mesh != h.from && !slices.Contains(h.to, e.Mesh):
		h.fault(altered, "revision %d: %s has nothing to do with it, and was written", e.Revision, at)
	case !e.Deleted && !h.exact(e):
		h.fault(altered, "revision %d: %s holds %d bytes that are not those of the secret, or other keys or labels", e.Revision, at, len(e.Value))
	}
	if e.Name == h.name && h.kind == kubernetes && was && !e.Deleted && before.UID == e.UID && before.Mesh != e.Mesh {
		h.fault(altered, "revision %d: the mesh of %s was changed in place", e.Revision, at)
	}
}

// exact tells whether an object is the secret: its bytes, its other keys and
// the labels of its user.
func (h *history) exact(e embedded.Event) bool {
	return bytes.Equal(e.Value, h.value) && e.Immutable == h.original.Immutable &&
		maps.EqualFunc(e.Data, h.original.Data, bytes.Equal) &&
		maps.Equal(ofUser(e.Labels), ofUser(h.original.Labels))
}

// ofUser are the labels that neither a control plane computes nor we set.
func ofUser(labels map[string]string) map[string]string {
	kept := maps.Clone(labels)
	maps.DeleteFunc(kept, func(name, _ string) bool {
		return strings.HasPrefix(name, "kuma.io/") || strings.HasPrefix(name, "k8s.kuma.io/") || ours(name)
	})
	return kept
}

func ours(label string) bool { return strings.HasPrefix(label, "meshsecrets.io/") }

// copyHolds tells whether an object is a safety copy that a secret can be made
// of again.
func (h *history) copyHolds(e embedded.Event) bool {
	if e.Type != typeCopy || !bytes.Equal(e.Data["v.value"], h.value) || len(e.Data["meta.json"]) == 0 {
		return false
	}
	for name, value := range h.original.Data {
		if !bytes.Equal(e.Data["v."+name], value) {
			return false
		}
	}
	return true
}

// look tests what must hold at every revision.
func (h *history) look(revision uint64) {
	h.revisions++
	holders, copies := 0, 0
	for _, e := range h.held {
		switch {
		case h.copyHolds(e):
			copies++
		case e.Name == h.name && (e.Mesh == h.from || slices.Contains(h.to, e.Mesh)) && bytes.Equal(e.Value, h.value):
			holders++
		}
	}
	for _, to := range h.to {
		h.worlds[h.worldText(h.worldIn(h.held, model.Ref{Mesh: h.from, Name: h.name}, model.Ref{Mesh: to, Name: h.name}))] = true
	}
	h.gone = holders+copies == 0
	if h.gone && (h.stranger || h.racing) {
		h.dropped = true
	}
	if h.gone && h.lostAt == 0 && !h.dropped && !h.replaced {
		h.lostAt = revision
		if !h.crossing {
			h.fault(lost, "at revision %d nothing holds the value", revision)
		}
	}
}

func (h *history) fault(kind faultKind, format string, args ...any) {
	h.faults = append(h.faults, fault{kind, fmt.Sprintf(format, args...)})
}

// begin says that what happens from now on is to be watched.
func (h *history) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.held {
		if e.Name == h.name && e.Mesh == h.from {
			h.original = e
		}
	}
	if h.original.Name == "" {
		h.fault(left, "there was no secret to begin with")
	}
	h.begun = true
	h.look(0)
}

// byStranger lets somebody else do something.
func (h *history) byStranger(deed func()) {
	h.mu.Lock()
	h.stranger, h.strange = true, true
	h.mu.Unlock()
	deed()
	h.mu.Lock()
	h.stranger = false
	h.mu.Unlock()
}

// race says that nobody can know yet what somebody else just did.
func (h *history) race(racing bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.racing = racing
}

// at is what stands somewhere.
func (o objects) at(ref model.Ref) (embedded.Event, bool) {
	for _, e := range o {
		if e.Name == ref.Name && e.Mesh == ref.Mesh && (e.Type == "" || e.Type == typeMesh) {
			return e, true
		}
	}
	return embedded.Event{}, false
}

// worldIn is what there is for a plan that leads from one mesh to the other, as
// the states of a reassign are told apart. It is worked out of the store alone.
func (h *history) worldIn(o objects, from, to model.Ref) model.World {
	var w model.World
	w.Source, w.Claimed = h.stands(o, from)
	w.Target, w.Tagged = h.stands(o, to)
	for _, e := range o {
		switch {
		case h.kind == kubernetes && e.Name == h.name && e.Mesh != from.Mesh && e.Mesh != to.Mesh:
			w.Target = model.Foreign
		case h.copyHolds(e):
			w.Copy = model.Present
		case e.Type == typeCopy:
			w.Copy = model.Foreign
		}
	}
	return w
}

func (h *history) stands(o objects, at model.Ref) (model.Place, bool) {
	e, there := o.at(at)
	tagged := e.Labels[model.LabelReassign] != ""
	same := there && h.exact(e)
	moved := h.kind == kubernetes && at.Mesh == h.from && e.UID == h.original.UID
	switch {
	case !there:
		return model.Absent, false
	case e.Deleting:
		return model.Deleting, tagged
	case !same && moved:
		return model.Edited, tagged
	case !same:
		return model.Foreign, tagged
	case h.kind == kubernetes && at.Mesh == h.from && !moved:
		return model.Restored, tagged
	}
	return model.Present, tagged
}

var placeWords = map[model.Place]string{
	model.Absent: "absent", model.Present: "present", model.Edited: "edited",
	model.Restored: "restored", model.Deleting: "deleting", model.Foreign: "foreign",
}

// worldText is a world as testdata/reassign/worlds.txt has it.
func (h *history) worldText(w model.World) string {
	tagged := map[bool]string{true: "yes", false: "no"}[w.Tagged]
	return fmt.Sprintf("%s source=%s copy=%s target=%s tagged=%s", h.kind, placeWords[w.Source], placeWords[w.Copy], placeWords[w.Target], tagged)
}

// now is the world at this moment.
func (h *history) now(from, to model.Ref) model.World {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.worldIn(h.held, from, to)
}

// looked notes what is there now, as a console reads it.
func (h *history) looked(by *wire) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen == nil {
		h.seen = map[*wire]objects{}
	}
	h.seen[by], h.racing = maps.Clone(h.held), false
}

// lastSeen is the world as it was when a console last read the secret.
func (h *history) lastSeen(by *wire, from, to model.Ref) model.World {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.worldIn(h.seen[by], from, to)
}

// owners are the meshes that hold the very secret.
func (h *history) owners() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []string
	for _, mesh := range append([]string{h.from}, h.to...) {
		if e, there := h.held.at(model.Ref{Mesh: mesh, Name: h.name}); there && h.exact(e) {
			all = append(all, mesh)
		}
	}
	return all
}

// leftover is what of us is left: safety copies, and objects with a tag.
func (h *history) leftover() (copies, tags int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.held {
		if e.Type == typeCopy {
			copies++
			continue
		}
		if slices.ContainsFunc(slices.Collect(maps.Keys(e.Labels)), ours) {
			tags++
		}
	}
	return copies, tags
}

// bare tells whether nothing of us is left.
func (h *history) bare() bool {
	copies, tags := h.leftover()
	return copies+tags == 0
}

// excused tells whether nothing holds the value because somebody else took away
// what did.
func (h *history) excused() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dropped && h.gone
}

// replace notes that somebody else gives the secret another value.
func (h *history) replace() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.replaced = true
}

// disturbed tells whether somebody else wrote.
func (h *history) disturbed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.strange
}

// claim notes something that was said and is not so.
func (h *history) claim(format string, args ...any) { h.note(claimed, format, args...) }

func (h *history) note(kind faultKind, format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault(kind, format, args...)
}
