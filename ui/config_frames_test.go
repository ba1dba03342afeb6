package ui

import (
	"testing"
	"testing/synctest"

	"meshsecrets/backend/embedded/demo"
)

// What a Mesh names under "config" is not used: the list and used by say so.
func TestFramesOfWhatIsNotRead(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		w, h int
		keys []string
	}{
		{"browse-config-80x24", 80, 24, []string{"2"}},
		{"trust-config-100x30", 100, 30, []string{"2", "u", "u"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cp, err := demo.New(frameTime)
				if err != nil {
					t.Fatal(err)
				}
				named := func(name string) map[string]string { return map[string]string{"secret": name} }
				err = cp.Put("/meshes/default", map[string]any{"type": "Mesh", "name": "default", "mtls": map[string]any{
					"enabledBackend": "ca-1", "skipValidation": true,
					"backends": []any{map[string]any{"name": "ca-1", "type": "provided", "config": map[string]any{"cert": named("db-ca"), "key": named("smtp-password")}}}}})
				if err != nil {
					t.Fatal(err)
				}
				entry := embeddedEntry("demo", cp, nil)
				start(t, f.w, f.h, Config{Directory: listed{entry}, Start: &entry}, func(d *world) {
					d.press(f.keys...)
					d.frame(f.name)
				})
			})
		})
	}
}
