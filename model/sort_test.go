package model

import (
	"slices"
	"strings"
	"testing"
)

// sortedNames are the names of the rows of a scope in an order.
func sortedNames(rows Rows, s Sort) string {
	var names []string
	for _, i := range rows.Order(s) {
		names = append(names, rows.At(i).Secret.Ref.Name)
	}
	return strings.Join(names, " ")
}

func TestOrder(t *testing.T) {
	t.Parallel()
	i := TakeInventory(demo())
	const signing = " dataplane-token-signing-key-payments-1"
	payments, legacy := i.In(Scope{Mesh: "payments"}), i.In(Scope{Mesh: "legacy"})
	for _, c := range []struct {
		rows Rows
		sort Sort
		want string
	}{
		{payments, Sort{}, ""},
		{payments, Sort{Reversed: true}, "stripe-webhook-token psp-client-key psp-client-cert payments-ca-key payments-ca-cert edge-tls" + signing},
		// Who does not expire comes after who does, and who is not learnt after both.
		{payments, Sort{By: ByExpiry}, "payments-ca-cert psp-client-cert edge-tls payments-ca-key psp-client-key stripe-webhook-token" + signing},
		{payments, Sort{By: ByExpiry, Reversed: true}, "psp-client-cert payments-ca-cert edge-tls payments-ca-key psp-client-key stripe-webhook-token" + signing},
		{legacy, Sort{By: ByExpiry}, "old-dashboard-token legacy-ca-cert billing-ca legacy-ca-key"},
		{payments, Sort{By: ByKind}, "payments-ca-cert psp-client-cert edge-tls payments-ca-key psp-client-key stripe-webhook-token" + signing},
		{payments, Sort{By: ByKind, Reversed: true}, "payments-ca-key psp-client-key edge-tls psp-client-cert payments-ca-cert stripe-webhook-token" + signing},
		{payments, Sort{By: ByUser}, "payments-ca-cert payments-ca-key edge-tls psp-client-cert psp-client-key stripe-webhook-token" + signing},
		{legacy, Sort{By: ByUser}, "billing-ca legacy-ca-cert legacy-ca-key old-dashboard-token"},
	} {
		if got := sortedNames(c.rows, c.sort); got != c.want {
			t.Errorf("%+v:\n%s, want\n%s", c.sort, got, c.want)
		}
	}
	// A token of the control plane's own stands by its expiry too.
	if got, want := sortedNames(i.In(Scope{Global: true}), Sort{By: ByExpiry}), "admin-user-token user-token-revocations user-token-signing-key-1"; got != want {
		t.Errorf("global secrets: %s, want %s", got, want)
	}
}

func TestOrderBySizeAndAge(t *testing.T) {
	t.Parallel()
	made := func(name string, size, days int) Secret {
		s := secretOf("m", name, Facts{Kind: Text, Size: size})
		s.Created = frameTime.AddDate(0, 0, -days)
		return s
	}
	secrets := []Secret{made("a", 20, 5), made("b", 3000, 900), made("c", 20, 1)}
	secrets = append(secrets, Secret{Ref: Ref{"m", "d"}}) // neither is known
	rows := TakeInventory(nil, secrets, nil).In(Scope{All: true})
	for s, want := range map[Sort]string{
		{By: BySize}: "b a c d", {By: BySize, Reversed: true}: "a c b d",
		{By: ByAge}: "c a b d", {By: ByAge, Reversed: true}: "b a c d",
	} {
		if got := sortedNames(rows, s); got != want {
			t.Errorf("%+v: %s, want %s", s, got, want)
		}
	}
}

// However it is sorted, every row is there once.
func TestOrderLosesNothing(t *testing.T) {
	t.Parallel()
	rows := TakeInventory(demo()).In(Scope{All: true})
	for _, by := range Columns() {
		for _, reversed := range []bool{false, true} {
			order := rows.Order(Sort{by, reversed})
			if order == nil {
				continue
			}
			slices.Sort(order)
			for i, n := range order {
				if i != n || len(order) != rows.Len() {
					t.Fatalf("by %s: %v", by, order)
				}
			}
		}
	}
}

func TestReadSort(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]Sort{
		"expires": {By: ByExpiry}, "e": {By: ByExpiry}, "Name": {}, "used by": {By: ByUser}, " used  by ": {By: ByUser}, "use": {By: ByUser},
		"size": {By: BySize}, "ag": {By: ByAge}, "size reversed": {BySize, true}, "used by reversed": {ByUser, true}, "name Reversed": {ByName, true},
	} {
		if got, ok := ReadSort(word); !ok || got != want {
			t.Errorf("%q: %s, %v", word, got, ok)
		}
	}
	for _, word := range []string{"", " ", "x", "expiry", "names", "reversed", "size backwards"} {
		if got, ok := ReadSort(word); ok {
			t.Errorf("%q is read as %s", word, got)
		}
	}
	for _, by := range Columns() {
		for _, s := range []Sort{{by, false}, {by, true}} {
			if got, ok := ReadSort(s.String()); !ok || got != s {
				t.Errorf("%s is read as %s", s, got)
			}
		}
	}
}

// BenchmarkOrder is a list sorted anew, expiry by expiry.
func BenchmarkOrder(b *testing.B) {
	meshes, secrets, refs := largeWorld(100_000)
	for i := range secrets {
		if f := &secrets[i].Facts; !f.NotAfter.IsZero() {
			f.NotAfter = f.NotAfter.AddDate(0, 0, i*7919%3000)
		}
	}
	rows := TakeInventory(meshes, secrets, refs).In(Scope{All: true})
	for _, by := range Columns()[1:] {
		b.Run(by.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(rows.Order(Sort{By: by})) != rows.Len() {
					b.Fatal("rows are lost")
				}
			}
		})
	}
}
