package ui

import (
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// verdict says what the server would say to the deletion, as far as that was
// tried out and is worth saying.
func (d removal) verdict(t *confirmText) {
	if d.refused != "" {
		t.marked(failedMark, d.refused)
		return
	}
	for _, trial := range d.trial.Trials {
		if trial.Outcome == backend.Refused && d.namedByMesh() {
			continue // what stops working says so, in fewer words than the server
		}
		t.tried(trial)
	}
}

// guarded says whether the control plane itself would refuse to delete what an
// mTLS backend names. It is promised only where that is known, by the place and
// by the control plane's version and configuration.
func (d removal) guarded(u model.Reference) string {
	known := d.to.id.Guards && u.Guarded()
	switch {
	case d.to.id.Federated:
		return " A zone does not refuse this deletion."
	case len(d.trial.Trials) == 0 && !known:
		return " Whether the control plane refuses this deletion is not known."
	case len(d.trial.Trials) == 0:
		return " The control plane refuses this deletion while the mesh names it."
	case d.trial.Refusal() == nil:
		return " The control plane does not refuse this deletion now."
	}
	return " Tried out on the server: it refuses this deletion while the mesh names it."
}

// mostStops is how many of those who refer to a secret are told one by one: a
// dialog has to stay in sight.
const mostStops = 4

// namesOf are those who refer, without what they name it as.
func namesOf(namings []model.Naming) string {
	names := make([]string, len(namings))
	for n, by := range namings {
		names[n] = by.User()
	}
	return strings.Join(names, ", ")
}

// namedByMesh tells whether an mTLS backend would miss the secret.
func (d removal) namedByMesh() bool {
	return slices.ContainsFunc(d.change.Users, func(u model.Reference) bool { return u.OfBackend() && !u.Ignored })
}

// caveats say what was looked at and what cannot be promised.
func (d removal) caveats(t *confirmText) {
	inUse := len(d.toll.stops)+len(d.toll.names) > 0
	moment := "A Universal control plane cannot delete on a condition: if somebody changes the secret in this very moment, that is deleted too."
	if d.to.traits.Preconditions {
		moment = "Kubernetes deletes it only if nobody changed it since you looked."
	}
	switch info, system := d.stock.inventory.System(d.row); {
	case system:
		t.text(info.Instead)
		t.text(unlistedWords(d.change.Unread))
		return
	case d.row.Secret.Ref.Global():
		t.text("Resources name secrets of their own mesh only, so who uses a global secret cannot be read.")
	case inUse && t.narrow && !d.to.traits.Preconditions:
		t.text(unreadWords(d.change.Unread) + "Not checked: a change made in this very moment.")
		return
	case inUse && !d.to.traits.Preconditions:
		t.text(readWords(d.change) +
			"Not checked: a change made in this very moment, which a Universal control plane would delete too.")
		return
	case inUse:
		t.text(readWords(d.change))
	default:
		t.text(unusedFor(d.change))
	}
	t.text(moment)
}

// toll is what a deletion does to those who refer to the secret, in sentences.
type toll struct {
	stops []string // what will no longer work
	names []string // who names it, and does not even look for it
}

// weighed tells the toll anew. Of a secret that thousands name that costs more than
// a frame may, so it is not done for each.
func (d removal) weighed() removal {
	var needed, ignored []model.Naming
	for _, by := range model.Namings(d.change.Users) {
		if by.Ignored {
			ignored = append(ignored, by)
		} else {
			needed = append(needed, by)
		}
	}
	d.toll = toll{d.breaks(needed), linesOf(ignored)}
	return d
}

// breaks says what will no longer work, a sentence or two each.
func (d removal) breaks(namings []model.Naming) []string {
	var out []string
	if info, is := d.stock.inventory.System(d.row); is && info.Breaks != "" {
		out = append(out, info.Breaks)
	}
	if model.IsRevocations(d.row.Secret.Ref) {
		out = append(out, "The revocation: every token that this list names is valid again at once, until it expires.")
	}
	for n, by := range namings {
		if n == mostStops {
			return append(out, "And "+plural(len(namings)-n, "other that names it", "others that name it")+": "+namesOf(namings[n:])+".")
		}
		out = append(out, d.stops(by.Reference))
	}
	return out
}

// stops says what no longer works without the secret that a resource names,
// and whether anything else than this dialog guards it. Only references of mTLS
// backends are guarded by control planes, and only where the mesh is managed.
func (d removal) stops(u model.Reference) string {
	text := u.Without()
	switch {
	case u.OfBackend():
		return text + d.guarded(u)
	case u.Implied:
		return text
	}
	who := " The control plane"
	if strings.Contains(text, "control plane") {
		who = " It"
	}
	return text + who + " does not refuse this deletion."
}
