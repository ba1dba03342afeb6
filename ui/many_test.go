package ui

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// TestKeysActBetweenPages holds that a long list can be used while it is read:
// each key acts on what is there, at once.
func TestKeysActBetweenPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, entry := newPager(t, 8500)
		page := make(chan struct{})
		p.before = func(ctx context.Context) {
			select {
			case <-page:
			case <-ctx.Done():
			}
		}
		start(t, 100, 30, Config{Directory: listed{entry}, Start: &entry}, func(d *world) {
			d.settle()
			at := func() int { return browsing(d).index() }
			// The first page has 500, those after it 2,500 each. Rows are drawn anew
			// when there are twice as many, so that reading stays linear.
			for _, rows := range []int{500, 3000, 3000, 8000} {
				if got := browsing(d).rows.secrets; got != rows {
					t.Fatalf("%d rows are there, want %d", got, rows)
				}
				d.press("g", "j", "ctrl+d")
				if got := at(); got < 2 {
					t.Errorf("with %d rows the bar is on row %d", rows, got)
				}
				d.press("G")
				if got := at(); got != rows-1 {
					t.Errorf("with %d rows G goes to row %d", rows, got)
				}
				d.press("/")
				d.enter("000042")
				d.press("enter")
				if got := browsing(d).rows.matched; got != 1 {
					t.Errorf("with %d rows the filter finds %d", rows, got)
				}
				d.press("enter")
				d.holds("on the secret's screen", "fake-service-000042-password")
				d.press("esc", "/", "esc", "g") // esc on the list itself would stop the reading
				page <- struct{}{}
				d.settle()
			}
			if b := browsing(d); b.rows.secrets != 8506 || !b.stock.whole {
				t.Errorf("in the end %d rows are there", b.rows.secrets)
			}
		})
	})
}

// TestAWriteIsWorkedInBesideTheScreen holds that a key never waits for the
// inventory of a long list.
func TestAWriteIsWorkedInBesideTheScreen(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		before := browsing(d).stock.inventory.All.Secrets
		s := versioned("new-one", "1", model.Unlearnt)
		s.Ref.Mesh = "default"
		d.step(changed{to: browsing(d).to, events: []backend.Event{{Secret: s}}})
		if got := browsing(d).stock.inventory.All.Secrets; got != before {
			t.Errorf("the inventory was taken while a message was worked in: %d secrets, %d before", got, before)
		}
		d.settle()
		if got := browsing(d).stock.inventory.All.Secrets; got != before+1 {
			t.Errorf("%d secrets are there in the end, want %d", got, before+1)
		}
	})
}

// BenchmarkManySecrets reads 100,000 secrets of a cluster through the whole
// console, as its program does, and presses a key and draws between pages. It
// tells the heap that is live in the end, the most that the heap was, and the
// longest that a key took to its frame.
func BenchmarkManySecrets(b *testing.B) {
	for b.Loop() {
		live, most, longest := manySecrets(b, 100_000)
		b.ReportMetric(float64(live)/1e6, "live-MB")
		b.ReportMetric(float64(most)/1e6, "peak-MB")
		b.ReportMetric(float64(longest.Microseconds())/1e3, "longest-key-ms")
	}
}

func manySecrets(b *testing.B, n int) (live, most uint64, longest time.Duration) {
	b.Helper()
	_, entry := newPager(b, n)
	life, end := context.WithCancel(b.Context())
	defer end()
	app := New(life, Config{Directory: listed{entry}, Start: &entry, Clock: time.Now, Examiner: model.NewExaminer([32]byte{}), Still: true})
	said := make(chan tea.Msg)
	run := func(cmd tea.Cmd) { runAll(life, cmd, said) }
	update := func(msg tea.Msg) {
		next, cmd := app.Update(msg)
		app = next.(App)
		run(cmd)
	}
	run(app.Init())
	update(tea.WindowSizeMsg{Width: 120, Height: 40})
	keys, pressed := []string{"j", "ctrl+d", "G", "g"}, 0
	for !isWhole(app) {
		update(<-said)
		began := time.Now()
		update(keyNamed(keys[pressed%len(keys)]))
		_ = app.View()
		longest = max(longest, time.Since(began))
		pressed++
		most = max(most, heap())
	}
	runtime.GC()
	live = heap()
	if rows := app.stack[len(app.stack)-1].(browse).rows.secrets; rows < n {
		b.Fatalf("%d rows are there, want %d", rows, n)
	}
	return live, most, longest
}

// runAll runs a command and hands its messages over, as long as somebody is
// there to take them.
func runAll(life context.Context, cmd tea.Cmd, said chan<- tea.Msg) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		if batch, is := msg.(tea.BatchMsg); is {
			for _, one := range batch {
				runAll(life, one, said)
			}
			return
		}
		if msg == nil {
			return
		}
		select {
		case said <- msg:
		case <-life.Done():
		}
	}()
}

// isWhole tells that the list is whole and worked in.
func isWhole(a App) bool {
	b, is := a.stack[len(a.stack)-1].(browse)
	return is && b.stock.whole && b.merging == nil && !b.listing && b.stock.looked
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
