package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The pace of following a kind.
const (
	kindEvery  = 30 * time.Second // between two lists of one that cannot be watched, or is not there
	againAfter = 10 * time.Second // between two lists because the watch after the first could not go on
	patience   = 3                // failures of a watch in a row, after which the kind is listed again
)

// report is what the follower of a kind tells. Each says why the kind is not
// watched, nil when it is.
type report struct {
	kind   model.ResourceKind
	whole  *whole // it was read
	change *change
	failed error // it is neither read nor followed now
	polled error
}

// whole is a kind as it was read, by the keys of its objects; or why it is not
// known, where that is an answer.
type whole struct {
	sights map[string]model.Sight
	err    error
	partly string // as of a backend.ResourcePage
}

// change is one object that changed, or is gone.
type change struct {
	key    string
	sight  model.Sight
	gone   bool
	partly string // why it may be in another mesh than it seems
}

// follower keeps up with one kind: it lists it, and watches it from there. What
// cannot be watched it lists again and again.
type follower struct {
	plane  *plane
	kind   model.ResourceKind
	slots  chan struct{} // so that not all kinds are listed at the same time
	to     chan<- report
	wait   time.Duration // after the next list that fails
	polled error         // why it is not watched, or not relied on
	gaveUp bool          // the watch failed again and again, while lists did not
	barred bool          // watching is not tried any more
	held   bool          // see stream
	spaces spaces
	unsure func() // ends what is followed in a while, to list the kind again
}

// errUnsure ends following a kind of which something is not known that another
// list may tell.
var errUnsure = errors.New("something is not known for sure")

// run lasts until the context ends.
func (f *follower) run(ctx context.Context) {
	f.wait, f.spaces = firstWait, spaces{plane: f.plane}
	for {
		began := f.plane.now()
		pause := f.round(ctx)
		timer := time.NewTimer(max(0, pause-f.plane.now().Sub(began)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// round lists the kind and follows it as long as that goes. It gives how long
// after its beginning the next round is due.
func (f *follower) round(ctx context.Context) time.Duration {
	began := f.plane.now()
	now, from, err := f.list(ctx)
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil && !backend.Settles(f.kind, err):
		return f.failed(ctx, err)
	}
	if !f.tell(ctx, report{whole: &whole{now, err, from.partly}}) {
		return 0
	}
	if backend.Faulty(err) {
		return f.later()
	}
	f.wait = firstWait
	if err != nil || f.barred {
		return kindEvery
	}
	err = f.follow(ctx, from)
	f.gaveUp = f.gaveUp && f.plane.now().Sub(began) < kindEvery
	switch {
	case ctx.Err() != nil, errors.Is(err, errUnsure):
		return 0
	case errors.Is(err, backend.ErrExpired), withStatus(err, http.StatusNotFound):
		return againAfter // at once, when it was followed for longer than that
	case unwatchable(err):
		f.barred = true
	case !f.gaveUp && f.polled == nil:
		f.gaveUp = true // whether the server is at fault as a whole, a list tells
		return 0
	}
	f.polled = err
	f.tell(ctx, report{})
	return kindEvery
}

// failed says that the kind could not be listed, and waits longer each time. It
// is not the watch alone that does not go then.
func (f *follower) failed(ctx context.Context, err error) time.Duration {
	f.gaveUp = false
	if !f.barred {
		f.polled = nil
	}
	wait := f.later()
	f.tell(ctx, report{failed: retrying(err, wait)})
	return wait
}

// later is how long to wait after a failure: longer each time.
func (f *follower) later() time.Duration {
	wait := f.wait/2 + rand.N(f.wait/2) //nolint:gosec // nobody gains by knowing when we try again
	f.wait = min(2*f.wait, lastWait)
	return wait
}

func (f *follower) tell(ctx context.Context, r report) bool {
	r.kind, r.polled = f.kind, f.polled
	select {
	case <-ctx.Done():
		return false
	case f.to <- r:
		return true
	}
}

// list looks at all objects of the kind, page by page, and keeps none of them.
// It gives the first page as well: where it was read, and of what moment.
func (f *follower) list(ctx context.Context) (map[string]model.Sight, kindPage, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return nil, kindPage{}, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	found, from := map[string]model.Sight{}, kindPage{}
	f.spaces.forget()
	for at := (kindCursor{Sweep: 1}); ; {
		page, err := f.plane.kindPage(ctx, f.kind, at)
		if err != nil {
			return nil, kindPage{}, err
		}
		if at.Page == 0 || page.again {
			clear(found)
			from = page
		}
		from.partly = cmp.Or(from.partly, f.spaces.settle(ctx, page.objects), page.partly)
		for _, one := range page.objects {
			found[one.key] = model.See(one.resource)
		}
		if !page.more {
			from.objects = nil
			return found, from, nil
		}
		at = page.next
	}
}

// follow watches the kind from where a list ended, until that cannot go on. A
// watch that failed before has to last its time before it is relied on again.
func (f *follower) follow(ctx context.Context, from kindPage) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	f.unsure = sync.OnceFunc(func() {
		timer := time.AfterFunc(kindEvery, func() { end(errUnsure) })
		context.AfterFunc(ctx, func() { timer.Stop() })
	})
	if f.spaces.passing() {
		f.unsure()
	}
	tries := patience
	if f.gaveUp || f.polled != nil {
		tries = 1
	}
	s := &stream{
		plane: f.plane, of: kindOfObject{f.kind, from.at}, revision: from.revision, held: f.held, doubted: f.polled != nil, tell: f.heard,
		gives: func(err error, failures int) bool {
			return unwatchable(err) || withStatus(err, http.StatusNotFound) || failures >= tries
		},
	}
	err := s.run(ctx)
	f.held = s.held
	return err
}

// heard passes on what the stream says. As long as the kind is listed again and
// again, a watch that fails is no news.
func (f *follower) heard(ctx context.Context, h heard) bool {
	if h.err != nil {
		return f.polled != nil || f.tell(ctx, report{failed: h.err})
	}
	f.polled, f.gaveUp = nil, false
	r := report{}
	if h.what != "" {
		one := []object{h.one}
		r.change = &change{key: h.one.key, gone: h.what == "DELETED"}
		if !r.change.gone { // of one that is gone nobody asks where it was
			r.change.partly = f.spaces.settle(ctx, one)
			if f.spaces.passing() {
				f.unsure()
			}
		}
		r.change.sight = model.See(one[0].resource)
	}
	return f.tell(ctx, r)
}

// unwatchable tells that watching a kind is not allowed, or not possible.
func unwatchable(err error) bool {
	return errors.Is(err, backend.ErrForbidden) || withStatus(err, http.StatusMethodNotAllowed)
}

func withStatus(err error, status int) bool {
	failure, is := errors.AsType[*backend.Error](err)
	return is && failure.Status == status
}

// retrying tells in an error when it is tried again.
func retrying(err error, in time.Duration) error {
	failure, is := errors.AsType[*backend.Error](err)
	if !is {
		return err
	}
	told := *failure
	told.Retry = in
	return &told
}

// kindOfObject are the changes of a kind, in one place.
type kindOfObject struct {
	kind model.ResourceKind
	at   place
}

func (k kindOfObject) changes(options metav1.ListOptions) call {
	return call{at: k.at, accept: typeJSON, params: &options}
}

func (k kindOfObject) read(raw []byte) (heard, string, error) {
	one, err := objectIn(k.kind, raw)
	return heard{one: one}, one.revision, err
}
