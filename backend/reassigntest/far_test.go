package reassigntest

import (
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	kubernetesbackend "meshsecrets/backend/kubernetes"
	universalbackend "meshsecrets/backend/universal"
	"meshsecrets/model"
)

// The kinds of control planes.
const (
	kubernetes = "kubernetes"
	universal  = "universal"
)

// The names that everything is about.
const (
	secretName = "payments-ca-key"
	namespace  = "kuma-system"
	meshA      = "mesh-a"
	meshB      = "mesh-b"
	meshC      = "mesh-c"
)

// setting is what a run begins with.
type setting struct {
	kind   string
	global bool     // a global control plane
	zones  []string // that follow it
	to     []string // the meshes that the secret may go to; meshB when empty
	others others   // what is done to other secrets
}

// far is a control plane with a secret to be moved, and what watches it.
type far struct {
	setting
	plane   *embedded.ControlPlane
	history *history
	value   []byte
	starts  []*console // that came after and found something
	away    string     // the zone that is cut off; "" for none
	leaves  bool       // a person may have to decide: that nothing but leaving is offered is no fault
}

// newFar makes a control plane, and in it a secret whose value, keys and labels
// depend on the seed.
func newFar(t testing.TB, s setting, random *rand.Rand) *far {
	t.Helper()
	if len(s.to) == 0 {
		s.to = []string{meshB}
	}
	f := &far{setting: s, value: fakeValue(random)}
	f.history = newHistory(s.kind, secretName, meshA, f.value, s.to...)
	o := embedded.Options{SystemNamespace: namespace, Environment: s.kind, Empty: true, Zones: s.zones, Observe: f.history.observe}
	if s.global || len(s.zones) > 0 {
		o.Mode = embedded.ModeGlobal
	}
	var err error
	if f.plane, err = embedded.New(o); err != nil {
		t.Fatal(err)
	}
	for _, mesh := range []string{meshA, meshB, meshC} {
		if err := f.plane.Put("/meshes/"+mesh, map[string]string{"type": "Mesh", "name": mesh}); err != nil {
			t.Fatal(err)
		}
	}
	f.seed(random)
	return f
}

// fakeValue is a value that no other run has: any bytes, after a word that says
// what it is.
func fakeValue(random *rand.Rand) []byte {
	value := []byte("fake-")
	for range random.IntN(64) {
		value = append(value, byte(random.Uint32()))
	}
	return append(value, []byte(hex.EncodeToString([]byte{byte(random.Uint32()), byte(random.Uint32())}))...)
}

// lastApplied is the annotation in which kubectl leaves the whole value.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// seed stores the secret, and others around it that nobody may touch.
func (f *far) seed(random *rand.Rand) {
	now := time.Now()
	s := embedded.Secret{Mesh: meshA, Name: secretName, Value: f.value, Created: now}
	if random.IntN(2) == 0 {
		s.Labels = map[string]string{"team": "fake"}
	}
	if f.kind == kubernetes {
		s.Annotations = map[string]string{lastApplied: "CANARY-last-applied", "note": "fake"}
		s.Immutable = random.IntN(4) == 0
		if random.IntN(3) == 0 {
			s.Keys = map[string][]byte{"tls.crt": []byte("fake-certificate")}
		}
	}
	around := []embedded.Secret{
		{Mesh: meshA, Name: "another", Value: []byte("fake-another"), Created: now},
		{Mesh: meshB, Name: "another-b", Value: []byte("fake-another"), Created: now},
		{Name: "a-global-one", Value: []byte("fake-global"), Created: now},
	}
	if f.kind == universal {
		around = append(around, embedded.Secret{Mesh: "mesh-z", Name: secretName, Value: []byte("fake-of-z"), Created: now})
	}
	f.plane.Seed(append(around, s)...)
}

// transport reaches it.
func (f *far) transport() http.RoundTripper {
	if f.kind == kubernetes {
		return f.plane.KubernetesTransport()
	}
	return f.plane.Transport()
}

// connect is the real client over a transport.
func (f *far) connect(t testing.TB, through http.RoundTripper) backend.ControlPlane {
	t.Helper()
	plane, err := f.dial(t, through)
	if err != nil {
		t.Fatal(err)
	}
	return plane
}

func (f *far) dial(t testing.TB, through http.RoundTripper) (backend.ControlPlane, error) {
	examiner := model.NewExaminer([32]byte{1})
	if f.kind == kubernetes {
		return kubernetesbackend.Connect(t.Context(), kubernetesbackend.Options{
			Name: "test", Config: &rest.Config{Host: "http://cluster.invalid"}, Namespace: namespace, Examiner: examiner, Transport: through,
		})
	}
	return universalbackend.Connect(t.Context(), universalbackend.Options{
		Name: "test", URL: "http://localhost:5681", Examiner: examiner, Transport: through,
	})
}

// source and target are the ends of the move.
func (f *far) source() model.Ref { return model.Ref{Mesh: meshA, Name: secretName} }

func (f *far) target() model.Ref { return model.Ref{Mesh: f.to[0], Name: secretName} }
