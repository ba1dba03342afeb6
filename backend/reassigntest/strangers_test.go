package reassigntest

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// deeds are what somebody else does in the middle of a reassign.
var deeds = map[breakage]string{
	copyDropped:   "the safety copy deleted by somebody else",
	copyPlaced:    "an older safety copy put there by somebody else",
	liveEdited:    "the secret edited by somebody else",
	liveDeleted:   "the secret deleted by somebody else",
	liveElsewhere: "the secret made anew in another mesh by somebody else",
	targetMade:    "another secret made in the new mesh by somebody else",
}

// deedsOn are those that can be done on a kind of control plane.
func deedsOn(kind string) []breakage {
	all := slices.Sorted(maps.Keys(deeds))
	if kind == universal {
		return slices.DeleteFunc(all, func(b breakage) bool { return b == copyDropped || b == copyPlaced || b == liveElsewhere })
	}
	return slices.DeleteFunc(all, func(b breakage) bool { return b == targetMade })
}

// strangerValue is what somebody else writes.
var strangerValue = []byte("fake-of-somebody-else")

// strangerDoes does one of them.
func (f *far) strangerDoes(deed breakage) {
	f.history.byStranger(func() {
		switch deed {
		case copyDropped:
			f.dropCopies()
		case copyPlaced:
			f.placeCopy()
		case liveEdited:
			if mesh := f.live(); mesh != "" {
				f.history.replace()
				f.write(mesh)
			}
		case liveDeleted:
			if mesh := f.live(); mesh != "" {
				f.remove(mesh)
			}
		case liveElsewhere:
			f.remove(f.live())
			f.write(meshC)
		case targetMade:
			f.write(meshB)
		}
	})
}

// tellsAll tells whether reading this is the last part of a look at what is
// live: the one object of the name, or the one of the two ends that is read last.
func (f *far) tellsAll(path string) bool {
	if f.kind == kubernetes {
		return strings.HasSuffix(path, "/secrets/"+secretName)
	}
	return strings.HasSuffix(path, "/secrets/"+secretName) && !strings.Contains(path, "/"+meshA+"/")
}

// dropCopy deletes the safety copy, as somebody who cleans up would.
func (f *far) dropCopy() { f.strangerDoes(copyDropped) }

func (f *far) dropCopies() {
	for _, name := range f.copies() {
		f.plane.Cluster().Discard(secretsKind, namespace, name)
	}
}

// placeCopy puts a safety copy there of another reassign of the same object,
// with other bytes.
func (f *far) placeCopy() {
	uid := f.history.original.UID
	f.dropCopies()
	f.plane.Seed(embedded.Secret{
		Name: model.CopyName(uid), Type: typeCopy, Immutable: true, Value: []byte("fake"), Created: time.Now(),
		Labels: map[string]string{model.LabelReassign: "0123456789abcdef"},
		Keys:   map[string][]byte{"v.value": strangerValue, "meta.json": []byte("{}")},
	})
}

// live is the mesh that the secret is in, the one it comes from first; "" for
// none.
func (f *far) live() string {
	f.history.mu.Lock()
	defer f.history.mu.Unlock()
	for _, mesh := range []string{meshA, meshB} {
		if _, there := f.history.held.at(model.Ref{Mesh: mesh, Name: secretName}); there {
			return mesh
		}
	}
	return ""
}

// write puts other bytes somewhere.
func (f *far) write(mesh string) {
	f.plane.Seed(embedded.Secret{Mesh: mesh, Name: secretName, Value: strangerValue, Created: time.Now()})
}

func (f *far) remove(mesh string) {
	if f.kind == kubernetes {
		f.plane.Cluster().Discard(secretsKind, namespace, secretName)
		return
	}
	_ = f.plane.Delete("/meshes/" + url.PathEscape(mesh) + "/secrets/" + secretName)
}

// kept holds that what somebody else wrote last is still there.
func (f *far) kept() {
	h := f.history
	h.mu.Lock()
	defer h.mu.Unlock()
	for at, theirs := range h.theirs {
		e, there := h.held[at]
		if theirs && e.Name == secretName && (!there || !bytes.Equal(e.Value, strangerValue)) && f.kind == kubernetes {
			h.fault(altered, "what somebody else wrote is no longer there")
		}
	}
}

// TestStrangers has somebody else do something just before each request of a
// run: whatever it is, nothing of theirs is overwritten or deleted, and the
// value is not lost but by them.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for name, s := range settings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: "somebody else at each request, " + name}
			defer total.tell(t)
			n := length(t, s)
			for _, deed := range deedsOn(s.kind) {
				synctest.Test(t, func(t *testing.T) {
					for at := 0; at < n; at += stride {
						for _, seed := range seeds(t, volume(1, 25)) {
							f, c := among(t, s, seed, map[int]breakage{at: deed})
							about := fmt.Sprintf("%s, %v at request %d, seed %d", name, deed, at, seed)
							total.add(f.history, f.report(t, c.wire.script, about, c), nil)
						}
					}
				})
			}
		})
	}
}

// among is one run among others, and the starts after it.
func among(t *testing.T, s setting, seed uint64, breaks map[int]breakage) (*far, *console) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 6))
	f := newFar(t, s, random)
	play := &script{breaks: breaks}
	c := f.begun(t, play)
	c.alone = false
	c.run()
	c.goOn(random)
	f.leaves = true
	f.recover(t, play, random)
	f.kept()
	return f, c
}
