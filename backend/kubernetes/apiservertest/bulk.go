package apiservertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// Filler is what the values of Fill are made of, again and again. Its length
// is divisible by three, so that it can be found in base64, too.
const Filler = "CANARY, not real; "

// Fill makes many secrets of a mesh: secret-000000 and on, each with a value
// of size bytes that says that it is fake. The test fails if one is refused.
func (s *Server) Fill(t testing.TB, namespace, mesh string, count, size int) {
	t.Helper()
	if err := s.FillContext(t.Context(), namespace, mesh, count, size); err != nil {
		t.Fatal(err)
	}
}

// FillContext is Fill for a program that is no test.
func (s *Server) FillContext(ctx context.Context, namespace, mesh string, count, size int) error {
	const hands = 16
	value := bytes.Repeat([]byte(Filler), size/len(Filler)+1)[:size]
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	numbers := make(chan int)
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for number := range numbers {
				if err := s.create(ctx, SecretsPath(namespace), secretNamed(fmt.Sprintf("secret-%06d", number), mesh, value)); err != nil {
					cancel(err)
				}
			}
		})
	}
	for number := range count {
		if ctx.Err() != nil {
			break
		}
		numbers <- number
	}
	close(numbers)
	all.Wait()
	return context.Cause(ctx)
}

// Forget makes the server forget its history, as it does by itself when time
// passes: a watch from before and a page that continues a list from before
// are answered 410. The API server restarts for it, since it remembers too.
func (s *Server) Forget(t testing.TB) {
	t.Helper()
	s.Down()
	var state struct {
		Header struct {
			Revision string `json:"revision"`
		} `json:"header"`
	}
	s.askEtcd(t, "/v3/maintenance/status", Object{}, &state)
	s.askEtcd(t, "/v3/kv/compaction", Object{"revision": state.Header.Revision}, &Object{})
	s.Up(t)
}

// askEtcd sends a request to the store itself.
func (s *Server) askEtcd(t testing.TB, path string, body Object, answer any) {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := lasting(t)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.etcdURL()+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("etcd answers %s at %s", response.Status, path)
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		t.Fatal(err)
	}
}
