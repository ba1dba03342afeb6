package backend

import (
	"strconv"
	"strings"

	"meshsecrets/model"
)

// keepsOwnSince is the version since which a zone keeps secrets that were made
// on it: 2.10. Those before deleted them at the next sync.
const keepsOwnSince = 10

// AboutNewSecrets says what becomes of a secret that is made on a zone which
// follows a global control plane, in sentences; "" elsewhere. Where it belongs
// is there.
func (i Identity) AboutNewSecrets() string {
	if i.Mode == "" || !i.Federated {
		return ""
	}
	const (
		deleted = "This zone follows a global control plane, which deletes a secret that was made here at its next sync. Add it there."
		kept    = "This zone follows a global control plane, which will not know a secret that is made here: it is kept on this zone alone. " +
			"If the global one makes one of the same name, this one stays and nobody says so."
	)
	switch before, known := i.beforeKeeping(); {
	case !known:
		return kept + " A version before 2.10 deletes it at its next sync instead; this one does not tell its version."
	case before:
		return deleted
	}
	return kept
}

// beforeKeeping tells whether a zone deletes what was made on it; known is false
// when its version does not tell.
func (i Identity) beforeKeeping() (before, known bool) {
	parts := strings.SplitN(model.Visible(i.Version), ".", 3)
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
