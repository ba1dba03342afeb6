package demo_test

import (
	"testing"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/model"
)

func newClusterDemo(t *testing.T) *embedded.ControlPlane {
	t.Helper()
	plane, err := demo.NewKubernetes(start)
	if err != nil {
		t.Fatal(err)
	}
	return plane
}

// TestClusterHoldsTheSameSecrets holds the demo in a cluster against the design:
// the same secrets, made by the same people, and the one that is only there.
func TestClusterHoldsTheSameSecrets(t *testing.T) {
	t.Parallel()
	held := newClusterDemo(t).Cluster().All(cluster.Secrets)
	if got, want := len(held), len(table)+1; got != want {
		t.Errorf("%d secrets, want %d", got, want)
	}
	byName := map[string]*cluster.Object{}
	for _, o := range held {
		byName[o.Meta.Name] = o
	}
	for _, want := range table {
		o, there := byName[want.name]
		if !there {
			t.Errorf("%s is not there", want.name)
			continue
		}
		if got := fingerprint(o.Data["value"]); got != want.fingerprint {
			t.Errorf("%s: fingerprint %s, want %s", want.name, got, want.fingerprint)
		}
		if age := start.Sub(o.Meta.CreationTimestamp.Time); age != time.Duration(want.age)*day {
			t.Errorf("%s: made %s before the start, want %d days", want.name, age, want.age)
		}
		if got := o.Meta.Labels[model.LabelMesh]; got != want.mesh || len(o.Meta.Labels) > 1 {
			t.Errorf("%s: labels %v, want that of mesh %q alone", want.name, o.Meta.Labels, want.mesh)
		}
	}
}

func TestTruststoreIsThatOfTheDesign(t *testing.T) {
	t.Parallel()
	o := newClusterDemo(t).Cluster().Get(cluster.Secrets, "kuma-system", "kafka-truststore")
	if o == nil {
		t.Fatal("it is not there")
	}
	if len(o.Data["value"]) != 1204 || fingerprint(o.Data["value"]) != "cfa82956" {
		t.Errorf("%d bytes with fingerprint %s, want 1204 with cfa82956", len(o.Data["value"]), fingerprint(o.Data["value"]))
	}
	if len(o.Data["password"]) != 14 || len(o.Meta.Labels) > 0 || len(o.Meta.Annotations) != 2 || o.Meta.Annotations[model.LastApplied] == "" {
		t.Errorf("password of %d bytes, labels %v, %d annotations", len(o.Data["password"]), o.Meta.Labels, len(o.Meta.Annotations))
	}
	made := o.Meta.ManagedFields[0]
	if age := start.Sub(o.Meta.CreationTimestamp.Time); age != 88*day || made.Manager != "kubectl" {
		t.Errorf("made %s before the start by %s, want 88 days, by kubectl", age, made.Manager)
	}
}

func TestClusterIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	one, other := newClusterDemo(t).Cluster(), newClusterDemo(t).Cluster()
	for _, k := range one.Kinds() {
		a, b := one.All(k), other.All(k)
		if len(a) != len(b) {
			t.Fatalf("%s: %d and %d", k.Resource, len(a), len(b))
		}
		for i := range a {
			if a[i].Meta.UID != b[i].Meta.UID || a[i].Meta.ResourceVersion != b[i].Meta.ResourceVersion {
				t.Errorf("%s %s differs", k.Resource, a[i].Meta.Name)
			}
		}
	}
}

// TestOwnersAreTheMeshes holds that what the control plane made goes with its
// mesh, and nothing else does.
func TestOwnersAreTheMeshes(t *testing.T) {
	t.Parallel()
	plane := newClusterDemo(t)
	if err := plane.Delete("/meshes/payments"); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, o := range plane.Cluster().All(cluster.Secrets) {
		if o.Meta.Labels[model.LabelMesh] == "payments" {
			left = append(left, o.Meta.Name)
		}
	}
	if len(left) != 7 { // of eight, the signing key is gone
		t.Errorf("left of payments: %v", left)
	}
}
