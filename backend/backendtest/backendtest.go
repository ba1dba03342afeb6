// Package backendtest is the contract of a control plane: what every package
// below backend must do alike, whatever it speaks. A backend's own tests call
// Test with a control plane of its kind.
package backendtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Meshes are the meshes that a fixture must have, without user-made secrets.
const (
	MeshA = "default"
	MeshB = "payments"
)

// Fixture is a control plane and a foreign hand that changes it behind our
// back.
type Fixture struct {
	ControlPlane backend.ControlPlane
	// Put makes or replaces a secret without any of our checks; its mesh need
	// not exist, and its name may be one that the control plane would refuse,
	// unless StrictNames holds.
	Put func(ref model.Ref, value []byte, labels map[string]string)
	// StrictNames tells that not even a foreign hand can use a name that is
	// none of Kubernetes.
	StrictNames bool
	// PutObject makes or replaces an object of a cluster; nil elsewhere.
	PutObject func(Object)
	// Refuse has secrets of a mesh refused when they are made, in dry runs as
	// well when rehearsed says so; nil where this cannot be done.
	Refuse func(mesh string, rehearsed bool)
	// Crowd is how many secrets are made where many are needed; 0 for 2500.
	Crowd int
	// Remove deletes a secret.
	Remove func(ref model.Ref)
	// LoseAnswer makes the next write arrive and its answer not.
	LoseAnswer func()
	// LoseRequest makes the next write not arrive, so that nobody can tell.
	LoseRequest func()
}

// Test runs the contract; open gives a fresh fixture each time it is called.
func Test(t *testing.T, open func(t *testing.T) Fixture) {
	tests := map[string]func(*testing.T, Fixture){
		"a secret lives: create, get, update, delete":       lives,
		"create refuses a name that exists":                 exists,
		"an empty value is refused":                         empty,
		"update refuses what changed meanwhile":             updateConflict,
		"delete refuses what changed meanwhile":             deleteConflict,
		"changed labels are a change":                       labelConflict,
		"labels survive an update":                          labels,
		"bytes survive":                                     survives,
		"a global secret is one without a mesh":             globals,
		"what is not there is not found":                    missing,
		"a secret without its mesh is listed and read":      orphan,
		"many secrets are listed once each":                 paging,
		"hostile names come through untouched":              hostile,
		"a cursor that nobody gave is refused":              cursors,
		"facts are learnt without values":                   facts,
		"meshes are resources":                              resources,
		"lost answers are told and settled by reading back": lost,
		"a reassign moves a value":                          reassign,
		"two meshes hold one name, if the kind says so":     namePerMesh,
		"one made again is another, if the kind says so":    madeAgain,
		"values of all lengths survive":                     lengths,
		"a secret is found by its name":                     located,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// canary is a value that must never be read in an error.
const canary = "CANARY-demo-not-real-5c1f"

func snapshot(ref model.Ref, value string) model.Snapshot {
	return model.Snapshot{Secret: model.Secret{Ref: ref}, Value: model.NewValue([]byte(value))}
}

var (
	refA = model.Ref{Mesh: MeshA, Name: "contract-a"}
	refB = model.Ref{Mesh: MeshB, Name: "contract-a"}
)

// All lists everything that q is about.
func All(ctx context.Context, r backend.Reader, q backend.Query) ([]model.Secret, error) {
	seen, err := pages(ctx, r.List, q)
	return seen.Secrets, err
}

// Learnt lists everything that q is about, with facts.
func Learnt(ctx context.Context, r backend.Reader, q backend.Query) ([]model.Secret, error) {
	seen, err := pages(ctx, r.Learn, q)
	return seen.Secrets, err
}

// Listed lists everything that q is about, for a watch to go on from.
func Listed(ctx context.Context, r backend.Reader, q backend.Query) (backend.Seen, error) {
	return pages(ctx, r.List, q)
}

func pages(ctx context.Context, list func(context.Context, backend.Query) (backend.Page, error), q backend.Query) (backend.Seen, error) {
	var seen backend.Seen
	for {
		page, err := list(ctx, q)
		if err != nil {
			return backend.Seen{}, err
		}
		if page.Again {
			seen.Secrets = nil
		}
		seen.Secrets, seen.Mark = append(seen.Secrets, page.Secrets...), page.Mark
		if page.Next == "" {
			return seen, nil
		}
		q.Cursor = page.Next
	}
}

func wantKind(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("the error is %v, want %v", err, kind)
	}
	if err != nil && strings.Contains(fmt.Sprintf("%+v %#v %v", err, err, errors.Unwrap(err)), canary) {
		t.Error("the error holds the value")
	}
	var told *backend.Error
	if err != nil && !errors.As(err, &told) {
		t.Errorf("the error %v is not a *backend.Error", err)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected: %v", err)
	}
}

func create(t *testing.T, f Fixture, ref model.Ref, value string) model.Snapshot {
	t.Helper()
	_, err := f.ControlPlane.Create(t.Context(), snapshot(ref, value))
	noError(t, err)
	return get(t, f, ref)
}

func get(t *testing.T, f Fixture, ref model.Ref) model.Snapshot {
	t.Helper()
	found, err := f.ControlPlane.Get(t.Context(), ref)
	noError(t, err)
	return found
}

func wantValue(t *testing.T, f Fixture, ref model.Ref, value string) {
	t.Helper()
	if found := get(t, f, ref); !found.Value.Equal(model.NewValue([]byte(value))) {
		t.Errorf("%v holds other bytes than were written", ref)
	}
}

func wantGone(t *testing.T, f Fixture, ref model.Ref) {
	t.Helper()
	_, err := f.ControlPlane.Get(t.Context(), ref)
	wantKind(t, err, backend.ErrNotFound)
}
