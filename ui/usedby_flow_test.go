package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
)

// shows holds the screen to texts that have to be on it.
func (d *world) shows(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.text(), text) {
			d.t.Errorf("the screen does not say %q\n%s", text, d.text())
		}
	}
}

func (d *world) hides(text string) {
	d.t.Helper()
	if strings.Contains(d.text(), text) {
		d.t.Errorf("the screen says %q\n%s", text, d.text())
	}
}

func (d *world) onTop(kind string) {
	d.t.Helper()
	if got := screenKind(d.app.stack[len(d.app.stack)-1]); got != kind {
		d.t.Fatalf("%s is on top, want %s\n%s", got, kind, d.text())
	}
}

func TestEnterOnAMissingSecretShowsWhoNamesItAndAddFillsItIn(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.find("4", "edge-tls")
		d.press("enter")
		d.onTop("usedBy")
		d.shows("MeshGateway edge", "listener 8443, TLS ends here")
		d.press("enter")
		d.onTop("usedBy")
		d.shows("edge-tls is missing: there is nothing to open. a adds it.")
		d.press("a")
		d.onTop("form")
		d.shows("edge-tls", "payments")
	})
}

func TestUsedByOpensTheSecretAtTheBarAndTurnsToTheMesh(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("u", "j", "enter")
		d.onTop("secret")
		d.shows("── payments-ca-key ")
		d.press("esc", "u")
		d.shows("Used by · mesh payments", "▌ │   └ ● payments-ca-key")
		d.press("G", "u")
		d.shows("Used by · stripe-webhook-token", "No reference was found.")
		d.press("u")
		d.shows("Used by · mesh payments", "▌ stripe-webhook-token")
		d.press("esc")
		d.onTop("browse")
	})
}

func TestTheMeshesPaneShowsTheTrustOfTheMeshAtTheBar(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("tab", "u")
		d.onTop("browse")
		d.shows("Choose one mesh to see how it hangs together.")
		d.press("1", "u")
		d.shows("Used by · mesh checkout", "identity from MeshIdentity main")
	})
}

func TestUsedByFollowsWhatChanges(t *testing.T) {
	keysOf("used by, whole mesh", "usedBy", "3", "tab", "u").in(t, 100, 40, func(s *stateful) {
		s.shows("✗ billing-ca")
		if err := s.cp.Put("/meshes/legacy/secrets/billing-ca", map[string]any{"type": "Secret", "mesh": "legacy", "name": "billing-ca", "data": "ZmFrZSB2YWx1ZQ=="}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		s.settle()
		s.shows("● billing-ca", "text, ! not a CA certificate")
		s.hides("missing:")
	})
}

func TestUsedByLearnsTheFactsOfWhatItShows(t *testing.T) {
	onCluster(t, 100, 40, nil, func(d *world, c *cluster) {
		d.find("0", "payments-ca-cert")
		d.press("u")
		d.shows("CA cert, chain of 2, in 23d !", "matches payments-ca-cert", "key and first certificate match")
		got := c.asksFor("get")
		slices.Sort(got)
		if want := []string{"payments/payments-ca-cert", "payments/payments-ca-key"}; !slices.Equal(got, want) {
			t.Errorf("asked for %q, want %q", got, want)
		}
		d.press("u")
		d.shows("certificate, in 58d, issued by psp-ca", "JWT, in 2d !")
	})
}

func TestUsedByWithoutTheRightToReadValuesStaysUseful(t *testing.T) {
	onCluster(t, 100, 40, func(c *cluster) {
		deny("get", "you may not get secrets")(c)
	}, func(d *world, _ *cluster) {
		d.find("0", "payments-ca-cert")
		d.press("u")
		d.shows("● payments-ca-cert", "…", "Facts are not read: you may not read values here.", "what they hold is not read yet")
	})
}

func TestUsedBySaysThatResourcesAreStillRead(t *testing.T) {
	onCluster(t, 100, 30, holding("resources", func() chan struct{} { return make(chan struct{}) }), func(d *world, _ *cluster) {
		d.find("0", "payments-ca-cert")
		d.press("u")
		d.shows("Who refers to secrets is still being read.")
		d.hides("No reference was found")
	})
}

func TestUsedByOfASecretThatWasOpenedByNameWithoutAList(t *testing.T) {
	onCluster(t, 100, 40, deny("list", "you may not list secrets"), func(d *world, _ *cluster) {
		d.openByName("payments/payments-ca-cert")
		d.press("u")
		d.shows("● payments-ca-cert", "CA cert, chain of 2, in 23d !")
		d.wait(time.Minute)
		d.shows("● payments-ca-cert", "CA cert, chain of 2, in 23d !")
	})
}

func TestUsedByNamesWhatItMayNotRead(t *testing.T) {
	onCluster(t, 100, 30, deny("resources MeshGateway", "you may not list meshgateways"), func(d *world, _ *cluster) {
		d.find("0", "stripe-webhook-token")
		d.press("u")
		d.shows("No reference was found, but 1 kind of resources may name it and could not be read.", "! MeshGateway was not read: you may not list it.")
	})
}

func TestUsedByLearnsManyFactsByPages(t *testing.T) {
	var board *cluster
	many := keysOf("used by, many", "usedBy", "tab", "j", "j", "u")
	many.entry = func(_ *stateful, e *backend.Entry) { e.Connect = asCluster(e.Connect, func(c *cluster) { board = c }) }
	many.first = func(s *stateful) {
		var certificates []map[string]any
		s.seed("/meshes/aa", map[string]any{"type": "Mesh", "name": "aa"})
		for i := range fewest + 1 {
			name := fmt.Sprintf("site-%03d", i)
			s.seed("/meshes/aa/secrets/"+name, map[string]any{"type": "Secret", "mesh": "aa", "name": name, "data": "ZmFrZSB2YWx1ZQ=="})
			certificates = append(certificates, map[string]any{"secret": name})
		}
		s.seed("/meshes/aa/meshgateways/edge", map[string]any{"type": "MeshGateway", "mesh": "aa", "name": "edge", "conf": map[string]any{
			"listeners": []any{map[string]any{"port": 443, "tls": map[string]any{"mode": "TERMINATE", "certificates": certificates}}}}})
	}
	many.in(t, 100, 40, func(s *stateful) {
		s.shows("Used by · mesh aa", "● site-000", "text, ! not a certificate and its key")
		s.press("G")
		s.shows("▌     └ ● site-100", "text, ! not a certificate and its key")
		if got := board.asksFor("get"); len(got) > 0 {
			t.Errorf("%d were read one by one", len(got))
		}
	})
}

// seed puts something into the control plane before the console begins.
func (s *stateful) seed(path string, body map[string]any) {
	if err := s.cp.Put(path, body); err != nil {
		panic(err)
	}
}
