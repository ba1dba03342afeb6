package model

import (
	"reflect"
	"testing"
	"time"
)

func TestRef(t *testing.T) {
	t.Parallel()
	mesh, global := Ref{"payments", "psp-ca"}, Ref{"", "psp-ca"}
	if mesh.String() != "payments/psp-ca" || mesh.Global() || mesh.MeshWord() != "payments" {
		t.Errorf("%s, %v, %s", mesh, mesh.Global(), mesh.MeshWord())
	}
	if global.String() != "global/psp-ca" || !global.Global() || global.MeshWord() != "global" {
		t.Errorf("%s, %v, %s", global, global.Global(), global.MeshWord())
	}
	order := []Ref{{"", "a"}, {"m", "a"}, {"n", "a"}, {"", "b"}}
	for i, a := range order {
		for j, b := range order {
			if got := a.Compare(b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
}

func TestSecretStates(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC)
	s := Secret{Created: made, Modified: made}
	if s.Changed() || s.Synced() {
		t.Error("a new secret is changed or synced")
	}
	s.Modified = made.Add(time.Nanosecond)
	s.Labels = map[string]string{LabelOrigin: "global"}
	if !s.Changed() || !s.Synced() {
		t.Error("a synced one that was modified is not")
	}
	s.Labels[LabelOrigin] = "zone"
	if s.Synced() {
		t.Error("one of the zone is synced")
	}
}

func TestSnapshotSame(t *testing.T) {
	t.Parallel()
	snapshot := func(value, team string, at time.Time) Snapshot {
		s := Snapshot{Value: NewValue([]byte(value))}
		s.Secret.Labels = map[string]string{"team": team}
		s.Secret.Modified = at
		return s
	}
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	read := snapshot("fake-value", "web", now)
	for about, c := range map[string]struct {
		other Snapshot
		want  bool
	}{
		"the same":      {snapshot("fake-value", "web", now), true},
		"another time":  {snapshot("fake-value", "web", now.Add(time.Hour)), true},
		"another value": {snapshot("fake-other", "web", now), false},
		"another label": {snapshot("fake-value", "pay", now), false},
		"empty":         {Snapshot{}, false},
	} {
		if got := read.Same(c.other); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}

// A list of secrets, and what is made of it, has no place for a value: no
// type that is reached from a row is Value or bytes that could be one.
func TestNoRowCanHoldAValue(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type, string)
	visit = func(of reflect.Type, at string) {
		if of == reflect.TypeFor[time.Time]() || seen[of] {
			return
		}
		seen[of] = true
		if of == reflect.TypeFor[Value]() || of == reflect.TypeFor[[]byte]() || of.Kind() == reflect.Interface || of.Kind() == reflect.Func {
			t.Errorf("%s is a %s", at, of)
		}
		switch of.Kind() {
		case reflect.Struct:
			for i := range of.NumField() {
				visit(of.Field(i).Type, at+"."+of.Field(i).Name)
			}
		case reflect.Slice, reflect.Pointer, reflect.Map:
			visit(of.Elem(), at)
		}
	}
	visit(reflect.TypeFor[Row](), "Row")
	visit(reflect.TypeFor[Inventory](), "Inventory")
	if !seen[reflect.TypeFor[Facts]()] {
		t.Error("the facts were not looked at")
	}
}
