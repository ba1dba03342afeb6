package kubernetes

import (
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// maxValue is what a Secret of Kubernetes may hold, in bytes.
const maxValue = 1 << 20

// plane is a control plane whose secrets are in a namespace of a cluster.
type plane struct {
	client    *client
	namespace string
	identity  backend.Identity
	examiner  model.Examiner
	host      string // this machine, for others to read in a safety copy
	now       func() time.Time
}

// newPlane makes the control plane whose namespace and identity were found.
func newPlane(c *client, namespace string, identity backend.Identity, examiner model.Examiner) *plane {
	return &plane{client: c, namespace: namespace, identity: identity, examiner: examiner, now: c.now}
}

// Traits are those of every control plane on Kubernetes.
func (p *plane) Traits() backend.Traits {
	return backend.Traits{
		Preconditions: true, Watches: true, Rehearses: true, StoresLabels: true, MaxValue: maxValue, SafetyCopies: true,
	}
}

// Identity is what was found when connecting.
func (p *plane) Identity() backend.Identity { return p.identity }

// Warnings gives the API server's warnings since it was last asked.
func (p *plane) Warnings() []string { return p.client.warnings.take() }

// at is where secrets are; with a name, where that one is.
func (p *plane) at(name string) place {
	return place{version: "v1", resource: secrets, namespace: p.namespace, name: name}
}
