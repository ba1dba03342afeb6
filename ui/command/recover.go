package command

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutRecover = `Lists the reassigns that were begun and not finished, whoever began them and
wherever: how far each came, and what can be done about it. With --finish or
--take-back it does that, for the one of NAME or for all of them; what is there
may allow only one of the two, or none. Where it allows none, --forget ends it
for the one of NAME without moving anything: it deletes the safety copy, and the
value in it, or takes off the label. Nothing is done unasked.`

const examplesRecover = `  meshsecrets recover
      what is unfinished on the only control plane there is
  meshsecrets recover --finish stripe-webhook-token --context prod-eu
      go on to where it was to lead
  meshsecrets recover --take-back stripe-webhook-token --context prod-eu
      go back to where it was`

const exitsRecover = `
Exit codes:
  0  nothing is unfinished, or nothing is any more
  1  nothing is unfinished any more, but not all went where it was asked to
  2  the program stopped on a mistake of its own
  3  nobody could look (connection, permission), or wrong usage; nothing was changed
  4  something is unfinished, or still is: what is printed says where the value is

The first ctrl+c lets the step under way end, and stops; the second leaves at once.`

// recovering is what the command line says of unfinished reassigns.
type recovering struct {
	name             string // "" for all
	finish, takeBack bool
	forget           bool
	yes, despite     bool
}

// asks tells whether anything is to be done.
func (r recovering) asks() bool { return r.choice() != model.Leave }

// choice is what is to be done.
func (r recovering) choice() model.Choice {
	switch {
	case r.finish:
		return model.Finish
	case r.takeBack:
		return model.TakeBack
	case r.forget:
		return model.Forget
	}
	return model.Leave
}

func newRecover(p Process) *cobra.Command {
	var f flags
	var r recovering
	c := &cobra.Command{
		Use:     "recover [--finish | --take-back | --forget] [NAME]",
		Short:   "Show reassigns that were interrupted, finish them or take them back",
		Long:    aboutRecover,
		Example: examplesRecover,
		Args:    oneNameOrNone,
		RunE: func(c *cobra.Command, args []string) error {
			r.name = strings.Join(args, "")
			return f.recover(c.Context(), p, c, r)
		},
	}
	set := c.Flags()
	set.BoolVar(&r.finish, "finish", false, "go on to the mesh that each was to lead to")
	set.BoolVar(&r.takeBack, "take-back", false, "go back to the mesh that each came from")
	set.BoolVar(&r.forget, "forget", false, "end the one of NAME without moving anything, where neither is possible")
	f.defineYes(set, &r.yes)
	set.BoolVar(&r.despite, despiteFlag, false, "with --finish: "+aboutDespite)
	f.lastly(c, p, exitsRecover)
	return c
}

// check refuses what does not go together.
func (r recovering) check() error {
	switch {
	case r.finish && r.takeBack:
		return refuse("--finish and --take-back are two ways. Give one of them.")
	case r.forget && (r.finish || r.takeBack):
		return refuse("--forget moves nothing, so it goes neither with --finish nor with --take-back.")
	case r.forget && r.name == "":
		return refuse("--forget needs the NAME of the one to forget: it may end the last holder of a value.")
	case r.despite && !r.finish:
		return refuse("--%s goes with --finish: only that deletes the secret where it is named.", despiteFlag)
	case r.yes && !r.asks():
		return refuse("--yes goes with --finish, --take-back or --forget. Alone, recover only looks.")
	}
	return nil
}

// recover lists what is unfinished, and does what was asked for.
func (f *flags) recover(life context.Context, p Process, c *cobra.Command, r recovering) error {
	if err := r.check(); err != nil {
		return err
	}
	ending := attend(life, p.Signals)
	reading, stop := ending.until(life)
	defer stop()
	e, err := f.errand(reading, p, c, ending)
	if err != nil {
		return err
	}
	defer e.warned()
	if err := e.unasked(r.yes); err != nil {
		return err
	}
	if err := e.writable(); err != nil && r.asks() {
		return err
	}
	all, err := e.plane.Unfinished(reading)
	if err != nil {
		return ending.stopped(failure{text: because(err) + " Nothing was changed.", code: ExitUsage})
	}
	if r.name != "" {
		// Of what cannot be read nobody knows whose it is.
		all = slices.DeleteFunc(all, func(u model.Unfinished) bool { return u.Problem == "" && u.Plan.From.Name != r.name })
	}
	if len(all) == 0 {
		e.sheet.title("No unfinished reassign%s on %s.", of(r.name), e.about())
		return nil
	}
	if err := ready(p, r.yes || !r.asks(), "recover alone"); err != nil {
		return err
	}
	e.sheet.title("Unfinished on %s", e.about())
	return e.recoverAll(life, reading, all, r)
}

// of names what was asked for.
func of(name string) string {
	if name == "" {
		return ""
	}
	return " of " + quotable(name)
}

// tally is what came of several.
type tally struct {
	left    int  // unfinished
	refused int  // finished, but not as asked
	unread  bool // one at least could not be looked at
	lost    int  // in no mesh and in no safety copy, as far as can be seen
	mistake bool // the program made one
}

// recoverAll looks at each and does what was asked for, one after the other.
// The first signal stops what comes after.
func (e *errand) recoverAll(life, reading context.Context, all []model.Unfinished, r recovering) error {
	var t tally
	for _, u := range all {
		if was(e.ending.asked) {
			t.left++
			continue
		}
		found, err := e.gate.Resume(reading, u)
		switch {
		case errors.Is(err, backend.ErrNotFound):
			t = e.vanished(reading, u, r, t)
		case err != nil:
			t = e.unseen(u, err, t)
		default:
			t = e.recoverOne(life, reading, found, r, t)
		}
		found.Wipe()
	}
	return t.err(r, e.reached)
}

func (t tally) err(r recovering, reached string) error {
	number := model.CountWord(t.left)
	switch {
	case t.mistake:
		return failure{text: number + " left unfinished, and the program made a mistake of its own. It is shown by: meshsecrets recover " + reached, code: ExitMistake}
	case t.left == 0 && t.lost > 0:
		return failure{text: model.CountWord(t.lost) + " in no mesh, and without a safety copy.", code: ExitUnfinished}
	case t.left == 0 && t.refused > 0:
		return failure{text: "Not all went where it was asked to; nothing is unfinished any more.", code: ExitRefused}
	case t.left == 0:
		return nil
	case t.unread && !r.asks():
		return failure{text: number + " unfinished, and not all could be looked at. Nothing was changed.", code: ExitUsage}
	case !r.asks():
		return failure{text: number + " unfinished.", code: ExitUnfinished}
	}
	return failure{text: number + " left unfinished. It is shown by: meshsecrets recover " + reached, code: ExitUnfinished}
}

// complain says what went wrong with one of several.
func (e *errand) complain(text string) { _, _ = io.WriteString(e.process.Err, text+"\n") }

// moved is a reassign in a few words.
func moved(p model.Plan) string {
	return model.Visible(p.To.Name) + ": " + meshOf(p.From) + " → " + meshOf(p.To)
}

// unseen tells of one that cannot be looked at.
func (e *errand) unseen(u model.Unfinished, err error, t tally) tally {
	e.sheet.line(look, "%s: it cannot be looked at", moved(u.Plan))
	e.complain(because(err))
	t.left, t.unread = t.left+1, true
	return t
}

// vanished tells of one whose traces are gone since it was listed: it was ended,
// or somebody deleted what held the value, so it is looked where the secret is.
func (e *errand) vanished(reading context.Context, u model.Unfinished, r recovering, t tally) tally {
	what := "what was made in " + meshOf(u.Plan.To)
	if u.Copy != "" {
		what = "its safety copy"
	}
	var in []string
	meant := false
	for _, end := range []model.Ref{u.Plan.From, u.Plan.To} {
		found, err := e.plane.Get(reading, end)
		found.Wipe()
		switch {
		case err == nil:
			in = append(in, meshOf(end))
			meant = meant || (end == u.Plan.To) == (r.choice() == model.Finish)
		case !errors.Is(err, backend.ErrNotFound):
			return e.unseen(u, err, t)
		}
	}
	name := model.Visible(u.Plan.To.Name)
	if len(in) == 0 {
		e.sheet.line(failed, "%s: %s is gone since it was listed, and %s is in neither mesh: somebody deleted it", moved(u.Plan), what, name)
		t.lost++
		return t
	}
	e.sheet.line(look, "%s: %s is gone since it was listed: somebody ended the reassign, or deleted it. A secret %s is in %s.",
		moved(u.Plan), what, name, strings.Join(in, " and in "))
	if r.asks() && !meant && !r.forget {
		t.refused++
	}
	return t
}

// recoverOne shows one, does what was asked for, and counts it.
func (e *errand) recoverOne(life, reading context.Context, found backend.Found, r recovering, t tally) tally {
	e.show(found)
	if found.State == model.Finished {
		return t
	}
	t.left++
	switch {
	case !r.asks():
		return t
	case !slices.Contains(found.Choices, r.choice()):
		e.complain(e.cannot(found, r.choice()))
		return t
	}
	asks := found.Change
	if !found.NeedsOverride(r.choice()) {
		asks.Users = nil
	}
	if e.yes && !overridden(asks, r.despite) {
		e.complain(staysFor(asks, "finish it").Error())
		return t
	}
	if err := unseenBy(found.Change, "finishes"); err != nil && e.yes && r.finish && !r.despite {
		e.complain(err.Error())
		return t
	}
	if err := e.consents(asks, e.phrase(found, r.choice()), r.despite); err != nil {
		e.complain(err.Error())
		return t
	}
	if !e.yes {
		anew, err := e.stillSo(reading, found)
		defer anew.Wipe()
		if err != nil {
			e.complain(err.Error())
			return t
		}
		found = anew
	}
	if r.forget {
		return e.forgets(life, found, t)
	}
	return e.leads(life, found, r, t)
}

// leads takes the steps of one to where it was asked to, and counts it.
func (e *errand) leads(life context.Context, found backend.Found, r recovering, t tally) tally {
	found.Change.Despite = found.NeedsOverride(r.choice())
	at, back := found.Progress, r.choice() == model.TakeBack
	if back {
		at = at.Reverse()
	}
	came := e.recovered(e.walk(life, found.Change, at), found, back)
	if came.code == ExitDone {
		e.sheet.line("", "%s", came.text)
	} else {
		e.complain(came.text)
	}
	switch came.code {
	case ExitDone:
		t.left--
	case ExitRefused:
		t.left, t.refused = t.left-1, t.refused+1
	case ExitMistake:
		t.mistake = true
	}
	return t
}

// stillSo looks anew once somebody has agreed to what was shown, which may be a
// while ago: to something else nobody agreed. What was looked at now is gone on
// from, as it is.
func (e *errand) stillSo(reading context.Context, shown backend.Found) (backend.Found, error) {
	anew, err := e.gate.Resume(reading, shown.Unfinished)
	switch {
	case err != nil && !errors.Is(err, backend.ErrNotFound):
		return anew, e.ending.stopped(failure{text: because(err) + " Nothing was done.", code: ExitUsage})
	case err != nil, anew.State != shown.State, !slices.Equal(anew.Choices, shown.Choices), !slices.Equal(anew.Change.Users, shown.Change.Users):
		anew.Wipe()
		return backend.Found{}, failure{text: "It is not as it was when it was shown. Nothing was done; look at it again, then decide.", code: ExitUnfinished}
	}
	return anew, nil
}

// recovered tells what came of the steps of a reassign that was begun in another
// run. As long as no step was taken it is as it was found.
func (e *errand) recovered(w walk, found backend.Found, back bool) result {
	switch {
	case w.took || w.err == nil && w.at.Next == model.Done:
		return e.outcome(w, back).after(w)
	case w.left:
		return e.unfinished(leftIn(w.at), unknownAfter(w.at, model.Done, e.namespace()))
	}
	why := "Nothing was done."
	if w.err != nil {
		why = sentences(because(w.err), why)
	}
	return e.unfinished(w.at, model.Visible(found.Plan.To.Name)+": "+found.State.String()+".", why, blocked(w.at))
}

// phrase is what is typed: the mesh is that where the secret will be.
func (e *errand) phrase(found backend.Found, choice model.Choice) string {
	c := found.Change
	switch choice {
	case model.TakeBack:
		c.After.Secret.Ref = found.Plan.From
	case model.Forget:
		c.Verb = model.Delete
	case model.Leave, model.Finish:
	}
	return c.Phrase(e.plane.Identity().Name, e.gate.Protected())
}
