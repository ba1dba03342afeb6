package ui

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/universal"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// The benchmarks hold the two promises that a long list must not break: a key
// costs the same however many secrets there are, and a letter of the filter is
// sifted before the next frame, 16 ms. Run them with
//
//	go test ./ui -run NONE -bench . -benchmem -count 10

var benchSizes = []int{100, 10_000, 100_000}

// benchMeshes is over how many meshes the secrets are spread.
const benchMeshes = 10

// seeded is an embedded control plane with n secrets of a few bytes each, the
// signing keys of its meshes among them.
func seeded(tb testing.TB, n int) *embedded.ControlPlane {
	tb.Helper()
	cp, err := embedded.New(embedded.Options{Empty: true, Now: func() time.Time { return frameTime }})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range benchMeshes {
		name := fmt.Sprintf("mesh-%d", i)
		if err := cp.Put("/meshes/"+name, map[string]string{"type": "Mesh", "name": name}); err != nil {
			tb.Fatal(err)
		}
	}
	secrets := make([]embedded.Secret, 0, n)
	for i := range n - benchMeshes {
		secrets = append(secrets, embedded.Secret{Mesh: fmt.Sprintf("mesh-%d", i%benchMeshes),
			Name: fmt.Sprintf("service-%06d-password", i), Value: fmt.Appendf(nil, "fake-%d", i), Created: frameTime})
	}
	cp.Seed(secrets...)
	return cp
}

// connected is a session with a control plane, without a screen.
func connected(tb testing.TB, round http.RoundTripper) *session {
	tb.Helper()
	examiner := model.NewExaminer([32]byte{})
	plane, err := universal.Connect(context.Background(), universal.Options{Name: "bench", URL: "http://localhost:5681",
		Transport: round, Examiner: examiner, Now: func() time.Time { return frameTime }})
	if err != nil {
		tb.Fatal(err)
	}
	life, end := context.WithCancel(context.Background())
	tb.Cleanup(end)
	entry := backend.Entry{Name: "bench", Group: "built in", Environment: backend.Universal}
	return &session{life: life, end: end, desk: &desk{}, writes: &sync.WaitGroup{}, entry: entry, plane: plane,
		gate: backend.NewGate(plane, entry), id: plane.Identity(), traits: plane.Traits(), examine: examiner}
}

// wholeStock reads a list to its end, as browse does page by page.
func wholeStock(tb testing.TB, s *session) stock {
	tb.Helper()
	return stockOf(tb, s.plane)
}

// stockOf reads a control plane to the end of its list.
func stockOf(tb testing.TB, plane backend.Reader) stock {
	tb.Helper()
	around, err := backend.LookAround(context.Background(), plane)
	if err != nil {
		tb.Fatal(err)
	}
	have := stock{}.about(around)
	for next := true; next; next = have.cursor != "" {
		page, err := plane.List(context.Background(), backend.Query{Cursor: have.cursor})
		if err != nil {
			tb.Fatal(err)
		}
		have = have.add(page).taken()
	}
	return have
}

// longList is the console on a control plane with n secrets, all read.
func longList(tb testing.TB, n int) App {
	tb.Helper()
	s := connected(tb, seeded(tb, n).Transport())
	b := newBrowse(s, "", true)
	b.stock, b.readAt = wholeStock(tb, s), frameTime
	b = b.sift(Frame{Now: frameTime})
	if b.rows.secrets != n {
		tb.Fatalf("%d secrets were read, want %d", b.rows.secrets, n)
	}
	clock := func() time.Time { return frameTime }
	return App{life: s.life, config: Config{Clock: clock, Still: true}, keys: keymap.Default(), theme: NewTheme(LookAuto, true, false),
		desk: s.desk, writes: s.writes, width: 120, height: 40, now: frameTime, stack: []Screen{b}}
}

// afterKeys is the console after keys, without their answers.
func afterKeys(a App, keys ...string) App {
	for _, k := range keys {
		next, _ := a.Update(keyNamed(k))
		a = next.(App)
	}
	return a
}

// BenchmarkKey is a key and the frame after it.
func BenchmarkKey(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			// Away from the ends of the list, with the same rows in sight for each size.
			app := afterKeys(longList(b, n), "ctrl+d", "ctrl+d")
			keys := []tea.KeyPressMsg{keyNamed("k"), keyNamed("j")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				next, _ := app.Update(keys[i%2])
				app = next.(App)
				_ = app.View()
			}
		})
	}
}

// BenchmarkFilterLetter is the first letter of a filter and the frame after
// it: the letter that every row holds is the dearest there is.
func BenchmarkFilterLetter(b *testing.B) {
	for _, letter := range []string{"s", "7", "!"} {
		for _, n := range benchSizes {
			b.Run(fmt.Sprintf("%s/%d", letter, n), func(b *testing.B) {
				app := afterKeys(longList(b, n), "/")
				b.ReportAllocs()
				for b.Loop() {
					next, _ := app.Update(keyNamed(letter))
					_ = next.View()
				}
			})
		}
	}
}

// BenchmarkOneEvent is a secret that changed, worked in, and the frame after it:
// marks and totals are right in it.
func BenchmarkOneEvent(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			app := longList(b, n)
			list := app.stack[0].(browse)
			row := *list.stock.inventory.In(model.Scope{All: true}).At(n / 2)
			facts := []model.Facts{{Kind: model.Text, TrailingNewline: true}, row.Secret.Facts}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				row.Secret.Facts = facts[i%2]
				list.stock = list.stock.with([]backend.Event{{Secret: row.Secret}}).taken()
				list = list.sift(Frame{Now: frameTime})
				app.stack = []Screen{list}
				_ = app.View()
			}
		})
	}
}

// BenchmarkReadList is a whole list read into what browse holds, over HTTP
// within the process.
func BenchmarkReadList(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := connected(b, seeded(b, n).Transport())
			b.ReportAllocs()
			for b.Loop() {
				if have := wholeStock(b, s); have.total != n {
					b.Fatalf("%d secrets were read, want %d", have.total, n)
				}
			}
		})
	}
}
