package model

import (
	"testing"
	"time"
)

// Two roots in one CA are how one is exchanged for another: the first signs, and
// the second is no part of its chain, nor a failure once it has expired.
func TestRootsBesideTheOneThatSigns(t *testing.T) {
	t.Parallel()
	root := func(days int, itself int) CertificateFacts {
		return CertificateFacts{IsCA: true, CertSign: true, PathLength: -1, IssuedBy: itself, NotAfter: trustNow.Add(time.Duration(days) * day), Key: KeyFacts{Public: [32]byte{1}}}
	}
	refs := []Reference{backendNames("ca", "certificate", "c", true), backendNames("ca", "key", "k", true)}
	of := func(certificates ...CertificateFacts) Inventory {
		f := keyed(CACertificate, 1, certificates...)
		f.NotAfter = certificates[0].NotAfter
		for _, c := range certificates[1:] {
			if c.NotAfter.Before(f.NotAfter) {
				f.NotAfter = c.NotAfter
			}
		}
		return TakeInventory([]Mesh{providedMesh("")}, []Secret{secretNamed("c", f), secretNamed("k", keyed(PrivateKey, 1))}, refs)
	}
	expectProblems(t, "both valid", Diagnose(of(root(900, 0), root(900, 1)), Standing{}, trustNow))
	for name, c := range map[string]struct {
		certificates []CertificateFacts
		broken       bool
		said         string
	}{
		"the second": {[]CertificateFacts{root(900, 0), root(-3, 1)}, false, "That is one that stands beside the first certificate; the first signs, and is valid."},
		"the first":  {[]CertificateFacts{root(-3, 0), root(900, 1)}, true, "The control plane accepts it all the same; data planes refuse what mTLS backend ca signs with it."},
	} {
		d := Diagnose(of(c.certificates...), Standing{}, trustNow)
		if len(d.Problems) != 1 || d.Problems[0].Trouble != TroubleExpired || d.Problems[0].Broken != c.broken {
			t.Fatalf("%s has expired: %+v", name, d.Problems)
		}
		if said := d.Problems[0].Meaning()[1]; said != c.said {
			t.Errorf("%s has expired: %q", name, said)
		}
	}
	i := of(root(900, 0), root(-3, 1))
	row, _ := i.Find(Ref{"m", "c"})
	for _, v := range Preflight(i.Trial(row.Secret.Ref, row.Secret.Facts), trustNow) {
		if v.Level == Warn || v.Harms() {
			t.Errorf("%+v", v)
		}
	}
}
