package kubernetes

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What a control plane leaves in its cluster for others to find.
const (
	secretWebhook = "secret.validator.kuma-admission.kuma.io"
	appKuma       = "kuma-control-plane"
	appKongMesh   = "kong-mesh-control-plane"
	namespaceKuma = "kuma-system"
	namespaceKong = "kong-mesh-system"
)

// The ways by which a namespace is found, as screens say them.
const (
	fromGiven      = "given"
	fromWebhook    = "from its admission webhook"
	fromDeployment = "from its deployment"
	fromSecrets    = "from its global secrets"
	fromConvention = "by its usual name"
)

// namespaces are those where something of a control plane was seen, with its
// deployment when that was seen.
type namespaces map[string]*deployment

// seat is where a control plane is.
type seat struct {
	namespace  string
	from       string
	deployment *deployment // when it was seen on the way
}

// discover finds the namespace of the control plane by the cheapest way that
// this user is allowed: one request each, until one of them shows it.
func (c *client) discover(ctx context.Context) (seat, error) {
	ways := []struct {
		from string
		look func(context.Context) (namespaces, error)
	}{
		{fromWebhook, c.byWebhook},
		{fromDeployment, c.byDeployment},
		{fromSecrets, c.bySecrets},
		{fromConvention, c.byConvention},
	}
	refused := 0
	var last error
	for _, way := range ways {
		seen, err := way.look(ctx)
		last = err
		switch {
		case keep(err) != nil:
			return seat{}, err
		case err != nil:
			refused++
		case len(seen) > 1:
			return seat{}, c.several(seen)
		}
		for namespace, d := range seen {
			return seat{namespace, way.from, d}, nil
		}
	}
	switch refused {
	case len(ways):
		if errors.Is(last, errNotAs) {
			return seat{}, last
		}
		if c.login.nobody {
			return seat{}, c.unsettled("the context logs in as nobody, and the cluster shows nobody its control plane",
				"Give the context a user in the kubeconfig, or the namespace with -n.")
		}
		return seat{}, c.unsettled("the namespace of its control plane is not known, and you may not look for it", hintGive)
	case 0:
		return seat{}, c.unsettled("no control plane was found in this cluster", hintGive)
	}
	return seat{}, c.unsettled("no control plane was found where you may look for it", hintGive)
}

// refusal tells an answer that only takes one way away from the failure of the
// whole connection; one that is too large to be read is no better.
func refusal(err error) bool {
	return errors.Is(err, backend.ErrForbidden) || errors.Is(err, backend.ErrNotFound) || errors.Is(err, backend.ErrTooLarge)
}

// The next steps when a namespace is not settled.
const (
	hintGive    = "Give its namespace with -n."
	hintWhich   = "Say which one with -n."
	hintAnother = "Give another one with -n, or none to have it looked for."
)

// keep drops refusals: what is refused is not known, and that is all.
func keep(err error) error {
	if refusal(err) {
		return nil
	}
	return err
}

func (c *client) unsettled(why, hint string) error {
	failure := c.failure(call{op: opConnect}, backend.ErrInvalid, why, nil)
	failure.Hint = hint
	return failure
}

func (c *client) several(seen namespaces) error {
	var names []string
	for name := range seen {
		names = append(names, model.Visible(name))
	}
	slices.Sort(names)
	return c.unsettled("there are control planes in "+strings.Join(names, " and "), hintWhich)
}

// webhooks is what is read of a configuration of admission.
type webhooks struct {
	Webhooks []struct {
		Name         string `json:"name"`
		ClientConfig struct {
			Service struct {
				Namespace string `json:"namespace"`
			} `json:"service"`
		} `json:"clientConfig"`
	} `json:"webhooks"`
}

// byWebhook reads whom the API server asks before it takes a secret: the
// control plane's service.
func (c *client) byWebhook(ctx context.Context) (namespaces, error) {
	at := place{group: "admissionregistration.k8s.io", version: "v1", resource: "validatingwebhookconfigurations"}
	all, err := every[webhooks](ctx, c, at, "")
	seen := namespaces{}
	for _, configuration := range all {
		for _, webhook := range configuration.Webhooks {
			if namespace := webhook.ClientConfig.Service.Namespace; webhook.Name == secretWebhook && namespace != "" {
				seen[namespace] = nil
			}
		}
	}
	return seen, err
}

// every reads the objects of a kind, and of each what fits into a type of ours.
func every[T any](ctx context.Context, c *client, at place, labels string) ([]T, error) {
	asked := call{op: opConnect, verb: verbList, at: at, limit: maxList}
	objects, err := c.everything(ctx, asked, labels)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(objects))
	for i := range objects {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(objects[i].Object, &all[i]); err != nil {
			return nil, c.unreadable(asked)
		}
	}
	return all, nil
}

func (c *client) byDeployment(ctx context.Context) (namespaces, error) {
	return c.deployments(ctx, "")
}

// deploymentIn gives the control plane's deployment in a namespace, nil when
// there is none.
func (c *client) deploymentIn(ctx context.Context, namespace string) (*deployment, error) {
	seen, err := c.deployments(ctx, namespace)
	return seen[namespace], err
}

func (c *client) deployments(ctx context.Context, namespace string) (namespaces, error) {
	all, err := every[deployment](ctx, c, place{group: "apps", version: "v1", resource: "deployments", namespace: namespace},
		"app in ("+appKuma+","+appKongMesh+")")
	seen := namespaces{}
	for i := range all {
		d := &all[i]
		if _, there := seen[d.Metadata.Namespace]; !there && d.Metadata.Namespace != "" {
			seen[d.Metadata.Namespace] = d
		}
	}
	return seen, err
}

// bySecrets looks for the global secrets that every control plane makes.
func (c *client) bySecrets(ctx context.Context) (namespaces, error) {
	return c.globalSecrets(ctx, "", 500)
}

// byConvention looks into the namespaces that the charts propose, both at
// once. One that may not be read takes nothing from the other.
func (c *client) byConvention(ctx context.Context) (namespaces, error) {
	names := []string{namespaceKuma, namespaceKong}
	there, failures := make([]bool, len(names)), make([]error, len(names))
	together(len(names), func(i int) { there[i], failures[i] = c.holdsSecrets(ctx, names[i]) })
	seen, refused := namespaces{}, 0
	for i, name := range names {
		switch {
		case failures[i] == nil && there[i]:
			seen[name] = nil
		case refusal(failures[i]):
			refused++
		case failures[i] != nil:
			return nil, failures[i]
		}
	}
	if refused == len(names) {
		return nil, failures[0]
	}
	return seen, nil
}

// holdsSecrets tells whether a namespace has a global secret: control planes
// make some for themselves.
func (c *client) holdsSecrets(ctx context.Context, namespace string) (bool, error) {
	seen, err := c.globalSecrets(ctx, namespace, 1)
	return len(seen) > 0, err
}

func (c *client) globalSecrets(ctx context.Context, namespace string, limit int) (namespaces, error) {
	asked := call{op: opConnect, verb: verbList, at: place{version: "v1", resource: secrets, namespace: namespace},
		accept: acceptList, limit: maxList, params: &metav1.ListOptions{FieldSelector: "type=" + typeGlobal, Limit: int64(limit)}}
	seen := namespaces{}
	_, err := c.items(ctx, asked, func(item []byte, packed bool) error {
		meta, err := metadataOf(item, packed)
		seen[meta.Namespace] = nil
		return err
	})
	return seen, err
}

// confirm looks whether a namespace that was given is a control plane's. It
// refuses only what is seen to be wrong: what may not be read is taken as
// given.
func (c *client) confirm(ctx context.Context, namespace string) (seat, error) {
	given := seat{namespace: namespace, from: fromGiven}
	d, err := c.deploymentIn(ctx, namespace)
	given.deployment = d
	if keep(err) != nil || d != nil {
		return given, keep(err)
	}
	deploymentsRead := err == nil
	there, err := c.holdsSecrets(ctx, namespace)
	if errors.Is(err, errNotAs) {
		return given, err
	}
	if keep(err) != nil || there || refusal(err) {
		return given, keep(err)
	}
	asked := call{op: opConnect, verb: verbGet, at: place{version: "v1", resource: "namespaces", name: namespace}}
	err = c.ask(ctx, asked, func(ctx context.Context, at dynamic.ResourceInterface) error {
		_, err := at.Get(ctx, namespace, metav1.GetOptions{})
		return err
	})
	switch {
	case errors.Is(err, backend.ErrNotFound):
		return given, c.unsettled("there is no namespace "+model.Visible(namespace)+" in its cluster", hintAnother)
	case keep(err) == nil && deploymentsRead:
		return given, c.unsettled("no control plane is in its namespace "+model.Visible(namespace), hintAnother)
	}
	return given, keep(err)
}

// installed tells whether the cluster knows Kuma's kinds. Who may not ask that
// is told later, by what is not there.
func (c *client) installed(ctx context.Context) error {
	err := c.document(ctx, opConnect, "/apis/"+kumaGroup+"/"+kumaVersion, &struct{}{})
	var failure *backend.Error
	if errors.As(err, &failure) && failure.Status == http.StatusNotFound {
		failure = c.failure(call{op: opConnect}, backend.ErrStranger, "Kuma is not installed in its cluster", nil)
		failure.Hint = "Choose another context."
		return failure
	}
	return keep(err)
}
