package ui

import (
	"slices"

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
		switch {
		case trial.Outcome == backend.Refused && d.namedByMesh():
			// What stops working says so, in fewer words than the server.
		case trial.Outcome == backend.Refused:
			t.marked(failedMark, "Tried out on the server, it is refused. "+trial.Why)
		case trial.Outcome == backend.Warned:
			t.marked(look, trial.Why)
		}
	}
}

// guarded says whether the control plane itself would refuse to delete what a
// mesh names.
func (d removal) guarded() string {
	switch {
	case d.to.id.Federated:
		return " A zone does not refuse this deletion."
	case len(d.trial.Trials) == 0:
		return " The control plane refuses this deletion while the mesh names it."
	case d.trial.Refusal() == nil:
		return " The control plane does not refuse this deletion now."
	}
	return " Tried out on the server: it refuses this deletion while the mesh names it."
}

func (d removal) namedByMesh() bool {
	return slices.ContainsFunc(d.change.Users, func(u model.Reference) bool { return u.Kind == model.KindMesh })
}

// caveats say what was looked at and what cannot be promised.
func (d removal) caveats(t *confirmText) {
	inUse := len(d.breaks()) > 0
	moment := "A Universal control plane cannot delete on a condition: if somebody changes the secret in this very moment, that is deleted too."
	if d.to.traits.Preconditions {
		moment = "Kubernetes deletes it only if nobody changed it since you looked."
	}
	switch info, system := d.stock.inventory.System(d.row); {
	case system:
		t.text(info.Instead)
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

// breaks says what will no longer work, a sentence or two each.
func (d removal) breaks() []string {
	var out []string
	if info, is := d.stock.inventory.System(d.row); is && info.Breaks != "" {
		out = append(out, info.Breaks)
	}
	if model.IsRevocations(d.row.Secret.Ref) {
		out = append(out, "The revocation: every token that this list names is valid again at once, until it expires.")
	}
	seen := map[string]bool{}
	for _, u := range d.change.Users {
		if text := stops(u, d.guarded()); !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// stops says what no longer works without the secret that a resource names.
// Only references of a Mesh are guarded by control planes, and only where the
// mesh is managed.
func stops(u model.Reference, guard string) string {
	by := model.Visible(u.By)
	const silent = " It does not refuse this deletion."
	switch u.Kind {
	case model.KindMesh:
		if !u.Enabled {
			return "mTLS backend " + by + " could not be enabled any more; it is not enabled now." + guard
		}
		return "mTLS backend " + by + " cannot issue certificates any more." + guard
	case model.KindExternalService, model.KindMeshExternalService:
		return "Calls to " + by + ": the control plane takes its endpoints away and says so only in its log." + silent
	case model.KindMeshGateway:
		return "Listeners of " + by + ": the control plane leaves them out and says so only in its log." + silent
	case model.KindMeshOPA, model.KindOPAPolicy:
		return "Authorisation by " + by + ": what data planes do without the policy or configuration in it is not known here." + silent
	case model.KindMeshIdentity:
		return "Identity " + by + ": it cannot issue certificates any more and says so only in its status." + silent
	}
	return u.User() + " names it, and what that does without it is not known here."
}
