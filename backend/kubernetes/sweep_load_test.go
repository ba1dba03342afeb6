package kubernetes

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// loaded is an embedded cluster with n secrets of 1,200 bytes, and what is
// connected to it.
func loaded(tb testing.TB, n int) *plane {
	tb.Helper()
	far, err := embedded.New(embedded.Options{Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere, Empty: true})
	if err != nil {
		tb.Fatal(err)
	}
	value := pattern(1200, 0).Reveal()
	secrets := make([]embedded.Secret, n)
	for i := range secrets {
		secrets[i] = embedded.Secret{Mesh: "default", Name: fmt.Sprintf("secret-%06d", i), Value: value, Created: time.Unix(int64(i), 0)}
	}
	far.Seed(secrets...)
	return near(tb, far.KubernetesTransport(), "https://cluster.example", "fake-token", somewhere)
}

// heapInUse is the memory that is in use, in bytes.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// maxPerSecret is what may be kept of a secret of a list, in bytes: 100,000 of
// them have 400 MB.
const maxPerSecret = 4000

// What a list keeps does not grow with the values, and is little enough that
// 100,000 secrets fit. It is not parallel, so that nothing else is counted.
func TestListKeepsLittle(t *testing.T) {
	const n = 10_000
	p := loaded(t, n)
	before := heapInUse()
	all, err := backendtest.All(t.Context(), p, backend.Query{})
	if err != nil || len(all) != n {
		t.Fatalf("%d secrets, %v", len(all), err)
	}
	if each := (heapInUse() - before) / n; each > maxPerSecret {
		t.Errorf("a secret of a list takes %d bytes", each)
	}
	runtime.KeepAlive(all)
	runtime.KeepAlive(p)
}

// BenchmarkSweep lists everything. MB-kept is what the list then holds, and
// ms-first how long the first page took.
func BenchmarkSweep(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := loaded(b, n)
			before := heapInUse()
			b.ReportAllocs()
			var all []model.Secret
			var first time.Duration
			for b.Loop() {
				began := time.Now()
				page, err := p.List(b.Context(), backend.Query{})
				if err != nil {
					b.Fatal(err)
				}
				first += time.Since(began)
				if all, err = backendtest.All(b.Context(), p, backend.Query{Cursor: page.Next}); err != nil {
					b.Fatal(err)
				}
				if all = append(page.Secrets, all...); len(all) != n {
					b.Fatalf("%d secrets", len(all))
				}
			}
			b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms-first")
			kept := heapInUse() - before
			runtime.KeepAlive(all)
			runtime.KeepAlive(p)
			if b.ReportMetric(float64(kept)/1e6, "MB-kept"); kept > int64(n)*maxPerSecret {
				b.Errorf("%d bytes are kept of %d secrets", kept, n)
			}
		})
	}
}
