package model

import (
	"strings"
	"testing"
)

const (
	aSecret = "type: Secret\nmesh: payments\nname: a\ndata: ZmFrZSBh\n"
	bSecret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: b\n  labels: {kuma.io/mesh: checkout}\ntype: system.kuma.io/secret\ndata:\n  value: ZmFrZSBi\n"
	gSecret = `{"type": "GlobalSecret", "name": "g", "data": "ZmFrZSBn"}`
)

func TestReadManifests(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"one":                      {aSecret, "payments/a=fake a"},
		"one after a separator":    {"---\n" + aSecret, "payments/a=fake a"},
		"both forms":               {aSecret + "---\n" + bSecret, "payments/a=fake a checkout/b=fake b"},
		"with empty ones between":  {"# of ours\n---\n\n---\n" + aSecret + "...\n---\n# nothing\n---\n" + gSecret + "\n---\n", "payments/a=fake a global/g=fake g"},
		"on the separator's line":  {aSecret + "--- " + gSecret, "payments/a=fake a global/g=fake g"},
		"of another system's ends": {strings.ReplaceAll(aSecret+"---\n"+bSecret, "\n", "\r\n"), "payments/a=fake a checkout/b=fake b"},
	} {
		all, err := ReadManifests([]byte(tt.text))
		var got []string
		for _, s := range all {
			got = append(got, s.Secret.Ref.String()+"="+string(s.Value.Reveal()))
		}
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestReadManifestsTellsWhichIsNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"another kind": {aSecret + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {value: eA==}\n", "document 2 of 2: apiVersion and kind have to be v1 and Secret"},
		"a field":      {aSecret + "---\n" + aSecret + "extra: x\n", "document 2 of 2: line 10: the manifest holds a field that would be lost; it may have type, mesh, name, creationTime, modificationTime, labels and data"},
		"no YAML":      {aSecret + "---\n" + aSecret + "---\n\tx: y\n", "document 3 of 3: line 11 is not YAML"},
		"nothing":      {"# nothing\n", "the text is not a manifest: it has no fields such as type, mesh and name"},
		"masked":       {aSecret + "---\ntype: GlobalSecret\nname: g\ndata: ••••••••\n", "document 2 of 2: a masked manifest cannot be applied: dots are not base64"},
		"one alone":    {"type: Mesh\nname: a\n", "type has to be Secret or GlobalSecret"},
	} {
		all, err := ReadManifests([]byte(tt.text))
		if err == nil || err.Error() != tt.want || all != nil {
			t.Errorf("%s: got %d, %v; want %q", name, len(all), err, tt.want)
		}
	}
}

// What one manifest is read as, several readers read the same: a text that
// ReadManifest takes is one document.
func FuzzReadManifests(f *testing.F) {
	for _, text := range []string{aSecret, bSecret, gSecret, "---\n" + aSecret, aSecret + "...\n", aSecret + "---\n" + bSecret, "--- # x\n" + gSecret} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		one, _, err := ReadManifest(text)
		if err != nil {
			return
		}
		all, err := ReadManifests(text)
		if err != nil || len(all) != 1 || all[0].Secret.Ref != one.Secret.Ref || !all[0].Same(one) {
			t.Errorf("one secret is read as %d: %v", len(all), err)
		}
	})
}
