package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"meshsecrets/backend"
)

// connectTime bounds connecting as a whole, a program that logs in included.
const connectTime = 15 * time.Second

// Connect finds the control plane of a cluster, and asks who it is and who we
// are to it. What may not be read of it stays unknown; a namespace that may
// not be looked for must be given. It takes at most 15 s, even when a program
// that logs in does not end.
//
// It asks in three rounds, of which the second and the third are asked at
// once: the version; our name, Kuma's kinds and the namespace; its deployment
// and what we may change. Those are eight requests, and one more for each way
// to the namespace that is not allowed. With a namespace given they are the
// same, without the look for it.
func Connect(ctx context.Context, o Options) (backend.ControlPlane, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	id, err := c.detect(ctx, o.Namespace)
	if err != nil {
		return nil, c.advised(ctx, err)
	}
	id.Name = o.Name
	p := newPlane(c, id.SystemNamespace, id, o.Examiner)
	p.host = o.Host
	if id.Mode == "" {
		p.identity.Mode = p.modeByZones(ctx)
	}
	return p, nil
}

// detect asks everything that the identity is made of.
func (c *client) detect(ctx context.Context, namespace string) (backend.Identity, error) {
	id := backend.Identity{Address: c.address, Environment: backend.Kubernetes}
	if err := c.recognise(ctx); err != nil {
		return id, err
	}
	var at seat
	err := allOf(
		func() (err error) {
			id.User, err = c.whoAmI(ctx)
			if id.User == "" && c.login.nobody {
				id.User = anonymous
			}
			return err
		},
		func() error { return c.installed(ctx) },
		func() (err error) { at, err = c.locate(ctx, namespace); return err },
	)
	if err != nil {
		return id, err
	}
	id.SystemNamespace, id.NamespaceFrom = at.namespace, at.from
	err = allOf(
		func() (err error) { id.WhyNot, err = c.whyNot(ctx, at.namespace); return err },
		func() (err error) {
			if at.deployment == nil && at.from != fromGiven {
				at.deployment, err = c.deploymentIn(ctx, at.namespace)
			}
			return keep(err)
		},
	)
	id.MayWrite = id.WhyNot == ""
	if at.deployment != nil {
		at.deployment.describe(&id)
	}
	return id, err
}

func (c *client) locate(ctx context.Context, given string) (seat, error) {
	if given != "" {
		return c.confirm(ctx, given)
	}
	return c.discover(ctx)
}

// allOf does several things at once and answers the first error in their
// order, so that the answer does not depend on which was quicker.
func allOf(do ...func() error) error {
	failures := make([]error, len(do))
	together(len(do), func(i int) { failures[i] = do[i]() })
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// modeByZones tells a global control plane by the zones that follow it. Without
// any, or when they may not be read, the mode is not known.
func (p *plane) modeByZones(ctx context.Context) backend.Mode {
	if found, err := p.client.everything(ctx, listOf(zones), ""); err == nil && len(found) > 0 {
		return backend.ModeGlobal
	}
	return ""
}

// The next steps when logging in fails.
const (
	hintTry   = "Run kubectl once with this context and see what it says."
	hintLogIn = "Log in as for kubectl, then try again."
	hintMend  = "Mend the kubeconfig, then press ctrl+r."
	hintReach = "Check that the cluster runs and is reachable from here, or correct its address in the kubeconfig."
	hintProxy = "Check the proxy: proxy-url in the kubeconfig, or HTTPS_PROXY."
	hintTime  = "Give --request-timeout more time, or leave it out."
	hintNotAs = "Ask for that right there, or connect as yourself."
)

// advised gives a failure to connect the next step that fits a kubeconfig.
func (c *client) advised(ctx context.Context, err error) error {
	var failure *backend.Error
	if !errors.As(err, &failure) {
		return err
	}
	advised := *failure
	switch {
	case errors.Is(err, backend.ErrUnauthorized) && failure.Status == 0:
		// No server said so: it is how the context logs in that does not work.
		advised.Kind, advised.Hint = backend.ErrInvalid, cmp.Or(failure.Hint, hintTry)
	case errors.Is(err, backend.ErrUnauthorized):
		advised.Hint = cmp.Or(failure.Hint, hintLogIn)
	case errors.Is(err, errNotAs):
		advised.Kind = backend.ErrInvalid // nothing can be done as somebody whom we cannot be
	case errors.Is(err, backend.ErrUnavailable) && failure.Status == 0:
		advised.Hint = cmp.Or(failure.Hint, c.reach(ctx, failure.Reason))
	}
	return &advised
}

// reach is the next step when the cluster was not reached.
func (c *client) reach(ctx context.Context, reason string) string {
	switch {
	case reason == c.ownTime():
		return hintTime
	case strings.Contains(reason, "proxy"):
		return hintProxy
	case c.program != "" && ctx.Err() != nil:
		return hintTry
	}
	return hintReach
}

// ownTime says that the time was too short that the user gives requests.
func (c *client) ownTime() string {
	return "no answer within the " + c.timeout.String() + " of --request-timeout"
}
