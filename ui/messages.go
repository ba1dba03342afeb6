package ui

import (
	"errors"
	"fmt"
	"net/url"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// explain turns an error into what a person reads: what happened, to what, and
// what to do next. s is nil before anything is connected.
func explain(err error, s *session) Message {
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return refused(refusal.Text)
	}
	var e *backend.Error
	if !errors.As(err, &e) {
		return refused("It did not work: " + model.Visible(err.Error()) + ". ctrl+r tries again.")
	}
	m := refused(about(e, s))
	if errors.Is(e.Kind, backend.ErrConflict) || errors.Is(e.Kind, backend.ErrUnknown) {
		m.Mark = "!"
	}
	return m
}

// about words one error.
func about(e *backend.Error, s *session) string {
	if text, ok := reaching(e, s); ok {
		return text
	}
	name, mesh, plane := model.Visible(e.Ref.Name), model.Visible(e.Ref.MeshWord()), planeName(s)
	switch e.Kind {
	case backend.ErrNotFound:
		return fmt.Sprintf("%s is no longer in %s: somebody deleted or reassigned it. ctrl+r reads the list again.", name, mesh)
	case backend.ErrExists:
		return fmt.Sprintf("%s exists in %s already. Edit that one, or choose another name.", name, mesh)
	case backend.ErrConflict:
		return fmt.Sprintf("Nothing was changed: somebody changed %s meanwhile. Look at it again, then decide.", name)
	case backend.ErrInUse:
		return fmt.Sprintf("Not deleted: %s. Take the reference out of the mesh first.", sentenceOr(e.Reason, name+" is in use"))
	case backend.ErrInvalid:
		return fmt.Sprintf("%s did not accept %s: %s. Nothing changed.", plane, orWord(name, "the request"), sentenceOr(e.Reason, "it is not valid"))
	case backend.ErrReadOnly:
		return fmt.Sprintf("%s is read-only: %s", plane, sentenceOr(e.Reason, "nothing can be changed over its API"))
	case backend.ErrUnknown:
		return fmt.Sprintf("The connection broke while %s was changed, and it could not be read back. ctrl+r shows what is there.", name)
	case backend.ErrTooLarge:
		return fmt.Sprintf("The answer for %s is larger than this console takes in. Nothing was changed.", orWord(name, plane))
	}
	return fmt.Sprintf("%s: %s. ctrl+r tries again.", plane, sentenceOr(e.Reason, e.Kind.Error()))
}

// reaching words the errors of reaching a control plane at all.
func reaching(e *backend.Error, s *session) (string, bool) {
	where, host, plane := model.Visible(e.Address), hostOf(e.Address), planeName(s)
	if where == "" {
		where, host = plane, plane
	}
	hint := e.Hint
	if hint == "" {
		hint = "Check the address, the network and the proxy, then try again."
	}
	switch e.Kind {
	case backend.ErrUnavailable:
		return fmt.Sprintf("Nothing answers at %s (%s). %s", where, sentenceOr(e.Reason, "no answer"), hint), true
	case backend.ErrUnauthorized:
		return fmt.Sprintf("%s does not accept your login any more. Log in again, then press ctrl+r.", orWord(plane, host)), true
	case backend.ErrForbidden:
		return forbidden(e, s), true
	case backend.ErrUntrusted:
		return fmt.Sprintf("%s. Nothing was sent. Add its CA file to the configuration, or use the name that it is made for.", sentenceOr(e.Reason, host+" shows a certificate that is not trusted")), true
	case backend.ErrPlaintext:
		return fmt.Sprintf("%s would carry your token in the clear. Nothing was sent. Use https, or --allow-plaintext-token for this run.", where), true
	case backend.ErrRedirect:
		return fmt.Sprintf("%s sends callers on to %s. Not followed, so your token stays here. Use that address if you trust it.", host, sentenceOr(e.Reason, "another address")), true
	case backend.ErrStranger:
		return fmt.Sprintf("%s answers, but not as a control plane: %s. Check the address for a proxy in between.", where, sentenceOr(e.Reason, "it sent something else")), true
	case backend.ErrBusy:
		return fmt.Sprintf("%s asks to wait: %s. Then try again.", orWord(plane, host), sentenceOr(e.Reason, "too many requests")), true
	}
	return "", false
}

func forbidden(e *backend.Error, s *session) string {
	who := ""
	if s != nil && s.id.User != "" {
		who = " You are " + model.Visible(s.id.User) + "."
	}
	if e.Ref.Name != "" {
		return fmt.Sprintf("You may not do this with %s on %s (403).%s Ask for access to secrets there; ctrl+r asks again.", model.Visible(e.Ref.Name), planeName(s), who)
	}
	return fmt.Sprintf("You may not list secrets on %s (403).%s Log in with a token that may, then press ctrl+r.", planeName(s), who)
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

func sentenceOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func orWord(text, otherwise string) string { return sentenceOr(text, otherwise) }
