package backend

import (
	"cmp"
	"context"
	"slices"
	"time"

	"meshsecrets/model"
)

// followed tells whether zones follow the control plane, or may: what cannot be
// read is taken for yes.
func (g Gate) followed(ctx context.Context) bool {
	id := g.plane.Identity()
	if id.Mode == ModeZone {
		return false
	}
	zones, err := g.plane.Zones(ctx)
	return err != nil || len(zones) > 0
}

// How long zones are given, measured on control planes that send changes once
// a second: after two of those ticks a zone has what was sent before.
const (
	usualSync   = time.Second
	shortestGap = 3 * time.Second
)

// Gap is how long zones are given to follow a change: more than two of the
// moments at which they are sent what changed.
func (id Identity) Gap() time.Duration {
	return max(shortestGap, 2*cmp.Or(id.SyncEvery, usualSync)+usualSync)
}

// Answer is how a zone took what it was sent.
type Answer uint8

// The answers.
const (
	Awaited  Answer = iota // it has not answered yet
	Took                   // it answered, and refused nothing
	Rejected               // it refused something
	Away                   // it is not connected
	Unasked                // what it says cannot be read
)

// ZoneAnswer is how one zone took what it was sent.
type ZoneAnswer struct {
	Name   string
	Answer Answer
}

// asking is how a run asks zones: what they had said before it wrote anything.
type asking struct {
	before  []Zone
	blind   bool // what they had said could not be read
	sends   int  // how many times they were sent something since
	polls   int  // how many times they were asked since
	resends int  // how many times they were sent the secret once more
	// known is how many refusals were known before: where the target is made
	// first, a zone on Kubernetes refuses it as long as it has the source, and
	// takes it at the next change.
	known int
}

// The bounds of asking: a zone tells how it took something within ten seconds.
const (
	pollEvery  = time.Second
	maxPolls   = 15
	maxResends = 3
)

// asked compares what zones say with what they said before.
func (a asking) asked(now []Zone) []ZoneAnswer {
	answers := make([]ZoneAnswer, len(now))
	for i, z := range now {
		answers[i] = ZoneAnswer{Name: z.Name, Answer: a.answer(z)}
	}
	slices.SortFunc(answers, func(x, y ZoneAnswer) int { return cmp.Compare(x.Name, y.Name) })
	return answers
}

func (a asking) answer(now Zone) Answer {
	at := slices.IndexFunc(a.before, func(z Zone) bool { return z.Name == now.Name })
	if a.blind || !now.Known || at >= 0 && !a.before[at].Known {
		return Unasked
	}
	if !now.Online {
		return Away
	}
	var before Zone
	if at >= 0 && a.before[at].Connected.Equal(now.Connected) {
		before = a.before[at]
	}
	switch {
	case now.Sent-before.Sent < a.sends, now.Acknowledged+now.Rejected < now.Sent:
		return Awaited
	case now.Rejected > before.Rejected+a.known:
		return Rejected
	}
	return Took
}

func anyZone(answers []ZoneAnswer, is Answer) bool {
	return slices.ContainsFunc(answers, func(z ZoneAnswer) bool { return z.Answer == is })
}

// ask asks the zones once how they took what they were sent, and sends the
// secret again when one refused something. Over tells that nothing more is to
// be learnt.
func (g Gate) ask(ctx context.Context, c model.Change, at Progress) (next Progress, over bool, err error) {
	if err := rest(ctx, pollEvery); err != nil {
		return at, false, err
	}
	at.asking.polls++
	var now []Zone
	if zones, unread := g.plane.Zones(ctx); unread == nil {
		at.Zones, now = at.asking.asked(zones), zones
	}
	waiting, refused := now == nil || anyZone(at.Zones, Awaited), anyZone(at.Zones, Rejected)
	if waiting && at.asking.polls < maxPolls {
		return at, false, nil
	}
	// What somebody changed meanwhile is not sent as it was planned.
	planned := at.World.Target == model.Present || at.World.Target == model.Restored
	if now == nil || !refused || !planned || at.asking.resends >= maxResends || at.World.Fixed {
		return at, true, nil
	}
	at.asking = asking{before: now, sends: 1, resends: at.asking.resends + 1}
	sent, err := g.resend(ctx, at.target, at.planned(c, at.Plan.To))
	at.target = sent
	return at, err != nil, nil // when that does not work, the answers say that a zone refused it
}

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
