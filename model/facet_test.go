package model

import (
	"slices"
	"strings"
	"testing"
)

// passing are the names of the demo's rows that a filter shows, in their order.
func passing(text string) string {
	rows := TakeInventory(demo()).In(Scope{All: true})
	var names []string
	for _, i := range ParseFilter(text).Hits(rows, frameTime, nil) {
		names = append(names, rows.At(i).Secret.Ref.Name)
	}
	return strings.Join(names, " ")
}

func TestFacets(t *testing.T) {
	t.Parallel()
	const (
		builtins = "default.ca-builtin-cert-ca-1 default.ca-builtin-key-ca-1"
		psp      = "psp-client-cert psp-client-key"
		paid     = "payments-ca-cert payments-ca-key"
		signing  = "dataplane-token-signing-key-default-1 dataplane-token-signing-key-payments-1"
	)
	for _, c := range []struct{ text, want string }{
		{"kind:cert expires:<90d !old", "legacy-ca-cert payments-ca-cert psp-client-cert"},
		{"expires:<30d", "old-dashboard-token payments-ca-cert"},
		{"expires:<23d", "old-dashboard-token"},
		{"expires:<24d !expires:now", "payments-ca-cert"},
		{"expires:now", "old-dashboard-token"},
		{"expires:expired", "old-dashboard-token"},
		{"EXPIRES:<552H", "old-dashboard-token"}, // 23 d, and the certificate has just these
		{"expires:>339d", "applepay-merchant default.ca-builtin-cert-ca-1 admin-user-token"},
		{"expires:>9y kind:jwt", "admin-user-token"},
		{"expires:never payments", "payments-ca-key psp-client-key dataplane-token-signing-key-payments-1"},
		{"expires:never mesh:retired", "retired-shop-token"},
		// The token whose value nobody has looked at, and what is missing, pass
		// neither a facet on values nor its opposite.
		{"mesh:payments !expires:<30d", "payments-ca-key " + psp + " dataplane-token-signing-key-payments-1"},
		{"mesh:payments !kind:key", "edge-tls payments-ca-cert psp-client-cert"},
		{"mesh:pay kind:missing", "edge-tls"},
		{"kind:missing", "billing-ca edge-tls"},
		{"kind:ca", "default.ca-builtin-cert-ca-1 legacy-ca-cert payments-ca-cert"},
		{"kind:cert+key", "applepay-merchant"},
		{"kind:signing-key", signing + " user-token-signing-key-1"},
		{"kind:revocations", "user-token-revocations"},
		{"mesh:global", "user-token-revocations admin-user-token user-token-signing-key-1"},
		{"mesh:checkout", "applepay-merchant"},
		{"used:mtls", builtins + " legacy-ca-cert legacy-ca-key " + paid},
		{"used:yes", "billing-ca " + builtins + " edge-tls " + paid + " " + psp},
		{"used:idle", "legacy-ca-cert legacy-ca-key"},
		{"used:no mesh:payments", "stripe-webhook-token dataplane-token-signing-key-payments-1"},
		{"!used:no mesh:default", builtins},
		{"has:problem", "billing-ca edge-tls legacy-ca-key old-dashboard-token payments-ca-cert retired-shop-token smtp-password warehouse-password"},
		{"!has:problem mesh:legacy", "legacy-ca-cert"},
		{"has:value mesh:legacy", "legacy-ca-cert legacy-ca-key old-dashboard-token"},
		{"!has:value", "billing-ca edge-tls"},
		{"has:labels", ""},
	} {
		if got := passing(c.text); got != c.want {
			t.Errorf("%q shows\n%q, want\n%q", c.text, got, c.want)
		}
	}
}

func TestFacetsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const (
		expires = "expires: takes <30d, >1y (m, h, d, y), now, never"
		used    = "used: takes yes, no, idle (named only where it is not used), mtls"
		kind    = "kind: takes what a word under KIND begins with"
		has     = "has: takes problem, labels (of your own), value (not empty)"
		none    = "only kind:, used:, mesh:, expires: and has: are facets"
	)
	for text, want := range map[string]string{
		"expires:": expires, "expires:30d": expires, "expires:<30": expires, "expires:<d": expires, "expires:<30w": expires,
		"expires:<-1d": expires, "expires:<1.5d": expires, "expires:<201y": expires, "expires:<99999999999999999999d": expires,
		"!expires:soon": expires, "used:": used, "used:maybe": used, "kind:": kind, "kind:+": kind, "kind:spoon": kind,
		"mesh:": "mesh: takes a part of a mesh's name, or global", "has:": has, "has:cheese": has,
		"age:<3d": none, "http://x": none, ":": none,
		"\x1b:x": none,
	} {
		f := ParseFilter("pay " + text)
		if got := f.Faults(); !slices.Equal(got, []string{want}) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		rows := TakeInventory(demo()).In(Scope{All: true})
		if hits := f.Hits(rows, frameTime, nil); len(hits) > 0 || f.Empty() {
			t.Errorf("%q shows %d rows", text, len(hits))
		}
	}
	for _, text := range []string{"", "pay", "expires:<200y", "expires:<0m", "!kind:c"} {
		if got := ParseFilter(text).Faults(); got != nil {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := ParseWords("http://localhost:5681").Faults(); got != nil {
		t.Errorf("words have the faults %q", got)
	}
}

// What is being typed filters nothing as long as it cannot be read.
func TestFacetsThatAreBeingTyped(t *testing.T) {
	t.Parallel()
	rows := TakeInventory(demo()).In(Scope{All: true})
	shown := func(f Filter) int { return len(f.Hits(rows, frameTime, nil)) }
	for text, as := range map[string]string{
		"kind:": "", "foo:": "", "foo:x": "", ":": "", "pay kind:": "pay", "pay expires:<3": "pay", "used:m": "", "!has:": "",
		"kind:ce": "kind:ce", "pay !k": "pay !k", "expires:<30d": "expires:<30d", "": "", "pay ": "pay",
		"pay\u3000kind:ca": "pay\u3000kind:ca", "pay\u00a0": "pay", "pay pay": "pay pay",
		"foo: ": "foo:", "foo: pay": "foo: pay", "expires:<3 pay": "expires:<3 pay", "foo:\t": "foo:",
	} {
		got, want := ParseTyped(text), ParseFilter(as)
		if shown(got) != shown(want) || len(got.Faults()) != len(want.Faults()) || got.Empty() != want.Empty() {
			t.Errorf("%q shows %d rows and has %d faults, want %d and %d as %q", text, shown(got), len(got.Faults()), shown(want), len(want.Faults()), as)
		}
		if begun := as != strings.TrimSpace(text); begun != (got.Begun() != "") {
			t.Errorf("%q: %q is begun", text, got.Begun())
		}
	}
	if got, want := ParseTyped("pay expires:<3").Begun(), "expires: takes <30d, >1y (m, h, d, y), now, never"; got != want {
		t.Errorf("%q is begun, want %q", got, want)
	}
}

func TestFacetsOfFacts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"payments": false, "mesh:payments": false, "used:yes": false, "kind:cert": true, "!expires:<30d": true, "has:problem": true, "expires:": false,
	} {
		if got := ParseFilter(text).OfFacts(); got != want {
			t.Errorf("%q asks for facts: %v", text, got)
		}
	}
}

// A filter that grew by a facet looks only at what was found before; one of
// which a facet became another looks at everything.
func TestFacetsNarrow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		previous, now string
		want          bool
	}{
		{"kind:cert", "kind:cert pay", true},
		{"kind:c", "kind:cert", false},
		{"expires:<3d", "expires:<30d", false},
		{"pay", "pay used:yes", true},
		{"used:yes", "!used:yes", false},
		{"used:y", "used:yes", false}, // which showed nothing
	} {
		if got := ParseFilter(c.now).Narrows(ParseFilter(c.previous)); got != c.want {
			t.Errorf("%q after %q: %v, want %v", c.now, c.previous, got, c.want)
		}
	}
	rows := TakeInventory(demo()).In(Scope{All: true})
	before := ParseFilter("payments").Hits(rows, frameTime, nil)
	now := ParseFilter("payments used:yes")
	if got, want := now.NarrowHits(rows, frameTime, slices.Clone(before)), now.Hits(rows, frameTime, nil); !slices.Equal(got, want) || len(got) != 5 {
		t.Errorf("narrowed to %v, searched %v", got, want)
	}
}
