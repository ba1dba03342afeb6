package command

import (
	"strings"
	"testing"

	"meshsecrets/ui"
)

func TestRecording(t *testing.T) {
	t.Parallel()
	for environ, want := range map[string]ui.Recording{
		"":                             ui.NotRecorded,
		"TERM=tmux-256color TMUX=a,1":  ui.NotRecorded,
		"ASCIINEMA_REC=1":              ui.SeemsRecorded,
		"ASCIINEMA_REC=":               ui.NotRecorded,
		"ASCIINEMA_SESSION=fake":       ui.SeemsRecorded,
		"ASCIINEMA_API_URL=fake":       ui.NotRecorded,
		"SCRIPT=typescript":            ui.SeemsRecorded,
		"SSH_TELEPORT_USER=jo":         ui.SeemsRecorded,
		"TELEPORT_SESSION=fake":        ui.SeemsRecorded,
		"TELEPORT_PROXY=fake":          ui.NotRecorded,
		"SSH_TTY=/dev/pts/9":           ui.MayBeRecorded,
		"SSH_TTY=/dev/pts/9 SCRIPT=a":  ui.SeemsRecorded,
		"SSH_CONNECTION=a SSH_CLIENT=": ui.MayBeRecorded,
	} {
		p := Process{Environ: strings.Fields(environ)}
		if got := (&flags{}).recording(p.getenv); got != want {
			t.Errorf("%q is %d, want %d", environ, got, want)
		}
		if got := (&flags{demo: demoName}).recording(p.getenv); got != ui.NotRecorded {
			t.Errorf("%q is %d for the demo", environ, got)
		}
	}
}
