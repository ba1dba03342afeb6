package kubernetes

import (
	"errors"
	"fmt"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// maxMoved is the largest value that is moved, in bytes: what is written
// beside it while it is on its way needs room, too.
const maxMoved = maxValue - 16<<10

// pattern is a fake value in which, from a length of 256 on, every byte is.
func pattern(length int, start byte) model.Value {
	value := make([]byte, length)
	for i := range value {
		value[i] = start + byte(i)
	}
	return model.NewValue(value)
}

// rewrites takes a value of that length through everything that reads and
// writes one: it must stay what it is, to the byte.
func rewrites(t *testing.T, p backend.ControlPlane, length int) {
	t.Helper()
	ref := model.Ref{Mesh: backendtest.MeshA, Name: fmt.Sprintf("bytes-%d", length)}
	first, second := pattern(length, byte(length)), pattern(length, byte(length+1))
	if _, err := p.Create(t.Context(), model.Snapshot{Secret: model.Secret{Ref: ref}, Value: first}); err != nil {
		t.Fatalf("%d bytes: %v", length, err)
	}
	made := wantBytes(t, p, ref, first)
	if _, err := p.Update(t.Context(), made, made.Clone()); err != nil {
		t.Fatalf("%d bytes, saved as they were: %v", length, err)
	}
	kept := wantBytes(t, p, ref, first)
	if _, err := p.Update(t.Context(), kept, model.Snapshot{Secret: kept.Secret, Value: second}); err != nil {
		t.Fatalf("%d bytes, edited: %v", length, err)
	}
	if err := p.Delete(t.Context(), wantBytes(t, p, ref, second)); err != nil {
		t.Fatalf("%d bytes, deleted: %v", length, err)
	}
}

// wantBytes reads a value that must be this one.
func wantBytes(t *testing.T, p backend.ControlPlane, ref model.Ref, want model.Value) model.Snapshot {
	t.Helper()
	found, err := p.Get(t.Context(), ref)
	if err != nil {
		t.Fatalf("%d bytes: %v", want.Len(), err)
	}
	if !found.Value.Equal(want) || found.Secret.Facts.Size != want.Len() {
		t.Fatalf("%d bytes came back as %d others", want.Len(), found.Value.Len())
	}
	return found
}

func TestEveryLengthSurvives(t *testing.T) {
	t.Parallel()
	const parts, most = 4, 4096
	p := overEmbedded(t).ControlPlane
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for length := part + 1; length <= most; length += parts {
				rewrites(t, p, length)
			}
		})
	}
	t.Run("the largest", func(t *testing.T) {
		t.Parallel()
		rewrites(t, p, maxValue)
	})
}

// On a server there are the lengths about which something changes: in base64,
// in buffers, in what a length is written with.
func TestLengthsSurviveOnAServer(t *testing.T) {
	t.Parallel()
	p := overServer(t).ControlPlane
	for _, length := range []int{1, 2, 3, 4, 127, 128, 255, 256, 257, 1023, 1024, 4095, 4096, maxValue - 1, maxValue} {
		rewrites(t, p, length)
	}
}

// moved takes the steps of a reassign to another mesh.
func moved(t *testing.T, p backend.ControlPlane, before model.Snapshot, to string) (backend.Progress, error) {
	t.Helper()
	after := backend.Moved(before, model.Ref{Mesh: to, Name: before.Secret.Ref.Name})
	change := model.Change{Verb: model.Reassign, Before: before, After: after}
	gate := backend.NewGate(p, backend.Entry{Name: "test"})
	for at := gate.Begin(t.Context(), change); ; {
		var err error
		at, err = gate.Advance(t.Context(), change, at)
		if err != nil || at.Next == model.Done || at.Next == model.Stuck {
			return at, err
		}
	}
}

func TestLengthsSurviveAReassign(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) backendtest.Fixture{"embedded": overEmbedded, "server": overServer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			for _, length := range []int{1, 256, 4096, maxMoved} {
				from := model.Ref{Mesh: backendtest.MeshA, Name: fmt.Sprintf("moved-%d", length)}
				value := pattern(length, byte(length))
				f.Put(from, value.Reveal(), nil)
				progress, err := moved(t, f.ControlPlane, wantBytes(t, f.ControlPlane, from, value), backendtest.MeshB)
				if err != nil || progress.Next != model.Done {
					t.Fatalf("%d bytes: %v, next %v", length, err, progress.Next)
				}
				wantBytes(t, f.ControlPlane, model.Ref{Mesh: backendtest.MeshB, Name: from.Name}, value)
				if _, err := f.ControlPlane.Get(t.Context(), from); !errors.Is(err, backend.ErrNotFound) {
					t.Errorf("%d bytes: the source is %v", length, err)
				}
			}
		})
	}
}

// No value at all is refused before it is sent, whatever is done with it, and
// what it would have replaced stays.
func TestNothingIsNoValue(t *testing.T) {
	t.Parallel()
	f := overEmbedded(t)
	p := f.ControlPlane
	f.Put(someRef, []byte("fake-value"), nil)
	held, err := p.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	other := model.Ref{Mesh: someRef.Mesh, Name: "empty"}
	_, created := p.Create(t.Context(), model.Snapshot{Secret: model.Secret{Ref: other}})
	_, updated := p.Update(t.Context(), held, model.Snapshot{Secret: held.Secret})
	for err, want := range map[error]string{
		created: "saving default/empty: the value is empty",
		updated: "saving default/smtp-password: the value is empty",
	} {
		var told *backend.Error
		if !errors.As(err, &told) || !errors.Is(err, backend.ErrInvalid) || err.Error() != want || told.Field != "data" {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	wantBytes(t, p, someRef, held.Value)
}

// A secret without a value, made while nothing guarded that, has other things
// to lose. It must not be deleted for a reassign that cannot end.
func TestNothingIsNotReassigned(t *testing.T) {
	t.Parallel()
	f := overEmbedded(t)
	f.PutObject(backendtest.Object{Ref: someRef, Keys: map[string][]byte{"password": []byte("fake-password")}})
	held, err := f.ControlPlane.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := moved(t, f.ControlPlane, held, backendtest.MeshB); err == nil {
		t.Error("it was moved")
	}
	there, err := f.ControlPlane.Get(t.Context(), someRef)
	if err != nil || !there.Same(held) {
		t.Errorf("it is no longer what it was: %v", err)
	}
}
