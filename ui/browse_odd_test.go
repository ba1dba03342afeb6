package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
)

// onOddNames is the demo with names that look like others: of secrets, of a
// missing one, and of a mesh; and with one that no control plane takes.
func onOddNames(t *testing.T, w, h int, walk func(*world), change ...func(*Config)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		for path, body := range map[string]any{
			"/meshes/payrnents": map[string]string{"type": "Mesh", "name": "payrnents"},
			"/meshes/sandbox/external-services/till": map[string]any{"type": "ExternalService", "mesh": "sandbox", "name": "till",
				"tags":       map[string]string{"kuma.io/service": "till"},
				"networking": map[string]any{"address": "till.demo.invalid:443", "tls": map[string]any{"enabled": true, "caCert": map[string]string{"secret": "ti11-ca"}}}},
		} {
			if err := cp.Put(path, body); err != nil {
				t.Fatal(err)
			}
		}
		made := frameTime.Add(-3 * 24 * time.Hour)
		for _, name := range []string{"till-ca", "webhook-key", "vvebhook-key", "tоken"} {
			cp.Seed(embedded.Secret{Mesh: "sandbox", Name: name, Value: []byte("fake, not real"), Created: made})
		}
		entry := embeddedEntry("demo", cp, nil)
		start(t, w, h, Config{Directory: listed{entry}, Start: &entry}, walk, change...)
	})
}

func TestFramesOddNames(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name   string
		w, h   int
		keys   []string
		secret string
	}{
		{"browse-alike-100x30", 100, 30, nil, "webhook-key"},
		{"browse-alike-missing-100x30", 100, 30, nil, "ti11-ca"},
		{"browse-strange-120x40", 120, 40, nil, "tоken"},
		{"browse-alike-40x12", 40, 12, nil, "till-ca"},
		{"meshes-alike-80x24", 80, 24, []string{"5", "tab"}, ""},
		{"browse-mesh-alike-80x24", 80, 24, []string{"5"}, ""},
	} {
		t.Run(f.name, func(t *testing.T) {
			onOddNames(t, f.w, f.h, func(d *world) {
				d.press(f.keys...)
				if f.secret != "" {
					d.find("6", f.secret)
				}
				d.frame(f.name)
			})
		})
	}
}

// What was not read says so beside each mesh, until it is.
func TestFramesMeshesNotLearnt(t *testing.T) {
	onCluster(t, 80, 24, nil, func(d *world, _ *cluster) {
		d.press("4", "tab")
		d.frame("meshes-unlearnt-80x24")
	})
}
