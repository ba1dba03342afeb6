package backend

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// How soon a control plane tells what a zone made of something. What names a
// setting is as a recorded control plane of Kuma 2.14 has it, whose settings
// nobody had changed (testdata/controlplane/universal-2.14/002-config.json). How
// often changes are sent is asked (Identity.SyncEvery).
const (
	// insightEvery is how often the insight of a zone is written, if it changed:
	// multizone.global.kds.zoneInsightFlushInterval.
	insightEvery = 10 * time.Second
	// refusedPause is how long the next response to a zone that refused one is
	// held back: multizone.global.kds.nackBackoff.
	refusedPause = 5 * time.Second
	// answerTime is more than a zone takes for its answer, and the control plane
	// to write it down once it is time to: an assumption.
	answerTime = 500 * time.Millisecond
	// grace is how long an insight is waited for that should be there already.
	grace = 3 * time.Second
)

// asking is how a run asks zones how they took what they were sent last.
//
// Answers cannot be counted. Zones are sent everything that changed since the
// second before in one response, so two of our own changes may be one, others'
// are counted with them, and one that was made and deleted within a second is
// none. What can be known is when an answer must be in the insight. What was
// sent is in a response a second later (settle), and the insight is written anew
// every ten seconds if anything changed. So
//   - an insight that was surely written later than that holds our answer;
//   - where it was written about when we sent, and then not for ten seconds, it
//     held all that there was to tell;
//   - where no response was counted since just before the sending, it holds none.
//
// And all that was sent must be answered. Nothing rests on comparing clocks: an
// insight was surely written after the last reading that did not have it, which
// this program timed itself.
type asking struct {
	first []Zone // what they said before this run wrote anything
	blind bool   // what they had said could not be read
	// base is what they said just before the last sending; nil where that was
	// not read, and first is taken in its place.
	base  []Zone
	began time.Time // the last sending was over by then; zero when nobody asked since
	now   time.Time // when they were asked last
	sync  time.Duration
	seen  map[string]watched
	// resends is how many times they were sent the secret once more; again tells
	// that it was so the last time, to zones that may just have refused something.
	resends int
	again   bool
	// known is how many refusals are expected: where the target is made first, a
	// zone on Kubernetes refuses it as long as it has the source, and takes it at
	// the next change.
	known int
}

// watched is the insight of one zone since the last sending.
type watched struct {
	before Zone          // just before the sending
	said   Zone          // as it was read last
	at     time.Time     // when that was
	sure   time.Duration // how long after the sending it was written anew, at least
	// due is how many responses had been sent when that was late enough, ours
	// among them; 0 before. They are answered in their order.
	due int
}

// stirred is the same for what was just sent: whatever was heard is of before.
func (a asking) stirred() asking {
	a.began, a.seen = time.Time{}, nil
	return a
}

// opened begins to listen. It is called after the last sending was answered,
// and after somebody looked what came of it.
func (a asking) opened(sync time.Duration) asking {
	if !a.began.IsZero() {
		return a
	}
	a.began, a.sync = clock(), cmp.Or(sync, usualSync)
	before := a.base
	if before == nil {
		before = a.first
	}
	a.seen = make(map[string]watched, len(before))
	for _, z := range before {
		if z.Known {
			a.seen[z.Name] = watched{before: z, said: z, at: a.began}
		}
	}
	return a
}

// before reads what the zones say just before the last sending.
func (g Gate) before(ctx context.Context, a asking) asking {
	a = a.stirred()
	a.base = nil
	if zones, err := g.plane.Zones(ctx); err == nil {
		a.base = zones
	}
	return a
}

// heard notes what the zones say, as it was asked for at a time.
func (a asking) heard(now []Zone, at time.Time) asking {
	seen := make(map[string]watched, len(now))
	for _, z := range now {
		w, has := a.seen[z.Name]
		switch {
		case !z.Known && !has:
			continue
		case !z.Known: // for a moment, perhaps
		case !has:
			w = watched{before: named(a.first, z.Name), said: z, at: at}
		default:
			w = a.read(w, z)
			w.said, w.at = z, at
		}
		seen[z.Name] = w
	}
	a.seen = seen
	return a
}

// read notes whether an insight was written anew, and for certain.
func (a asking) read(w watched, now Zone) watched {
	if !now.Connected.Equal(w.said.Connected) {
		w.due = 0
	}
	if now != w.said {
		w.sure = w.at.Sub(a.began)
	}
	if w.due == 0 && w.sure >= a.settle(now) {
		w.due = now.Sent
	}
	return w
}

func named(all []Zone, name string) Zone {
	if i := slices.IndexFunc(all, func(z Zone) bool { return z.Name == name }); i >= 0 {
		return all[i]
	}
	return Zone{}
}

// since is what a zone had said before, as far as it is counted on: it counts
// anew when it connects.
func since(before, now Zone) Zone {
	if before.Connected.Equal(now.Connected) {
		return before
	}
	return Zone{}
}

// refused tells whether a zone refused anything since before this run.
func (a asking) refused(now Zone) bool {
	return now.Rejected > since(named(a.first, now.Name), now).Rejected
}

// settle is how long after a sending the answer to it is in what is then written.
func (a asking) settle(now Zone) time.Duration {
	settle := a.sync + answerTime
	if a.refused(now) || a.again && now.Rejected > 0 {
		settle += refusedPause
	}
	return settle
}

// overdue is when an answer is in the insight, if there is one.
func (a asking) overdue(now Zone) time.Duration { return a.settle(now) + insightEvery + answerTime }

// answers are how the zones took it, as they say now.
func (a asking) answers(now []Zone) []ZoneAnswer {
	answers := make([]ZoneAnswer, len(now))
	for i, z := range now {
		answers[i] = ZoneAnswer{Name: z.Name, Answer: a.answer(z)}
	}
	slices.SortFunc(answers, func(x, y ZoneAnswer) int { return cmp.Compare(x.Name, y.Name) })
	return answers
}

func (a asking) answer(now Zone) Answer {
	first := named(a.first, now.Name)
	switch {
	case a.blind, !now.Known, first.Name != "" && !first.Known:
		return Unasked
	case !now.Online:
		return Away
	}
	overdue := a.now.Sub(a.began) >= a.overdue(now)
	answered := a.answered(now, overdue)
	rejected := now.Rejected > since(first, now).Rejected+a.known
	switch {
	case rejected && (answered || overdue):
		return Rejected
	case answered:
		return Took
	}
	return Awaited
}

// answered tells whether a zone answered all that it was sent up to the last
// sending, and that is known.
func (a asking) answered(now Zone, overdue bool) bool {
	w := a.seen[now.Name]
	due := w.due
	if due == 0 && overdue {
		due = now.Sent
	}
	return due > since(w.before, now).Sent && now.Acknowledged+now.Rejected >= due
}

// patience is how long an answer is waited for. Where others change something
// all the time, the insight may be written while one response is on its way: the
// next one tells more.
func (a asking) patience(now Zone) time.Duration {
	patience := a.overdue(now) + grace
	if a.seen[now.Name].due > 0 && now.Sent == now.Acknowledged+now.Rejected+1 {
		patience += insightEvery
	}
	return patience
}

// over tells whether nothing more is to be learnt by asking again, from zones
// that could be read or not.
func (a asking) over(now []Zone, read bool) bool {
	waited := a.now.Sub(a.began)
	if !read {
		return waited >= a.patience(Zone{})
	}
	return !slices.ContainsFunc(now, func(z Zone) bool {
		return a.answer(z) == Awaited && waited < a.patience(z)
	})
}

// clock is the one by which this program waits.
func clock() time.Time {
	return time.Now() //nolint:forbidigo // what is timed are waits, which are the machine's as well
}

// pollEvery is how often zones are asked.
const pollEvery = time.Second

// listen waits a moment and asks the zones once: unread is why they could not
// be read, err that nobody waits any more.
func (g Gate) listen(ctx context.Context, a asking) (next asking, now []Zone, unread, err error) {
	a = a.opened(g.plane.Identity().SyncEvery)
	if err := rest(ctx, pollEvery); err != nil {
		return a, nil, nil, err
	}
	a.now = clock()
	now, unread = g.plane.Zones(ctx)
	if unread == nil {
		a = a.heard(now, a.now)
	}
	return a, now, unread, nil
}
