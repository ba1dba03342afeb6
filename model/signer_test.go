package model

import "testing"

// Control planes take every secret of such a name for a key that signs tokens, and
// accept any value.
func TestPreflightOfASigningKey(t *testing.T) {
	t.Parallel()
	name := func(serial string) Ref {
		return Ref{"default", "dataplane-token-signing-key-default-" + serial}
	}
	rsa := Facts{Kind: PrivateKey, Size: 1, Key: KeyFacts{Algorithm: "RSA 2048", Public: [32]byte{1}}}
	curve := Facts{Kind: PrivateKey, Size: 1, Key: KeyFacts{Algorithm: "EC P-256", Public: [32]byte{1}}}
	text := Facts{Kind: Text, Size: 8}
	i := TakeInventory([]Mesh{{Name: "default"}}, []Secret{{Ref: name("1"), Facts: rsa}, {Ref: name("2"), Facts: rsa}}, nil)
	const (
		none  = ": accepted; tokens cannot be issued, as its serial is the highest"
		older = ": accepted; tokens of its serial are not accepted"
		isOne = "! role: it is text, where a signing key belongs"
	)
	for what, c := range map[string]struct {
		i     Inventory
		ref   Ref
		facts Facts
		want  []string
	}{
		"the highest":   {i, name("2"), text, []string{isOne + none}},
		"a new one":     {i, name("3"), text, []string{isOne + none}},
		"an older one":  {i, name("1"), text, []string{isOne + older}},
		"not all known": {i.OfSome(), name("2"), text, []string{isOne + older + ", and none can be issued if its serial is the highest"}},
		"another key":   {i, name("2"), curve, []string{"! role: it is a key of type EC P-256, where an RSA key belongs" + none}},
		"no value":      {i, name("2"), Facts{Kind: Empty}, []string{"! role: it has no value" + none}},
		"an RSA key":    {i, name("2"), rsa, nil},
		"not known":     {i, name("2"), Facts{}, nil},
		"another name":  {i, Ref{"default", "hook"}, text, nil},
	} {
		expectLines(t, what, c.i.Trial(c.ref, c.facts), c.want...)
	}
}
