// Package demo is the data of the demo: a control plane on which every mark,
// kind and state of a secret shows at once. All of it is made at the start by
// rules, the same for the same moment, and every value says that it is not
// real.
//
// meshes.go has the meshes and policies, secrets.go the table of secrets,
// values.go the rules for values, certificates.go those for keys and
// certificates, cluster.go what is different on Kubernetes.
package demo

import (
	"fmt"
	"time"

	"meshsecrets/backend/embedded"
)

// The control plane as it tells about itself.
const (
	Product = "Kuma"
	Version = "2.14.3"
)

const day = 24 * time.Hour

// New makes the demo's control plane at a moment at which its clock then
// stands still, so that tests always see the same.
func New(now time.Time) (*embedded.ControlPlane, error) {
	return NewWithClock(func() time.Time { return now })
}

// NewWithClock makes the demo's control plane, a zone that follows no other,
// with a clock that goes on. All ages and expiries are relative to what the
// clock says now, so nothing rots.
func NewWithClock(clock func() time.Time) (*embedded.ControlPlane, error) {
	return assemble(clock, embedded.EnvironmentUniversal, nil)
}

// NewKubernetes makes the same control plane in a cluster, and what only a
// cluster has beside it.
func NewKubernetes(now time.Time) (*embedded.ControlPlane, error) {
	return NewKubernetesWithClock(func() time.Time { return now })
}

// NewKubernetesWithClock is NewKubernetes with a clock that goes on.
func NewKubernetesWithClock(clock func() time.Time) (*embedded.ControlPlane, error) {
	return assemble(clock, embedded.EnvironmentKubernetes, nil)
}

// MostZones is how many zones a global control plane of the demo may have.
const MostZones = 20

// NewGlobal makes the demo's control plane a global one that zones on
// Kubernetes follow, in an environment: see embedded.ControlPlane.Follow.
func NewGlobal(clock func() time.Time, environment string, zones int) (*embedded.ControlPlane, error) {
	return assemble(clock, environment, ZoneNames(zones))
}

// ZoneNames are the zones of the demo: the first have names.
func ZoneNames(n int) []string {
	names := []string{"dublin-1", "madrid-1", "paris-1"}
	for len(names) < n {
		names = append(names, fmt.Sprintf("zone-%d", len(names)+1))
	}
	return names[:n]
}

func assemble(clock func() time.Time, environment string, zones []string) (*embedded.ControlPlane, error) {
	options := embedded.Options{
		Product: Product, Version: Version, Now: clock, Empty: true, Environment: environment, Zones: zones,
	}
	if len(zones) > 0 {
		options.Mode = embedded.ModeGlobal
	}
	plane, err := embedded.New(options)
	if err != nil {
		return nil, err
	}
	start := clock().UTC()
	if err := fill(plane, start, options); err != nil {
		return nil, fmt.Errorf("making the demo: %w", err)
	}
	return plane, nil
}

// fill brings everything into the control plane in the order in which it would
// have come: secrets first, because a mesh is only taken with the certificates
// it names; then what happened to them since.
func fill(plane *embedded.ControlPlane, start time.Time, o embedded.Options) error {
	first, later, err := secrets(start)
	if err != nil {
		return err
	}
	if o.Mode == embedded.ModeGlobal {
		first, later = onGlobal(first), onGlobal(later)
	}
	if o.Environment == embedded.EnvironmentKubernetes {
		if first, later, err = inCluster(start, first, later); err != nil {
			return err
		}
	}
	plane.Seed(first...)
	for _, object := range objects() {
		if err := plane.Put(object.path, object.body); err != nil {
			return err
		}
	}
	plane.Seed(later...)
	// Somebody took the signing key away: this mesh has no secret at all.
	return plane.Delete("/meshes/sandbox/secrets/dataplane-token-signing-key-sandbox-1")
}
