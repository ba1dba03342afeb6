package model

import "strings"

// Without says what no longer works when the resource does not find the secret
// that it names, as one visible sentence.
func (r Reference) Without() string {
	by := Visible(r.By)
	switch {
	case r.Guessed:
		return r.resource() + ": what it does without the secret is not known, as it names it in a place that is not known (" + Visible(r.Path) + ")."
	case r.Ignored:
		return r.resource() + ": nothing changes; the secret is " + r.unusedWords() + "."
	case r.OfBackend() && !r.Enabled:
		return "mTLS backend " + by + " could not be enabled any more; it is not enabled now."
	case r.OfBackend():
		return "mTLS backend " + by + " cannot issue certificates any more."
	}
	switch r.Kind {
	case KindExternalService, KindMeshExternalService:
		return "Calls to " + by + ": the control plane takes its endpoints away and says so only in its log."
	case KindMeshGateway:
		return "Listeners of " + by + ": the control plane leaves them out and says so only in its log."
	case KindGateway:
		return "Listeners of Gateway " + by + ": they have no certificate until the control plane makes the copy again."
	case KindMeshOPA, KindOPAPolicy:
		return "Authorisation by " + by + ": what data planes do without the policy or configuration in it is not known here."
	case KindMeshIdentity:
		if r.Implied {
			return "Identity " + by + ": the control plane makes a missing half anew; its status does not show that the halves differ then."
		}
		return "Identity " + by + ": it cannot issue certificates any more and says so only in its status."
	case KindMesh:
	}
	return r.User() + ": what it does without the secret is not known here."
}

// Naming is what one resource, or one mTLS backend, says of a secret in all
// places where it names it.
type Naming struct {
	Reference          // the first of them
	Roles     []string // what it is named as, each once, in the order of the references
}

// Namings puts references together by who refers, in their order.
func Namings(users []Reference) []Naming {
	type role struct {
		of   user
		word string
	}
	var out []Naming
	place, named := map[user]int{}, map[role]bool{}
	for _, u := range users {
		of := u.user()
		at, known := place[of]
		if !known {
			at = len(out)
			place[of], out = at, append(out, Naming{Reference: u})
		}
		if as := (role{of, u.Role}); u.Role != "" && !named[as] {
			named[as] = true
			out[at].Roles = append(out[at].Roles, u.Role)
		}
	}
	return out
}

// Line says who refers to the secret and as what, as one visible line:
// "ExternalService psp as CA, client certificate".
func (n Naming) Line() string {
	text := n.resource()
	switch {
	case n.moot() && n.OfBackend():
		text += ` (under "config", not read)`
	case n.moot():
		text += " (" + n.unusedWords() + ")"
	case !n.Enabled:
		text += " (not enabled)"
	}
	if len(n.Roles) == 0 {
		return text
	}
	return text + " as " + Visible(strings.Join(n.Roles, ", "))
}
