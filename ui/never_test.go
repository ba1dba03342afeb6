package ui

import (
	"testing"
	"time"
)

// A name that no secret can have is never offered to be added, wherever it is
// shown as missing: who names it has to change.
func TestWhatNobodyCanAddIsNotOffered(t *testing.T) {
	const never = "No secret can have that name: who names it has to change."
	keysOf("a name that cannot be", "browse", "6").in(t, 120, 40, func(s *stateful) {
		if err := s.cp.Put("/meshes/sandbox/external-services/till", map[string]any{"type": "ExternalService", "mesh": "sandbox", "name": "till",
			"tags":       map[string]string{"kuma.io/service": "till"},
			"networking": map[string]any{"address": "till.demo.invalid:443", "tls": map[string]any{"enabled": true, "caCert": map[string]string{"secret": "Till_CA"}}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		s.settle()
		s.find("6", "Till_CA")
		for _, step := range [][]string{nil, {"u"}, {"enter"}, {"esc"}} {
			s.press(step...)
			s.hides("adds it")
			s.shows(never)
		}
		s.press("p", "/", "T", "i", "l", "l", "enter", "e")
		s.hides("adds it")
		s.shows("Till_CA is missing. "+never, "u     shows ExternalService till")
	})
}
