package cluster_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded/cluster"
)

// pipes is a listener whose connections lead through memory, on the bubble's
// clock.
type pipes struct {
	incoming chan net.Conn
	closed   chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.incoming:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.incoming <- there
	return here, nil
}

// served serves a cluster as a program does that bounds what it reads and
// writes, until the test ends.
func served(t *testing.T, s *cluster.Server) *http.Client {
	t.Helper()
	at := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: s, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(at) }()
	transport := &http.Transport{DialContext: at.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("it ended with %v", err)
		}
	})
	return &http.Client{Transport: transport}
}

// A watch of a cluster in which nothing happens is answered at once, and lasts
// longer than any bound on what is read or written at a time.
func TestQuietWatchIsServed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := filled(t, "a")
		now := versionOf(c)
		client, from := served(t, s), time.Now()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://cluster.invalid"+secretsPath+"?watch=1&timeoutSeconds=300&resourceVersion="+now, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if took := time.Since(from); took != 0 || answer.StatusCode != http.StatusOK {
			t.Errorf("it is answered %s after %s", answer.Status, took)
		}
		time.Sleep(4 * time.Minute)
		want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("b"))
		stream{t: t, body: answer.Body, decoder: json.NewDecoder(answer.Body)}.wants("ADDED b", "EOF")
		if took := time.Since(from); took != 5*time.Minute {
			t.Errorf("it ended after %s", took)
		}
	})
}
