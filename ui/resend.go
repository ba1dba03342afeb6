package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// resend has the zones of a global control plane sent a secret, or all secrets
// of a mesh, once more. It first says what is known of the zones and what is
// only guessed. The steps are the gate's: each is decided by what is left to do,
// so that it can stop between any two of them.
type resend struct {
	to    *session
	refs  []model.Ref
	mesh  string // when it is about a mesh
	left  int    // system secrets of the mesh, which are left out
	stage resendStage
	at    int // of the choices
	typed bool
	ask   consent

	asked    *request
	zones    []backend.Zone
	zonesErr error
	again    backend.Resending
	failed   error // why a step failed, so that the others were not begun
	stopping bool  // no further label is set
	quits    bool  // the console leaves once no label is left
}

type resendStage uint8

const (
	readingZones resendStage = iota
	choosingResend
	sendingAgain
	sentAgain
)

// openResend opens it for one secret, or says why zones are not sent it.
func openResend(s *session, f Frame, row model.Row) (Screen, tea.Cmd) {
	name := model.Visible(row.Secret.Ref.Name)
	if why := s.cannotResend(row); why != "" {
		return refusal{"Resend " + name, why}, nil
	}
	return resend{to: s, refs: []model.Ref{row.Secret.Ref}}.read(f)
}

// openResendMesh opens it for the secrets of a mesh.
func openResendMesh(s *session, f Frame, have stock, scope model.Scope) (Screen, tea.Cmd) {
	title := "Resend " + model.Visible(scope.Mesh)
	r := resend{to: s, mesh: scope.Mesh}
	for _, row := range have.inventory.In(scope).All() {
		switch {
		case row.Ghost():
		case row.System:
			r.left++
		default:
			r.refs = append(r.refs, row.Secret.Ref)
		}
	}
	switch why := s.sendsNothing(); {
	case scope.All, scope.Global:
		return refusal{"Resend", "Choose one mesh: its secrets are sent to the zones again. Global secrets are never reassigned, so no zone lost one that way."}, nil
	case why != "":
		return refusal{title, why}, nil
	case len(r.refs) == 0:
		return refusal{title, "Mesh " + model.Visible(scope.Mesh) + " has no secret that could be sent again."}, nil
	}
	return r.read(f)
}

// sendsNothing says why nothing is sent to zones from here, or "".
func (s *session) sendsNothing() string {
	name := model.Visible(s.entry.Name)
	switch {
	case s.id.Federated:
		return name + " is a zone itself. Secrets are sent by the global control plane that it follows: resend them there."
	case s.id.Mode == backend.ModeZone:
		return name + " is no global control plane: no zone follows it, so nobody could have lost a secret that was moved here."
	case !s.traits.StoresLabels:
		return name + " keeps no labels in this version, and zones are sent only what changes. Save the secret anew instead: that is a change too."
	}
	return ""
}

// cannotResend says why zones are not sent one secret again, or "".
func (s *session) cannotResend(row model.Row) string {
	name := model.Visible(row.Secret.Ref.Name)
	switch why := s.sendsNothing(); {
	case why != "":
		return why
	case row.Ghost():
		return name + " is missing, so there is nothing to send."
	case row.System:
		return name + " is a system secret. Those are never reassigned, so no zone lost it that way."
	case row.Secret.Ref.Global():
		return name + " is a global secret. Those are never reassigned, so no zone lost it that way."
	}
	return ""
}

// read asks for the zones.
func (r resend) read(f Frame) (resend, tea.Cmd) {
	r.asked.stop()
	plane := r.to.plane
	var run tea.Cmd
	r.asked, run = ask(r.to, f, readLimit, func(ctx context.Context) ([]backend.Zone, error) { return plane.Zones(ctx) })
	r.stage = readingZones
	return r, run
}

func (r resend) session() *session { return r.to }
func (r resend) close()            { r.asked.stop() }
func (r resend) typing() bool      { return r.typed }

// what is what is sent again: a name, or how many of which mesh.
func (r resend) what() string {
	if r.mesh == "" {
		return model.Visible(r.refs[0].Name)
	}
	return plural(len(r.refs), "secret", "secrets") + " of " + model.Visible(r.mesh)
}

func (r resend) busy() (string, bool) {
	return "sending " + r.what() + " to the zones again", r.stage == sendingAgain
}

// choices are what can be done: nothing is sent to nobody.
func (r resend) choices() []choice {
	leave := choice{"leave", "nothing is done"}
	if r.zonesErr == nil && len(r.zones) == 0 {
		return []choice{leave}
	}
	gap := shortSeconds(r.to.id.Gap())
	what := "a label is set on it and, " + gap + " later, removed: zones are sent both changes"
	if len(r.refs) > 1 {
		what = "a label is set on each and, " + gap + " later, removed: zones are sent both changes"
	}
	return []choice{{"send again", what}, leave}
}

// Deeds are those of the stage.
func (r resend) Deeds(f Frame) []Deed {
	switch {
	case r.stage == sendingAgain && r.again.Next == backend.SetLabel:
		return []Deed{{ID: keymap.Leave, Word: "stop after this one", Not: r.stops()}}
	case r.stage == sendingAgain:
		return []Deed{{ID: keymap.Leave, Not: "What was begun is finished, so that no label stays.", Quiet: true}}
	case r.typed:
		return phraseDeeds(f, "send again")
	case r.stage == choosingResend:
		return append([]Deed{
			{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept},
			{ID: keymap.Reload, Word: "ask the zones again"},
		}, standing("back")...)
	}
	return append([]Deed{{ID: keymap.Reload, Word: "ask the zones again", Quiet: r.stage == readingZones}}, standing("back")...)
}

func (r resend) stops() string {
	if r.stopping {
		return "It stops after the one under way."
	}
	return ""
}

// phraseDeeds are those while a phrase is typed that agrees to something.
func phraseDeeds(f Frame, act string) []Deed {
	word := act + ", once all is typed"
	if f.Width < narrowDialog {
		word = act + ", once typed"
	}
	return []Deed{{ID: keymap.Accept, Word: word}, {ID: keymap.Redraw, Quiet: true}, {ID: keymap.Leave, Word: "back", Pin: true}}
}

// Do does one of them.
func (r resend) Do(f Frame, p Press) (Screen, Result) {
	switch {
	case r.stage == sendingAgain:
		r.stopping = true
		return r, Result{}
	case r.typed:
		return r.confirm(f, p)
	case p.ID == keymap.Reload:
		r, run := r.read(f)
		return r, Result{Run: run}
	case p.ID == keymap.Down, p.ID == keymap.Up:
		r.at = moved(p.ID, r.at, len(r.choices()), len(r.choices()))
		return r, Result{}
	case p.ID == keymap.Accept && r.at < len(r.choices())-1:
		return r.agree(f)
	}
	return r, Result{Close: true}
}

// agree begins, or asks for the phrase first: it is a change, and on a protected
// control plane each of them is confirmed.
func (r resend) agree(f Frame) (Screen, Result) {
	if !r.to.gate.Protected() {
		return r.begin(f)
	}
	ref := r.refs[0]
	if r.mesh != "" {
		ref = model.Ref{Mesh: r.mesh, Name: r.mesh}
	}
	r.ask = consentTo(r.to, model.Change{Verb: model.Edit, Before: model.Snapshot{Secret: model.Secret{Ref: ref}}})
	r.ask.verb = model.Reassign // "to go on"
	r.typed = true
	return r, Result{}
}

func (r resend) confirm(f Frame, p Press) (Screen, Result) {
	ask, out, said := r.ask.do(p)
	switch out {
	case declined:
		r.typed = false
		return r, Result{}
	case agreed:
		r.typed = false
		return r.begin(f)
	case undecided:
	}
	r.ask = ask
	return r, Result{Say: said}
}

// resent is the answer to one step.
type resent struct{ again backend.Resending }

// begin takes the first step.
func (r resend) begin(f Frame) (Screen, Result) {
	gate, refs := r.to.gate, slices.Clone(r.refs)
	r.stage, r.failed, r.again = sendingAgain, nil, backend.Resending{Refs: refs}
	var run tea.Cmd
	r.asked, run = commit(r.to, f, backend.ResendLimit, func(ctx context.Context) (resent, error) {
		return resent{gate.BeginResend(ctx, refs)}, nil
	})
	return r, Result{Run: run}
}

// step takes the next one.
func (r resend) step(f Frame) (resend, tea.Cmd) {
	gate, again := r.to.gate, r.again
	var run tea.Cmd
	r.asked, run = commit(r.to, f, backend.ResendLimit, func(ctx context.Context) (resent, error) {
		next, err := gate.AdvanceResend(ctx, again)
		return resent{next}, err
	})
	return r, run
}

// Update takes the zones, and the answers to the steps.
func (r resend) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[[]backend.Zone]:
		if msg.to == r.asked {
			r.asked, r.stage = nil, choosingResend
			r.zones, r.zonesErr = msg.value, msg.err
			slices.SortFunc(r.zones, func(x, y backend.Zone) int { return strings.Compare(x.Name, y.Name) })
			r.at = min(r.at, len(r.choices())-1)
		}
	case answer[resent]:
		if msg.to == r.asked {
			return r.went(f, msg)
		}
	case quitting:
		r.quits = r.stage == sendingAgain
		r.stopping = r.stopping || r.quits
	case stay:
		r.quits = false
	case tea.KeyPressMsg, tea.PasteMsg:
		if r.typed {
			r.ask = r.ask.update(msg)
		}
	}
	return r, Result{}
}

// went takes the answer to a step and takes the next, until all is done.
func (r resend) went(f Frame, msg answer[resent]) (Screen, Result) {
	r.asked, r.again = nil, msg.value.again
	if msg.err != nil {
		r.failed = msg.err
	}
	if r.stopping {
		r.again = r.again.Stop()
	}
	switch {
	case r.again.Next == backend.AskAfterResend && r.quits:
		// Who leaves waits until no label is left, and not for the zones' answers.
		r.stage = sentAgain
		return r, Result{}
	case r.again.Next == backend.Resent:
		r.stage, r.stopping = sentAgain, false
		return r, Result{Say: r.outcome()}
	}
	r, run := r.step(f)
	return r, Result{Run: run}
}

// outcome says how it went.
func (r resend) outcome() Message {
	sent, unsent, stay := r.again.Sent(), len(r.again.Unsent), len(r.again.Left)
	text := model.Visible(r.refs[0].Name) + " was sent to the zones again"
	if r.mesh != "" {
		text = plural(sent, "secret", "secrets") + " of " + model.Visible(r.mesh) + " " + wasWere(sent) + " sent to the zones again"
	}
	switch {
	case sent == 0 && stay == 0:
		return refused("Nothing was sent again. " + r.why())
	case stay > 0:
		return noted(sentenceOf(text) + " The label meshsecrets.io/resend could not be removed everywhere; the next resend does that.")
	case unsent > 0:
		return noted(sentenceOf(text) + " " + plural(unsent, "other", "others") + " could not be.")
	case len(r.again.Zones) == 0:
		return noted(text + "; how they took it is not known.")
	}
	for _, z := range r.again.Zones {
		if z.Answer != backend.Took {
			return noted(text + "; not all of them took it, or said so.")
		}
	}
	return done(text + "; all of them answered and refused nothing.")
}

// why is why nothing was sent.
func (r resend) why() string {
	switch {
	case r.failed != nil:
		return explain(r.failed, r.to).Text
	case len(r.again.Unsent) > 0:
		return explain(r.again.Unsent[0].Err, r.to).Text
	}
	return "It was stopped before the first one."
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
