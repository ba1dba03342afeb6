package cluster

import "sort"

// window is how many changes are kept for watches.
const window = 20000

// event is a change and the version that it made.
type event struct {
	version uint64
	change  Change
}

// feed is what happened last, for those who watch.
type feed struct {
	events    []event
	forgotten uint64 // changes up to this version are no longer known
	broken    int    // how often all watches were broken
	marked    int    // how often bookmarks were asked for
	changed   chan struct{}
}

// add notes a change.
func (f *feed) add(version uint64, c Change) {
	f.events = append(f.events, event{version: version, change: c})
	if len(f.events) > 2*window {
		old := len(f.events) - window
		f.forgotten = f.events[old-1].version
		f.events = append([]event(nil), f.events[old:]...)
	}
}

// since gives what happened after a version; false when it is forgotten.
func (f *feed) since(version uint64) ([]event, bool) {
	if version < f.forgotten {
		return nil, false
	}
	i := sort.Search(len(f.events), func(i int) bool { return f.events[i].version > version })
	return f.events[i:len(f.events):len(f.events)], true
}

// wake tells those who wait that something happened.
func (f *feed) wake() {
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// wait gives what is closed when something happens. It is made by who waits, so
// that a test's clock counts it as waiting.
func (f *feed) wait() <-chan struct{} {
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	return f.changed
}

// Compact forgets what happened: watches and begun lists from before are
// expired.
func (s *Server) Compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed.events, s.feed.forgotten = nil, s.store.version+1
	s.store.version++ // so that what is current now is newer than what was forgotten
	s.store.begun = nil
	s.feed.wake()
}

// BreakWatches cuts the connections of all watches.
func (s *Server) BreakWatches() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed.broken++
	s.feed.wake()
}

// Bookmark sends a bookmark at once to all watches that take them.
func (s *Server) Bookmark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed.marked++
	s.feed.wake()
}
