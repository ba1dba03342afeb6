package backend

import (
	"context"
	"strings"

	"meshsecrets/model"
)

// inspectRules asks the rules, and names who refers to the secret. What takes
// an override is no refusal yet: that is asked for with everything else that
// was found.
func (g Gate) inspectRules(ctx context.Context, i *Inspection) error {
	agreed := i.Change
	agreed.Despite = true
	why := g.Check(ctx, agreed)
	c := i.Change
	switch {
	case why != nil && c.InUse():
		i.stop(Checked, why, "in use by %s", c.Users[0].UserLine())
	case why != nil && len(c.Users) > 0:
		i.stop(Checked, why, "referenced by %s", c.Users[0].UserLine())
	case why != nil:
		i.stop(Checked, why, "it may not be reassigned")
	case c.NeedsOverride():
		i.overridden(c.Users)
	case len(c.Read) == 0:
		i.warn(Checked, "whether anything names it is not known: nothing that can name a secret could be read%s", model.WholeWord(c.Unread))
	default:
		kinds := "kinds"
		if len(c.Read) == 1 {
			kinds = "kind"
		}
		i.pass(Checked, "no reference in the %s %s of resources that could be read", model.CountWord(len(c.Read)), kinds)
	}
	if why == nil {
		i.expected(c.Awaited)
		return g.inspectFit(ctx, i)
	}
	return nil
}

// mostNamed is how many of those who refer to a secret have a line each.
const mostNamed = 6

// overridden names all from whom an override would take the secret.
func (i *Inspection) overridden(users []model.Reference) {
	namings := model.Namings(users)
	for n, by := range namings {
		if n < mostNamed {
			i.warn(Checked, "named by %s. %s", by.Line(), by.Without())
		}
	}
	if len(namings) <= mostNamed {
		return
	}
	var others []string
	for _, by := range namings[mostNamed:] {
		others = append(others, by.Line())
	}
	i.warn(Checked, "and named by %s: %s", model.CountWord(len(others))+" more", strings.Join(others, "; "))
}

// expected tells who waits for the secret where it is to be.
func (i *Inspection) expected(awaited []model.Reference) {
	for _, by := range model.Namings(awaited) {
		i.pass(Checked, "%s", AwaitedBy(by))
	}
}

// AwaitedBy says that a resource waits for the secret where it is to be.
func AwaitedBy(by model.Naming) string {
	return by.Line() + " of " + model.Visible(by.Mesh) + " names it: it is missing there now"
}
