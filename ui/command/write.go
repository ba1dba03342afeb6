package command

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// unlockFlag agrees that a secret of the control plane's own is changed; --yes
// does not.
const unlockFlag = "unlock-system"

// aboutUnlock is what that flag says of itself.
const aboutUnlock = "go on although the control plane made it for itself; --yes alone does not"

// aboutYes is what --yes says of itself.
const aboutYes = "go on without asking"

// aboutDry is what --dry-run says of itself.
const aboutDry = "only look, and try it out on the server where that is possible"

// exitsWrite are the exit codes of the commands that change one secret or
// several, after those of 0.
const exitsWrite = `
  1  refused: nothing is different; of several, what is printed says which were
     done before
  2  the program stopped on a mistake of its own
  3  nobody could look (connection, permission), or wrong usage; nothing was changed
  4  what became of it is not known, or not what was asked for: what is printed
     says how it stands

The first ctrl+c lets the write under way end, and stops; the second leaves at once.`

// unread is why what is needed to decide about a change could not be read.
func (e *errand) unread(err error) error {
	return e.ending.stopped(failure{text: sentences(because(err), "Nothing was changed."), code: ExitUsage})
}

// errInsisted tells that somebody left while a write was under way.
var errInsisted = errors.New("somebody insisted on leaving")

// writes makes one change. The first signal does not cut it off, as nobody
// would know what became of it; the second does. It has values of its own,
// because it goes on for as long as the program does.
func (e *errand) writes(life context.Context, c model.Change) error {
	life, cancel := context.WithTimeout(context.WithoutCancel(life), stepLimit)
	answers := make(chan error, 1)
	c = c.Clone()
	go func() {
		defer cancel()
		defer c.Wipe()
		defer func() {
			if recover() != nil { // what was panicked with may hold the value
				answers <- mistake
			}
		}()
		_, err := e.gate.Apply(life, c)
		answers <- err
	}()
	select {
	case err := <-answers:
		return err
	case <-e.ending.insisted:
		return errInsisted
	}
}

// came is what came of a change, nil when it was made.
func (e *errand) came(c model.Change, err error) error {
	name, where := model.Visible(c.Ref().Name), whereWords(c.Ref())
	const nothing = "Nothing was changed."
	fail := func(code int, parts ...string) error {
		return failure{text: model.Redact(sentences(parts...), c.Before.Value, c.After.Value), code: code}
	}
	var told *backend.Error
	reason, early, arrived := "", false, true
	if errors.As(err, &told) {
		reason, early = told.Reason, told.Reason == "" || told.Status == http.StatusConflict
		arrived = !errors.Is(told.Kind, backend.ErrUnavailable)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mistake):
		return mistake
	case !arrived && errors.Is(err, backend.ErrUnknown):
		return fail(ExitUsage, "The change of "+name+" did not arrive.", nothing)
	case errors.Is(err, errInsisted), errors.Is(err, backend.ErrUnknown):
		return fail(ExitUnfinished, "Whether "+name+" was "+pastOf(c.Verb)+" is not known.",
			"What is there is shown by: meshsecrets get "+quoted(c.Ref().Name)+" "+placeOf(c.Ref()).flag()+" "+e.reached)
	case errors.Is(err, backend.ErrOverwrote):
		return fail(ExitUnfinished, "Somebody made "+name+" in "+where+" in the same moment, and this replaced their value.", "Ask who it was before going on.")
	case errors.Is(err, backend.ErrExists) && reason != "":
		return fail(ExitRefused, "Not added: "+strings.TrimSuffix(reason, ".")+".", nothing)
	case errors.Is(err, backend.ErrExists):
		return existsAlready(c.Ref())
	case errors.Is(err, backend.ErrConflict) && !early: // it was made, and changed right after
		return fail(ExitUnfinished, sentence(strings.TrimSuffix(reason, "."))+".")
	case errors.Is(err, backend.ErrConflict):
		return fail(ExitRefused, "Somebody changed "+name+" after it was read.", nothing, "Look at it again, then decide.")
	case errors.Is(err, backend.ErrInUse):
		return fail(ExitRefused, e.guarded(c), nothing)
	case errors.Is(err, backend.ErrNotFound) && c.Verb != model.Create:
		return fail(ExitRefused, name+" is no longer in "+where+": somebody deleted or reassigned it.", nothing)
	case errors.Is(err, backend.ErrUnavailable), errors.Is(err, backend.ErrUnauthorized), errors.Is(err, backend.ErrBusy):
		return fail(ExitUsage, because(err), nothing)
	}
	return fail(ExitRefused, strings.TrimSuffix(because(err), " "+nothing), nothing)
}

// guarded says that the control plane itself keeps a secret from being deleted.
func (e *errand) guarded(c model.Change) string {
	by := "an mTLS backend"
	for _, u := range c.Users {
		if u.OfBackend() {
			by = "mTLS backend " + model.Visible(u.By)
			break
		}
	}
	return model.Visible(c.Ref().Name) + " stays: " + by + " of " + whereWords(c.Ref()) + " names it, and the control plane refuses to delete it. Take the reference out of the mesh first."
}

// existsAlready says that a secret is not added because there is one.
func existsAlready(ref model.Ref) error {
	return failure{code: ExitRefused, text: model.Visible(ref.Name) + " exists in " + whereWords(ref) +
		" already, and is not overwritten. Nothing was changed; meshsecrets edit gives it another value."}
}

// placeOf is where a secret is.
func placeOf(ref model.Ref) place { return place{mesh: ref.Mesh, global: ref.Global()} }

// pastOf is what was done by a change.
func pastOf(v model.Verb) string {
	switch v {
	case model.Create:
		return "added"
	case model.Delete:
		return "deleted"
	case model.Edit, model.Reassign:
	}
	return "saved"
}

// consent is what several changes ask for together before they are made.
type consent struct {
	changes []model.Change
	always  bool // it is asked for whatever was found
	looks   bool // something was found that wants a look
	unlock  bool // the flag stands for what is typed for a system secret
	despite bool // the flag agrees to what those who refer to the secret fail by
}

// first is what is typed before the phrase, "" when nothing is.
func (s consent) first(protected bool) string {
	for _, c := range s.changes {
		if word := c.Confirmation(protected).First(); word != "" {
			return word
		}
	}
	return ""
}

// needed tells whether anything has to be typed, or --yes be given.
func (s consent) needed(protected bool) bool {
	for _, c := range s.changes {
		if c.Confirmation(protected) != model.Straight {
			return true
		}
	}
	return s.always || s.looks
}

// breaks is the secret by whose new value somebody fails without that being
// agreed to, "" when there is none. What is added was missing so far, so nothing
// that works is broken by it.
func (s consent) breaks() string {
	for _, c := range s.changes {
		if c.Verb == model.Edit && c.Harms && !s.despite {
			return model.Visible(c.Ref().Name)
		}
	}
	return ""
}

// unseen refuses an edit of which nobody knows whom it reaches, unless that was
// agreed to. For a deletion it is refused before.
func (s consent) unseen() error {
	for _, c := range s.changes {
		if c.Verb == model.Edit && !s.despite {
			if err := unseenBy(c, "saves"); err != nil {
				return err
			}
		}
	}
	return nil
}

// beside is what has to be given beside --yes.
func (s consent) beside() string {
	if s.breaks() == "" && s.unseen() == nil {
		return ""
	}
	return " with --" + despiteFlag
}

// phrase is what is typed: the name of one, the number of several, after the
// control plane's when it is protected.
func (s consent) phrase(controlPlane string, protected bool) string {
	if len(s.changes) == 1 {
		return s.changes[0].Phrase(controlPlane, protected)
	}
	phrase := model.CountWord(len(s.changes)) + " secrets"
	if protected {
		phrase = controlPlane + " " + phrase
	}
	return phrase
}

// asks asks for consent, where it is needed and --yes does not stand for it.
func (e *errand) asks(s consent) error {
	protected := e.gate.Protected()
	first := s.first(protected)
	switch {
	case !s.needed(protected):
		return nil
	case e.yes && first != "" && !s.unlock:
		return locked(s.changes)
	case e.yes && s.breaks() != "":
		return stays(s.breaks())
	case e.yes && s.unseen() != nil:
		return s.unseen()
	case !e.yes && !isTerminal(e.process.In, e.process.Out):
		return failure{code: ExitRefused, text: "This wants a look, and there is no terminal to ask at. Nothing was changed; --yes" + s.beside() + " goes on all the same."}
	case first != "" && !s.unlock:
		if err := e.agrees(first); err != nil {
			return err
		}
	}
	return e.agrees(s.phrase(e.plane.Identity().Name, protected))
}

// stays says that a value is not saved because somebody fails with it.
func stays(name string) error {
	return failure{code: ExitRefused, text: name + " stays as it is: somebody who refers to it is refused or fails with this value, so --yes alone does not save it. Nothing was changed; --" + despiteFlag + " saves it all the same."}
}

// locked says which secrets belong to the control plane.
func locked(changes []model.Change) error {
	var names []string
	for _, c := range changes {
		if c.System {
			names = append(names, model.Visible(c.Ref().Name))
		}
	}
	is := " is a system secret"
	if len(names) > 1 {
		is = " are system secrets"
	}
	return failure{code: ExitRefused, text: strings.Join(names, ", ") + is + ": --yes alone does not change it. Nothing was changed; --" + unlockFlag + " stands for what is typed."}
}

// tries tries changes out on the server, where that is possible, and prints what
// it says. Nothing is changed.
func (e *errand) tries(reading context.Context, changes []model.Change) error {
	if !e.plane.Traits().Rehearses {
		e.sheet.line(look, "only checked here: a Universal control plane has no dry run")
		return e.guards(changes)
	}
	for _, c := range changes {
		rehearsal, err := e.gate.Rehearse(reading, c)
		if err != nil {
			return e.unread(err)
		}
		for _, trial := range rehearsal.Trials {
			text := trial.What
			switch trial.Outcome {
			case backend.Refused:
				return failure{code: ExitRefused, text: model.Redact(sentences(model.Visible(c.Ref().Name)+" would be refused on the server.",
					trial.Why, "Nothing was changed."), c.Before.Value, c.After.Value)}
			case backend.Warned:
				text = trial.Why
			case backend.Accepted:
			}
			e.sheet.line(findingMark(trial.Outcome), "%s: %s", model.Visible(c.Ref().Name), text)
		}
	}
	return nil
}

// guards refuses the deletion of what the control plane is known to guard, where
// it cannot be asked without doing it.
func (e *errand) guards(changes []model.Change) error {
	for _, c := range changes {
		if c.Verb == model.Delete && e.plane.Identity().Guards && slices.ContainsFunc(c.Users, model.Reference.Guarded) {
			return failure{code: ExitRefused, text: e.guarded(c) + " Nothing was changed."}
		}
	}
	return nil
}

// nothingAgainst ends a command that only looked. What stands against it all the
// same, as inSpite says it, goes before what only wants a look.
func (e *errand) nothingAgainst(looks bool, spite string) {
	but := cmp.Or(e.but(), spite)
	if looks && but == "" {
		but = " but what wants a look"
	}
	e.sheet.title("Nothing stands against it%s. Nothing was changed.", but)
}

// eachOf makes changes one after the other, and prints what was done. The first
// that is not made stops the rest.
func (e *errand) eachOf(life context.Context, changes []model.Change, word func(model.Change) string) error {
	for n, c := range changes {
		var err error
		if was(e.ending.asked) {
			err = failure{text: "Stopped.", code: ExitRefused}
		} else {
			err = e.came(c, e.writes(life, c))
		}
		if err == nil {
			e.sheet.line(passed, "%s", word(c))
			continue
		}
		return stoppedAfter(err, n, len(changes))
	}
	return nil
}

// stoppedAfter adds to why one of several changes was not made how many were.
func stoppedAfter(err error, made, of int) error {
	var f failure
	if made == 0 || !errors.As(err, &f) {
		return err
	}
	said := model.CountWord(made) + " of " + model.CountWord(of) + " done before it"
	if left := of - made - 1; left > 0 {
		said += ", " + model.CountWord(left) + " not begun"
	}
	f.text = sentences(strings.TrimSuffix(f.text, " Nothing was changed."), sentence(said)+".")
	return f
}
