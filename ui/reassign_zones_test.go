package ui

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// Zones that really follow have the secret in its new mesh afterwards, and not
// in its old one.
func TestZonesKeepWhatIsReassigned(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentKubernetes, embedded.EnvironmentUniversal} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 100, 30, environment, 3, func(b *bubble) {
				value := b.stored("payments", webhook)
				b.confirmed("payments", webhook, "checkout").settle().
					said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
				for _, zone := range []string{"dublin-1", "madrid-1", "paris-1"} {
					if !b.cp.ZoneHas(zone, "checkout", webhook, []byte(value)) {
						t.Errorf("%s does not have it in checkout", zone)
					}
				}
				if environment == embedded.EnvironmentUniversal {
					b.golden("reassign-universal-zones-done-100x30")
				}
			})
		})
	}
}

// thirdZone gives a control plane three zones. The first two answer each write
// well, the third as it is told.
func thirdZone(odd func(writes int, z *backend.Zone)) setting {
	return func(e *backend.Entry, p *faultyPlane) {
		asProdEU(e, p)
		named := p.identity
		p.identity = func(id backend.Identity) backend.Identity {
			id = named(id)
			id.Mode = backend.ModeGlobal
			return id
		}
		for _, name := range []string{"dublin-1", "madrid-1", "paris-1"} {
			p.zones = append(p.zones, backend.Zone{Name: name, Known: true, Online: true, Sent: 5, Acknowledged: 5})
		}
		writes := 0
		p.after = func(string, model.Ref) error {
			writes++
			p.zones = slices.Clone(p.zones)
			for i := range p.zones[:2] {
				p.zones[i].Sent, p.zones[i].Acknowledged = 5+writes, 5+writes
			}
			odd(writes, &p.zones[2])
			return nil
		}
	}
}

// What a zone did not take, or did not say, is told, and never taken for well.
func TestZonesThatDoNotAnswerWell(t *testing.T) {
	t.Parallel()
	const there = " The secret is in checkout on prod-eu; :resend shows how it stands."
	for _, c := range []struct {
		name string
		odd  func(int, *backend.Zone)
		want string
	}{
		{"late", func(int, *backend.Zone) {}, "paris-1 has not answered for 15 s."},
		{"refuses", func(n int, z *backend.Zone) { z.Sent, z.Rejected = 5+n, n }, "paris-1 refused it, though it was sent again."},
		{"away", func(_ int, z *backend.Zone) { z.Online = false }, "paris-1 is not connected and may lose it."},
		{"unread", func(_ int, z *backend.Zone) { z.Known = false }, "paris-1 gives no answer that can be read."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []struct {
				w, h int
				name string
			}{{100, 30, "100x30"}, {80, 24, "80x24"}} {
				synctest.Test(t, func(t *testing.T) {
					r := newClusterBench(t, size.w, size.h, thirdZone(c.odd)).reassign("payments", webhook).press("enter").settle()
					start := time.Now()
					r.app.config.Clock = func() time.Time { return writeMoment.Add(time.Since(start)) }
					r.write("prod-eu "+webhook+" checkout").press("enter").settle().said("!", c.want+there)
					if size.w == 100 || c.name == "late" {
						r.golden("reassign-zone-" + c.name + "-" + size.name)
					}
					r.session.end()
				})
			}
		})
	}
}

// Of many zones those are named that need a look.
func TestManyZones(t *testing.T) {
	t.Parallel()
	m := moveIn(model.World{Target: model.Present}, false)
	m.progress.Plan.Zones = true
	for i := range 20 {
		m.progress.Zones = append(m.progress.Zones, backend.ZoneAnswer{Name: "zone-" + string(rune('a'+i)), Answer: backend.Took})
	}
	m.progress.Zones[4].Answer, m.ended = backend.Away, writeMoment
	c := &canvas{w: 80}
	m.drawZones(c)
	var got []string
	for _, l := range c.lines[3:] {
		got = append(got, l.plain())
	}
	want := []string{" ! zone-e     not connected; may lose it when it comes back: :resend then", " ✓ 19 zones answered, nothing refused"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is not known of the zones is told apart: nobody asked them, or they could
// not be read.
func TestZonesOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	m := moveIn(model.World{Target: model.Present}, false)
	m.progress.Plan.Zones = true
	for asked, want := range map[bool]string{
		false: "How the zones took it was not asked: another run sent it to them.",
		true:  "How the zones took it could not be read.",
	} {
		m.progress.Asked = asked
		if got := m.zoneTrouble(); got != want {
			t.Errorf("asked %t: %q, want %q", asked, got, want)
		}
	}
}
