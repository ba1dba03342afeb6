package embedded

import (
	_ "embed" // the document below
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"meshsecrets/backend/embedded/cluster"
)

// The environments of a control plane.
const (
	EnvironmentUniversal  = "universal"
	EnvironmentKubernetes = "kubernetes"
)

// KubernetesUser is who may use the Kubernetes API.
type KubernetesUser = cluster.User

// Rule is what a user may do there.
type Rule = cluster.Rule

// The field managers of what the control plane makes, and of what is seeded.
const (
	ownManager  = "kuma-cp"
	seedManager = "kubectl"
)

// kumaVersion is the group and version of the control plane's kinds.
const kumaVersion = "kuma.io/v1alpha1"

// kumaGroup is what an API server says about them, as recorded.
//
//go:embed kuma-group.json
var kumaGroup []byte

// enterpriseKinds are the kinds with secrets in them that only Kong Mesh has.
var enterpriseKinds = []groupResource{
	{Name: "meshopas", Singular: "meshopa", Kind: "MeshOPA", Namespaced: true},
	{Name: "opapolicies", Singular: "opapolicy", Kind: "OPAPolicy"},
}

// gatewayKind is the kind of the Gateway API that refers to secrets. Clusters
// have it beside control planes; ours has it always.
var gatewayKind = cluster.Kind{
	Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways", Singular: "gateway", Name: "Gateway",
	Short: "gtw", Namespaced: true, Custom: true,
}

// ours tells whether a kind is the control plane's own, so that it looks after
// the objects of it.
func ours(k cluster.Kind) bool { return k.Custom && k.GroupVersion() == kumaVersion }

// groupResource is a kind as an API server tells it.
type groupResource struct {
	Name       string   `json:"name"`
	Singular   string   `json:"singularName"`
	Namespaced bool     `json:"namespaced"`
	Kind       string   `json:"kind"`
	Verbs      []string `json:"verbs,omitempty"`
}

// Kubernetes is the Kubernetes API of the cluster that the control plane runs
// in. In the environment Universal there is none: everything is not found.
func (c *ControlPlane) Kubernetes() http.Handler {
	if c.cluster == nil {
		return http.NotFoundHandler()
	}
	return c.cluster
}

// KubernetesTransport reaches that API without a network. Watches are streams
// that end with the context of their request. It is nil in the environment
// Universal.
func (c *ControlPlane) KubernetesTransport() http.RoundTripper {
	if c.cluster == nil {
		return nil
	}
	return c.cluster.Transport()
}

// Cluster is the cluster itself, to look into it and to disturb it: to forget
// what happened (Compact), to cut watches (BreakWatches), to have bookmarks
// sent (Bookmark). It is nil in the environment Universal.
func (c *ControlPlane) Cluster() *cluster.Server { return c.cluster }

// SetAdmission tells whether the control plane answers the admission requests
// of its cluster. When it does not, secrets are written unchecked, because
// their webhook's failure policy is Ignore, and no mesh or policy can be
// written.
func (c *ControlPlane) SetAdmission(answers bool) { c.down.Store(!answers) }

// startCluster makes the cluster and installs the control plane in it.
func (c *ControlPlane) startCluster() error {
	known, group, err := c.kumaKinds()
	if err != nil {
		return err
	}
	c.cluster = cluster.New(cluster.Options{
		Now: c.options.Now, ID: c.id, Kinds: append(known, gatewayKind), Users: c.options.Users,
		Admission: admission{c}, Changed: c.see, Settled: c.reconcile,
		Group: map[string][]byte{kumaVersion: group},
	})
	c.cluster.AddNamespace(c.options.SystemNamespace, "kubectl-create")
	c.install()
	return nil
}

// kumaKinds are the control plane's kinds, and what the API server says about
// them.
func (c *ControlPlane) kumaKinds() ([]cluster.Kind, []byte, error) {
	var document struct {
		Kind       string            `json:"kind"`
		APIVersion string            `json:"apiVersion"`
		Group      string            `json:"groupVersion"`
		Resources  []json.RawMessage `json:"resources"`
	}
	if err := json.Unmarshal(kumaGroup, &document); err != nil {
		return nil, nil, err
	}
	if c.options.Product == ProductKongMesh {
		for _, r := range enterpriseKinds {
			r.Verbs = []string{"delete", "get", "list", "patch", "create", "update", "watch"}
			raw, err := json.Marshal(r)
			if err != nil {
				return nil, nil, err
			}
			document.Resources = append(document.Resources, raw)
		}
	}
	group, version, _ := strings.Cut(kumaVersion, "/")
	var known []cluster.Kind
	for _, raw := range document.Resources {
		var r groupResource
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, nil, err
		}
		if strings.Contains(r.Name, "/") {
			continue // a part of another
		}
		known = append(known, cluster.Kind{
			Group: group, Version: version, Resource: r.Name, Singular: r.Singular, Name: r.Kind,
			Namespaced: r.Namespaced, Custom: true,
		})
	}
	said, err := json.Marshal(document)
	return known, said, err
}

// ownUser is the control plane as a user of the cluster.
func (c *ControlPlane) ownUser() cluster.User {
	return cluster.User{Name: fmt.Sprintf("system:serviceaccount:%s:%s", c.options.SystemNamespace, c.deployment())}
}

func (c *ControlPlane) own() cluster.Author {
	return cluster.Author{User: c.ownUser(), Manager: ownManager}
}

// writeCluster does what this program itself writes in the Universal form.
func (c *ControlPlane) writeCluster(q request) reply {
	as := cluster.Author{User: c.ownUser(), Manager: seedManager}
	if q.http.Method == http.MethodDelete {
		k, namespace := c.placeOf(q.kind)
		return written(c.cluster.Delete(as, k, namespace, q.name))
	}
	sent, bad := c.readBody(q)
	if bad != nil {
		return *bad
	}
	after, err := c.objectOf(q, sent)
	if err != nil {
		return *badObject(q, err)
	}
	if c.cluster.Get(after.Kind, after.Meta.Namespace, after.Meta.Name) == nil {
		_, err = c.cluster.Create(as, after)
	} else {
		_, err = c.cluster.Replace(as, after)
	}
	return written(err)
}

// written answers a write to the cluster.
func written(err error) reply {
	var status *apierrors.StatusError
	switch {
	case err == nil:
		return done(http.StatusOK)
	case errors.As(err, &status):
		return refused(int(status.ErrStatus.Code), string(status.ErrStatus.Reason), status.ErrStatus.Message)
	}
	return refused(http.StatusInternalServerError, "Internal Server Error", err.Error())
}
