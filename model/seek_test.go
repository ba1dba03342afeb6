package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSeek(t *testing.T) {
	t.Parallel()
	i := TakeInventory(demo())
	for _, c := range []struct{ typed, want string }{
		{"", ""},
		{"  ", ""},
		{"#", ""},
		{"pay", "payments; payments-ca-cert payments-ca-key"},
		{"LEGACY", "legacy; legacy-ca-cert legacy-ca-key"},
		{"ca-key", "; legacy-ca-key payments-ca-key"},
		{"key pay", "; payments-ca-key psp-client-key"},
		{"pyca", "; payments-ca-cert payments-ca-key"},
		{"edge-tls", ""},
		{"payments/psp-client-key", "; psp-client-key"},
		{"pay/ca-c", "; payments-ca-cert"},
		{"payments/pscky", "; psp-client-key payments-ca-key"},
		{"payments/payments", "; payments-ca-cert payments-ca-key"},
		{"legacy/psp-ca", ""},
	} {
		got := i.Seek(c.typed, 2)
		var names []string
		for _, ref := range got.Secrets {
			names = append(names, ref.Name)
		}
		text := strings.Trim(strings.Join(got.Meshes, " ")+"; "+strings.Join(names, " "), " ")
		if c.want == "" {
			c.want = ";"
		}
		if text != c.want {
			t.Errorf("%q finds %q, want %q", c.typed, text, c.want)
		}
	}
	if all := i.Seek("e", 100); all.More != 0 {
		t.Errorf("%d more than all", all.More)
	}
	if one := i.Seek("ca-", 1); len(one.Secrets) != 1 || one.More < 3 || !slices.Contains(i.Seek("ca-", 9).Secrets, one.Secrets[0]) {
		t.Errorf("%v and %d more", one.Secrets, one.More)
	}
}

func BenchmarkSeek(b *testing.B) {
	secrets := make([]Secret, 100_000)
	for n := range secrets {
		secrets[n] = secretOf(fmt.Sprintf("mesh-%03d", n%200), fmt.Sprintf("service-%06d-ca-cert", n), Facts{})
	}
	i := TakeInventory(nil, secrets, nil)
	for _, typed := range []string{"s", "cert mesh-19", "sca199"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				i.Seek(typed, 50)
			}
		})
	}
}
