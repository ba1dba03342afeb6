package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Who refers to secrets is told as it changes where a control plane does that.
// Then it is not read again and again; only whether anybody answers is asked at
// the pace of the other reading, as an open watch may not notice.

// lookedOn is a lookout that was begun, and what it told first.
type lookedOn struct {
	backend.Lookout
	outlook backend.Outlook
}

// answered tells that a control plane answers us.
type answered struct{}

// lookOn begins to follow who refers to secrets.
func (b browse) lookOn(f Frame, plane backend.Onlooker) (browse, tea.Cmd) {
	var run tea.Cmd
	b.looking, run = ask(b.to, f, listLimit, func(ctx context.Context) (lookedOn, error) {
		lookout := plane.LookOn(ctx)
		first, err := lookout.Next(ctx)
		return lookedOn{lookout, first}, err
	})
	return b, run
}

// lookAway ends that.
func (b browse) lookAway() browse {
	b.onlook.stop()
	if b.lookout != nil {
		b.lookout.Close()
	}
	b.lookout, b.onlook = nil, nil
	return b
}

// lookedAround takes who refers to secrets, in whatever way it was asked for.
func (b browse) lookedAround(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[backend.Around]:
		return b.sawAround(f, msg)
	case answer[lookedOn]:
		return b.lookedOn(f, msg)
	case answer[backend.Outlook]:
		return b.lookedOut(f, msg)
	case answer[answered]:
		return b.probed(f, msg)
	}
	return b, Result{}
}

// lookedOn takes the first that a lookout told.
func (b browse) lookedOn(f Frame, msg answer[lookedOn]) (Screen, Result) {
	if msg.to != b.looking {
		return b, Result{}
	}
	b.looking, b.lookout = nil, msg.value.Lookout
	return b.sawChange(f, msg.value.outlook, msg.err)
}

// lookedOut takes what a lookout told after that.
func (b browse) lookedOut(f Frame, msg answer[backend.Outlook]) (Screen, Result) {
	if msg.to != b.onlook {
		return b, Result{}
	}
	return b.sawChange(f, msg.value, msg.err)
}

// sawChange takes who refers to secrets now, or why that is not known any more,
// and waits for the next change.
func (b browse) sawChange(f Frame, now backend.Outlook, err error) (Screen, Result) {
	var result Result
	if err != nil && b.blinded == nil && !b.seenAt.IsZero() {
		b.seenAt = f.Now // until now it was followed
	}
	if err == nil {
		b, result.Say = b.partly(now)
	}
	b.lookAt = time.Time{}
	if in := retryIn(err); in > 0 {
		b.lookAt = f.Now.Add(in)
	}
	b, learnt := b.sighted(f, now.Around, err)
	b, work := b.work(f, learnt)
	lookout := b.lookout
	var next tea.Cmd
	b.onlook, next = listen(b.to, f, func(ctx context.Context) (backend.Outlook, error) { return lookout.Next(ctx) })
	result.Run = tea.Batch(work, next)
	return b, result
}

// partly says once that some kinds are only read from time to time.
func (b browse) partly(now backend.Outlook) (browse, Message) {
	before := b.kindsEvery
	b.kindsEvery = now.Every
	if before > 0 || now.Every == 0 || b.denied != nil || b.unwatched {
		return b, Message{} // or more than that was said already
	}
	kinds := string(now.Unwatched[0])
	if n := len(now.Unwatched) - 1; n > 0 {
		kinds += " and " + plural(n, "more kind", "more kinds")
	}
	text := kinds + " cannot be watched"
	if errors.Is(now.Why, backend.ErrForbidden) {
		text = "You may not watch " + kinds
	}
	return b, noted(text + ", so references are read every " + everyWord(now.Every) + ".")
}

// probe asks for little, to learn whether the control plane still answers us.
func (b browse) probe(f Frame) (browse, tea.Cmd) {
	plane := b.to.plane
	var run tea.Cmd
	b.looked = f.Now
	b.looking, run = ask(b.to, f, readLimit, func(ctx context.Context) (answered, error) {
		_, err := plane.Resources(ctx, model.KindMesh, "")
		if errors.Is(err, backend.ErrForbidden) {
			err = nil // which is an answer
		}
		return answered{}, err
	})
	return b, run
}

func (b browse) probed(f Frame, msg answer[answered]) (Screen, Result) {
	if msg.to != b.looking {
		return b, Result{}
	}
	b.looking = nil
	return b.beside(f, msg.err), Result{}
}

// follows tells that every change of who refers to secrets is told.
func (b browse) follows() bool {
	return b.lookout != nil && b.kindsEvery == 0 && b.blinded == nil && b.down() == nil
}
