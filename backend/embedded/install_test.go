package embedded_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
)

// TestInstallation holds what can be found out about a control plane from its
// cluster alone.
func TestInstallation(t *testing.T) {
	t.Parallel()
	for _, try := range []struct {
		options              embedded.Options
		namespace, app, want string
	}{
		{embedded.Options{}, "kuma-system", "kuma-control-plane",
			"docker.io/kumahq/kuma-cp:2.14.3 KUMA_MODE=zone"},
		{embedded.Options{Mode: embedded.ModeGlobal, Zones: []string{"paris-1"}, SystemNamespace: "mesh"}, "mesh", "kuma-control-plane",
			"docker.io/kumahq/kuma-cp:2.14.3 KUMA_MODE=global"},
		{embedded.Options{Product: embedded.ProductKongMesh, Version: "2.13.1", ZoneName: "paris-1", GlobalAddress: "grpcs://global.invalid:5685"},
			"kong-mesh-system", "kong-mesh-control-plane",
			"docker.io/kong/kuma-cp:2.13.1 KUMA_MODE=zone KUMA_MULTIZONE_ZONE_NAME=paris-1 KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS=grpcs://global.invalid:5685"},
	} {
		plane := newCluster(t, try.options)
		_, list := ask(t, plane, http.MethodGet, "/apis/apps/v1/deployments?labelSelector=app%3D"+try.app, nil)
		if len(list.Items) != 1 {
			t.Errorf("%s: %d deployments", try.app, len(list.Items))
			continue
		}
		raw, err := json.Marshal(list.Items[0].Spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := told(t, raw); got != try.want {
			t.Errorf("%s, want %s", got, try.want)
		}
		name := strings.TrimSuffix(try.app, "-control-plane") + "-validating-webhook-configuration"
		found := plane.Cluster().Get(cluster.Webhooks, "", name)
		if found == nil {
			t.Errorf("%s is not there", name)
			continue
		}
		raw, err = json.Marshal(found)
		if err != nil || !strings.Contains(string(raw), `"namespace":"`+try.namespace+`"`) || !strings.Contains(string(raw), "secret.validator.kuma-admission.kuma.io") {
			t.Errorf("%s does not name %s: %v", name, try.namespace, err)
		}
		_, zones := ask(t, plane, http.MethodGet, "/apis/kuma.io/v1alpha1/zones", nil)
		if len(zones.Items) != len(try.options.Zones) {
			t.Errorf("%d zones, want %d", len(zones.Items), len(try.options.Zones))
		}
	}
}

// told is the image and the environment that tell about a control plane.
func told(t *testing.T, spec []byte) string {
	t.Helper()
	var s struct {
		Template struct {
			Spec struct {
				Containers []struct {
					Image string
					Env   []struct{ Name, Value string }
				}
			}
		}
	}
	if err := json.Unmarshal(spec, &s); err != nil {
		t.Fatal(err)
	}
	text := s.Template.Spec.Containers[0].Image
	for _, e := range s.Template.Spec.Containers[0].Env {
		if e.Name == "KUMA_MODE" || strings.HasPrefix(e.Name, "KUMA_MULTIZONE") {
			text += " " + e.Name + "=" + e.Value
		}
	}
	return text
}
