package ui

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// cluster is the demo as a control plane on Kubernetes shows it: lists without
// facts, in pages; changes that are pushed; rights that can be taken away.
type cluster struct {
	backend.ControlPlane
	pageSize int
	partly   map[model.ResourceKind]string // why there may be more of a kind than is listed
	dress    func(*model.Secret)           // what only an object has
	refuse   func(op, what string) error   // before a call: an error is its answer
	hold     func(op string) chan struct{} // before a call: it waits until that is closed
	locates  func() []model.Ref            // instead of looking
	gets     func(model.Ref) (model.Snapshot, error)
	warnings []string

	pushed chan told
	guard  sync.Mutex
	asked  []string
}

// told is what a watch brings next.
type told struct {
	batch backend.Batch
	err   error
}

func onCluster(t *testing.T, w, h int, set func(*cluster), walk func(*world, *cluster), change ...func(*Config)) {
	t.Helper()
	t.Parallel()
	var c *cluster
	throughPlane(t, w, h, func(p backend.ControlPlane) backend.ControlPlane {
		c = &cluster{ControlPlane: p, pageSize: 500, pushed: make(chan told)}
		if set != nil {
			set(c)
		}
		return c
	}, func(d *world, _ *switchboard) {
		d.settle()
		walk(d, c)
	}, change...)
}

func (c *cluster) Traits() backend.Traits {
	return backend.Traits{Preconditions: true, Watches: true, Rehearses: true, StoresLabels: true, MaxValue: 1 << 20}
}

func (c *cluster) Identity() backend.Identity {
	return backend.Identity{Name: "local", Address: "https://k8s-eu.example.com:6443", Product: "Kong Mesh", Version: "2.14.3",
		Environment: backend.Kubernetes, Mode: backend.ModeZone, SystemNamespace: "kong-mesh-system", NamespaceFrom: "from its admission webhook",
		User: "jo@example.com", MayWrite: true}
}

func (c *cluster) Warnings() []string {
	c.guard.Lock()
	defer c.guard.Unlock()
	texts := c.warnings
	c.warnings = nil
	return texts
}

// before notes a call, lets it wait and lets it fail.
func (c *cluster) before(ctx context.Context, op, what string) error {
	c.guard.Lock()
	c.asked = append(c.asked, op+" "+what)
	c.guard.Unlock()
	if c.hold != nil {
		if held := c.hold(op); held != nil {
			select {
			case <-held:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	if c.refuse != nil {
		return c.refuse(op, what)
	}
	return nil
}

// objects are all secrets of a query as the cluster has them.
func (c *cluster) objects(ctx context.Context, q backend.Query) ([]model.Secret, error) {
	var all []model.Secret
	for q.Cursor = ""; ; {
		page, err := c.ControlPlane.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Secrets {
			all = append(all, c.object(s))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return all, nil
		}
	}
}

func (c *cluster) object(s model.Secret) model.Secret {
	s.Version = model.Version{UID: s.Ref.String(), Revision: s.Facts.Fingerprint}
	s.Labels = nil
	if !s.Ref.Global() {
		s.Labels = map[string]string{model.LabelMesh: s.Ref.Mesh}
	}
	if c.dress != nil {
		c.dress(&s)
	}
	return s
}

// bare is what a list tells of a secret.
func bare(s model.Secret) model.Secret {
	s.Facts, s.Object.Keys, s.Object.Immutable = model.Facts{}, nil, false
	return s
}

func (c *cluster) cut(all []model.Secret, cursor string, size int) backend.Page {
	from, _ := strconv.Atoi(cursor)
	to := min(from+size, len(all))
	page := backend.Page{Secrets: all[from:to], Total: -1, Mark: "mark"}
	if to < len(all) {
		page.Next = strconv.Itoa(to)
	}
	return page
}

func (c *cluster) List(ctx context.Context, q backend.Query) (backend.Page, error) {
	if err := c.before(ctx, "list", q.Cursor); err != nil {
		return backend.Page{}, err
	}
	all, err := c.objects(ctx, backend.Query{Mesh: q.Mesh, Global: q.Global})
	for i := range all {
		all[i] = bare(all[i])
	}
	return c.cut(all, q.Cursor, c.pageSize), err
}

func (c *cluster) Learn(ctx context.Context, q backend.Query) (backend.Page, error) {
	if err := c.before(ctx, "learn", model.Ref{Mesh: q.Mesh}.MeshWord()); err != nil {
		return backend.Page{}, err
	}
	all, err := c.objects(ctx, backend.Query{Mesh: q.Mesh, Global: q.Global})
	return c.cut(all, q.Cursor, 5), err
}

func (c *cluster) Get(ctx context.Context, ref model.Ref) (model.Snapshot, error) {
	if err := c.before(ctx, "get", ref.String()); err != nil {
		return model.Snapshot{}, err
	}
	if c.gets != nil {
		return c.gets(ref)
	}
	got, err := c.ControlPlane.Get(ctx, ref)
	got.Secret = c.object(got.Secret)
	return got, err
}

func (c *cluster) Locate(ctx context.Context, name string) ([]model.Ref, error) {
	if err := c.before(ctx, "locate", name); err != nil {
		return nil, err
	}
	if c.locates != nil {
		return c.locates(), nil
	}
	return c.ControlPlane.Locate(ctx, name)
}

func (c *cluster) Resources(ctx context.Context, kind model.ResourceKind, cursor string) (backend.ResourcePage, error) {
	if err := c.before(ctx, "resources", string(kind)); err != nil {
		return backend.ResourcePage{}, err
	}
	page, err := c.ControlPlane.Resources(ctx, kind, cursor)
	page.Partly = c.partly[kind]
	return page, err
}

func (c *cluster) Watch(ctx context.Context, q backend.Query, from backend.Seen) (backend.Watcher, error) {
	if err := c.before(ctx, "watch", model.Ref{Mesh: q.Mesh}.MeshWord()+" from "+from.Mark); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *cluster) Next(ctx context.Context) (backend.Batch, error) {
	select {
	case p := <-c.pushed:
		return p.batch, p.err
	case <-ctx.Done():
		return backend.Batch{}, ctx.Err()
	}
}

func (c *cluster) Close() {}

// push lets the watch bring something, and waits until it is shown.
func (c *cluster) push(d *world, batch backend.Batch, err error) {
	c.pushed <- told{batch, err}
	d.settle()
}

// changed is an event of a secret of the demo that somebody saved.
func (c *cluster) changed(d *world, ref model.Ref, revision string) backend.Event {
	d.t.Helper()
	got, err := c.ControlPlane.Get(d.t.Context(), ref)
	got.Wipe()
	if err != nil {
		d.t.Fatal(err)
	}
	s := bare(c.object(got.Secret))
	s.Version.Revision = revision
	return backend.Event{Secret: s}
}

// deny refuses the calls of one kind as an API server does.
func deny(op, reason string) func(*cluster) { return denyAll(reason, op) }

func denyAll(reason string, ops ...string) func(*cluster) {
	return func(c *cluster) {
		c.refuse = func(asked, what string) error {
			if !slices.Contains(ops, asked) && !slices.Contains(ops, asked+" "+what) {
				return nil
			}
			return &backend.Error{Kind: backend.ErrForbidden, Op: "listing", Address: "https://k8s-eu.example.com:6443", Status: http.StatusForbidden, Reason: reason,
				Hint: "Whoever runs the cluster can give you that right."}
		}
	}
}

// holding lets the calls of one kind wait until the channel is closed.
func holding(op string, until func() chan struct{}) func(*cluster) {
	return func(c *cluster) {
		ch := until()
		c.hold = func(asked string) chan struct{} {
			if asked == op {
				return ch
			}
			return nil
		}
	}
}

var errWatchBroken = &backend.Error{Kind: backend.ErrUnavailable, Op: "watching", Address: "https://k8s-eu.example.com:6443", Reason: "connection refused", Retry: 10 * time.Second}

var errWatchExpired = &backend.Error{Kind: backend.ErrExpired, Op: "watching", Err: errors.New("too old resource version")}

// asksFor are the calls of one kind, in their order.
func (c *cluster) asksFor(op string) []string {
	c.guard.Lock()
	defer c.guard.Unlock()
	var out []string
	for _, asked := range c.asked {
		if len(asked) > len(op) && asked[:len(op)] == op {
			out = append(out, asked[len(op)+1:])
		}
	}
	return slices.Clip(out)
}

// asCluster makes what an entry connects to into a cluster.
func asCluster(connect func(context.Context) (backend.ControlPlane, error), set func(*cluster)) func(context.Context) (backend.ControlPlane, error) {
	return func(ctx context.Context) (backend.ControlPlane, error) {
		plane, err := connect(ctx)
		if err != nil {
			return nil, err
		}
		c := &cluster{ControlPlane: plane, pageSize: 500, pushed: make(chan told)}
		if set != nil {
			set(c)
		}
		return c, nil
	}
}

// Update saves with the labels that the demo's own API compares.
func (c *cluster) Update(ctx context.Context, before, after model.Snapshot) (model.Secret, error) {
	there, err := c.ControlPlane.Get(ctx, before.Secret.Ref)
	there.Wipe()
	if err != nil {
		return model.Secret{}, err
	}
	before.Secret.Labels, after.Secret.Labels = there.Secret.Labels, there.Secret.Labels
	saved, err := c.ControlPlane.Update(ctx, before, after)
	return c.object(saved), err
}
