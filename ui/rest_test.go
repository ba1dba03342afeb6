package ui

import (
	"strings"
	"testing"

	"meshsecrets/model"
)

// TestWhatStandsBesideAValueIsLetGo holds that a screen which shows a value
// keeps neither other keys nor annotations.
func TestWhatStandsBesideAValueIsLetGo(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"secret": {"x"}, "manifest": {"y", "x"}} {
		t.Run(name, func(t *testing.T) {
			var beside []model.Value
			onCluster(t, 100, 30, func(c *cluster) {
				c.gets = func(ref model.Ref) (model.Snapshot, error) {
					password, note := model.NewValue([]byte("CANARY-password")), model.NewValue([]byte("CANARY-note"))
					beside = append(beside, password, note)
					s := versioned(ref.Name, "1", model.Text)
					s.Ref = ref
					return model.Snapshot{Secret: s, Value: model.NewValue([]byte("demo, not real")),
						Rest: model.Rest{Keys: map[string]model.Value{"password": password}, Annotations: map[string]model.Value{"note": note}}}, nil
				}
			}, func(d *world, _ *cluster) {
				d.find("2", "smtp-password")
				d.press(keys...)
				if text := d.text(); !strings.Contains(text, "revealed") {
					t.Fatalf("no value is revealed\n%s", text)
				}
				for _, v := range beside {
					if strings.Contains(string(v.Reveal()), "CANARY") {
						t.Error("what stands beside the value can still be read")
					}
				}
				d.press("esc")
			})
		})
	}
}

// TestTheManifestTellsWhyItMasks holds that it does not claim that nothing was
// read.
func TestTheManifestTellsWhyItMasks(t *testing.T) {
	onCluster(t, 100, 30, dressed, func(d *world, _ *cluster) {
		d.find("2", "session-cookie-key")
		d.press("y", "x", "G")
		if text := strings.Join(strings.Fields(d.text()), " "); !strings.Contains(text, "Annotations and other keys stay masked: what they hold is not shown here.") {
			t.Errorf("the note is not on screen\n%s", d.text())
		}
	})
}
