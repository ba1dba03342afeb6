package ui

import (
	"fmt"
	"slices"
	"strings"

	"meshsecrets/model"
)

// What is said where no reference to a secret was found. That nothing was found
// is worth no more than what was looked at, and nothing when nothing was.

// hidden are the kinds that may name secrets and were not read; all of them
// while nobody has looked.
func (s stock) hidden() []model.Unread {
	if s.looked {
		return hidden(s.unread)
	}
	var all []model.Unread
	for _, kind := range model.ReferringKinds() {
		all = append(all, model.Unread{Kind: kind, Why: "it was not read yet"})
	}
	return all
}

// unusedLong says it for the screen of a secret, with where it was looked for.
func (s stock) unusedLong() string {
	switch {
	case !s.looked && s.unseen != "":
		return "not known; it could not be read"
	case !s.looked:
		return "not known yet; the resources are still being read"
	case len(s.read) == 0:
		return "not known; nothing that can name a secret was read" + model.WholeWord(s.unread) + unreadAfter(s.unread)
	}
	return fmt.Sprintf("no reference found; %s read: %s", plural(len(s.read), "kind", "kinds"), kindList(s.read)) + unreadAfter(s.unread)
}

// unusedShort says it under a list.
func (s stock) unusedShort() string {
	switch {
	case !s.looked:
		return "who uses it is not known yet"
	case len(s.read) == 0:
		if model.WholeWord(s.unread) != "" {
			return "who uses it is not known: you may not list all that can name it"
		}
		return "who uses it is not known: you may not list what can name it"
	}
	switch missed := hidden(s.unread); len(missed) {
	case 0:
		return "no reference found"
	case 1, 2:
		return "no reference found; " + missedKinds(missed)
	}
	return "no reference found in what you may list"
}

// unusedFor says it before a secret is deleted.
func unusedFor(c model.Change) string {
	if len(c.Read) == 0 {
		return "Whether anything uses it is not known. " + unreadWords(c.Unread)
	}
	where := "can name a secret"
	if len(hidden(c.Unread)) > 0 {
		where = "could be read"
	}
	return fmt.Sprintf("No reference was found in the %s of resources that %s. %sThat does not prove that nothing uses it.",
		plural(len(c.Read), "kind", "kinds"), where, unreadWords(c.Unread))
}

// readWords says where references were looked for, for a secret that has some.
func readWords(c model.Change) string {
	if len(c.Read) == 0 {
		return unreadWords(c.Unread)
	}
	return "Read: " + kindList(c.Read) + ". " + unreadWords(c.Unread)
}

// unreadWords names the kinds that were not read, or not whole: "MeshGateway was
// not read: you may not list it. ".
func unreadWords(unread []model.Unread) string {
	text := ""
	for _, u := range notRead(unread) {
		text += u.sentence() + ". "
	}
	return text
}

// unlistedWords names those of them that may be there all the same: what a
// control plane does not have names nothing.
func unlistedWords(unread []model.Unread) string {
	return unreadWords(slices.DeleteFunc(slices.Clone(unread), func(u model.Unread) bool { return !u.MayBeThere() }))
}

// unreadKinds are kinds that were not read, all for one reason, or of which only
// a part was.
type unreadKinds struct {
	kinds, why string // both visible
	several    bool
	like       model.Unread // one of them
}

// notRead puts kinds together that were not read for the same reason, in the
// order in which the reasons come first.
func notRead(unread []model.Unread) []unreadKinds {
	var groups []unreadKinds
	for _, u := range unread {
		if i := slices.IndexFunc(groups, func(g unreadKinds) bool { return g.like.Alike(u) }); i >= 0 {
			groups[i].kinds += ", " + string(u.Kind)
			groups[i].several = true
			continue
		}
		groups = append(groups, unreadKinds{kinds: string(u.Kind), why: model.Visible(u.Why), like: u})
	}
	return groups
}

// reason is why, in the number of the kinds.
func (u unreadKinds) reason() string {
	if one, is := strings.CutSuffix(u.why, " it"); is && u.several {
		return one + " them"
	}
	return u.why
}

// sentence says it as one: "MeshOPA, OPAPolicy were not read: not on this
// control plane".
func (u unreadKinds) sentence() string {
	if u.several {
		return u.kinds + " were " + u.like.Missed() + ": " + u.reason()
	}
	return u.kinds + " was " + u.like.Missed() + ": " + u.reason()
}

// unreadAfter names the kinds at the end of a sentence.
func unreadAfter(unread []model.Unread) string {
	text := ""
	for _, u := range notRead(unread) {
		text += "; " + u.kinds + " " + u.like.Missed() + ", " + u.reason()
	}
	return text
}

// missedKinds names kinds that were not read, whatever the reason, and those of
// which only a part was: "MeshOPA not read, MeshIdentity not read whole".
func missedKinds(unread []model.Unread) string {
	var parts []string
	for _, partly := range []bool{false, true} {
		var kinds []model.ResourceKind
		for _, u := range unread {
			if u.Partly == partly {
				kinds = append(kinds, u.Kind)
			}
		}
		if len(kinds) > 0 {
			parts = append(parts, kindList(kinds)+" "+model.Unread{Partly: partly}.Missed())
		}
	}
	return strings.Join(parts, ", ")
}

// missedCount counts kinds that were not read, or not whole.
func missedCount(unread []model.Unread) string {
	return plural(len(unread), "kind", "kinds") + " not read" + model.WholeWord(unread)
}

func kindList(kinds []model.ResourceKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// notChecked names the kinds that were not read for references, with why, and its
// mark: kinds that a control plane does not have need no look.
func notChecked(unread []model.Unread) (Span, string) {
	mark := unmarked
	if slices.ContainsFunc(unread, model.Unread.MayBeThere) {
		mark = look
	}
	return mark, model.NotChecked(unread)
}
