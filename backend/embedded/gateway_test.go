package embedded_test

import (
	"net/http"
	"testing"

	"meshsecrets/backend/embedded"
)

// Gateways are the cluster's: the control plane neither serves nor guards them,
// not even while it is down.
func TestGatewaysAreTheClusters(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{})
	plane.SetAdmission(false)
	const path = "/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways"
	gateway := object{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": object{"name": "edge", "namespace": "default"}}
	if status, told := ask(t, plane, http.MethodPost, path, gateway); status != http.StatusCreated {
		t.Fatalf("the cluster answers %d %s", status, told.Message)
	}
	status, held := ask(t, plane, http.MethodGet, path, nil)
	if status != http.StatusOK || len(held.Items) != 1 || held.Items[0].Metadata.Name != "edge" || held.Items[0].Metadata.OwnerReferences != nil {
		t.Errorf("the cluster answers %d, %+v", status, held.Items)
	}
	if status, body := call(t, plane, http.MethodGet, "/gateways", ""); status != http.StatusNotFound {
		t.Errorf("the control plane answers %d %s", status, body)
	}
}
