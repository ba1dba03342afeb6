package model

import "testing"

func TestCheckManifest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, want string
		of         Ref
	}{
		"universal":   {"type: Secret\nmesh: checkout\nname: reader\ndata: ZmFrZQ==\n", "this is the manifest of reader of checkout, and would be stored as it is", Ref{Mesh: "checkout", Name: "reader"}},
		"global":      {"type: GlobalSecret\nname: reader\ndata: ZmFrZQ==\n", "this is the manifest of reader of global, and would be stored as it is", Ref{Name: "reader"}},
		"in JSON":     {`{"type":"Secret","mesh":"checkout","name":"reader","data":"ZmFrZQ=="}`, "this is the manifest of reader of checkout, and would be stored as it is", Ref{Mesh: "checkout", Name: "reader"}},
		"kubectl":     {"apiVersion: v1\nkind: Secret\nmetadata:\n  name: reader\ntype: system.kuma.io/secret\ndata:\n  value: ZmFrZQ==\n", "this is the manifest of reader of default, and would be stored as it is", Ref{Mesh: "default", Name: "reader"}},
		"quoted":      {"'type': \"Secret\" # a note\nmesh: checkout\nname: reader\ndata: ZmFrZQ==\n", "this is the manifest of reader of checkout, and would be stored as it is", Ref{Mesh: "checkout", Name: "reader"}},
		"after a BOM": {"\ufefftype: Secret\nmesh: checkout\nname: reader\ndata: ZmFrZQ==\n", "this is the manifest of reader of checkout, and would be stored as it is", Ref{Mesh: "checkout", Name: "reader"}},
		"masked":      {"type: Secret\nmesh: checkout\nname: reader\ndata: ••••••••\n", "this is a masked manifest: dots stand where its value was", Ref{}},
		"several":     {"type: Secret\nname: a\ndata: YQ==\n---\ntype: Secret\nname: b\n", "these are several manifests. meshsecrets create -f takes them from a file", Ref{}},
		"not whole":   {"type: Secret\nname: reader\ndata: ZmFrZQ==\n", "it looks like a manifest that cannot be taken apart: mesh is missing: a secret belongs to one; a global secret has type: GlobalSecret", Ref{}},
		"JSON, apply": {"{\n    \"apiVersion\": \"v1\",\n    \"data\": {\"value\": \"ZmFrZQ==\"},\n    \"kind\": \"Secret\",\n    \"metadata\": {\"annotations\": {\"a\": \"b\"}, \"name\": \"reader\"},\n    \"type\": \"system.kuma.io/secret\"\n}", "it looks like a manifest that cannot be taken apart: metadata holds a field that would be lost; it may have name, namespace, labels, creationTimestamp, uid, resourceVersion, generation, selfLink and managedFields", Ref{}},
		"a list":      {`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"reader"},"data":{"value":"ZmFrZQ=="}}]}`, "it looks like a manifest that cannot be taken apart: the manifest holds a field that would be lost; it may have apiVersion, kind, metadata, type, data and stringData", Ref{}},
		"a YAML list": {"apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  metadata: {}\n", "it looks like a manifest that cannot be taken apart: line 3: the manifest holds a field that would be lost; it may have apiVersion, kind, metadata, type, data and stringData", Ref{}},
		"broken":      {"kind: Secret\n\tmetadata: [\n", "it looks like a manifest that cannot be taken apart: line 2 is not YAML", Ref{}},
		"JSON":        {`{"Secret": "fake", "data": "a JSON value and no manifest"}`, "", Ref{}},
		"another":     {"kind: ConfigMap\nname: Secret\n", "", Ref{}},
		"words":       {"a Secret with data in words, of type: Secret things", "", Ref{}},
	} {
		found, of, is := CheckManifest([]byte(c.text))
		if is != (c.want != "") || found.Text != c.want || of != c.of || is && found.Level != Warn {
			t.Errorf("%s: %+v of %v, %v", name, found, of, is)
		}
	}
}

func TestCheckKind(t *testing.T) {
	t.Parallel()
	harm := []Verdict{{Level: Stop}}
	for _, c := range []struct {
		was, is Kind
		said    []Verdict
		want    string
	}{
		{JSON, Binary, nil, "it was JSON and becomes binary: who reads it as JSON may fail"},
		{JSON, Text, nil, "it was JSON and becomes text: who reads it as JSON may fail"},
		{Text, Binary, nil, "it was text and becomes binary: who reads it as text may fail"},
		{CACertificate, PrivateKey, nil, "it was a CA certificate and becomes a private key: who reads it as a CA certificate may fail"},
		{CACertificate, Text, harm, ""}, // that who refers to it is refused says more
		{JSON, JSON, nil, ""},
		{JSON, Empty, nil, ""}, // that is not saved
		{Text, JSON, nil, ""},
		{Text, CACertificate, nil, ""},
		{Binary, Text, nil, ""},
		{VaultReference, Text, nil, ""},
		{Unlearnt, Binary, nil, ""},
		{Empty, Binary, nil, ""},
	} {
		found, is := CheckKind(Facts{Kind: c.was}, Facts{Kind: c.is}, c.said)
		if found.Text != c.want || is != (c.want != "") {
			t.Errorf("%v becomes %v: %q", c.was, c.is, found.Text)
		}
	}
}
