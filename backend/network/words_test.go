package network

import (
	"testing"
	"time"
)

func TestWaiting(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for after, want := range map[string]string{
		"12": "it asks to wait 12 s", "": "it asks to wait", "-1": "it asks to wait", "999999999": "it asks to wait", "soon": "it asks to wait",
		"Fri, 20 Nov 2026 09:00:30 GMT": "it asks to wait 30 s",
	} {
		if got := Waiting(after, now); got != want {
			t.Errorf("Waiting(%q) is %q, want %q", after, got, want)
		}
	}
}
