package command

import (
	"slices"

	"meshsecrets/ui"
	"meshsecrets/ui/command/clipboard"
)

// recorders are the variables that recorders of terminals set for the programs
// in them: asciinema of either generation, script of BSD and macOS, and
// Teleport. script of Linux, and pipe-pane of tmux, set none.
func recorders() []string {
	return []string{"ASCIINEMA_REC", "ASCIINEMA_SESSION", "SCRIPT", "SSH_TELEPORT_USER", "TELEPORT_SESSION"}
}

// recording tells whether the values of this run are worth a warning: those of the
// demo are made to be shown.
func (f *flags) recording(getenv func(string) string) ui.Recording {
	if f.demo != "" {
		return ui.NotRecorded
	}
	return recording(getenv)
}

// recording tells from the environment alone whether the terminal is recorded:
// asking anybody could block. Whatever is between here and a terminal over SSH
// may do so unseen.
func recording(getenv func(string) string) ui.Recording {
	is := func(name string) bool { return getenv(name) != "" }
	switch {
	case slices.ContainsFunc(recorders(), is):
		return ui.SeemsRecorded
	case clipboard.OverSSH(getenv):
		return ui.MayBeRecorded
	}
	return ui.NotRecorded
}
