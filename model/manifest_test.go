package model

import (
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

func smtp() Secret {
	made := time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC)
	return Secret{
		Ref: Ref{Mesh: "default", Name: "smtp-password"}, Created: made, Modified: made,
		Labels: map[string]string{LabelZone: "default", LabelEnv: "universal", LabelMesh: "default", LabelOrigin: "zone"},
	}
}

func TestWriteManifest(t *testing.T) {
	t.Parallel()
	global := Secret{Ref: Ref{Name: "admin-user-token"}}
	labelled := Secret{Ref: Ref{Mesh: "default", Name: "x"}, Labels: map[string]string{"team": "web", LabelOrigin: "global"}}
	for _, c := range []struct {
		about     string
		secret    Secret
		form      Form
		namespace string
		want      string
	}{
		{"Universal form", smtp(), UniversalForm, "", `type: Secret
mesh: default
name: smtp-password
creationTime: "2026-11-11T09:00:00Z"
modificationTime: "2026-11-11T09:00:00Z"
labels:
  kuma.io/env: universal
  kuma.io/mesh: default
  kuma.io/origin: zone
  kuma.io/zone: default
data: ••••••••
`},
		{"Kubernetes form", smtp(), KubernetesForm, "kuma-system", `apiVersion: v1
kind: Secret
metadata:
  name: smtp-password
  namespace: kuma-system
  labels:
    kuma.io/mesh: default
type: system.kuma.io/secret
data:
  value: ••••••••
`},
		{"global, Universal form", global, UniversalForm, "", "type: GlobalSecret\nname: admin-user-token\ndata: ••••••••\n"},
		{"global, Kubernetes form", global, KubernetesForm, "", `apiVersion: v1
kind: Secret
metadata:
  name: admin-user-token
type: system.kuma.io/global-secret
data:
  value: ••••••••
`},
		{"of Kubernetes", labelled, KubernetesForm, "", `apiVersion: v1
kind: Secret
metadata:
  name: x
  labels:
    kuma.io/mesh: default
    kuma.io/origin: global
    team: web
type: system.kuma.io/secret
data:
  value: ••••••••
`},
	} {
		if got := WriteManifest(c.secret, c.form, c.namespace, Mask); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.about, got, c.want)
		}
	}
}

// Whatever a name or label is, a reader of YAML gets the same text back.
func TestScalar(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "a", "payments", "true", "No", "null", "~", "y", "1234", "1e10", "0x1F", "-", "- a", "a: b", "a #b", "'", `"`, "*a", "&a",
		"2026-11-11", "a\nb", "a\x00b", "\u202eevil", "é", "=", "@x", "%a", "kuma.io/mesh", "dGVzdA==", "/+ab", "12:30", ".5", "[]", "{}", "|", ">",
		strings.Repeat("x", 300), "  a ", "\t", "<<", "•",
	} {
		written := scalar(text)
		var read map[string]any
		if err := yaml.UnmarshalStrict([]byte("k: "+written+"\n"), &read); err != nil || read["k"] != text {
			t.Errorf("%q is written as %s and read as %#v (%v)", text, written, read["k"], err)
		}
		for _, r := range written {
			if r < ' ' || r == '\u202e' {
				t.Errorf("%q holds %U", written, r)
			}
		}
	}
}

func TestReadManifest(t *testing.T) {
	t.Parallel()
	const fake = "ZmFrZS12YWx1ZQ==" // fake-value
	for _, c := range []struct {
		about, text string
		form        Form
		ref         Ref
		labels      map[string]string
	}{
		{"Universal", "type: Secret\nmesh: m\nname: one\nlabels: {team: web}\ndata: " + fake, UniversalForm, Ref{"m", "one"}, map[string]string{"team": "web"}},
		{"Universal, as JSON", `{"type": "Secret", "mesh": "m", "name": "one", "data": "` + fake + `"}`, UniversalForm, Ref{"m", "one"}, nil},
		{"Universal, after comments", "# a comment\n---\n# another\ntype: Secret\nmesh: m\nname: one\ndata: " + fake + "\n...\n", UniversalForm, Ref{"m", "one"}, nil},
		{"block of base64", "type: Secret\nmesh: m\nname: one\ndata: |\n  ZmFrZS12\n  YWx1ZQ==\n", UniversalForm, Ref{"m", "one"}, nil},
		{"global", "type: GlobalSecret\nname: one\ndata: " + fake, UniversalForm, Ref{"", "one"}, nil},
		{"times without quotes", "type: GlobalSecret\nname: one\ncreationTime: 2026-11-11T09:00:00Z\ndata: " + fake, UniversalForm, Ref{"", "one"}, nil},
		{
			"Kubernetes", "apiVersion: v1\nkind: Secret\nmetadata: {name: one, namespace: kuma-system, labels: {kuma.io/mesh: m}}\ntype: system.kuma.io/secret\ndata: {value: " + fake + "}",
			KubernetesForm, Ref{"m", "one"}, map[string]string{LabelMesh: "m"},
		},
		{
			"Kubernetes, without a label", "apiVersion: v1\nkind: Secret\nmetadata: {name: one, uid: u, creationTimestamp: null}\ntype: system.kuma.io/secret\ndata: {value: " + fake + "}",
			KubernetesForm, Ref{"default", "one"}, nil,
		},
		{
			"Kubernetes, in the clear", "apiVersion: v1\nkind: Secret\nmetadata: {name: one}\ntype: system.kuma.io/global-secret\nstringData: {value: fake-value}",
			KubernetesForm, Ref{"", "one"}, nil,
		},
	} {
		s, form, err := ReadManifest([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.about, err)
			continue
		}
		if form != c.form || s.Secret.Ref != c.ref || !maps.Equal(s.Secret.Labels, c.labels) || string(s.Value.Reveal()) != "fake-value" {
			t.Errorf("%s: read %v, %v, %v, %d bytes", c.about, form, s.Secret.Ref, s.Secret.Labels, s.Value.Len())
		}
	}
}

// What control planes send in either form can be read.
func TestReadRecordedManifests(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		form Form
		ref  Ref
	}{
		"021-secret-get-format-k8s.json":   {KubernetesForm, Ref{"default", "sample-secret"}},
		"105-global-secret-get-k8s.json":   {KubernetesForm, Ref{"", "sample-global-secret"}},
		"026-secret-get-with-labels.json":  {UniversalForm, Ref{"default", "labelled"}},
		"103-global-secret-get.json":       {UniversalForm, Ref{"", "sample-global-secret"}},
		"020-secret-get-after-update.json": {UniversalForm, Ref{"default", "sample-secret"}},
		"045-data-newline-inside-get.json": {UniversalForm, Ref{"default", "wrapped"}},
	} {
		s, form, err := ReadManifest(recordedBody(t, file, false))
		if err != nil || form != want.form || s.Secret.Ref != want.ref || s.Value.Len() == 0 {
			t.Errorf("%s: %v, %v, %v", file, form, s.Secret.Ref, err)
		}
	}
}

func TestReadManifestRefuses(t *testing.T) {
	t.Parallel()
	const (
		mine  = "type: Secret\nmesh: m\nname: one\n"
		kube  = "apiVersion: v1\nkind: Secret\ntype: system.kuma.io/secret\nmetadata:\n  name: one\n"
		value = "Q0FOQVJZLTcx" // CANARY-71
	)
	for _, c := range []struct{ about, text, want string }{
		{"empty", "", "the text is not a manifest: it has no fields such as type, mesh and name"},
		{"a list", "[]", "the text is not a manifest: it has no fields such as type, mesh and name"},
		{"a value alone", "CANARY-71", "the text is not a manifest: it has no fields such as type, mesh and name"},
		{"two documents", mine + "data: " + value + "\n---\n" + mine, ErrSeveralDocuments.Error()},
		{"an end and more", mine + "data: " + value + "\n...\n" + mine, ErrSeveralDocuments.Error()},
		{"content beside the separator", "--- {a: 1}\n--- {b: 2}\n", ErrSeveralDocuments.Error()},
		{"masked", mine + "data: " + Mask, ErrMaskedManifest.Error()},
		{"masked in ASCII", mine + "data: '********'", ErrMaskedManifest.Error()},
		{"masked, Kubernetes", kube + "data: {value: " + Mask + "}", ErrMaskedManifest.Error()},
		{"masked, in the clear", kube + "stringData: {value: " + Mask + "}", ErrMaskedManifest.Error()},
		{"not YAML", mine + "data: [CANARY-71", "line 4 is not YAML"},
		{"an anchor that is not there", mine + "data: *CANARY-71", "the text is not YAML"},
		{"field twice", mine + "name: CANARY-71\ndata: " + value, "line 4 repeats a field: keep one of them"},
		{"no data", mine, `data is missing; an empty value is written as ""`},
		{"null data", mine + "data: null", `data is missing; an empty value is written as ""`},
		{"a number", mine + "data: 4711", "data is not a text: put it in quotes"},
		{"not base64", mine + "data: CANARY-71", "data is not base64: the 7th character is of URL-safe base64: write + for - and / for _"},
		{"no padding", mine + "data: Zm8", "data is not base64: at the end one \"=\" is missing"},
		{"unknown field", mine + "CANARY-71: x\ndata: " + value, "line 4: the manifest holds a field that would be lost; it may have type, mesh, name, creationTime, modificationTime, labels and data"},
		{"no name", "type: Secret\nmesh: m\ndata: " + value, "name is missing"},
		{"no mesh", "type: Secret\nname: one\ndata: " + value, "mesh is missing: a secret belongs to one; a global secret has type: GlobalSecret"},
		{"global with a mesh", "type: GlobalSecret\nmesh: m\nname: one\ndata: " + value, "mesh does not belong to a global secret: leave it out"},
		{"another type", "type: CANARY-71\nmesh: m\nname: one\ndata: " + value, "type has to be Secret or GlobalSecret"},
		{"a time", mine + "creationTime: CANARY-71\ndata: " + value, "creationTime is not a time such as 2026-11-20T09:00:00Z"},
		{"label of a number", mine + "labels: {a: 1}\ndata: " + value, "labels holds something that is not a text: put it in quotes"},
		{"labels of a list", mine + "labels: [CANARY-71]\ndata: " + value, "labels does not hold fields"},
		{"another kind", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ntype: system.kuma.io/secret\ndata: {value: " + value + "}", "apiVersion and kind have to be v1 and Secret"},
		{"another type of Kubernetes", "apiVersion: v1\nkind: Secret\nmetadata: {name: one}\ntype: Opaque\ndata: {value: " + value + "}", "type has to be system.kuma.io/secret or system.kuma.io/global-secret"},
		{"no metadata", "apiVersion: v1\nkind: Secret\ntype: system.kuma.io/secret\ndata: {value: " + value + "}", "metadata is missing"},
		{"annotations", kube + "  annotations: {note: CANARY-71}\ndata: {value: " + value + "}", "line 6: metadata holds a field that would be lost; it may have name, namespace, labels, creationTimestamp, uid, resourceVersion, generation, selfLink and managedFields"},
		{"other keys", kube + "data:\n  value: " + value + "\n  password: " + value, "line 8: data holds a field that would be lost; it may have value"},
		{"data twice", kube + "data: {value: " + value + "}\nstringData: {value: CANARY-71}", "data and stringData both hold a value: keep one of them"},
		{"no value", kube + "data: {}", `data.value is missing; an empty value is written as ""`},
		{"no data, Kubernetes", kube, "data is missing"},
		{"empty mesh", kube + "  labels: {kuma.io/mesh: ''}\ndata: {value: " + value + "}", "metadata.labels: kuma.io/mesh is empty; name the mesh"},
		{"global with a label", "apiVersion: v1\nkind: Secret\nmetadata: {name: one, labels: {kuma.io/mesh: m}}\ntype: system.kuma.io/global-secret\ndata: {value: " + value + "}", "metadata.labels: kuma.io/mesh does not belong to a global secret: leave it out"},
	} {
		s, _, err := ReadManifest([]byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.about, err, c.want)
			continue
		}
		if strings.Contains(err.Error(), "CANARY") || s.Value.Len() != 0 {
			t.Errorf("%s: the error or the answer holds the value", c.about)
		}
	}
	if _, _, err := ReadManifest([]byte(mine + "data: " + Mask)); !errors.Is(err, ErrMaskedManifest) {
		t.Errorf("%v is not ErrMaskedManifest", err)
	}
}

// What was written is read back, in both forms, whatever the names.
func TestManifestRoundTrip(t *testing.T) {
	t.Parallel()
	value := []byte("fake-value\n")
	for _, s := range []Secret{
		smtp(),
		{Ref: Ref{Mesh: "no", Name: "1.5"}, Labels: map[string]string{"on": "off", "a b": "\u202e\n"}},
		{Ref: Ref{Name: "null"}, Created: time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)},
	} {
		for _, form := range []Form{UniversalForm, KubernetesForm} {
			roundTrip(t, s, form, value)
		}
	}
}

func roundTrip(t *testing.T, s Secret, form Form, value []byte) {
	t.Helper()
	text := WriteManifest(s, form, "kuma-system", base64.StdEncoding.EncodeToString(value))
	back, gotForm, err := ReadManifest([]byte(text))
	if err != nil || gotForm != form || back.Secret.Ref != s.Ref || !slices.Equal(back.Value.Reveal(), value) {
		t.Fatalf("%s of %q: read %v, %q, %v", form, s.Ref, gotForm, back.Secret.Ref, err)
	}
	want := s.Labels
	if form == KubernetesForm {
		want = kubernetesLabels(s)
	} else if !back.Secret.Created.Equal(s.Created) || !back.Secret.Modified.Equal(s.Modified) {
		t.Errorf("times of %q differ", s.Ref)
	}
	if !maps.Equal(back.Secret.Labels, want) {
		t.Errorf("labels of %q are %q, want %q", s.Ref, back.Secret.Labels, want)
	}
}

// With the value itself a manifest is what it is with its base64, quotes where
// readers would take that for something else included.
func TestManifestWith(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "ZmFrZQ==", "true", "NULL", "trueZmFr", "0000", "+AAA", "/AAA", "ZmFr"} {
		value, err := base64.StdEncoding.DecodeString(base)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []Form{UniversalForm, KubernetesForm} {
			want := "# demo\n" + WriteManifest(smtp(), form, "kuma-system", base)
			if got := ManifestWith("# demo\n", smtp(), form, "kuma-system", NewValue(value)); string(got.Reveal()) != want {
				t.Errorf("%s:\n%s\nwant\n%s", form, got.Reveal(), want)
			}
		}
	}
}

// FuzzReadManifest holds that no text makes the reader panic, that its errors
// do not repeat the text, and that what it reads is written and read back the
// same.
func FuzzReadManifest(f *testing.F) {
	f.Add([]byte("type: Secret\nmesh: m\nname: one\ndata: ZmFrZQ==\n"))
	f.Add([]byte("type: GlobalSecret\nname: 'true'\nlabels: {a: \"\\u202e\"}\ndata: \"\"\n"))
	f.Add([]byte("apiVersion: v1\nkind: Secret\nmetadata: {name: one, labels: {kuma.io/mesh: m}}\ntype: system.kuma.io/secret\nstringData: {value: fake}\n"))
	f.Add([]byte("a: &a [*a, *a]\n---\n"))
	f.Add([]byte("\xff\x00: {"))
	f.Add([]byte("type: Secret\nmesh: m\nname: one\ndata: [CANARY-71\n"))
	f.Add([]byte("CANARY-71: {CANARY-71: CANARY-71}\nlabels: &CANARY-71 [*CANARY-71]\ndata: !CANARY-71 x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, form, err := ReadManifest(text)
		if err != nil {
			if s.Value.Len() != 0 || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("an error with a value, or that repeats the text: %v", err)
			}
			return
		}
		if form == KubernetesForm && s.Secret.Labels[LabelEnv] == "universal" {
			return // labels of Universal are left out on purpose
		}
		roundTrip(t, s.Secret, form, s.Value.Reveal())
	})
}
