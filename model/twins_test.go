package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// confusable are pairs of names that an eye takes for each other.
var confusable = [][2]string{
	// 0 and o
	{"foo", "fo0"}, {"foo", "f00"}, {"root-ca", "r00t-ca"}, {"orders", "0rders"}, {"prod", "pr0d"}, {"tokens", "t0kens"},
	{"checkout", "check0ut"}, {"zone-10", "zone-1o"}, {"vo", "v0"}, {"oidc-client", "0idc-client"}, {"key-100", "key-1oo"}, {"com", "c0m"},
	// 1 and l
	{"legacy", "1egacy"}, {"billing-ca", "bi1ling-ca"}, {"billing-ca", "bil1ing-ca"}, {"ca-1", "ca-l"}, {"tls", "t1s"}, {"client", "c1ient"},
	{"payments-ca-11", "payments-ca-1l"}, {"a1", "al"}, {"mail", "mai1"}, {"vault", "vau1t"}, {"ldap", "1dap"}, {"url", "ur1"},
	// 1 and i
	{"admin-token", "adm1n-token"}, {"paris-1", "par1s-1"}, {"stage-1", "stage-i"}, {"client", "cl1ent"}, {"pki", "pk1"}, {"ingress", "1ngress"},
	// rn and m
	{"payments", "payrnents"}, {"modern", "modem"}, {"merchant", "rnerchant"}, {"smtp", "srntp"}, {"mesh", "rnesh"}, {"stream", "strearn"},
	{"internal-ca", "intemal-ca"}, {"external", "extemal"}, {"kerning", "keming"}, {"memory", "rnernory"},
	// vv and w
	{"webhook", "vvebhook"}, {"gateway", "gatevvay"}, {"warehouse", "vvarehouse"}, {"windows", "vvindows"}, {"www", "vvww"}, {"gw", "gvv"},
	// - and _, and several dashes
	{"payments-ca", "payments_ca"}, {"psp-client-key", "psp-client_key"}, {"a-b", "a_b"}, {"edge-tls", "edge--tls"}, {"a-b-c", "a--b-c"}, {"old_mesh", "old--mesh"},
	// several at a time
	{"morning-tools", "rnorning-t0ols"}, {"world-1", "vvor1d-l"}, {"color-0", "co1or-o"},
	// signs that no control plane takes
	{"payments", "pаyments"}, {"default", "dеfault"}, {"sandbox", "sаndbоx"}, {"psp-ca", "psp‐ca"}, {"legacy", "Iegacy"}, {"checkout", "Checkout"}, {"edge", "ｅdge"},
}

func TestEveryConfusablePairIsMarked(t *testing.T) {
	t.Parallel()
	if len(confusable) < 60 {
		t.Fatalf("%d pairs", len(confusable))
	}
	for _, pair := range confusable {
		if !LookAlike(pair[0], pair[1]) || !LookAlike(pair[1], pair[0]) {
			t.Errorf("%q and %q are not alike", pair[0], pair[1])
		}
	}
}

// ordinary are names as people give them, more than a thousand.
func ordinary() []string {
	services := []string{
		"payments", "checkout", "billing", "orders", "cart", "catalog", "search", "shipping", "returns", "loyalty", "ledger", "psp",
		"mail", "mall", "auth", "oidc", "acl", "ad", "clock", "dock", "api", "edge", "ingress", "egress", "legacy", "default", "sandbox", "kafka",
		"redis", "postgres", "shop-il", "shop-li", "shop-nl", "shop-pl", "eu-west-1", "eu-west-2", "us-east-1", "form", "farm", "turn", "tune",
	}
	things := []string{
		"ca-cert", "ca-key", "client-cert", "client-key", "tls", "token", "password", "webhook-secret", "ca-cert-old", "key-v1.2", "key-v1-2",
	}
	var names []string
	for _, service := range services {
		for _, thing := range things {
			names = append(names, service+"-"+thing)
		}
		for n := range 14 {
			names = append(names, fmt.Sprintf("dataplane-token-signing-key-%s-%d", service, n), fmt.Sprintf("%s-%02d", service, n))
		}
		names = append(names, service, service+"-a", service+"-b", service+".ca-builtin-cert-ca-1", service+".ca-builtin-key-ca-1")
	}
	return append(names, "a1", "a2", "b1", "ca-1", "ca-2", "ca-7", "ca-a", "ca-i2", "zone-c1", "zone-d", "key-5", "key-s", "key-8", "key-b", "key-2", "key-z")
}

func TestNoOrdinaryNameIsMarked(t *testing.T) {
	t.Parallel()
	names := ordinary()
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 1000 {
		t.Fatalf("%d names", len(names))
	}
	seen := newTwins(len(names))
	for n, name := range names {
		if like := seen.add(name, n); like >= 0 {
			t.Errorf("%s is said to look like %s", name, names[like])
		}
		if sign, strange := StrangeSign(name); strange {
			t.Errorf("%s: %s is called strange", name, sign)
		}
	}
}

// What one collection tells is what the pairs tell.
func TestTwinsFindsWhatIsAlike(t *testing.T) {
	t.Parallel()
	for _, pair := range confusable {
		seen := newTwins(2)
		if seen.add("other", 0) >= 0 || seen.add(pair[0], 1) >= 0 || seen.add(pair[1], 2) != 1 {
			t.Errorf("%q", pair)
		}
	}
	if LookAlike("psp-ca", "psp-ca") {
		t.Error("a name looks like itself")
	}
}

func TestStrangeSign(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"psp-ca.v1": "", "old_mesh": "", "pаyments": "\"а\" (U+0430)", "Mesh": `"M"`, "a b": "a blank", "a\u202eb": `"\u{202E}"`, "\xff": `"\xff"`,
	} {
		if got, strange := StrangeSign(name); got != want || strange != (want != "") {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func BenchmarkTwins(b *testing.B) {
	names := make([]string, 100_000)
	for i := range names {
		names[i] = fmt.Sprintf("secret-%06d-%s", i, strings.Repeat("x", i%20))
	}
	for b.Loop() {
		seen := newTwins(len(names))
		for n, name := range names {
			seen.add(name, n)
		}
	}
}
