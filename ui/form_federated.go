package ui

import (
	"strconv"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// keepsOwnSince is the version since which a zone keeps secrets that were made
// on it: 2.10. Those before deleted them at the next sync.
const keepsOwnSince = 10

// checkFederated warns of making a secret on a zone that follows a global
// control plane: where it belongs is there.
func (f form) checkFederated() []check {
	id := f.to.id
	if f.edit || id.Mode == "" || !id.Federated {
		return nil
	}
	const (
		deleted = "This zone follows a global control plane, which deletes a secret that was made here at its next sync. Add it there."
		kept    = "This zone follows a global control plane, which will not know a secret that is made here: it is kept on this zone alone. " +
			"If the global one makes one of the same name, this one stays and nobody says so."
	)
	text := kept
	switch before, known := beforeKeeping(id); {
	case !known:
		text = kept + " A version before 2.10 deletes it at its next sync instead; this one does not tell its version."
	case before:
		text = deleted
	}
	return []check{{mark: look, topic: "zone", text: text, warns: true}}
}

// beforeKeeping tells whether a zone deletes what was made on it; known is false
// when its version does not tell.
func beforeKeeping(id backend.Identity) (before, known bool) {
	parts := strings.SplitN(model.Visible(id.Version), ".", 3)
	if len(parts) < 2 {
		return false, false
	}
	major, err := strconv.Atoi(parts[0])
	minor, errMinor := strconv.Atoi(parts[1])
	if err != nil || errMinor != nil {
		return false, false
	}
	return major < 2 || major == 2 && minor < keepsOwnSince, true
}
