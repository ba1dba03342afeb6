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

// maxResends is how often a secret is sent once more to zones that refuse it.
const maxResends = 3

func anyZone(answers []ZoneAnswer, is Answer) bool {
	return slices.ContainsFunc(answers, func(z ZoneAnswer) bool { return z.Answer == is })
}

// ask asks the zones once how they took what they were sent, and sends the
// secret again when one refused something. Over tells that nothing more is to
// be learnt.
func (g Gate) ask(ctx context.Context, c model.Change, at Progress) (next Progress, over bool, err error) {
	if at.World.Fixed { // nothing was sent for a zone to take what it refused
		at.asking.base, at.asking.known = nil, 0
	}
	var now []Zone
	var unread error
	if at.asking, now, unread, err = g.listen(ctx, at.asking); err != nil {
		return at, false, err
	}
	if unread == nil {
		at.Zones = at.asking.answers(now)
	}
	if !at.asking.over(now, unread == nil) {
		return at, false, nil
	}
	at.Asked = true
	// What somebody changed meanwhile is not sent as it was planned.
	planned := at.World.Target == model.Present || at.World.Target == model.Restored
	refused := unread == nil && anyZone(at.Zones, Rejected)
	if !refused || !planned || at.asking.resends >= maxResends || at.World.Fixed {
		return at, true, nil
	}
	at.asking = asking{first: now, resends: at.asking.resends + 1, again: true}
	at.target, at.asking.base, err = g.resend(ctx, at.target, at.planned(c, at.Plan.To))
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
