package kubernetes

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The part of a control plane's environment that tells what it is.
const (
	envMode          = "KUMA_MODE"
	envZone          = "KUMA_MULTIZONE_ZONE_NAME"
	envGlobalAddress = "KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS"
	envSyncEvery     = "KUMA_MULTIZONE_GLOBAL_KDS_REFRESH_INTERVAL"
)

// together does n things at once and waits for all of them.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// deployment is what is read of a control plane's Deployment.
type deployment struct {
	Metadata struct {
		Namespace string            `json:"namespace"`
		Labels    map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Template struct {
			Spec struct {
				Containers []container `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

type container struct {
	Name  string     `json:"name"`
	Image string     `json:"image"`
	Env   []variable `json:"env"`
}

// variable is one of a container's environment. With From its value stands
// elsewhere, and is not read.
type variable struct {
	Name  string         `json:"name"`
	Value string         `json:"value"`
	From  map[string]any `json:"valueFrom"`
}

// container is the control plane's own: others, of service meshes or loggers,
// may stand beside it.
func (d *deployment) container() container {
	all := d.Spec.Template.Spec.Containers
	for _, is := range []func(container) bool{
		func(c container) bool { name, _ := image(c.Image); return name == "kuma-cp" },
		func(c container) bool { return c.Name == "control-plane" },
	} {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i]
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return container{}
}

// image splits "registry:5000/kumahq/kuma-cp:2.14.3@sha256:…" into the last
// part of its name and its tag.
func image(text string) (name, tag string) {
	text, _, _ = strings.Cut(text, "@")
	name = text[strings.LastIndex(text, "/")+1:]
	name, tag, _ = strings.Cut(name, ":")
	return name, tag
}

// versionOf is a tag that is a version: "2.14.3", not "latest".
func versionOf(tag string) string {
	version := strings.TrimPrefix(tag, "v")
	if version == "" || version[0] < '0' || version[0] > '9' {
		return ""
	}
	return version
}

// env gives a variable's value, and whether it is set at all. A value that
// stands elsewhere is set, and not known.
func (c container) env(name string) (value string, set bool) {
	for _, v := range c.Env {
		if v.Name == name {
			value, set = v.Value, v.Value != "" || len(v.From) > 0
		}
	}
	return value, set
}

// describe fills in what the deployment tells. Mode "" is not known: a control
// plane may be told it in a file as well.
func (d *deployment) describe(id *backend.Identity) {
	c := d.container()
	_, tag := image(c.Image)
	id.Version = versionOf(tag)
	mode, _ := c.env(envMode)
	switch mode {
	case "zone", "standalone":
		id.Mode = backend.ModeZone
	case "global":
		id.Mode = backend.ModeGlobal
	}
	id.Zone, _ = c.env(envZone)
	_, follows := c.env(envGlobalAddress)
	id.Federated = follows && id.Mode == backend.ModeZone
	every, _ := c.env(envSyncEvery)
	if sync, err := time.ParseDuration(every); err == nil && sync > 0 {
		id.SyncEvery = sync
	}
	switch d.Metadata.Labels["app"] {
	case appKuma:
		id.Product = productKuma
	case appKongMesh:
		id.Product = productKong
	}
}

const (
	productKuma = "Kuma"
	productKong = "Kong Mesh"
)

// recognise tells an API server from anything else that may answer.
func (c *client) recognise(ctx context.Context) error {
	var version struct {
		GitVersion string `json:"gitVersion"`
	}
	err := c.document(ctx, opConnect, "/version", &version)
	switch {
	case errors.Is(err, backend.ErrForbidden):
		return nil // it speaks as an API server does
	case errors.Is(err, backend.ErrNotFound), err == nil && version.GitVersion == "":
		return c.failure(call{op: opConnect}, backend.ErrStranger, "it is no API server of Kubernetes", nil)
	}
	return err
}

// whoAmI asks for our name. Old API servers, and some permissions, do not tell.
func (c *client) whoAmI(ctx context.Context) (string, error) {
	review, err := c.review(ctx, "authentication.k8s.io", "SelfSubjectReview", nil)
	name, _, _ := unstructured.NestedString(review, "status", "userInfo", "username")
	return name, keep(err)
}

// changing are the verbs without any of which nothing can be changed.
var changing = []string{verbCreate, verbUpdate, verbDelete}

// whyNot says what stands against changing secrets, "" when nothing is known
// to. Who may do one of the three may write: the rest is refused when it is
// tried. An API server that does not tell is taken to allow it.
func (c *client) whyNot(ctx context.Context, namespace string) (string, error) {
	may, failures := make([]bool, len(changing)), make([]error, len(changing))
	together(len(changing), func(i int) { may[i], failures[i] = c.allowed(ctx, namespace, changing[i]) })
	for i := range changing {
		if may[i] || failures[i] != nil {
			return "", keep(failures[i])
		}
	}
	return "you may not create, update or delete secrets in " + model.Visible(namespace), nil
}

// allowed asks whether we may do something with the secrets of a namespace.
func (c *client) allowed(ctx context.Context, namespace, verb string) (bool, error) {
	review, err := c.review(ctx, "authorization.k8s.io", "SelfSubjectAccessReview", map[string]any{
		"resourceAttributes": map[string]any{"namespace": namespace, "verb": verb, "resource": secrets},
	})
	may, _, _ := unstructured.NestedBool(review, "status", "allowed")
	return may, err
}

// review has the API server judge something about us. Nothing is stored.
func (c *client) review(ctx context.Context, group, kind string, spec map[string]any) (map[string]any, error) {
	question := &unstructured.Unstructured{Object: map[string]any{"apiVersion": group + "/v1", "kind": kind}}
	if spec != nil {
		question.Object["spec"] = spec
	}
	asked := call{op: opConnect, verb: verbCreate, asks: true, at: place{group: group, version: "v1", resource: strings.ToLower(kind) + "s"}}
	var judged map[string]any
	err := c.ask(ctx, asked, func(ctx context.Context, at dynamic.ResourceInterface) error {
		answer, err := at.Create(ctx, question, metav1.CreateOptions{})
		if err == nil {
			judged = answer.Object
		}
		return err
	})
	return judged, err
}
