package model

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// FuzzReferences holds that no JSON, and nothing else, makes the reader panic
// or name something empty, and that it always finds the same.
func FuzzReferences(f *testing.F) {
	for _, r := range recordedResources(f) {
		f.Add(r.Raw)
	}
	f.Add([]byte(`{"metadata": {}, "spec": {"mtls": {"backends": [{"type": "x", "conf": [[{"secret": "s"}]]}]}}}`))
	f.Add([]byte(`{"mtls": {"backends": [null, 7, {"name": 7, "conf": {"secretRef": {"name": {}}}}]}}`))
	f.Add([]byte(`{"metadata": {"namespace": "n"}, "spec": {"listeners": [{"tls": {"certificateRefs": [{"name": "s"}, []]}}]}}`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range ReferringKinds() {
			r := Resource{Kind: kind, Name: "it", Raw: raw}
			found := References(r)
			places := map[string]bool{}
			for _, ref := range found {
				if ref.Secret == "" || ref.Kind != kind || ref.Role == "" || ref.Path == "" && !ref.Implied {
					t.Errorf("%+v", ref)
				}
				if ref.Guessed && places[ref.Path] {
					t.Errorf("%s is told twice", ref.Path)
				}
				places[ref.Path] = true
			}
			if !reflect.DeepEqual(found, References(r)) {
				t.Error("two readings differ")
			}
		}
		_ = See(Resource{Kind: KindMesh, Raw: raw})
	})
}

// FuzzKnownPlaces holds that a place that is known is found whatever else
// stands beside it, anywhere in the resource.
func FuzzKnownPlaces(f *testing.F) {
	for i := range placeCases {
		f.Add(uint(i), []byte(`{"metadata": {}, "labels": {"kuma.io/mesh": "x"}, "spec": 7, "secret": "s"}`))
	}
	f.Add(uint(0), []byte(`{"spec": {"mtls": {"enabledBackend": "x"}}, "mtls": {"backends": [{"conf": {"cert": {"secret": "x"}}}]}}`))
	f.Add(uint(12), []byte(`{"apiVersion": "v1", "networking": {"tls": {"caCert": {"type": "File", "secretRef": {"name": "x"}}}}}`))
	f.Fuzz(func(t *testing.T, which uint, noise []byte) {
		var beside any
		if json.Unmarshal(noise, &beside) != nil {
			return
		}
		c := placeCases[which%uint(len(placeCases))]
		mustName(t, universal(c.kind, c.fields), beside, c.want)
		mustName(t, kubernetes(c.kind, c.fields), beside, c.onKubernetes())
	})
}

// mustName plants noise in a resource, which is to name all the same. What only
// a rule tells depends on the rest of the resource, and is left out.
func mustName(t *testing.T, r Resource, noise any, want []string) {
	var known any
	if err := json.Unmarshal(r.Raw, &known); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(merged(known, noise))
	if err != nil {
		t.Fatal(err)
	}
	got := sayAll(References(Resource{Kind: r.Kind, Mesh: r.Mesh, Name: "it", Raw: raw}))
	for _, one := range want {
		if !strings.Contains(one, "implied") && !strings.Contains(one, "guessed") && !slices.Contains(got, one) {
			t.Errorf("%q is not found in %s", one, raw)
		}
	}
}

// merged is a known document with what another one has beside it.
func merged(known, noise any) any {
	switch known := known.(type) {
	case map[string]any:
		others, _ := noise.(map[string]any)
		for key, other := range others {
			if have, there := known[key]; there {
				known[key] = merged(have, other)
			} else {
				known[key] = other
			}
		}
	case []any:
		others, _ := noise.([]any)
		for i := range known {
			if i < len(others) {
				known[i] = merged(known[i], others[i])
			}
		}
		return slices.Concat(known, others)
	}
	return known
}

// A resource that is deep, wide or has long keys costs about its own size: what
// is found in unknown places has bounds, and what is found in known ones is no
// longer than what names it.
func TestReferencesOfHostileShapes(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 1<<20)
	many := func(n int, each string) string {
		var wide strings.Builder
		for i := range n {
			fmt.Fprintf(&wide, each+",", i)
		}
		return strings.TrimSuffix(wide.String(), ",")
	}
	deepest := func(levels int) string {
		return strings.Repeat(`{"a":`, levels) + `{"secret": "s"}` + strings.Repeat("}", levels)
	}
	for _, c := range []struct {
		about    string
		resource Resource
		want     int // references
	}{
		{"deep", universal(KindMesh, mtls("acme", "conf", deepest(5000))), 0},
		{"as deep as it looks", universal(KindMesh, mtls("acme", "conf", deepest(30))), 1},
		{"a level deeper", universal(KindMesh, mtls("acme", "conf", deepest(31))), 0},
		{"long and wide", universal(KindMesh, mtls("acme", "conf", `{"`+key+`": {`+many(10_000, `"n%d": {"secret": "s"}`)+`}}`)), 1000},
		{"many backends", universal(KindMesh, `"mtls": {"backends": [`+many(10_000, `{"name": "n%d", "x": {"secret": "s"}}`)+`]}`), 1000},
		{"many in a known place", universal(KindMeshGateway, `"conf": {"listeners": [{"tls": {"certificates": [`+many(10_000, `{"secret": "s-%d"}`)+`]}}]}`), 10_000},
	} {
		found := References(c.resource)
		size := 0
		for _, r := range found {
			size += len(r.Path) + len(r.Role)
		}
		if len(found) != c.want || size > len(c.resource.Raw)*4 {
			t.Errorf("%s: %d references, want %d; %d bytes of paths for %d", c.about, len(found), c.want, size, len(c.resource.Raw))
		}
	}
}
