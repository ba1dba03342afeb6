package ui

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/backend/universal"
	"meshsecrets/model"
)

// keeper is the control plane as a keeper of safety copies. Only those whose
// traits say so are asked for one.
func (p *faultyPlane) keeper() backend.Keeper { return p.ControlPlane.(backend.Keeper) }

func (p *faultyPlane) Named(ctx context.Context, name string) (model.Snapshot, error) {
	if err := p.check(p.before, "get", model.Ref{Name: name}); err != nil {
		return model.Snapshot{}, err
	}
	return p.keeper().Named(ctx, name)
}

func (p *faultyPlane) Keep(ctx context.Context, plan model.Plan, c model.Change) error {
	ref := c.Before.Secret.Ref
	p.ops = append(p.ops, "keep "+ref.String())
	if err := p.check(p.before, "keep", ref); err != nil {
		return err
	}
	err := p.keeper().Keep(ctx, plan, c)
	if fault := p.check(p.after, "keep", ref); fault != nil {
		return fault
	}
	return err
}

func (p *faultyPlane) Kept(ctx context.Context, name string) (model.SafetyCopy, error) {
	if err := p.check(p.before, "kept", model.Ref{Name: name}); err != nil {
		return model.SafetyCopy{}, err
	}
	return p.keeper().Kept(ctx, name)
}

func (p *faultyPlane) Drop(ctx context.Context, name string, seen model.Version) error {
	p.ops = append(p.ops, "drop")
	if err := p.check(p.before, "drop", model.Ref{Name: name}); err != nil {
		return err
	}
	return p.keeper().Drop(ctx, name, seen)
}

// bubble is a workbench in which time passes by itself: the clock goes on with
// what waits, and every request takes a moment.
type bubble struct {
	*workbench
	cp    *embedded.ControlPlane
	start time.Time
}

// distant answers after a while, as what is reached over a network does.
type distant struct{ next http.RoundTripper }

func (d distant) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(4 * time.Millisecond)
	return d.next.RoundTrip(r)
}

// asProdEU is the control plane of the frames.
func asProdEU(e *backend.Entry, p *faultyPlane) {
	e.Name, e.Protected = "prod-eu", true
	p.identity = func(id backend.Identity) backend.Identity {
		id.Name, id.Product, id.SystemNamespace = "prod-eu", "Kong Mesh", "kong-mesh-system"
		return id
	}
}

// inBubble runs a test on the demo, which has zones that follow it when there
// are some.
func inBubble(t *testing.T, w, h int, environment string, zones int, walk func(*bubble), settings ...setting) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		// The zones connect, and are sent everything, before anything else.
		start := time.Now().Add(25 * time.Second)
		clock := func() time.Time { return writeMoment.Add(time.Since(start)) }
		cp, err := demo.NewGlobal(clock, environment, zones)
		if err != nil {
			t.Fatal(err)
		}
		life, end := context.WithCancel(t.Context())
		defer end()
		if zones > 0 {
			go cp.Follow(life)
		}
		time.Sleep(time.Until(start))
		b := &bubble{workbench: &workbench{t: t, now: writeMoment}, cp: cp, start: start}
		b.furnish(w, h, connectedTo(t, cp, environment, clock), settings)
		b.app.config.Clock = clock
		walk(b)
		b.session.end()
		end()
		synctest.Wait()
	})
}

func connectedTo(t *testing.T, cp *embedded.ControlPlane, environment string, clock func() time.Time) backend.ControlPlane {
	t.Helper()
	var plane backend.ControlPlane
	var err error
	if environment == embedded.EnvironmentKubernetes {
		plane, err = kubernetes.Connect(t.Context(), kubernetes.Options{Name: "demo", Config: &rest.Config{Host: "http://cluster.invalid"},
			Examiner: examinerOfTests, Now: clock, Transport: distant{cp.KubernetesTransport()}})
	} else {
		plane, err = universal.Connect(t.Context(), universal.Options{Name: "demo", URL: "http://localhost:5681", Transport: distant{cp.Transport()},
			Examiner: examinerOfTests, Now: clock})
	}
	if err != nil {
		t.Fatal(err)
	}
	return plane
}

// confirmed goes on to the steps, and takes none yet.
func (b *bubble) confirmed(mesh, name, to string) *bubble {
	b.reassign(mesh, name).send(tick{}).settle() // the list watches, and is not in the way
	b.press("enter").settle()
	phrase := name + " " + to
	if b.session.entry.Protected {
		phrase = b.session.entry.Name + " " + phrase
	}
	b.write(phrase)
	b.press("enter")
	return b
}

// during begins the step that waits, lets some of it pass, looks, and takes its
// answer.
func (b *bubble) during(d time.Duration, look func()) {
	b.t.Helper()
	run := b.waiting[0]
	b.waiting = b.waiting[1:]
	said := make(chan any, 1)
	go func() { said <- run() }()
	time.Sleep(d)
	b.send(tick{})
	look()
	b.send(<-said)
}

// steps takes n steps.
func (b *bubble) steps(n int) *bubble {
	b.t.Helper()
	for range n {
		run := b.waiting[0]
		b.waiting = b.waiting[1:]
		b.step(run)
	}
	return b
}
