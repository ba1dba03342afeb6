package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// several opens the reassign of some secrets of a mesh.
func (r *workbench) several(mesh string, names ...string) *workbench {
	rows := make([]model.Row, len(names))
	for i, name := range names {
		rows[i] = r.row(mesh, name)
	}
	return r.over(mesh, names[0], openBatch(r.session, r.stock, rows), nil)
}

// batch is the screen on top.
func (r *workbench) batch() batch {
	r.t.Helper()
	b, is := r.top().(batch)
	if !is {
		r.t.Fatalf("the screen on top is %T\n%s", r.top(), r.app.message.Text)
	}
	return b
}

// fates are what became of each.
func (r *workbench) fates() string {
	words := map[fate]string{unchecked: "unchecked", movable: "waits", stays: "stays", itsTurn: "its turn", settled: "moved", halted: "halted"}
	var all []string
	for _, i := range r.batch().items {
		all = append(all, i.row.Secret.Ref.Name+" "+words[i.fate])
	}
	return strings.Join(all, ", ")
}

func (r *workbench) fatesAre(want string) *workbench {
	r.t.Helper()
	if got := r.fates(); got != want {
		r.t.Errorf("it stands so: %s\nwant: %s", got, want)
	}
	return r
}

// three are secrets of mesh default that nothing uses.
var three = []string{"feature-flags", "smtp-password", "warehouse-password"}

// agree checks them and agrees to move them to checkout.
func (r *workbench) agree(n int) *workbench {
	r.press("enter").settle().press("enter")
	phrase := fmt.Sprintf("%d checkout", n)
	if r.session.entry.Protected {
		phrase = r.session.entry.Name + " " + phrase
	}
	return r.write(phrase).press("enter")
}

func TestBatchFrames(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{100, 30}, {80, 24}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			name := func(state string) string { return fmt.Sprintf("batch-%s-%dx%d", state, size[0], size[1]) }
			r := newBench(t, size[0], size[1], protected).several("default", "db-ca", three[0], three[1], three[2])
			r.golden(name("mesh")).press("enter").golden(name("checking")).settle().golden(name("found"))
			r.press("enter").write("demo 3 check").golden(name("confirm"))
		})
	}
	newBench(t, 80, 24).several("payments", "payments-ca-cert", "psp-ca").press("enter").settle().golden("batch-none-80x24").wrote()
}

// One secret after the other is moved on a global control plane whose zones
// follow.
func TestBatchFramesWithZones(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{100, 30}, {80, 24}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			inBubble(t, size[0], size[1], embedded.EnvironmentKubernetes, 3, func(b *bubble) {
				name := func(state string) string { return fmt.Sprintf("batch-zones-%s-%dx%d", state, size[0], size[1]) }
				b.several("default", three...)
				b.press("enter")
				b.settle()
				b.press("enter")
				b.write("prod-eu 3 check")
				b.golden(name("confirm"))
				b.write("out")
				b.press("enter")
				b.until("smtp-password its turn")
				b.until("waiting so that the zones see it go")
				b.during(2*time.Second, func() { b.golden(name("steps")) })
				b.settle()
				b.golden(name("done"))
			}, asProdEU)
		})
	}
}

// until runs what waits until something is to be seen, or stands so.
func (r *workbench) until(text string) {
	r.t.Helper()
	for range 200 {
		lines, _ := r.app.draw()
		for _, l := range lines {
			if strings.Contains(l.plain(), text) {
				return
			}
		}
		if strings.Contains(r.fates(), text) {
			return
		}
		if len(r.waiting) == 0 {
			break
		}
		run := r.waiting[0]
		r.waiting = r.waiting[1:]
		r.step(run)
	}
	r.t.Fatalf("%q never came", text)
}

// both runs a test on both kinds of control plane.
func both(t *testing.T, walk func(*bubble), settings ...setting) {
	t.Helper()
	for _, kind := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 100, 30, kind, 0, walk, settings...)
		})
	}
}

func TestBatchMovesOneAfterTheOther(t *testing.T) {
	t.Parallel()
	both(t, func(b *bubble) {
		values := map[string]string{}
		for _, name := range three {
			values[name] = b.stored("default", name)
		}
		b.several("default", append([]string{"db-ca"}, three...)...)
		b.agree(3).settle()
		b.said("✓", "3 secrets are in checkout now, byte for byte the same.")
		b.fatesAre("db-ca stays, feature-flags moved, smtp-password moved, warehouse-password moved")
		for _, name := range three {
			if b.stored("checkout", name) != values[name] {
				b.t.Errorf("%s is not the same in checkout", name)
			}
		}
		// No write is about another one before the first is over.
		var order []string
		for _, op := range b.plane.ops {
			_, what, _ := strings.Cut(op, "/")
			if what != "" && !slices.Contains(order, what) {
				order = append(order, what)
			}
			if what != "" && order[len(order)-1] != what {
				b.t.Errorf("%q comes after another one was begun: %q", op, b.plane.ops)
			}
		}
		if !slices.Equal(order, three) {
			b.t.Errorf("they were moved as %q, want %q", order, three)
		}
		if n := b.batch().one.move.change.Before.Value.Len(); n != 0 {
			b.t.Errorf("a value of %d bytes is still here", n)
		}
		list := b.app.stack[0].(browse)
		for _, name := range three {
			if _, found := list.stock.inventory.Find(model.Ref{Mesh: "default", Name: name}); found {
				b.t.Errorf("browse still shows %s where it was", name)
			}
		}
	})
}

func TestBatchChecksHoldNoValue(t *testing.T) {
	t.Parallel()
	both(t, func(b *bubble) {
		b.several("default", three...)
		b.press("enter")
		b.settle()
		if got := b.batch(); got.one.checks.Change.Before.Value.Len() != 0 || got.one.move.change.Before.Value.Len() != 0 {
			b.t.Error("a value stays after the checks")
		}
		b.wrote()
		b.press("enter")
		b.write("3 checkou").press("enter")
		b.said("", "The name is not typed yet: 3 checkout").wrote()
	})
}

// The second is refused in the middle, in both meshes: the third is not begun.
func TestBatchTheFirstThatStopsStopsTheRest(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		b.several("default", three...)
		b.plane.before = func(op string, ref model.Ref) error {
			if op != "create" || ref.Name != three[1] {
				return nil
			}
			return &backend.Error{Kind: backend.ErrForbidden, Op: "saving", Ref: ref, Status: 403, Reason: "quota secrets-count, 200 of 200 used"}
		}
		third := b.stored("default", three[2])
		b.agree(3).settle().fatesAre("feature-flags moved, smtp-password halted, warehouse-password waits")
		b.golden("batch-held-100x30")
		for _, size := range [][2]int{{80, 24}, {60, 20}} {
			b.app.width, b.app.height = size[0], size[1]
			b.golden(fmt.Sprintf("batch-held-%dx%d", size[0], size[1]))
		}
		if b.stored("default", three[2]) != third {
			b.t.Error("the third was touched")
		}
		b.plane.before = nil
		b.app.width, b.app.height = 100, 30
		b.press("enter")
		b.settle().fatesAre("feature-flags moved, smtp-password moved, warehouse-password waits")
		if b.stored("default", three[2]) != third {
			b.t.Error("finishing the second began with the third")
		}
		b.golden("batch-finished-100x30")
	})
}

// The deletion of the second is refused: what was made for it is gone again.
func TestBatchStopsWhereADeletionIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(b *bubble) {
		b.several("default", three...)
		b.plane.before = func(op string, ref model.Ref) error {
			if op != "delete" || ref != (model.Ref{Mesh: "default", Name: three[1]}) {
				return nil
			}
			return &backend.Error{Kind: backend.ErrInUse, Op: "deleting", Ref: ref, Reason: "something refuses it"}
		}
		second, third := b.stored("default", three[1]), b.stored("default", three[2])
		b.agree(3).settle().fatesAre("feature-flags moved, smtp-password halted, warehouse-password waits")
		b.said("✗", "Nothing was changed: deleting it from default was refused.")
		if b.stored("default", three[1]) != second || b.stored("default", three[2]) != third {
			b.t.Error("one that was not moved is not as it was")
		}
	})
}

// What was found before may be old: one that is gone when its turn comes stops
// the rest, and says so.
func TestBatchChecksEachAnew(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{100, 30}, {80, 24}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			r := newBench(t, size[0], size[1]).several("default", "db-ca", three[0], three[1], three[2])
			r.press("enter").settle().press("enter").write("3 checkout")
			ref := model.Ref{Mesh: "default", Name: three[1]}
			got, err := r.plane.ControlPlane.Get(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.plane.ControlPlane.Delete(t.Context(), got); err != nil {
				t.Fatal(err)
			}
			r.press("enter").settle().fatesAre("db-ca stays, feature-flags moved, smtp-password halted, warehouse-password waits").
				golden(fmt.Sprintf("batch-stopped-%dx%d", size[0], size[1]))
			if got := r.stored("default", three[2]); strings.HasPrefix(got, "(") {
				t.Errorf("the third is not where it was: %s", got)
			}
		})
	}
}

// Two of one name cannot both stand in one mesh: the second stays.
func TestBatchOfTwoOfOneName(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	for _, mesh := range []string{"default", "payments"} {
		if _, err := r.plane.ControlPlane.Create(t.Context(), model.Snapshot{
			Secret: model.Secret{Ref: model.Ref{Mesh: mesh, Name: "twin"}}, Value: model.NewValue([]byte("fake " + mesh))}); err != nil {
			t.Fatal(err)
		}
	}
	r.stock = stockOf(t, r.plane.ControlPlane)
	rows := []model.Row{r.row("default", "twin"), r.row("payments", "twin"), r.row("checkout", "applepay-merchant"), r.row("", "admin-user-token")}
	r.over("default", "twin", openBatch(r.session, r.stock, rows), nil).press("enter").settle().golden("batch-mixed-80x24").
		fatesAre("twin waits, twin stays, applepay-merchant stays, admin-user-token stays").wrote()
	r.press("enter").write("1 checkout").press("enter").settle()
	if got := r.stored("checkout", "twin"); got != "fake default" {
		t.Errorf("checkout has %s", got)
	}
	if got := r.stored("payments", "twin"); got != "fake payments" {
		t.Errorf("payments has %s", got)
	}
}

func TestBatchIsLeftBetweenSteps(t *testing.T) {
	t.Parallel()
	both(t, func(b *bubble) {
		b.several("default", three...)
		b.agree(3).until("smtp-password its turn")
		if _, busy := b.app.busy(); busy {
			b.t.Error("it is busy while nothing is written")
		}
		b.until("under way")
		if what, busy := b.app.busy(); !busy || what != "reassigning smtp-password" {
			b.t.Errorf("busy is %q, %v", what, busy)
		}
		b.during(time.Millisecond, func() { b.press("ctrl+c") })
		b.settle()
		if !b.app.gone {
			b.t.Fatal("the console did not leave after the step")
		}
		lines := b.app.Farewell()
		want := "meshsecrets: not begun and unchanged: warehouse-password."
		if len(lines) != 2 || lines[1] != want || !strings.HasPrefix(lines[0], "meshsecrets: smtp-password ") {
			b.t.Errorf("it leaves with %q, want a line about smtp-password and %q", lines, want)
		}
		if got := b.stored("default", three[2]); strings.HasPrefix(got, "(") {
			b.t.Errorf("the third is not where it was: %s", got)
		}
	})
}

// esc stops the checks; while steps are taken it does not.
func TestBatchStopsByHand(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).several("default", three...)
	r.press("enter", "esc").settle().fatesAre("feature-flags unchecked, smtp-password unchecked, warehouse-password unchecked")
	r.agree(3).press("esc").said("", "Stopped. 3 secrets are not begun, and unchanged.").settle().wrote().
		fatesAre("feature-flags waits, smtp-password waits, warehouse-password waits")
	r = newBench(t, 100, 30).several("default", three...).agree(3)
	r.until("under way")
	r.press("esc").said("✗", "The steps are not stopped half way. ctrl+c quits after this step.")
}

// What a mesh or a zone refuses of one it would refuse of the next: the rest is
// not begun, though that one is over.
func TestBatchStopsAfterARefusalThatIsOver(t *testing.T) {
	t.Parallel()
	t.Run("put back", func(t *testing.T) {
		t.Parallel()
		inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
			value := b.stored("default", three[0])
			b.plane.before = func(op string, ref model.Ref) error {
				if op != "create" || ref.Mesh != "checkout" {
					return nil
				}
				return &backend.Error{Kind: backend.ErrInvalid, Op: "saving", Ref: ref, Status: 422, Reason: "a policy refuses it"}
			}
			b.several("default", three...)
			b.agree(3).settle().fatesAre("feature-flags halted, smtp-password waits, warehouse-password waits")
			b.said("✗", "checkout did not take it; feature-flags is in default again.").golden("batch-put-back-100x30")
			if got := b.stored("default", three[0]); got != value {
				b.t.Error("it was put back with another value")
			}
		})
	})
	t.Run("a zone", func(t *testing.T) {
		t.Parallel()
		global := func(_ *backend.Entry, p *faultyPlane) {
			p.identity = func(id backend.Identity) backend.Identity { id.Mode = backend.ModeGlobal; return id }
			p.ControlPlane = unwilling{p.ControlPlane, new(int)}
		}
		inBubble(t, 100, 30, embedded.EnvironmentUniversal, 0, func(b *bubble) {
			b.several("default", three...)
			b.agree(3).settle().fatesAre("feature-flags moved, smtp-password waits, warehouse-password waits")
			b.golden("batch-zone-refused-100x30")
		}, global)
	})
}

// unwilling is a control plane with a zone that refuses whatever it is sent.
type unwilling struct {
	backend.ControlPlane
	sent *int
}

func (u unwilling) Zones(context.Context) ([]backend.Zone, error) {
	*u.sent++
	return []backend.Zone{{Name: "dublin-1", Known: true, Online: true, Sent: 10 * *u.sent, Acknowledged: 7 * *u.sent, Rejected: 3 * *u.sent}}, nil
}
