package model

import (
	"fmt"
	"testing"
	"time"
)

// Both of two names that look alike are marked: an eye may rest on either. Of
// another mesh no name counts.
func TestRowsThatLookAlike(t *testing.T) {
	t.Parallel()
	var secrets []Secret
	for _, ref := range []Ref{{"m", "ca-1"}, {"m", "ca-l"}, {"m", "ca-i"}, {"m", "payments"}, {"n", "payrnents"}, {"m", "pаy"}, {"", "key-0"}, {"", "key-o"}} {
		secrets = append(secrets, secretOf(ref.Mesh, ref.Name, Facts{Kind: Text}))
	}
	refs := []Reference{{Kind: KindExternalService, By: "psp", Mesh: "m", Secret: "payrnents", Role: "CA", Enabled: true}}
	i := TakeInventory(nil, secrets, refs)
	for ref, want := range map[Ref]string{
		{"m", "ca-1"}: "! looks like ca-i", {"m", "ca-l"}: "! looks like ca-1", {"m", "ca-i"}: "! looks like ca-1", // an i is no l
		{"m", "payments"}: "! looks like payrnents", {"m", "payrnents"}: "! looks like payments", // which is missing
		{"n", "payrnents"}: "", {"m", "pаy"}: "! strange name", {"", "key-0"}: "! looks like key-o", {"", "key-o"}: "! looks like key-0",
	} {
		row, found := i.Find(ref)
		if got := noteOf(row); !found || got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
	if got := i.In(Scope{All: true}).Looks(frameTime); got != 7 {
		t.Errorf("%d need a look, want 7: what is missing is counted apart", got)
	}
	i = i.Changed(nil, []Ref{{"m", "ca-1"}, {"", "key-o"}})
	for _, ref := range []Ref{{"m", "ca-l"}, {"m", "ca-i"}, {"", "key-0"}} {
		if row, _ := i.Find(ref); row.Alike != "" {
			t.Errorf("%s still looks like %s, which is gone", ref, row.Alike)
		}
	}
}

func TestMeshesThatLookAlike(t *testing.T) {
	t.Parallel()
	meshes := []Mesh{{Name: "checkout"}, {Name: "payments"}, {Name: "payrnents"}, {Name: "sаndbox"}}
	want := map[string]MeshSummary{"checkout": {}, "payments": {Alike: "payrnents"}, "payrnents": {Alike: "payments"}, "sаndbox": {}}
	for _, m := range TakeInventory(meshes, nil, nil).Meshes {
		if m.Alike != want[m.Mesh.Name].Alike || (m.Worst == NeedsLook) != (m.Mesh.Name != "checkout") {
			t.Errorf("%s looks like %q, worst mark %d", m.Mesh.Name, m.Alike, m.Worst)
		}
	}
}

// What needs a look is counted as one would by going through the rows, at any
// moment.
func TestLooks(t *testing.T) {
	t.Parallel()
	var secrets []Secret
	at := func(from, to int, newline bool) {
		f := Facts{Kind: Text, TrailingNewline: newline}
		if from != 0 {
			f.NotBefore = frameTime.AddDate(0, 0, from)
		}
		if to != 0 {
			f.NotAfter = frameTime.AddDate(0, 0, to)
		}
		secrets = append(secrets, secretOf("m", fmt.Sprintf("s-%03d", len(secrets)), f))
	}
	for from := -40; from <= 40; from += 10 {
		for to := -40; to <= 80; to += 10 {
			at(from, to, from == to)
		}
	}
	rows := TakeInventory(nil, secrets, nil).In(Scope{All: true})
	for days := -120; days <= 120; days += 5 {
		for _, off := range []time.Duration{-time.Second, -1, 0, 1, time.Second} {
			now := frameTime.AddDate(0, 0, days).Add(off)
			want := 0
			for _, row := range rows.All() {
				if row.NeedsLook(now) {
					want++
				}
			}
			if got := rows.Looks(now); got != want {
				t.Fatalf("day %d %s: %d, want %d", days, off, got, want)
			}
		}
	}
}
