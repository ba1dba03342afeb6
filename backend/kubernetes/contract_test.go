package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/model"
)

// overServer is the fixture of the contract over a real API server: a
// namespace of its own, and a foreign hand with an administrator's rights.
func overServer(t *testing.T) backendtest.Fixture {
	t.Helper()
	server := apiservertest.Shared(t)
	server.Mesh(t, backendtest.MeshB, nil)
	namespace := server.Namespace(t)
	wire := &line{t: t, through: towards(t, server), namespace: namespace}
	return backendtest.Fixture{
		ControlPlane: near(t, wire, server.URL(), server.Token(apiservertest.Admin), namespace),
		Put: func(ref model.Ref, value []byte, labels map[string]string) {
			server.Put(t, apiservertest.SecretsPath(namespace)+"/"+ref.Name, objectOf(backendtest.Object{Ref: ref, Value: value, Labels: labels}))
		},
		PutObject: func(o backendtest.Object) {
			server.Put(t, apiservertest.SecretsPath(namespace)+"/"+o.Ref.Name, objectOf(o))
		},
		Remove:      func(ref model.Ref) { server.Delete(t, apiservertest.SecretsPath(namespace)+"/"+ref.Name) },
		LoseAnswer:  func() { wire.loseAnswer.Store(true) },
		LoseRequest: func() { wire.loseWrite.Store(true) },
		Refuse:      wire.refuse,
		StrictNames: true,
		Crowd:       pageSize + 50,
	}
}

// overEmbedded is the same over the embedded cluster, without a network.
func overEmbedded(t *testing.T) backendtest.Fixture {
	t.Helper()
	far := inside(t)
	wire := &line{t: t, through: far.KubernetesTransport(), namespace: somewhere}
	put := func(o backendtest.Object) {
		object := objectOf(o)
		object["metadata"].(map[string]any)["namespace"] = somewhere
		if err := far.SeedObject(object); err != nil {
			t.Fatal(err)
		}
	}
	return backendtest.Fixture{
		ControlPlane: near(t, wire, "https://cluster.example", "fake-token", somewhere),
		Put: func(ref model.Ref, value []byte, labels map[string]string) {
			put(backendtest.Object{Ref: ref, Value: value, Labels: labels})
		},
		PutObject:   put,
		Remove:      func(ref model.Ref) { far.Cluster().Discard(cluster.Secrets, somewhere, ref.Name) },
		LoseAnswer:  func() { wire.loseAnswer.Store(true) },
		LoseRequest: func() { wire.loseWrite.Store(true) },
		Refuse:      wire.refuse,
		StrictNames: true,
	}
}

// inside is an embedded control plane on Kubernetes, with the meshes of the
// contract.
func inside(t *testing.T) *embedded.ControlPlane {
	t.Helper()
	far, err := embedded.New(embedded.Options{Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere})
	if err != nil {
		t.Fatal(err)
	}
	if err := far.Put("/meshes/"+backendtest.MeshB, map[string]string{"type": "Mesh", "name": backendtest.MeshB}); err != nil {
		t.Fatal(err)
	}
	return far
}

// towards is a way to the server for a line to lie on.
func towards(t *testing.T, server *apiservertest.Server) http.RoundTripper {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(server.CA())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// near connects over a transport as somebody.
func near(t testing.TB, transport http.RoundTripper, url, token, namespace string) *plane {
	t.Helper()
	c, err := newClient(Options{Config: &rest.Config{Host: url, BearerToken: token}, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	identity := backend.Identity{Name: "test", Environment: backend.Kubernetes, Mode: backend.ModeZone, SystemNamespace: namespace, MayWrite: true}
	return newPlane(c, namespace, identity, model.NewExaminer([32]byte{1}))
}

// objectOf is the object of a secret, as JSON has it.
func objectOf(o backendtest.Object) map[string]any {
	kind, labels := o.Type, maps.Clone(o.Labels)
	switch {
	case kind != "":
	case o.Ref.Global():
		kind = typeGlobal
	default:
		kind = typeMesh
	}
	if kind == typeMesh && !o.Unlabelled {
		if labels == nil {
			labels = map[string]string{}
		}
		labels[model.LabelMesh] = o.Ref.Mesh
	}
	data := map[string]any{keyValue: base64.StdEncoding.EncodeToString(o.Value)}
	for name, value := range o.Keys {
		data[name] = base64.StdEncoding.EncodeToString(value)
	}
	object := map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": kind, "data": data,
		"metadata": map[string]any{"name": o.Ref.Name, "labels": labels, "annotations": o.Annotations, "finalizers": o.Finalizers},
	}
	if o.Immutable {
		object["immutable"] = true
	}
	return object
}

func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Test(t, overEmbedded)
}

func TestObjects(t *testing.T) {
	t.Parallel()
	backendtest.Objects(t, overEmbedded)
}

func TestKeeper(t *testing.T) {
	t.Parallel()
	backendtest.Keeper(t, overEmbedded)
}

func TestContractWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { backendtest.Watch(t, overEmbedded(t)) })
}

func TestContractOnAServer(t *testing.T) {
	t.Parallel()
	backendtest.Test(t, overServer)
}

func TestObjectsOnAServer(t *testing.T) {
	t.Parallel()
	backendtest.Objects(t, overServer)
}

func TestKeeperOnAServer(t *testing.T) {
	t.Parallel()
	backendtest.Keeper(t, overServer)
}

func TestContractWatchOnAServer(t *testing.T) {
	t.Parallel()
	backendtest.Watch(t, overServer(t))
}
