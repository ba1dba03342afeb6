package ui

import (
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
	kube "meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// longMesh is one character longer than a label may be.
var longMesh = "m" + strings.Repeat("esh", 21)

// opened opens a secret of the list and gives some of what its screen says.
func opened(name string, keys []string, labels ...string) func(*world) string {
	return func(d *world) string {
		d.find("0", name)
		d.press("enter")
		d.press(keys...)
		return factsShown(d, labels...)
	}
}

// deed presses keys on a secret of the list and gives the message.
func deed(name string, keys ...string) func(*world) string {
	return func(d *world) string {
		d.find("0", name)
		d.press(keys...)
		return messageShown(d)
	}
}

// movedTo reassigns a secret of the list to a mesh.
func movedTo(name, mesh string) func(*world) string {
	return func(d *world) string {
		d.find("0", name)
		d.press("m")
		r, is := d.app.stack[len(d.app.stack)-1].(reassign)
		if !is {
			return messageShown(d)
		}
		for _, m := range r.meshes {
			if m.Mesh.Name == mesh {
				break
			}
			d.press("j")
		}
		d.press("enter")
		return messageShown(d)
	}
}

func labelOddities() []oddity {
	emptied := embedded.Secret{Name: "labelled-empty", Type: "system.kuma.io/secret", Labels: map[string]string{model.LabelMesh: ""}, Value: canaryValue}
	unlabelled := func(s *embedded.Secret) { s.Unlabelled = true }
	put := []embedded.Secret{meshSecret("default", "labelled"), meshSecret("default", "unlabelled", unlabelled), emptied}
	return []oddity{
		{name: "14 mesh label default", about: "labelled", put: put, walk: opened("labelled", nil, "mesh", "labels"), fine: true},
		{name: "14 no mesh label", about: "unlabelled", put: put, walk: opened("unlabelled", nil, "mesh", "labels"), fine: true},
		{name: "14 empty mesh label", about: "labelled-empty", put: put, walk: opened("labelled-empty", nil, "mesh")},
		{name: "16 mesh name too long for a label, added to", about: longMesh[:20], seed: []map[string]any{meshNamed(longMesh)}, mesh: longMesh,
			walk: func(d *world) string { adds("new-one")(d); return stopsShown(d) }},
		{name: "16 mesh name too long for a label, reassigned to", about: longMesh[:20], seed: []map[string]any{meshNamed(longMesh)},
			put: []embedded.Secret{meshSecret("default", "odd")}, walk: movedTo("odd", longMesh)},
	}
}

func nameOddities() []oddity {
	there := []embedded.Secret{meshSecret("payments", "psp-ca")}
	blind := rightsWithout("list")
	typed := func(name string) func(*world) string {
		return func(d *world) string { adds(name)(d); return stopsShown(d) }
	}
	return []oddity{
		{name: "17 name exists in another mesh", about: "psp-ca", mesh: "default", put: there, walk: typed("psp-ca")},
		{name: "17 name exists in another mesh, known to the server alone", about: "psp-ca", mesh: "default", put: there, rights: blind, walk: adds("psp-ca")},
		{name: "17 name of a global secret", about: "admin-user-token", mesh: "default", walk: typed("admin-user-token")},
		{name: "17 name of a global secret, known to the server alone", about: "admin-user-token", mesh: "default", rights: blind, walk: adds("admin-user-token")},
		{name: "18 name exists as tls", about: "edge-tls", mesh: "default", seed: []map[string]any{foreign("edge-tls", "kubernetes.io/tls")}, walk: adds("edge-tls")},
		{name: "18 name exists as Opaque", about: "smtp", mesh: "default", seed: []map[string]any{foreign("smtp", "Opaque")}, walk: adds("smtp")},
		{name: "18 name exists as Opaque, in the form", about: "smtp", mesh: "default", seed: []map[string]any{foreign("smtp", "Opaque")}, walk: typed("smtp")},
		{name: "18 Opaque opened by its name", about: "smtp", seed: []map[string]any{foreign("smtp", "Opaque")}, walk: openedByName("smtp")},
	}
}

func dataOddities() []oddity {
	object := func(name string, data map[string]any) []map[string]any {
		o := map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "system.kuma.io/secret",
			"metadata": map[string]any{"name": name, "namespace": "kuma-system", "labels": map[string]any{model.LabelMesh: "default"}}}
		if data != nil {
			o["data"] = data
		}
		return []map[string]any{o}
	}
	noValue := object("odd", map[string]any{"password": canaryValue})
	frozen := []embedded.Secret{meshSecret("default", "hmac-seed", func(s *embedded.Secret) { s.Immutable = true })}
	save := func(text string) func(*world) string {
		return func(d *world) string {
			d.find("0", "odd")
			d.press("e")
			d.enter(text)
			d.press("ctrl+s")
			return strings.TrimSpace(messageShown(d))
		}
	}
	return []oddity{
		{name: "41 other data keys", about: "truststore", fine: true,
			put:  []embedded.Secret{meshSecret("default", "truststore", func(s *embedded.Secret) { s.Keys = map[string][]byte{"password": canaryValue} })},
			walk: opened("truststore", nil, "other keys")},
		{name: "42 no data, revealed", about: "odd", seed: object("odd", nil), walk: opened("odd", []string{"x"}, "problem")},
		{name: "42 no data, edited without typing", about: "odd", seed: object("odd", nil), walk: func(d *world) string { save("")(d); return stopsShown(d) }},
		{name: "42 no data, edited", about: "odd", seed: object("odd", nil), walk: save("CANARY-not-a-real-value"), fine: true},
		{name: "42 no data, reassigned", about: "odd", seed: object("odd", nil), walk: movedTo("odd", "payments")},
		{name: "42 no value, revealed", about: "odd", seed: noValue, walk: opened("odd", []string{"x"}, "problem")},
		{name: "42 no value, edited", about: "odd", seed: noValue, walk: save("CANARY-not-a-real-value"), fine: true},
		{name: "42 no value, reassigned", about: "odd", seed: noValue, walk: movedTo("odd", "payments")},
		{name: "43 immutable, edited from the list", about: "hmac-seed", put: frozen, walk: deed("hmac-seed", "e")},
		{name: "43 immutable, edited from its screen", about: "hmac-seed", put: frozen, walk: deed("hmac-seed", "enter", "e")},
		{name: "43 immutable, on its screen", about: "hmac-seed", put: frozen, walk: opened("hmac-seed", nil, "immutable")},
	}
}

// rightsWithout are the rights on secrets of the control plane's namespace,
// without some verbs.
func rightsWithout(verbs ...string) []embedded.Rule {
	var kept []string
	for _, verb := range []string{"get", "list", "watch", "create", "update", "delete"} {
		if !strings.Contains(strings.Join(verbs, " "), verb) {
			kept = append(kept, verb)
		}
	}
	return []embedded.Rule{
		{Verbs: kept, Groups: []string{""}, Resources: []string{"secrets"}, Namespaces: []string{"kuma-system"}},
		{Verbs: []string{"get", "list"}, Groups: []string{"kuma.io", "apps", "admissionregistration.k8s.io"}, Resources: []string{"*"}},
	}
}

// openedByName runs :open and gives what the screen says that it opens.
func openedByName(word string) func(*world) string {
	return func(d *world) string {
		d.openByName(word)
		if _, is := d.app.stack[len(d.app.stack)-1].(secret); is {
			return factsShown(d, "kind", "size")
		}
		return messageShown(d)
	}
}

func rightOddities() []oddity {
	put := []embedded.Secret{meshSecret("payments", "psp-ca")}
	blind := rightsWithout("list", "watch")
	elsewhere := []embedded.Rule{{Verbs: []string{"get", "list", "watch", "create", "update", "delete"}, Groups: []string{""}, Resources: []string{"secrets"}, Namespaces: []string{"team-a"}}}
	return []oddity{
		{name: "53 no list", about: "lab", rights: blind, put: put, walk: messageShown},
		{name: "53 no list, opened by its name", about: "psp-ca", rights: blind, put: put, walk: openedByName("psp-ca"), fine: true},
		{name: "53 no list, no such name", about: "nowhere", rights: blind, put: put, walk: openedByName("nowhere")},
		{name: "53 no list and no get", about: "psp-ca", rights: rightsWithout("get", "list", "watch"), put: put, walk: openedByName("psp-ca")},
		{name: "54 another namespace alone", about: "k8s.example.com", rights: elsewhere, walk: messageShown},
		{name: "54 another namespace alone, given the right one", about: "kuma-system", rights: elsewhere, given: "kuma-system", walk: messageShown},
		{name: "54 another namespace alone, given that one", about: "team-a", rights: elsewhere, given: "team-a", walk: messageShown},
	}
}

func namespaceOddities() []oddity {
	second := map[string]any{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
		"metadata": map[string]any{"name": "kong-mesh-validating-webhook-configuration"},
		"webhooks": []any{map[string]any{"name": "secret.validator.kuma-admission.kuma.io", "clientConfig": map[string]any{"service": map[string]any{"namespace": "kong-mesh-system", "name": "kong-mesh-control-plane"}}}}}
	gone := func(_ *testing.T, cp *embedded.ControlPlane) {
		c := cp.Cluster()
		c.Discard(kube.Webhooks, "", "kuma-validating-webhook-configuration")
		c.Discard(kube.Deployments, "kuma-system", "kuma-control-plane")
		for _, name := range []string{"admin-user-token", "user-token-signing-key-1", "zone-token-signing-key-1", "envoy-admin-ca", "inter-cp-ca"} {
			c.Discard(kube.Secrets, "kuma-system", name)
		}
	}
	team := map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": map[string]any{"name": "a", "namespace": "team-a"}}
	return []oddity{
		{name: "58 no control plane in the cluster", about: "k8s.example.com", raze: gone, walk: messageShown},
		{name: "58 two candidates", about: "kong-mesh-system", seed: []map[string]any{second}, walk: messageShown},
		{name: "58 two candidates, nothing may be read of them", about: "k8s.example.com", seed: []map[string]any{second}, rights: []embedded.Rule{}, walk: messageShown},
		{name: "58 given, and there is no such namespace", about: "nope", given: "nope", walk: messageShown},
		{name: "58 given, and no control plane is in it", about: "team-a", seed: []map[string]any{team}, given: "team-a", walk: messageShown},
	}
}
