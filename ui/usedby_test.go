package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded/demo"
	"meshsecrets/model"
)

// usedByAt opens the screen on a secret of the demo, five seconds after it was
// read.
func usedByAt(t *testing.T, name string, w, h int, digit, secret string, keys ...string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		onDemo(t, w, h, func(d *world) {
			d.find(digit, secret)
			d.press("u")
			d.press(keys...)
			d.wait(5 * time.Second)
			d.frame(name)
		})
	})
}

func TestFramesUsedBy(t *testing.T) {
	t.Parallel()
	usedByAt(t, "usedby-100x30", 100, 30, "4", "payments-ca-cert")
	usedByAt(t, "usedby-80x24", 80, 24, "4", "payments-ca-cert")
	usedByAt(t, "usedby-60x20", 60, 20, "4", "payments-ca-cert")
	usedByAt(t, "usedby-broken-100x30", 100, 30, "3", "legacy-ca-key")
	usedByAt(t, "usedby-none-80x24", 80, 24, "4", "stripe-webhook-token")
	usedByAt(t, "usedby-missing-100x30", 100, 30, "4", "edge-tls")
	usedByAt(t, "usedby-builtin-100x30", 100, 30, "2", "default.ca-builtin-key-ca-1")
	usedByAt(t, "usedby-client-100x30", 100, 30, "4", "psp-client-key")
	usedByAt(t, "usedby-system-80x24", 80, 24, "4", "dataplane-token-signing-key-payments-1")
	usedByAt(t, "usedby-global-80x24", 80, 24, "0", "user-token-signing-key-1")
	usedByAt(t, "trust-120x40", 120, 40, "4", "edge-tls", "u")
	usedByAt(t, "trust-80x24", 80, 24, "4", "edge-tls", "u")
	usedByAt(t, "trust-60x20", 60, 20, "4", "edge-tls", "u")
	usedByAt(t, "trust-broken-100x30", 100, 30, "3", "legacy-ca-cert", "u")
	usedByAt(t, "trust-identity-100x30", 100, 30, "1", "checkout-ca-cert", "u")
	usedByAt(t, "trust-builtin-100x30", 100, 30, "2", "db-ca", "u")
}

// onBridge runs a walk on the demo with one mesh more: PERMISSIVE, on its way
// to MeshIdentity, with a gateway of two listeners and a policy that nobody
// knows the places of.
func onBridge(t *testing.T, name string, w, h int, walk func(*world), change ...func(*Config)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			cp, err := demo.New(frameTime)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range bridge() {
				if err := cp.Put(o.path, o.body); err != nil {
					t.Fatal(err)
				}
			}
			entry := embeddedEntry("demo", cp, nil)
			start(t, w, h, Config{Directory: listed{entry}, Start: &entry, Mesh: "bridge"}, func(d *world) {
				d.settle()
				d.wait(5 * time.Second)
				walk(d)
				d.frame(name)
			}, change...)
		})
	})
}

type fields = map[string]any

// put is what is put into a control plane before the console begins.
type put struct {
	path string
	body fields
}

func bridge() []put {
	text := func(name string) fields {
		return fields{"type": "Secret", "mesh": "bridge", "name": name, "data": "ZmFrZSB2YWx1ZQ=="}
	}
	named := func(name string) fields { return fields{"secret": name} }
	listener := func(port int, host string, names ...string) fields {
		var certificates []fields
		for _, name := range names {
			certificates = append(certificates, named(name))
		}
		return fields{"port": port, "protocol": "HTTPS", "hostname": host, "tls": fields{"mode": "TERMINATE", "certificates": certificates}}
	}
	return []put{
		{"/meshes/bridge", fields{"type": "Mesh", "name": "bridge", "mtls": fields{"enabledBackend": "ca-1", "skipValidation": true, "backends": []fields{{
			"name": "ca-1", "type": "provided", "mode": "PERMISSIVE", "conf": fields{"cert": named("bridge-ca-cert"), "key": named("bridge-ca-key")},
		}}}}},
		{"/meshes/bridge/secrets/bridge-ca-cert", text("bridge-ca-cert")},
		{"/meshes/bridge/secrets/shop-tls", text("shop-tls")},
		{"/meshes/bridge/meshidentities/next", fields{"type": "MeshIdentity", "mesh": "bridge", "name": "next", "spec": fields{
			"selector": fields{"dataplane": fields{"matchLabels": fields{}}},
			"provider": fields{"type": "Bundled", "bundled": fields{"autogenerate": fields{"enabled": true}}},
		}}},
		{"/meshes/bridge/meshgateways/shop", fields{"type": "MeshGateway", "mesh": "bridge", "name": "shop", "selectors": []fields{{"match": fields{"kuma.io/service": "shop"}}},
			"conf": fields{"listeners": []fields{listener(8443, "shop.example.com", "shop-tls"), listener(9443, "*", "shop-tls", "shop-tls-rsa")}}}},
	}
}

func TestFramesUsedByOnTheWayToMeshIdentity(t *testing.T) {
	t.Parallel()
	onBridge(t, "trust-permissive-100x40", 100, 40, func(d *world) { d.press("tab", "u") })
	onBridge(t, "trust-permissive-80x24", 80, 24, func(d *world) { d.press("tab", "u", "G") })
	onBridge(t, "usedby-half-missing-100x30", 100, 30, func(d *world) { d.find("1", "bridge-ca-cert"); d.press("u") })
	onBridge(t, "usedby-two-listeners-100x30", 100, 30, func(d *world) { d.find("1", "shop-tls"); d.press("u") })
	onBridge(t, "trust-ascii-80x24", 80, 24, func(d *world) { d.press("tab", "u") }, func(c *Config) { c.ASCII = true })
}

func TestFramesTrustOfAMeshThatNamesNothing(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press("5", "u")
		d.wait(5 * time.Second)
		d.frame("trust-nothing-80x24")
	})
}

// The bar stays where it is when one secret is named by two that have one name,
// in two namespaces.
func TestTreeTellsNamespacesApart(t *testing.T) {
	t.Parallel()
	of := func(within string) model.Reference {
		return model.Reference{Kind: model.KindMeshIdentity, Mesh: "m", Within: within, By: "id", Secret: "ca", Role: "certificate", Path: "spec.ca", Enabled: true}
	}
	refs := model.TellApart([]model.Reference{of("apps"), of("shop")})
	inventory := model.TakeInventory([]model.Mesh{{Name: "m", Identities: []string{"id", "id"}}}, []model.Secret{{Ref: model.Ref{Mesh: "m", Name: "ca"}}}, refs)
	laid := treeOf(model.TakeTrust(inventory, "m", refs), true)
	if len(laid.leaves) != 2 {
		t.Fatalf("there are %d leaves", len(laid.leaves))
	}
	for n, l := range laid.leaves {
		if at := laid.find(l.id, 0); at != n {
			t.Errorf("leaf %d is found at %d", n, at)
		}
	}
}
