package universal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// wire lies between the client and the embedded control plane, and breaks when
// a test asks for it.
type wire struct {
	through               http.RoundTripper
	loseAnswer, loseWrite atomic.Bool
}

// RoundTrip passes a request on, or loses it, or its answer.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return w.through.RoundTrip(r)
	}
	if w.loseWrite.CompareAndSwap(true, false) {
		return nil, errLost
	}
	response, err := w.through.RoundTrip(r)
	if w.loseAnswer.CompareAndSwap(true, false) {
		return nil, errLost
	}
	return response, err
}

// overEmbedded is the fixture of the contract: this client, and the embedded
// control plane at the other end.
func overEmbedded(t *testing.T) backendtest.Fixture {
	t.Helper()
	return over(t, func(*embedded.ControlPlane) {})
}

// overCrowd is the same on a control plane that holds random meshes and
// secrets with hostile names already.
func overCrowd(t *testing.T) backendtest.Fixture {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	return over(t, func(far *embedded.ControlPlane) {
		hostile := []string{"\x1b]0;x\x07", "\u202eevil", "a\u200bb", "..", "a/b", "a%2fb", "UPPER", "日本", "😀", strings.Repeat("x", 300)}
		for i := range 20 {
			mesh := fmt.Sprintf("mesh-%d-%x", i, random.Uint32())
			if i%2 == 0 {
				if err := far.Put("/meshes/"+mesh, map[string]string{"type": "Mesh", "name": mesh}); err != nil {
					t.Fatal(err)
				}
			}
			for range random.IntN(40) {
				name := fmt.Sprintf("%s-%x", hostile[random.IntN(len(hostile))], random.Uint32())
				far.Seed(embedded.Secret{Mesh: mesh, Name: name, Created: time.Unix(1, 0), Value: []byte("fake " + name),
					Labels: map[string]string{"\x1b[1m": "\u202e", "": ""}})
			}
		}
	})
}

func over(t *testing.T, crowd func(*embedded.ControlPlane)) backendtest.Fixture {
	t.Helper()
	far, err := embedded.New(embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	crowd(far)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(far.Put("/meshes/"+backendtest.MeshB, map[string]string{"type": "Mesh", "name": backendtest.MeshB}))
	between := &wire{through: far.Transport()}
	near, err := Connect(t.Context(), Options{URL: "http://localhost:5681", Transport: between, Examiner: model.NewExaminer([32]byte{1})})
	must(err)
	return backendtest.Fixture{
		ControlPlane: near,
		Put: func(ref model.Ref, value []byte, labels map[string]string) {
			far.Seed(embedded.Secret{Mesh: ref.Mesh, Name: ref.Name, Value: value, Labels: labels, Created: time.Now()})
		},
		Remove: func(ref model.Ref) {
			must(far.Delete("/meshes/" + url.PathEscape(ref.Mesh) + "/secrets/" + url.PathEscape(ref.Name)))
		},
		LoseAnswer:  func() { between.loseAnswer.Store(true) },
		LoseRequest: func() { between.loseWrite.Store(true) },
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Test(t, overEmbedded)
}

func TestContractAmongHostileNames(t *testing.T) {
	t.Parallel()
	backendtest.Test(t, overCrowd)
}

func TestContractWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { backendtest.Watch(t, overEmbedded(t)) })
}

// load is an embedded control plane with n secrets more.
func load(tb testing.TB, n int) backend.ControlPlane {
	tb.Helper()
	far, err := embedded.New(embedded.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	secrets := make([]embedded.Secret, n)
	for i := range secrets {
		name := "load-" + time.Unix(int64(i), 0).UTC().Format("150405-02")
		secrets[i] = embedded.Secret{Mesh: "default", Name: name, Value: []byte("fake value of " + name), Created: time.Unix(int64(i), 0)}
	}
	far.Seed(secrets...)
	near, err := Connect(context.Background(), Options{URL: "http://localhost:5681", Transport: far.Transport()})
	if err != nil {
		tb.Fatal(err)
	}
	return near
}

func BenchmarkSweep(b *testing.B) {
	for name, n := range map[string]int{"100": 100, "10000": 10_000, "100000": 100_000} {
		b.Run(name, func(b *testing.B) {
			cp := load(b, n)
			b.ReportAllocs()
			for b.Loop() {
				all, err := backendtest.All(b.Context(), cp, backend.Query{Mesh: "default"})
				if err != nil || len(all) < n {
					b.Fatalf("%d secrets, %v", len(all), err)
				}
			}
		})
	}
}
