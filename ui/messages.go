package ui

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// explain turns an error into what a person reads: what happened, to what, and
// what to do next. s is nil before anything is connected.
func explain(err error, s *session) Message {
	what, next := words(err, s)
	m := refused(strings.TrimSpace(what + " " + next))
	if errors.Is(err, backend.ErrConflict) || errors.Is(err, backend.ErrUnknown) {
		m.Mark = "!"
	}
	return m
}

// words says what happened, and apart from it the next step.
func words(err error, s *session) (what, next string) {
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return refusal.Text, ""
	}
	var e *backend.Error
	if !errors.As(err, &e) {
		return "It did not work: " + model.Visible(err.Error()) + ".", "ctrl+r tries again."
	}
	what, next = reaching(e, s)
	if what == "" {
		what, next = about(e, s)
	}
	if e.Hint != "" {
		next = e.Hint
	}
	return what, next
}

// about words the errors of one secret.
func about(e *backend.Error, s *session) (what, next string) {
	name, mesh, plane := model.Visible(e.Ref.Name), model.Visible(e.Ref.MeshWord()), planeName(s)
	if e.Namespace != "" {
		mesh = model.Visible(e.Namespace)
	}
	switch {
	case e.Is(backend.ErrNotFound):
		return fmt.Sprintf("%s is no longer in %s: somebody deleted or reassigned it.", name, mesh), "ctrl+r reads the list again."
	case e.Is(backend.ErrExists):
		return fmt.Sprintf("%s exists in %s already.", name, mesh), "Edit that one, or choose another name."
	case e.Is(backend.ErrConflict):
		if name == "" {
			return fmt.Sprintf("What %s holds changed while it was read.", plane), "ctrl+r reads it again."
		}
		return fmt.Sprintf("Nothing was changed: somebody changed %s meanwhile.", name), "Look at it again, then decide."
	case e.Is(backend.ErrOverwrote):
		return fmt.Sprintf("Somebody made %s in %s in the same moment, and this change replaced their value.", name, mesh), "Ask who it was before going on."
	case e.Is(backend.ErrInUse):
		return fmt.Sprintf("Not deleted: %s.", or(e.Reason, name+" is in use")), "Take the reference out of the mesh first."
	case e.Is(backend.ErrInvalid):
		switch {
		case e.Op == "connecting":
			return fmt.Sprintf("%s cannot be used: %s.", or(hostOf(e.Address), plane), or(e.Reason, "something is not valid")), "Correct that, then try again."
		case name == "":
			return fmt.Sprintf("%s did not accept the request: %s.", plane, or(e.Reason, "it is not valid")), "ctrl+r tries again."
		}
		return fmt.Sprintf("%s did not accept %s: %s. Nothing changed.", plane, name, or(e.Reason, "it is not valid")), ""
	case e.Is(backend.ErrReadOnly):
		return fmt.Sprintf("%s is read-only: %s.", plane, or(e.Reason, "nothing can be changed over its API")), ""
	case e.Is(backend.ErrUnknown):
		return fmt.Sprintf("The connection broke while %s was changed, and it could not be read back.", name), "ctrl+r shows what is there."
	case e.Is(backend.ErrTooLarge):
		return fmt.Sprintf("The answer for %s is larger than this console takes in.", or(name, plane)), "Nothing was changed."
	}
	return fmt.Sprintf("%s: %s.", plane, or(e.Reason, e.Kind.Error())), "ctrl+r tries again."
}

// reaching words the errors of reaching a control plane at all, "" for others.
func reaching(e *backend.Error, s *session) (what, next string) {
	where, host, plane := model.Visible(e.Address), hostOf(e.Address), planeName(s)
	if where == "" {
		where, host = plane, plane
	}
	switch {
	case e.Is(backend.ErrUnavailable):
		if e.Status >= 400 {
			return fmt.Sprintf("%s cannot answer now: %s.", where, or(e.Reason, fmt.Sprintf("status %d", e.Status))), "Wait a little, then press ctrl+r."
		}
		if kept(e) {
			return fmt.Sprintf("%s was not reached: %s.", where, or(e.Reason, "no answer")), e.Hint
		}
		if e.Reason == halfWay {
			return fmt.Sprintf("No whole answer came from %s in time.", where), "Check the network, or a proxy in between."
		}
		return fmt.Sprintf("Nothing answers at %s (%s).", where, or(e.Reason, "no answer")), "Start the control plane, or correct its address."
	case e.Is(backend.ErrUnauthorized) && e.Reason != "" && e.Hint != "":
		return sentenceOf(e.Reason), e.Hint
	case e.Is(backend.ErrUnauthorized):
		if s == nil {
			return fmt.Sprintf("%s does not accept the login that is set up for it, or asks for one.", host), "Log in with kumactl, or give --token-file; then try again."
		}
		return fmt.Sprintf("%s does not accept your login any more.", planeName(s)), "Log in again, then press ctrl+r."
	case e.Is(backend.ErrForbidden):
		return forbidden(e, s)
	case e.Is(backend.ErrUntrusted):
		return fmt.Sprintf("%s %s. Nothing was sent.", host, or(e.Reason, "shows a certificate that is not trusted")), "Add its CA file to the configuration, or use the name that it is made for."
	case e.Is(backend.ErrPlaintext):
		return fmt.Sprintf("%s would carry your login in the clear. Nothing was sent.", where), "Use https, or --allow-plaintext-token for this run."
	case e.Is(backend.ErrRedirect):
		return fmt.Sprintf("%s %s. Not followed, so your token stays here.", host, or(e.Reason, "sends callers on to another address")), "Use that address if you trust it."
	case e.Is(backend.ErrStranger):
		return fmt.Sprintf("%s answers, but not as a control plane: %s.", where, or(e.Reason, "it sent something else")), "Check the address for a proxy in between."
	case e.Is(backend.ErrBusy):
		return fmt.Sprintf("%s is busy: %s.", orHost(s, host), or(e.Reason, "it asks to wait")), "Then press ctrl+r."
	}
	return "", ""
}

// halfWay is what backends say of an answer that stopped, or never began,
// though somebody took the request.
const halfWay = "the answer stopped half-way"

// kept tells that a control plane was not reached, and that this may not be its
// own fault: the error knows better what to do.
func kept(e *backend.Error) bool {
	return e.Is(backend.ErrUnavailable) && e.Op == "connecting" && e.Hint != ""
}

// forbidden words a 403. On Kubernetes only a missing right comes with a next
// step: admission refuses with the same status.
func forbidden(e *backend.Error, s *session) (what, next string) {
	who := ""
	if s != nil && s.id.User != "" {
		who = " You are " + model.Visible(s.id.User) + "."
	}
	if s != nil && s.id.Environment == backend.Kubernetes && e.Reason != "" {
		reason := strings.TrimSuffix(e.Reason, ".")
		if e.Hint == "" {
			// A quota or a policy, by its own words: no right helps against it.
			return fmt.Sprintf("%s refuses it: %s.", planeName(s), reason), "Whoever runs that cluster sets this limit or rule."
		}
		// A right is missing: it names the verb, the resource and where.
		return sentenceOf(reason+" on "+planeName(s)) + who, e.Hint
	}
	if e.Ref.Name != "" {
		return fmt.Sprintf("You may not do this with %s on %s (403).%s", model.Visible(e.Ref.Name), planeName(s), who), "Ask for access to secrets there; ctrl+r asks again."
	}
	if s == nil {
		return fmt.Sprintf("You may not read %s (403).", hostOf(e.Address)), "Log in with a token that may, then try again."
	}
	return fmt.Sprintf("You may not list secrets on %s (403).%s", planeName(s), who), "Log in with a token that may, then press ctrl+r."
}

func orHost(s *session, host string) string {
	if s == nil {
		return host
	}
	return planeName(s)
}

func planeName(s *session) string {
	if s == nil {
		return "The control plane"
	}
	return model.Visible(s.entry.Name)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return model.Visible(address)
	}
	return model.Visible(u.Hostname())
}

// or is text, or what stands for it when it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
