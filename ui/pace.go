package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The pace of what is done again by itself.
const (
	retryEvery  = 10 * time.Second // the list, after a failure
	relistEvery = 30 * time.Second // the list, for who may not watch
	lookEvery   = 30 * time.Second // who refers to secrets, where only secrets are watched
	lookSoon    = 3 * time.Second  // the same after a change, or when it failed for the first time
	lessonMost  = 2 * time.Minute  // between two tries to read facts
)

// ticked does again what is due.
func (b browse) ticked(f Frame) (browse, tea.Cmd) {
	if b.to == nil {
		return b.reconnect(f)
	}
	b.past = b.past.aged(f.Now)
	if passed(b.again, f) && b.failed != nil {
		return b.start(f)
	}
	b, list := b.relist(f)
	b, look := b.lookAgain(f)
	var learn tea.Cmd
	if passed(b.lessons.again, f) {
		b.lessons.again = time.Time{}
		b, learn = b.learn(f)
	}
	b, seek := b.aged(f).seekAgain(f)
	return b, tea.Batch(list, look, learn, seek)
}

// passed tells whether a moment was set, and is here.
func passed(at time.Time, f Frame) bool { return !at.IsZero() && !f.Now.Before(at) }

// relist reads the list once more for who may not watch it. It waits until what
// came before is worked in.
func (b browse) relist(f Frame) (browse, tea.Cmd) {
	if !b.unwatched || b.listing || b.merging != nil || b.stopped || !passed(b.again, f) {
		return b, nil
	}
	b.again, b.listing, b.quiet = time.Time{}, true, true
	return b.page(f, "")
}

// lookAgain asks once more who refers to secrets, or where that is followed
// whether anybody answers. Where secrets are polled, it comes with each poll.
func (b browse) lookAgain(f Frame) (browse, tea.Cmd) {
	if !b.to.traits.Watches || b.listing || b.looking != nil || b.stopped || f.Now.Sub(b.looked) < b.lookPause() {
		return b, nil
	}
	b.stirred = false
	if b.lookout != nil {
		return b.probe(f)
	}
	return b.look(f)
}

// lookPause is how long to wait between two looks at who refers to secrets:
// longer after each failure, as the control plane may be at its limit.
func (b browse) lookPause() time.Duration {
	switch {
	case b.unheard != nil:
		return min(lookSoon<<min(b.blinds, 2), retryEvery)
	case b.lookout != nil:
		return lookEvery
	case b.blinds > 0:
		return min(lookSoon<<min(b.blinds-1, 8), lookEvery)
	case b.stirred:
		return lookSoon
	}
	return lookEvery
}

// watches tells that changes are pushed to us.
func (b browse) watches() bool { return b.to.traits.Watches && !b.unwatched }

// reading tells that the list is read and that the screen says so.
func (b browse) reading() bool { return b.listing && !b.quiet }

// unwatch goes on without a watch, for who may list secrets and not watch them.
// That is no fault: what is shown is only seldom read.
func (b browse) unwatch(f Frame, err error) (Screen, Result) {
	b.watch.stop()
	if b.watcher != nil {
		b.watcher.Close()
	}
	b.watch, b.watcher = nil, nil
	b.unwatched, b.failed, b.unheard, b.every, b.readAt, b.again = true, nil, nil, relistEvery, f.Now, f.Now.Add(relistEvery)
	why := "you may not watch secrets"
	if e, is := errors.AsType[*backend.Error](err); is && e.Reason != "" {
		why = e.Reason
	}
	return b, Result{Say: noted(sentenceOf(why + ", so the list is read every " + everyWord(relistEvery)))}
}

// fault is why what is shown is not fresh, or not marked.
func (b browse) fault() error {
	if err := b.down(); err != nil {
		return err
	}
	return b.blinded
}

// muted says why nothing can be changed: nothing that is this control plane
// answers us. That a list or a watch fails for another reason stops no write:
// each reads its secret again first.
func (b browse) muted() string {
	name := model.Visible(b.to.entry.Name)
	for _, kind := range []error{backend.ErrUnavailable, backend.ErrUntrusted, backend.ErrPlaintext, backend.ErrRedirect, backend.ErrStranger} {
		if errors.Is(b.down(), kind) {
			return "Nothing can be changed until " + name + " answers"
		}
	}
	if errors.Is(b.down(), backend.ErrUnauthorized) {
		return "Nothing can be changed until " + name + " accepts your login again"
	}
	return ""
}

// handed is the stock as a screen above is opened with it: one rule says here
// and there when nothing can be changed.
func (b browse) handed() stock {
	have := b.stock
	have.followed = b.follows()
	have.begun, have.stopped, have.schooling = b.afoot.unfinished, b.afoot.stopped, b.lessons.schooling()
	if have.silent = b.muted(); have.silent != "" {
		have.silent += "."
	}
	return have
}

// ground is what the screens above have to know to say what may be done.
type ground struct {
	looked         bool
	unseen, silent string
}

func (b browse) ground() ground {
	if b.to == nil {
		return ground{}
	}
	have := b.handed()
	return ground{have.looked, have.unseen, have.silent}
}

// queryOf is what the rows of a scope are a list of.
func queryOf(s model.Scope) backend.Query { return backend.Query{Mesh: s.Mesh, Global: s.Global} }
