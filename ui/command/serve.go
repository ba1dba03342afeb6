package command

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
)

const (
	demoAddress   = "127.0.0.1:5691"
	demoNamespace = "kuma-system" // of the demo in a cluster
	// lastWords is how long open requests may take after the end was asked for.
	lastWords = 5 * time.Second
	// largestBody is more than any request of kumactl, in bytes.
	largestBody = 64 << 20
)

// servedDemo is what is asked of serve-demo.
type servedDemo struct {
	listen    string
	inCluster bool
	zones     string // how many zones follow it; "" when it is no global one
}

func newServeDemo(p Process) *cobra.Command {
	var asked servedDemo
	c := &cobra.Command{
		Use:     "serve-demo",
		Short:   "Serve the demo's control plane on a port of this machine",
		Example: "  meshsecrets serve-demo --listen 127.0.0.1:5691\n  meshsecrets --server http://127.0.0.1:5691",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("zones") && asked.zones == "" {
				return refuseZones()
			}
			return serveDemo(c.Context(), p, asked, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&asked.listen, "listen", demoAddress, "the `address` to listen at, on this machine only; port 0 takes a free one")
	c.Flags().BoolVar(&asked.inCluster, "kubernetes", false, "answer as the API server of a cluster, for kubectl")
	c.Flags().StringVar(&asked.zones, "zones", "", "be a global control plane that this `number` of zones follows")
	return c
}

// serveDemo serves until a signal comes. Only this machine can be served:
// whoever reaches the demo's control plane is its admin.
func serveDemo(life context.Context, p Process, asked servedDemo, out io.Writer) error {
	if err := checkLoopback(asked.listen); err != nil {
		return err
	}
	zones, err := countZones(asked.zones)
	if err != nil {
		return err
	}
	plane, err := demoPlane(p, asked.inCluster, zones)
	if err != nil {
		return mistake
	}
	var config net.ListenConfig
	listener, err := config.Listen(life, "tcp", asked.listen)
	if err != nil {
		return refuse("The address given to --listen cannot be used; another program may have the port. Choose another port, or 0 for a free one.")
	}
	handler := http.Handler(plane)
	if asked.inCluster {
		handler = plane.Kubernetes()
	}
	server := &http.Server{
		Handler:           http.MaxBytesHandler(handler, largestBody),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	if asked.inCluster {
		server.WriteTimeout = 0 // a watch is one long answer
	}
	if _, err := io.WriteString(out, servedWords("http://"+listener.Addr().String(), asked.inCluster, demo.ZoneNames(zones))); err != nil {
		return errors.Join(listener.Close(), err)
	}
	following, end := context.WithCancel(life)
	defer end()
	if zones > 0 {
		go plane.Follow(following)
	}
	return serve(life, server, listener, p.Signals)
}

// countZones reads how many zones are asked for; none when nothing is said.
func countZones(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > demo.MostZones {
		return 0, refuseZones()
	}
	return n, nil
}

func refuseZones() error {
	return refuse("What is given to --zones is not a number from 1 to %d.", demo.MostZones)
}

// demoPlane is the demo's control plane: global when zones follow it.
func demoPlane(p Process, inCluster bool, zones int) (*embedded.ControlPlane, error) {
	switch {
	case zones > 0 && inCluster:
		return demo.NewGlobal(p.Now, embedded.EnvironmentKubernetes, zones)
	case zones > 0:
		return demo.NewGlobal(p.Now, embedded.EnvironmentUniversal, zones)
	case inCluster:
		return demo.NewKubernetesWithClock(p.Now)
	}
	return demo.NewWithClock(p.Now)
}

// serve answers until the first signal, then lets open requests end.
func serve(life context.Context, server *http.Server, listener net.Listener, signals <-chan os.Signal) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		if !errors.Is(err, http.ErrServerClosed) {
			return refuse("The demo's control plane cannot listen any more. Start it again.")
		}
		return nil
	case <-signals:
	case <-life.Done():
	}
	last, end := context.WithTimeout(context.WithoutCancel(life), lastWords)
	defer end()
	if server.Shutdown(last) != nil {
		_ = server.Close() // what is still open after that was waited for long enough
	}
	return nil
}

// checkLoopback takes addresses of this machine only.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return refuse("What is given to --listen is not an address. It looks like %s.", demoAddress)
	}
	if strings.EqualFold(host, "localhost") {
		return nil
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return refuse("serve-demo listens on this machine only, because whoever reaches it is admin. Give an address like %s.", demoAddress)
	}
	return nil
}
