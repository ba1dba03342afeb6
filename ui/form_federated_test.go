package ui

import (
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// A zone that follows a global control plane is no place to make a secret in;
// what comes of it depends on its version.
func TestAddingOnAZoneIsWarnedAbout(t *testing.T) {
	t.Parallel()
	const (
		deletes = "deletes a secret that was made here at its next sync. Add it there."
		keeps   = "If the global one makes one of the same name, this one stays and nobody says so."
		either  = "A version before 2.10 deletes it at its next sync instead; this one does not tell its version."
	)
	for _, c := range []struct {
		version   string
		federated bool
		mode      backend.Mode
		want, not string
	}{
		{"2.9.13", true, backend.ModeZone, deletes, keeps},
		{"1.8.1", true, backend.ModeZone, deletes, keeps},
		{"2.10.0", true, backend.ModeZone, keeps, either},
		{"2.14.3", true, backend.ModeZone, keeps, deletes},
		{"3.0.0-preview.v1", true, backend.ModeZone, keeps, either},
		{"", true, backend.ModeZone, keeps, deletes},
		{"", true, backend.ModeZone, either, deletes},
		{"dev", true, backend.ModeZone, either, deletes},
		{"2.14.3", false, backend.ModeZone, "", "follows a global control plane"},
		{"2.14.3", false, backend.ModeGlobal, "", "follows a global control plane"},
		{"2.14.3", true, "", "", "follows a global control plane"},
	} {
		r := newBench(t, 100, 30, func(_ *backend.Entry, p *faultyPlane) {
			p.identity = func(id backend.Identity) backend.Identity {
				id.Version, id.Federated, id.Mode = c.version, c.federated, c.mode
				return id
			}
		})
		said := ""
		for _, line := range newForm(r.session, r.stock, model.Ref{Mesh: "payments"}).(form).checkFederated() {
			said += line.line(keymap.Default())
		}
		if !strings.Contains(said, c.want) || strings.Contains(said, c.not) {
			t.Errorf("version %q, federated %v, mode %q: it says %q", c.version, c.federated, c.mode, said)
		}
	}
}

func TestFramesAddOnAZone(t *testing.T) {
	t.Parallel()
	zone := func(_ *backend.Entry, p *faultyPlane) {
		p.identity = func(id backend.Identity) backend.Identity { id.Federated = true; return id }
	}
	newBench(t, 100, 30, zone).add("payments").write("demo-name").golden("add-on-zone-100x30")
	newBench(t, 80, 24, zone).add("payments").write("demo-name").golden("add-on-zone-80x24")
}
