package model

import (
	"strings"
	"testing"
)

// typeNames is a reference of the enabled backend, of another type than provided:
// control planes have no rules for those.
func typeNames(kind, role, secret string) Reference {
	r := backendNames("ca", role, secret, true)
	r.Backend = kind
	return r
}

// With skipValidation no change of the mesh is refused: used-by says what fails
// in use, as the list of problems does.
func TestAMeshThatSkipsValidationIsNotRefused(t *testing.T) {
	t.Parallel()
	mesh := providedMesh("")
	mesh.SkipsValidation = true
	refs := []Reference{backendNames("ca", "certificate", "c", true), backendNames("ca", "key", "k", true), backendNames("ca", "key", "gone", true)}
	i := TakeInventory([]Mesh{mesh}, []Secret{secretNamed("c", keyed(CACertificate, 1, caFacts(90, "CN=a"))), secretNamed("k", keyed(PrivateKey, 2))}, refs)
	tree := TakeTrust(i, "m", refs)
	said, _ := tree.Lacking(Ref{Mesh: "m", Name: "gone"})
	for _, r := range tree.Pairs(Ref{Mesh: "m", Name: "c"}, trustNow) {
		said = append(said, r.Consequence...)
	}
	said = append(said, outline(tree)...)
	for _, p := range Diagnose(i, Standing{}, trustNow).Problems {
		said = append(said, p.effect())
	}
	text := strings.ReplaceAll(strings.Join(said, "\n"), "its updates are not refused", "")
	if strings.Contains(text, "refuse") || !strings.Contains(text, "mTLS backend ca cannot issue certificates.") {
		t.Error(text)
	}
}

// What stands under "config" is not read: it keeps nobody waiting, is no pair,
// and is told as such.
func TestWhatIsNotReadIsNotUsed(t *testing.T) {
	t.Parallel()
	refs := References(Resource{Kind: KindMesh, Name: "m", Raw: []byte(`{"type": "Mesh", "name": "m", ` +
		mtls("provided", "config", `{"cert": {"secret": "c"}, "key": {"secret": "gone"}}`) + `}`)})
	i := TakeInventory([]Mesh{{Name: "m", EnabledBackend: "ca-1", Backends: []MTLSBackend{{Name: "ca-1", Type: "provided"}}}},
		[]Secret{secretNamed("c", Facts{Kind: Text})}, refs)
	if row, _ := i.Find(Ref{"m", "c"}); row.Mark != Referenced {
		t.Errorf("the mark is %q", row.Mark)
	}
	expectProblems(t, "not read", Diagnose(i, Standing{}, trustNow))
	verdicts := Preflight(i.Trial(Ref{"m", "c"}, Facts{Kind: Text}), trustNow)
	if want := "mTLS backend ca-1 does not use the value: it is " + notRead; len(verdicts) != 1 || verdicts[0].Level != Inform || verdicts[0].What != want {
		t.Errorf("%+v", verdicts)
	}
	if text := strings.Join(outline(TakeTrust(i, "m", refs)), "\n"); strings.Count(text, notRead) != 2 {
		t.Error(text)
	}
}
