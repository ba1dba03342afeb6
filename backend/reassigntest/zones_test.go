package reassigntest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// zoneNames are three zones.
var zoneNames = []string{"dublin-1", "madrid-1", "paris-1"}

// followed are global control planes with zones on Kubernetes.
var followed = map[string]setting{
	"kubernetes global with zones": {kind: kubernetes, zones: zoneNames},
	"universal global with zones":  {kind: universal, zones: zoneNames},
}

// settled is how long zones take at most to be where they stay: the wait of
// what was sent last, and a few ticks.
const settled = 10 * time.Second

// inZones runs something against a control plane that its zones follow. When it
// begins they have everything; where it falls between two of their ticks is the
// seed's.
func inZones(t *testing.T, s setting, seed uint64, run func(f *far, random *rand.Rand)) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 4))
	f := newFar(t, s, random)
	ctx, stop := context.WithCancel(t.Context())
	go f.plane.Follow(ctx)
	go f.traffic(ctx, random.Uint64())
	time.Sleep(2*time.Second + time.Duration(random.IntN(1000))*time.Millisecond)
	synctest.Wait()
	if missing := f.without(meshA); len(missing) > 0 {
		t.Errorf("before anything, %v lack the secret", missing)
	}
	run(f, random)
	stop()
	synctest.Wait()
}

// others is how often other secrets are written.
type others uint8

// Now and then, twice a second, or not at all.
const (
	sometimes others = iota
	twiceASecond
	notAtAll
)

// traffic writes other secrets: what is sent to zones in the same tick is taken
// or refused together.
func (f *far) traffic(ctx context.Context, seed uint64) {
	if f.others == notAtAll {
		return
	}
	random := rand.New(rand.NewPCG(seed, 5))
	for i := range 200 {
		pause := 500 * time.Millisecond
		if f.others == sometimes {
			pause = time.Duration(random.IntN(1500)) * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		f.plane.Seed(embedded.Secret{
			Mesh: meshC, Name: fmt.Sprintf("%s%d", otherPrefix, i%7), Value: fmt.Appendf(nil, "fake-other-%d", i), Created: time.Now(),
		})
	}
}

// without are the connected zones that do not have the very secret in a mesh.
func (f *far) without(mesh string) []string {
	var missing []string
	for _, zone := range f.zones {
		if zone != f.away && !f.plane.ZoneHas(zone, mesh, secretName, f.value) {
			missing = append(missing, zone)
		}
	}
	return missing
}

// TestZonesKeepWhatIsReassigned reassigns while zones follow, one of which may be
// cut off: all others have the secret in its new mesh in the end, and say that
// they took it.
func TestZonesKeepWhatIsReassigned(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(followed)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: "reassigned under three zones, " + name}
			defer total.tell(t)
			for batch := range slices.Chunk(seeds(t, volume(25, 500)), 25) {
				synctest.Test(t, func(t *testing.T) {
					for _, seed := range batch {
						inZones(t, followed[name], seed, func(f *far, random *rand.Rand) {
							if random.IntN(5) == 0 {
								f.away = zoneNames[random.IntN(len(zoneNames))]
								f.plane.ZoneOffline(f.away)
							}
							c := f.begun(t, &script{})
							c.run()
							time.Sleep(settled)
							f.verdict(c)
							f.zonesMustHave(c)
							total.add(f.history, f.report(t, c.wire.script, fmt.Sprintf("%s, seed %d", name, seed), c), nil)
						})
					}
				})
			}
		})
	}
}

// TestZonesAreToldOfAsTheyAre reassigns at any moment between the ticks and the
// writing of insights: that a zone took it is said when it has it, and of none
// is it said that it gave no answer.
func TestZonesAreToldOfAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]setting{
		"kubernetes, others write": {kind: kubernetes, zones: zoneNames[:1], others: twiceASecond},
		"kubernetes, quiet":        {kind: kubernetes, zones: zoneNames[:1], others: notAtAll},
		"universal, others write":  {kind: universal, zones: zoneNames[:1], others: twiceASecond},
		"universal, quiet":         {kind: universal, zones: zoneNames[:1], others: notAtAll},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: "asked how they took it, " + name}
			defer total.tell(t)
			synctest.Test(t, func(t *testing.T) {
				for _, seed := range seeds(t, volume(50, 200)) {
					inZones(t, try, seed, func(f *far, random *rand.Rand) {
						time.Sleep(time.Duration(random.IntN(10_000)) * time.Millisecond)
						c := f.begun(t, &script{})
						for n := 0; n < mostSteps && c.at.Next != model.Done && c.err == nil; n++ {
							c.at, c.err = c.gate.Advance(t.Context(), c.change, c.at)
							if len(f.without(meshB)) > 0 && slices.ContainsFunc(c.at.Zones, func(z backend.ZoneAnswer) bool { return z.Answer == backend.Took }) {
								f.history.claim("it is said to have taken what it does not have")
							}
						}
						f.zonesMustHave(c)
						total.add(f.history, f.report(t, c.wire.script, fmt.Sprintf("%s, seed %d", name, seed), c), nil)
					})
				}
			})
		})
	}
}

// zonesMustHave holds that all zones have the secret where it was moved to, and
// that this is what the run says of them.
func (f *far) zonesMustHave(c *console) {
	if c.err != nil || c.at.Next != model.Done {
		f.history.note(left, "it ended with next step %d, error %v", c.at.Next, c.err)
	}
	if missing := f.without(meshB); len(missing) > 0 {
		f.history.note(lost, "%v lost the secret", missing)
	}
	for _, z := range c.at.Zones {
		want := backend.Took
		if z.Name == f.away {
			want = backend.Away
		}
		if z.Answer != want {
			f.history.claim("of zone %s it says %d, not %d", z.Name, z.Answer, want)
		}
	}
	if len(c.at.Zones) != len(f.zones) {
		f.history.claim("of %d zones it tells of %d", len(f.zones), len(c.at.Zones))
	}
}

// TestZonesLoseWhatIsMovedByHand moves as the manual says, which loses the
// secret on the zones: without that the test above would show nothing.
func TestZonesLoseWhatIsMovedByHand(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(followed)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: "moved by hand under three zones, " + name}
			defer total.tell(t)
			gone := 0
			synctest.Test(t, func(t *testing.T) {
				for _, seed := range seeds(t, volume(10, 100)) {
					inZones(t, followed[name], seed, func(f *far, _ *rand.Rand) {
						if err := f.byHand(t); err != nil {
							t.Fatal(err)
						}
						time.Sleep(settled)
						missing := f.without(meshB)
						gone += len(missing)
						total.add(f.history, nil, map[string]int{"zones that lost it": len(missing)})
					})
				}
			})
			if most := total.runs * len(zoneNames); gone < most*9/10 {
				t.Errorf("%d of %d zones lost it, which a move by hand is known to do", gone, most)
			}
		})
	}
}

// byHand deletes and creates at once on Kubernetes, where a name is taken; on
// Universal it creates first, which seems safe.
func (f *far) byHand(t *testing.T) error {
	t.Helper()
	plane := f.connect(t, f.transport())
	was, err := plane.Get(t.Context(), f.source())
	if err != nil {
		return err
	}
	made := backend.Moved(was, f.target())
	remove := func() error { return plane.Delete(t.Context(), was) }
	create := func() error { _, err := plane.Create(t.Context(), made); return err }
	if f.kind == kubernetes {
		return errors.Join(remove(), create())
	}
	return errors.Join(create(), remove())
}
