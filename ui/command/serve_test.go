package command

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestServeDemo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		inCluster  bool
		path, want string
	}{
		"its own API":    {false, "/secrets?size=1000", `"stripe-webhook-token"`},
		"in its cluster": {true, "/api/v1/namespaces/" + demoNamespace + "/secrets", `"stripe-webhook-token"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := servedBy(t, tt.inCluster, tt.path)
			if !strings.Contains(body, tt.want) {
				t.Errorf("%s answers without %s", tt.path, tt.want)
			}
		})
	}
}

// servedBy serves the demo, asks for a path, and ends it.
func servedBy(t *testing.T, inCluster bool, path string) string {
	t.Helper()
	signals := make(chan os.Signal, 1)
	p := process("")
	p.Signals = signals
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- serveDemo(context.Background(), p, "127.0.0.1:0", inCluster, in)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("nothing was printed")
	}
	_, rest, _ := strings.Cut(lines.Text(), " answers at ")
	address, _, _ := strings.Cut(rest, " ")
	go func() { _, _ = io.Copy(io.Discard, out) }()

	answer, err := http.Get(address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Errorf("answered %s", answer.Status)
	}
	signals <- os.Interrupt
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	return string(body)
}

func TestServeDemoTakesNoPortOfAnother(t *testing.T) {
	t.Parallel()
	taken := listen(t)
	err := serveDemo(context.Background(), process(""), taken, false, io.Discard)
	if err == nil || !strings.HasPrefix(err.Error(), "The address given to --listen cannot be used") {
		t.Errorf("got %v", err)
	}
}

// listen takes a port until the test ends.
func listen(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}
