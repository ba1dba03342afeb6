package model

import (
	"strconv"
	"strings"
	"testing"
)

// A value that another secret holds is told of by the facts at hand.
func TestCheckSame(t *testing.T) {
	t.Parallel()
	key := func(name string) string { return pkcs8(t, fakeKey(t, name)) }
	held := func(mesh, name, value string) Secret { return Secret{Ref: Ref{mesh, name}, Facts: examine(value)} }
	unread := Secret{Ref: Ref{"m", "unread"}}
	i := TakeInventory([]Mesh{{Name: "m"}, {Name: "n"}}, []Secret{
		held("m", "a-password", "fake-password"), held("n", "b-password", "fake-password"), held("m", "the-key", key("x")),
		held("m", "flag", "{}"), held("n", "copied", "fake-copied"), unread, held("gone", "lost", "fake-lost"),
		held("m", "dataplane-token-signing-key-m-1", key("signing")),
	}, nil)
	const left, told = "; when one is replaced, the rest stays as it was", ", as far as size and fingerprint tell"
	for about, c := range map[string]struct {
		ref   Ref
		value string
		want  string
	}{
		"another":                    {Ref{"m", "new"}, "fake-other", ""},
		"two":                        {Ref{"m", "new"}, "fake-password", "the same value as that of a-password and 1 more" + told + left},
		"in another mesh":            {Ref{"m", "a-password"}, "fake-password", "the same value as that of b-password of n" + told + left},
		"a key":                      {Ref{"n", "new"}, key("x"), "the same private key as that of the-key of m" + left},
		"a key in both":              {Ref{"m", "new"}, key("x") + "\n", "the same private key as that of the-key" + left},
		"what stands in many":        {Ref{"m", "new"}, "{}", ""},
		"one name, copied":           {Ref{"m", "copied"}, "fake-copied", "the same value as that of copied of n" + told + left},
		"of no mesh":                 {Ref{"m", "new"}, "fake-lost", ""},
		"of the control plane":       {Ref{"m", "new"}, key("signing"), ""},
		"its own value, from before": {Ref{"m", "the-key"}, key("x"), ""},
		"empty":                      {Ref{"m", "new"}, "", ""},
	} {
		found, is := i.CheckSame(c.ref, examine(c.value))
		if found.Text != c.want || is != (c.want != "") {
			t.Errorf("%s: %q, want %q", about, found.Text, c.want)
		}
	}
}

// TestCheckSameFollowsChanges holds that what is kept of values to find equal
// ones is that of the secrets as they are, whatever came and went.
func TestCheckSameFollowsChanges(t *testing.T) {
	t.Parallel()
	fake := Facts{Kind: Text, Size: 10, Fingerprint: "fa4e0001"}
	typed := Ref{Mesh: "m", Name: "typed"}
	before := TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretNamed("a", fake), secretNamed("b", fake), secretNamed("c", Facts{})}, nil)
	other := fake
	other.Fingerprint = "fa4e0002"
	none := before.Changed(nil, []Ref{{Mesh: "m", Name: "a"}}).Changed([]Secret{secretNamed("b", other)}, nil)
	steps := []struct {
		after Inventory
		want  string // the one that is named; "" for none
	}{
		{before, "as that of a and 1 more"}, {none, ""},
		{none.Changed([]Secret{secretNamed("c", fake)}, nil), "as that of c,"},
		{before.About([]Mesh{}, nil), ""}, {before, "as that of a and 1 more"}, // values of orphans are nobody's
	}
	for n, s := range steps {
		if found, is := s.after.CheckSame(typed, fake); is != (s.want != "") || !strings.Contains(found.Text, s.want) {
			t.Errorf("step %d: %v, %q, want %q", n, is, found.Text, s.want)
		}
	}
}

func BenchmarkCheckSame(b *testing.B) {
	secrets := make([]Secret, 100_000)
	for n := range secrets {
		secrets[n] = secretNamed("s"+strconv.Itoa(n), Facts{Kind: Text, Size: 10, Fingerprint: strconv.Itoa(n)})
	}
	i := TakeInventory([]Mesh{{Name: "m"}}, secrets, nil)
	for b.Loop() {
		i.CheckSame(Ref{Mesh: "m", Name: "typed"}, secrets[7].Facts)
	}
}
