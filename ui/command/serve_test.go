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
		asked      servedDemo
		path, want string
	}{
		"its own API":       {servedDemo{}, "/secrets?size=1000", `"stripe-webhook-token"`},
		"in its cluster":    {servedDemo{inCluster: true}, "/api/v1/namespaces/" + demoNamespace + "/secrets", `"stripe-webhook-token"`},
		"without zones":     {servedDemo{}, "/config", `"mode":"zone"`},
		"global":            {servedDemo{zones: "4"}, "/config", `"mode":"global"`},
		"zones":             {servedDemo{zones: "4"}, "/zones", `"name":"zone-4"`},
		"zones, a cluster":  {servedDemo{inCluster: true, zones: "3"}, "/apis/kuma.io/v1alpha1/zones", `"name":"paris-1"`},
		"global, a cluster": {servedDemo{inCluster: true, zones: "3"}, "/apis/kuma.io/v1alpha1/zoneinsights", `"name":"madrid-1"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := servedBy(t, tt.asked, tt.path)
			if !strings.Contains(body, tt.want) {
				t.Errorf("%s answers without %s", tt.path, tt.want)
			}
		})
	}
}

// servedBy serves the demo, asks for a path, and ends it.
func servedBy(t *testing.T, asked servedDemo, path string) string {
	t.Helper()
	signals := make(chan os.Signal, 1)
	p := process("")
	p.Signals = signals
	out, in := io.Pipe()
	ended := make(chan error, 1)
	asked.listen = "127.0.0.1:0"
	go func() {
		ended <- serveDemo(context.Background(), p, asked, in)
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
	err := serveDemo(context.Background(), process(""), servedDemo{listen: taken}, io.Discard)
	if err == nil || !strings.HasPrefix(err.Error(), "The address given to --listen cannot be used") {
		t.Errorf("got %v", err)
	}
}

// Nothing is served when the number of zones makes no sense, and what was given
// is not repeated.
func TestServeDemoRefusesZones(t *testing.T) {
	t.Parallel()
	const want = "What is given to --zones is not a number from 1 to 20."
	for _, given := range []string{"0", "21", "-1", "three", "1.5", "99999999999999999999", ""} {
		c := newServeDemo(process(""))
		c.SetArgs([]string{"--listen", "127.0.0.1:0", "--zones", given})
		c.SilenceErrors, c.SilenceUsage = true, true
		if err := c.ExecuteContext(context.Background()); err == nil || err.Error() != want {
			t.Errorf("%q: got %v", given, err)
		}
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
