package command

import (
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// despiteFlag agrees that a secret leaves those who refer to it, or gets a value
// that they fail by; --yes does not.
const despiteFlag = "despite-references"

// aboutDespite is what that flag says of itself.
const aboutDespite = "let it go although policies name it where it is, or could not be read; --yes alone does not"

// staysFor refuses what needs an override and has none, where nobody is asked.
func staysFor(c model.Change, verb string) error {
	return failure{
		text: sentences(model.Visible(c.Ref().Name)+" stays: "+c.Users[0].User()+" of mesh "+model.Visible(c.Ref().Mesh)+" names it.",
			"Take the reference out first, or "+verb+" with --"+despiteFlag+"."),
		code: ExitRefused,
	}
}

// unseenBy refuses what nobody is asked about when it is not known who uses the
// secret: what could not be read takes no less care than what was.
func unseenBy(c model.Change, verb string) error {
	unseen := groupUnread(c.Unseen())
	if len(unseen) == 0 {
		return nil
	}
	var kinds []string
	for _, group := range unseen {
		kinds = append(kinds, kindWords(group)+" ("+model.Visible(group[0].Why)+")")
	}
	return failure{
		text: model.Visible(c.Ref().Name) + " stays as it is: who uses it is not known, as these were not read: " + strings.Join(kinds, ", ") +
			". Nothing was changed; --" + despiteFlag + " beside --yes " + verb + " it all the same.",
		code: ExitRefused,
	}
}

// overridden tells whether a change needs no override, or has it by the flag.
func overridden(c model.Change, despite bool) bool { return despite || !c.NeedsOverride() }

// inSpite is what stands against a reassign that was agreed to all the same.
func inSpite(c model.Change) string {
	if c.NeedsOverride() {
		return " but the policies that name it"
	}
	return ""
}

// inSpiteOfUnseen is what stands against changes that --yes alone does not make,
// as who uses the secrets is not known.
func inSpiteOfUnseen(changes []model.Change, despite bool) string {
	if despite || !slices.ContainsFunc(changes, func(c model.Change) bool { return len(c.Unseen()) > 0 }) {
		return ""
	}
	return " but what could not be read: --yes takes --" + despiteFlag + " beside it"
}

// consents asks for what is typed before a reassign. An override is typed
// first, unless the flag gives it.
func (e *errand) consents(c model.Change, phrase string, despite bool) error {
	if !overridden(c, despite) {
		if err := e.agrees(model.OverridePhrase); err != nil {
			return err
		}
	}
	return e.agrees(phrase)
}

// showUsers names those from whom finishing would take the secret.
func (e *errand) showUsers(f backend.Found) {
	for _, by := range model.Namings(f.Change.Users) {
		e.sheet.line(look, "in %s it is named by %s. %s", meshOf(f.Plan.From), by.Line(), by.Without())
	}
	if f.Stays != nil {
		e.sheet.line(failed, "it cannot be finished now: %s", f.Stays.Error())
	}
}
