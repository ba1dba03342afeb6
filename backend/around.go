package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"meshsecrets/model"
)

// Around is what refers to secrets, as it was read at one moment.
type Around struct {
	// Meshes is nil when they may not be listed: then it is not known which
	// ones exist. KindMesh is among Unread.
	Meshes     []model.Mesh
	References []model.Reference
	Read       []model.ResourceKind // those that were read whole; all others are Unread
	Unread     []model.Unread
	Counts     Counts
	Note       string // what could not be read whole, worth saying once

	faults map[model.ResourceKind]error // of the kinds that are Faulty, and of which nothing is known from before
}

// Lost is why a kind that was read before cannot be read now, although it may be
// the next time: who knew more keeps to that. It is nil when there is none.
func (a Around) Lost(before []model.ResourceKind) error {
	for _, kind := range before {
		if err := a.faults[kind]; err != nil {
			return err
		}
	}
	return nil
}

// Counts is how many resources of each kind each mesh has; a Mesh counts in
// itself.
type Counts map[model.ResourceKind]map[string]int

// Of is how many of a kind a mesh has.
func (c Counts) Of(kind model.ResourceKind, mesh string) int { return c[kind][mesh] }

// Why a kind of resource was not read, beside model.NotHere.
const (
	notListed = "you may not list it"
	elsewhere = "only the cluster lists it"
)

// sideBySide is how many kinds are read at one time.
const sideBySide = 4

// KindRead is what came of reading one kind of resource: all of them, or why
// they are not known. Sights beside an error are older than it.
type KindRead struct {
	Sights []model.Sight
	Err    error
	Partly string // as of a ResourcePage
}

// LookAround reads every kind of resource that can refer to a secret. A kind
// that cannot be read, or not whole, is named, never silently left out. That
// meshes cannot be read, or that nothing answers, is an error.
func LookAround(ctx context.Context, r Reader) (Around, error) {
	return AroundOf(readKinds(ctx, r, model.ReferringKinds()))
}

// AroundOf puts together what was read of each kind that can refer to a secret,
// as LookAround does.
func AroundOf(read map[model.ResourceKind]KindRead) (Around, error) {
	var a Around
	for _, kind := range model.ReferringKinds() {
		switch err := read[kind].Err; {
		case err == nil:
			a = a.with(kind, read[kind].Sights)
			if partly := cmp.Or(read[kind].Partly, cutShort(read[kind].Sights)); partly != "" {
				a.Unread = append(a.Unread, model.Unread{Kind: kind, Why: partly, Partly: true})
				a = a.withoutIdentities(kind, true)
				continue
			}
			a.Read = append(a.Read, kind)
		case errors.Is(err, ErrNotFound) && kind != model.KindMesh:
			a.Unread = append(a.Unread, model.Unread{Kind: kind, Why: model.NotHere})
		case errors.Is(err, ErrNoneThere):
		case errors.Is(err, ErrElsewhere):
			a.Unread = append(a.Unread, model.Unread{Kind: kind, Why: elsewhere})
		case errors.Is(err, ErrForbidden):
			a.Unread = append(a.Unread, model.Unread{Kind: kind, Why: notListed})
			a = a.withoutIdentities(kind, false)
		case kind != model.KindMesh && Faulty(err):
			if read[kind].Sights == nil {
				a = a.faulty(kind, err)
			}
			a = a.with(kind, read[kind].Sights) // as far as they were known before
			a.Unread = append(a.Unread, model.Unread{Kind: kind, Why: fault(err)})
			a = a.withoutIdentities(kind, false)
		default:
			return a, err
		}
	}
	return a, nil
}

// cutShort says that a resource may name more than was found in it: nobody but
// a hostile hand nests or repeats so much, and that must not hide a user.
func cutShort(sights []model.Sight) string {
	for _, s := range sights {
		if s.Cut {
			return model.Visible(s.Name) + " holds more than is searched for names"
		}
	}
	return ""
}

func (a Around) faulty(kind model.ResourceKind, err error) Around {
	if a.faults == nil {
		a.faults = map[model.ResourceKind]error{}
	}
	a.faults[kind] = err
	return a
}

// Settles tells of a kind that an error of reading it is an answer, which
// AroundOf can go by, and no failure.
func Settles(kind model.ResourceKind, err error) bool {
	_, failed := AroundOf(map[model.ResourceKind]KindRead{kind: {Err: err}})
	return failed == nil
}

// serverFault is the first status by which a server says that it is at fault.
const serverFault = 500

// Faulty tells of an error that something answers, and cannot give what it was
// asked for: a webhook that converts a kind is broken, or there are too many of
// it. Other kinds may be read all the same, and who knows those is not blind.
func Faulty(err error) bool {
	return statusOf(err) >= serverFault ||
		errors.Is(err, ErrTooLarge) || errors.Is(err, ErrConflict) || errors.Is(err, ErrStranger)
}

// fault says it as the reason for which a kind was not read.
func fault(err error) string {
	why := err.Error()
	if failure, is := errors.AsType[*Error](err); is {
		why = cmp.Or(failure.Reason, failure.Kind.Error())
	}
	return "the list failed: " + strings.TrimRight(model.Visible(why), ".")
}

// readKinds reads kinds side by side.
func readKinds(ctx context.Context, r Reader, kinds []model.ResourceKind) map[model.ResourceKind]KindRead {
	answers := make([]KindRead, len(kinds))
	slots := make(chan struct{}, sideBySide)
	var wait sync.WaitGroup
	for i, kind := range kinds {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			answers[i] = seeAll(ctx, r, kind)
		})
	}
	wait.Wait()
	read := make(map[model.ResourceKind]KindRead, len(kinds))
	for i, kind := range kinds {
		read[kind] = answers[i]
	}
	return read
}

// seeAll looks at all resources of a kind, page by page, and keeps none of them.
func seeAll(ctx context.Context, r Reader, kind model.ResourceKind) KindRead {
	var all KindRead
	for cursor := ""; ; {
		page, err := r.Resources(ctx, kind, cursor)
		if err != nil {
			return KindRead{Err: err}
		}
		if page.Again {
			all = KindRead{}
		}
		all.Partly = cmp.Or(page.Partly, all.Partly)
		for _, resource := range page.Resources {
			all.Sights = append(all.Sights, model.See(resource))
		}
		if page.Next == "" {
			return all
		}
		cursor = page.Next
	}
}

func (a Around) with(kind model.ResourceKind, seen []model.Sight) Around {
	a.Counts = a.Counts.with(kind, seen)
	if kind == model.KindMesh {
		a.Meshes = make([]model.Mesh, 0, len(seen))
	}
	for _, s := range seen {
		a.References = append(a.References, s.References...)
		if kind != model.KindMesh {
			continue
		}
		if s.Err != nil {
			a.Note = fmt.Sprintf("Mesh %s could not be read whole: %v.", model.Visible(s.Name), s.Err)
		}
		a.Meshes = append(a.Meshes, s.Trust)
	}
	if kind == model.KindMeshIdentity && a.Meshes != nil {
		a.Meshes = model.WithIdentities(a.Meshes, seen)
	}
	return a
}

func (c Counts) with(kind model.ResourceKind, seen []model.Sight) Counts {
	of := map[string]int{}
	for _, s := range seen {
		of[s.Mesh]++
	}
	if c == nil {
		c = Counts{}
	}
	c[kind] = of
	return c
}

// withoutIdentities makes meshes say that their identities are not known, or
// not all of them.
func (a Around) withoutIdentities(kind model.ResourceKind, partly bool) Around {
	if kind == model.KindMeshIdentity {
		for i := range a.Meshes {
			a.Meshes[i].IdentitiesUnread, a.Meshes[i].IdentitiesPartly = true, partly
		}
	}
	return a
}

// Blind tells that the meshes may not be listed, so that nobody can say which
// of them exist.
func (a Around) Blind() bool {
	return a.Meshes == nil
}

// Users are the references to one secret.
func (a Around) Users(ref model.Ref) []model.Reference {
	var users []model.Reference
	for _, r := range a.References {
		if r.Target() == ref {
			users = append(users, r)
		}
	}
	return users
}

// Has tells whether a mesh exists, as far as meshes could be read.
func (a Around) Has(mesh string) bool {
	return slices.ContainsFunc(a.Meshes, func(m model.Mesh) bool { return m.Name == mesh && !m.Missing })
}

// unknownUser tells who refers to a secret that was not known when its change
// was confirmed: control planes guard little of this themselves.
func (a Around) unknownUser(ref model.Ref, known []model.Reference) error {
	for _, user := range a.Users(ref) {
		if !slices.Contains(known, user) {
			return &model.Refusal{Text: model.Visible(ref.Name) + " is now named by " + user.UserLine() +
				", which was not so when you looked. Nothing was changed; look at it again, then decide."}
		}
	}
	return nil
}

// reads tells that all of the kinds can be read still that were read when a
// change was confirmed. One who refers to a secret from a kind that cannot be
// read any more has not gone.
func (a Around) reads(ref model.Ref, c model.Change) error {
	for _, kind := range c.Read {
		if unreadIn(c.Unread, kind) || slices.Contains(a.Read, kind) {
			continue
		}
		return &model.Refusal{Text: string(kind) + " was read when you looked and cannot be read now, so who uses " +
			model.Visible(ref.Name) + " is not known. Nothing was changed; look at it again, then decide."}
	}
	return nil
}

// unreadIn tells that a kind is among those that were not read.
func unreadIn(unread []model.Unread, kind model.ResourceKind) bool {
	return slices.ContainsFunc(unread, func(u model.Unread) bool { return u.Kind == kind })
}

// mayLeave tells why a secret may not be deleted where it is by a reassign:
// nothing takes it from an mTLS backend, and from policies only what was agreed
// to. Taking a reassign back gives those that waited for the secret what they
// had before: nothing.
func (a Around) mayLeave(from model.Ref, c model.Change, back bool) error {
	users, known := a.Users(from), c.Users
	if err := model.RefuseLoss(from, users); err != nil {
		return err
	}
	switch {
	case back:
		known = c.Awaited
	case !c.Despite:
		known = nil
	}
	return cmp.Or(a.unknownUser(from, known), a.reads(from, c))
}

// makesIt tells why a secret of this name may not be added, or nil: the control
// plane makes it by itself for something that it has.
func (a Around) makesIt(ref model.Ref) error {
	c := model.Change{Verb: model.Create, Users: a.Users(ref)}
	c.After.Secret.Ref = ref
	return c.Refuse(model.Ground{Orphans: true})
}

// mayCome tells why a secret may not be added, or nil: the control plane makes
// it by itself, or somebody waits for it who was not known when it was
// confirmed. What only seems to name it waits for nothing.
func (a Around) mayCome(c model.Change) error {
	if err := a.makesIt(c.Ref()); err != nil {
		return err
	}
	sure := Around{References: slices.DeleteFunc(slices.Clone(a.References), func(r model.Reference) bool { return r.Guessed })}
	return sure.unknownUser(c.Ref(), c.Users)
}
