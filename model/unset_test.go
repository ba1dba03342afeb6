package model

import (
	"slices"
	"strings"
	"testing"
)

// A provided backend without a CA where control planes read it is refused at the
// next update, and until then issues nothing.
func TestProblemsOfABackendWithoutACA(t *testing.T) {
	t.Parallel()
	const half, whole = `"cert": {"secret": "c"}`, `"cert": {"secret": "c"}, "key": {"inlineString": "x"}`
	const stays = "; data planes keep the certificates that they have until those expire."
	const refused = "the next update of mesh it is refused"
	for name, c := range map[string]struct {
		mtls   string
		want   []string
		means  string
		line   string
		broken bool
	}{
		"whole": {`"enabledBackend": "p", "backends": [{"name": "p", "type": "provided", "conf": {` + whole + `}}]`, nil, "", "", false},
		"whole, config beside": {`"enabledBackend": "p", "backends": [{"name": "p", "type": "provided", "conf": {` + whole + `}, "config": {}}]`,
			[]string{`! ignored it: "config" stands where "conf" belongs, and is not read`},
			"", `"config" stands where "conf" belongs: control planes do not read it, so what it names is not used`, false},
		"config": {`"enabledBackend": "p", "backends": [{"name": "p", "type": "provided", "config": {` + whole + `}}]`,
			[]string{"✗ no CA it: mTLS backend p has no CA: nothing can be issued"},
			`mTLS backend p has no CA, as "config" stands where "conf" belongs and is not read. Nothing can be issued, and ` + refused + stays,
			`mTLS backend p has no CA, as "config" stands where "conf" belongs and is not read: nothing can be issued`, true},
		"nothing": {`"enabledBackend": "p", "backends": [{"name": "p", "type": "provided"}]`,
			[]string{"✗ no CA it: mTLS backend p has no CA: nothing can be issued"},
			"mTLS backend p has no CA. Nothing can be issued, and " + refused + stays, "mTLS backend p has no CA: nothing can be issued", true},
		"half": {`"enabledBackend": "p", "backends": [{"name": "p", "type": "provided", "conf": {` + half + `}}]`,
			[]string{"✗ no CA it: mTLS backend p has no key: nothing can be issued"},
			"mTLS backend p has no key. Nothing can be issued, and " + refused + stays, "mTLS backend p has no key: nothing can be issued", true},
		"unchecked": {`"skipValidation": true, "enabledBackend": "p", "backends": [{"name": "p", "type": "provided", "conf": {"cert": {"secret": ""}}}]`,
			[]string{"✗ no CA it: mTLS backend p has no CA: nothing can be issued"},
			"mTLS backend p has no CA. Nothing can be issued, and as the mesh has skipValidation, its updates are not refused" + stays,
			"mTLS backend p has no CA: nothing can be issued", true},
		"idle": {`"backends": [{"name": "p", "type": "provided"}]`,
			[]string{"✗ no CA it: mTLS backend p has no CA: it cannot be enabled, and changes of the mesh are refused"},
			"mTLS backend p has no CA. The backend is not enabled, so nothing fails now; " + refused + ".",
			"mTLS backend p has no CA: it cannot be enabled, and changes of the mesh are refused", true},
		"idle, unchecked": {`"skipValidation": true, "backends": [{"name": "p", "type": "provided"}]`,
			[]string{"! no CA it: mTLS backend p has no CA: it is not enabled, and could not issue certificates"},
			"mTLS backend p has no CA. The backend is not enabled, so nothing fails now; as the mesh has skipValidation, its updates are not refused.",
			"mTLS backend p has no CA: it is not enabled, and could not issue certificates", false},
		"builtin": {`"enabledBackend": "p", "backends": [{"name": "p", "type": "builtin"}]`, nil, "", "", false},
	} {
		for _, r := range []Resource{universal(KindMesh, `"mtls": {`+c.mtls+`}`), kubernetes(KindMesh, `"mtls": {`+c.mtls+`}`)} {
			m := See(r).Trust
			d := Diagnose(TakeInventory([]Mesh{m}, nil, nil), Standing{}, frameTime)
			expectProblems(t, name, d, c.want...)
			if c.means != "" && strings.Join(d.Problems[0].Meaning(), " ") != c.means {
				t.Errorf("%s means %q", name, d.Problems[0].Meaning())
			}
			if line, broken := m.FaultLine(); line != c.line || broken != c.broken {
				t.Errorf("%s: line %q, %v", name, line, broken)
			}
		}
	}
}

// The tree and what a list says of the mesh tell it too.
func TestTrustOfABackendWithoutACA(t *testing.T) {
	t.Parallel()
	mesh := Mesh{Name: "m", EnabledBackend: "p", UsesConfig: true, Backends: []MTLSBackend{{Name: "p", Type: "provided", Lacks: "CA", Config: true}}}
	if got, want := mesh.TrustLine(), "mTLS on with p (provided, no CA); no MeshIdentity"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	tree := TakeTrust(TakeInventory([]Mesh{mesh}, nil, nil), "m", nil)
	missing := TrustWord{Text: "has no CA: nothing can be issued", Short: "no CA", Look: LookBefore}
	if words := tree.Users[0].Words(); !slices.Contains(words, missing) {
		t.Errorf("%+v", words)
	}
	if words := tree.MeshWords(); !slices.Contains(words, TrustWord{Text: "no CA", Short: "no CA", Look: LookBefore}) || len(words) != 3 {
		t.Errorf("%+v", words)
	}
}
