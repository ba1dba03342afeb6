// Package backend is what the console asks of a control plane: small
// interfaces, the errors they answer with, and the one gate through which
// every change goes. The gate refuses what the rules refuse, and looks once more
// who refers to a secret just before it is deleted or changed: control planes
// guard little of that themselves. What is found before a reassign is an
// [Inspection]: also what the value does to those who wait for it in its new
// mesh. How a control plane is spoken to is in the packages below
// it; what secrets are is in package model.
package backend

import (
	"context"
	"time"

	"meshsecrets/model"
)

// Query chooses what a list or a watch is about: one mesh, all meshes
// (global secrets included), or global secrets only.
type Query struct {
	Mesh   string // one mesh; "" with Global false: all of them
	Global bool   // only global secrets
	Cursor string // Page.Next of the page before; "" begins
}

// Page is a part of a list. Lists never carry values.
type Page struct {
	Secrets []model.Secret
	Next    string // the cursor of the next page; "" when this was the last
	Total   int    // how many secrets the control plane says there are; -1 when it does not say
	// Again tells that the list changed while it was read and is now read
	// anew: what earlier pages held is void, this page begins the list.
	Again bool
	// Unsettled tells that the list changed each time it was read, so it may
	// lack secrets or hold some twice.
	Unsettled bool
	Mark      string // where a watch goes on, for control planes that tell; on each page
}

// ResourcePage is a part of a list of meshes or policies.
type ResourcePage struct {
	Resources []model.Resource
	Next      string // the cursor of the next page; "" when this was the last
	// Again tells that the list changed while it was read and is now read
	// anew: what earlier pages held is void, this page begins the list.
	Again bool
	// Partly is why there may be more than the list tells: "you may not list
	// namespaces other than kuma-system"; "" when it is of all.
	Partly string
}

// Event is one change that a watch saw.
type Event struct {
	Secret model.Secret
	Gone   bool // it is no longer there; only Secret.Ref and Version hold
}

// Batch is what changed since the batch before, nothing included.
type Batch struct {
	Events []Event
	At     time.Time     // when the control plane was read
	Every  time.Duration // how often it is read; 0 when changes are pushed
}

// Seen is where a watch begins: the mark of the list's last page, and the list
// itself for control planes without marks.
type Seen struct {
	Mark    string
	Secrets []model.Secret
}

// Watcher tells changes as they come. Next blocks for the first, gathers what
// else comes soon and returns them together; ErrExpired means list again. A batch
// that comes with an error counts all the same: it will not be told again.
type Watcher interface {
	Next(ctx context.Context) (Batch, error)
	Close()
}

// Reader reads a control plane.
type Reader interface {
	// List gives one page of the secrets; it is called again with the page's
	// Next until that is empty.
	List(ctx context.Context, q Query) (Page, error)
	// Get reads one secret and its value. The caller wipes it.
	Get(ctx context.Context, ref model.Ref) (model.Snapshot, error)
	// Resources gives one page of the resources of a kind; it is called again
	// with the page's Next until that is empty. ErrNotFound means that the
	// control plane does not know the kind, ErrElsewhere that it cannot list it
	// although there may be some, ErrNoneThere that there are none wherever it
	// runs, so that nothing is missed. A list that changes each time it is read
	// is ErrConflict: half a list would make a secret look unused.
	Resources(ctx context.Context, kind model.ResourceKind, cursor string) (ResourcePage, error)
	// Learn is List for whoever needs facts: it reads values too, and drops
	// each once its facts are taken. Where Traits.ListsFacts holds it is List.
	Learn(ctx context.Context, q Query) (Page, error)
	// Locate finds secrets by name alone, in whatever mesh, for whoever may
	// read one but not list. None is ErrNotFound.
	Locate(ctx context.Context, name string) ([]model.Ref, error)
	// Zones tells of the zones that follow this control plane: none unless it
	// is global. What a zone says of itself may be unknown: Zone.Known.
	Zones(ctx context.Context) ([]Zone, error)
	// Unfinished finds the reassigns that were begun and not finished, whoever
	// began them.
	Unfinished(ctx context.Context) ([]model.Unfinished, error)
	// Watch begins to watch the secrets of q.
	Watch(ctx context.Context, q Query, from Seen) (Watcher, error)
}

// Onlooker is a control plane that tells who refers to secrets as that changes.
// Others are asked again and again with LookAround.
type Onlooker interface {
	// LookOn begins to follow every kind that can refer to a secret. It lasts
	// until it is closed.
	LookOn(ctx context.Context) Lookout
}

// Lookout tells who refers to secrets. Next gives all of it: at first once every
// kind was read, then whenever something of it is different. An error, mostly
// with Retry, says that something is neither read nor followed now; Next can be
// called again, and what changed meanwhile comes with the next answer.
type Lookout interface {
	Next(ctx context.Context) (Outlook, error)
	Close()
}

// Outlook is who refers to secrets now, and how soon a change of that is told.
type Outlook struct {
	Around Around
	// Unwatched are the kinds that are read anew every Every, because they
	// cannot be watched: Why is the reason of the first. None: all are.
	Unwatched []model.ResourceKind
	Every     time.Duration
	Why       error
}

// Writer changes a control plane. Only Gate calls it.
type Writer interface {
	// Create makes a secret that must not exist: ErrExists when it does.
	Create(ctx context.Context, s model.Snapshot) (model.Secret, error)
	// Update replaces before by after. It reads again first and answers
	// ErrConflict when the bytes or labels are no longer those of before.
	Update(ctx context.Context, before, after model.Snapshot) (model.Secret, error)
	// Delete removes before, likewise on the condition that it is unchanged.
	Delete(ctx context.Context, before model.Snapshot) error
	// Rehearse tries a change out on the server without making it, where
	// Traits.Rehearses holds; elsewhere it tries nothing. What the control
	// plane would refuse is in the Rehearsal; an error means that it could not
	// be asked.
	Rehearse(ctx context.Context, c model.Change) (Rehearsal, error)
}

// Keeper keeps safety copies, where Traits.SafetyCopies holds: there a name is
// one object, and while a secret changes its mesh something else has to hold
// its value. Only Gate calls it.
type Keeper interface {
	// Named reads the object of a name, whatever its mesh, and its value. One
	// that is no mesh secret has a Ref without a mesh, and no value. The caller
	// wipes it.
	Named(ctx context.Context, name string) (model.Snapshot, error)
	// Keep writes a safety copy of a reassign: of c.Before, on its way to where
	// c.After is. ErrExists when there is one of the same object, whoever's.
	Keep(ctx context.Context, plan model.Plan, c model.Change) error
	// Kept reads a safety copy, by its name. What is not one of this program's
	// has a Problem, and no value. The caller wipes it.
	Kept(ctx context.Context, name string) (model.SafetyCopy, error)
	// Drop deletes a safety copy on the condition that it is the one that was
	// read. One that is gone already is ErrNotFound.
	Drop(ctx context.Context, name string, seen model.Version) error
}

// Zone is a zone that follows a global control plane, as that tells of it.
type Zone struct {
	Name    string
	Version string // of its control plane; "" when not known
	// Known tells whether the zone's insight could be read; what follows is
	// from there.
	Known     bool
	Online    bool
	Connected time.Time // since when, or since when it was last
	Updated   time.Time // when the control plane last sent it something, or was answered
	// The answers of the zone about mesh secrets since it connected: how many
	// were sent to it, and how many of them it took or refused. One answer may
	// be about several secrets.
	Sent, Acknowledged, Rejected int
}

// Rehearsal is what came of trying a change out.
type Rehearsal struct{ Trials []Trial }

// Trial is one request that was made as a dry run.
type Trial struct {
	What    string  // what it shows when it goes well: "deleting it would be accepted"
	Outcome Outcome // how it went
	Why     string  // when it did not go well: a sentence, visible
}

// Outcome is how a trial went.
type Outcome uint8

// The outcomes.
const (
	Accepted Outcome = iota
	Warned           // it can go on, but something does not guard that should
	Refused          // it would be refused
)

// Refusal is the first refusal of a rehearsal, nil when there is none.
func (r Rehearsal) Refusal() *Trial {
	for i := range r.Trials {
		if r.Trials[i].Outcome == Refused {
			return &r.Trials[i]
		}
	}
	return nil
}

// Warner is a control plane whose server sends warnings beside its answers, as
// Kubernetes does. Warnings gives those that came since it was last asked, each
// one a visible line: the newest few, oldest first.
type Warner interface{ Warnings() []string }

// ControlPlane is one control plane that is connected.
type ControlPlane interface {
	Reader
	Writer
	Traits() Traits
	Identity() Identity
}

// Traits are what a kind of control plane can promise.
type Traits struct {
	NamePerMesh   bool // two meshes may hold one name
	Preconditions bool // a write can be made conditional on the server
	Watches       bool // changes are pushed; else they are polled
	ListsFacts    bool // a list learns facts; else Learn does
	Rehearses     bool // a change can be tried out without making it
	StoresLabels  bool // labels survive a write
	EmptyValues   bool // an empty value is accepted by the control plane
	MaxValue      int  // bytes; 0 when there is no limit
	SafetyCopies  bool // a reassign needs a safety copy
}

// Environment is where a control plane runs.
type Environment string

// The environments.
const (
	Universal  Environment = "universal"
	Kubernetes Environment = "kubernetes"
)

// Mode is the part a control plane plays.
type Mode string

// The modes. A standalone control plane is a zone that is not federated.
const (
	ModeZone   Mode = "zone"
	ModeGlobal Mode = "global"
)

// Identity is what a control plane says of itself and of us. Everything in it
// is as it came: screens make it visible.
type Identity struct {
	Name        string // of the entry it was reached by: "demo", "local"
	Address     string // without user and password
	Product     string // "Kuma", "Kong Mesh"
	Version     string // "2.14.3"; "" when not known
	Environment Environment
	Mode        Mode
	Federated   bool   // a zone that follows a global control plane
	Zone        string // the zone's own name
	// SyncEvery is how often it sends its zones what changed; 0 when not known.
	SyncEvery       time.Duration
	SystemNamespace string // Kubernetes only
	NamespaceFrom   string // how that was found: "given", "from its admission webhook"
	User            string // who we are to it; "" when not known
	MayWrite        bool
	// WhyNot says, when MayWrite is false, what stands against it.
	WhyNot string
	// Guards tells that it is known, by its version and configuration, to refuse
	// the deletion of a secret that an mTLS backend of a mesh names.
	Guards bool
}

// Entry is a control plane that could be connected: a line of the picker.
type Entry struct {
	Name        string
	Group       string // "kumactl", "kubeconfig", "built in", "this run"
	Environment Environment
	Address     string // without user and password; "inside this program"
	ReadOnly    bool   // set by --read-only or the configuration
	WhyReadOnly string // what set it; "" is this run
	Protected   bool   // asks for its name before a write
	NoReveal    bool   // no value is shown, or given away, by any means
	Unverified  bool   // the check of certificates is switched off
	Current     bool   // the configuration's own choice
	Mesh        string // the mesh to begin with, when the configuration names one
	Inside      bool   // inside this program: connecting asks nobody
	Note        string // what is worth knowing before connecting, or ""
	Connect     func(ctx context.Context) (ControlPlane, error)
}

// Key names an entry: names are unique within a group only.
func (e Entry) Key() string { return e.Group + "/" + e.Name }

// Directory lists the control planes that could be connected. Warnings say
// which of the files it comes from could not be read, a sentence each.
type Directory interface {
	Entries(ctx context.Context) (entries []Entry, warnings []string)
}
