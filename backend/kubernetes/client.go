// Package kubernetes speaks to a control plane through the API server of its
// cluster: a mesh secret is a native Secret in the control plane's namespace.
// It connects as kubectl does, lists without values, reads one value when
// asked, and writes on the condition that nothing changed since it was seen.
//
// Of client-go it uses what logs in: kubeconfig, tokens, plugins, proxies and
// TLS. The requests are sent from here, because client-go repeats writes by
// itself, follows redirects with the token, and reads answers without bounds.
//
// What cannot be trusted, and what is done about it:
//
//   - A redirect could carry the token away: none is followed.
//   - A body could be endless, unpacked or slow: size and time are bounded.
//   - A write is never sent twice. When the answer to one is lost the error is
//     backend.ErrUnknown, and whoever asked reads back.
//   - Every update names the resourceVersion that was seen, every deletion that
//     and the UID. Secrets of other types are never written.
//   - Lists ask for metadata alone, so that values stay where they are; values
//     of annotations are cut out before they are decoded.
//   - Texts of the other side pass errors.go alone, which takes out values in
//     flight and makes the rest visible.
//
// One file each: contexts and config read the kubeconfig, connect, discover and
// identity find the control plane and who we are to it, client sends, wire reads what comes, errors translates,
// metadata and secret turn objects into the console's words, list and cursor
// page, read, write, delete and rehearse handle one secret, resources reads
// meshes and policies, watch and stream follow changes.
package kubernetes

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// The bounds of a call. Sizes are in bytes, after decompression.
const (
	maxList      = 64 << 20
	maxObject    = 4 << 20
	maxErrorBody = 64 << 10

	dialTime   = 5 * time.Second
	headerTime = 30 * time.Second // a plugin that logs in may run meanwhile
	idleTime   = 10 * time.Second // between two reads of a body
	callTime   = 30 * time.Second
	listTime   = 120 * time.Second
)

// silence keeps client-go from printing: what it prints tears the screen, and
// at high levels it prints bodies. Its settings belong to the whole program,
// so they are made once, before its first use.
var silence = sync.OnceFunc(func() {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	utilruntime.ErrorHandlers = nil
})

// client sends requests to one API server.
type client struct {
	base     *url.URL
	address  string // without user and password
	http     *http.Client
	timeout  time.Duration // of a request; 0 when nobody asked for one
	traced   bool          // the transport is the network's, so it tells when a connection was got
	program  string        // that logs in, without its folder; "" for none
	hidden   []model.Value // our credentials, as far as they are known
	warnings *warnings
	now      func() time.Time
}

func newClient(o Options) (*client, error) {
	silence()
	config := safeConfig(o)
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, &backend.Error{Kind: backend.ErrInvalid, Op: opConnect, Reason: "the address of the cluster cannot be read"}
	}
	plain := *base
	plain.User, plain.RawQuery, plain.Fragment = nil, "", ""
	c := &client{
		base: base, address: plain.String(), timeout: config.Timeout, traced: o.Transport == nil,
		program: program(config), hidden: credentials(config, base), warnings: &warnings{}, now: o.Now,
	}
	if c.now == nil {
		c.now = time.Now //nolint:forbidigo // outside of tests the clock is the machine's
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, c.unusable(err)
	}
	if c.program != "" {
		transport = patient{transport}
	}
	c.http = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// safeConfig copies what kubectl would use and sets what a console needs.
func safeConfig(o Options) *rest.Config {
	config := &rest.Config{}
	if o.Config != nil {
		config = rest.CopyConfig(o.Config)
	}
	config.UserAgent = "meshsecrets/" + version() + " (" + runtime.GOOS + "/" + runtime.GOARCH + ")"
	if o.Transport != nil {
		// Neither TLS nor a dialler goes with a transport of one's own.
		config.Transport, config.TLSClientConfig, config.Dial = o.Transport, rest.TLSClientConfig{}, nil
		return config
	}
	if config.Dial == nil {
		config.Dial = (&net.Dialer{Timeout: dialTime}).DialContext
	}
	return config
}

func version() string {
	info, known := debug.ReadBuildInfo()
	if !known || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// credentials are what must not come back in a text.
func credentials(config *rest.Config, base *url.URL) []model.Value {
	password, _ := base.User.Password()
	var hidden []model.Value
	for _, secret := range []string{config.BearerToken, config.Password, password} {
		if secret != "" {
			hidden = append(hidden, model.NewValue([]byte(secret)))
		}
	}
	return hidden
}

// answer is what came back: a status below 300 and a bounded body. Close ends
// the call.
type answer struct {
	status int
	header http.Header
	body   *network.Body
}

// send makes the call. Every answer of 300 and above is an error. A read whose
// connection breaks is sent once more; a write never is.
func (c *client) send(ctx context.Context, call call) (*answer, error) {
	if err := c.addressable(call); err != nil {
		return nil, err
	}
	response, broke, err := c.once(ctx, call)
	if broke && !call.writes() && ctx.Err() == nil {
		response, _, err = c.once(ctx, call)
	}
	return response, err
}

func (c *client) once(ctx context.Context, call call) (a *answer, broke bool, err error) {
	ctx, cancel := c.bounded(ctx, call)
	var reached atomic.Bool
	reached.Store(!c.traced)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	})
	slow := time.AfterFunc(headerTime, func() { cancel(network.ErrIdle) })
	defer slow.Stop()
	request, err := c.request(ctx, call)
	if err != nil {
		cancel(nil)
		return nil, false, c.broken(ctx, call, false, err)
	}
	response, err := c.http.Do(request) //nolint:bodyclose // the answer owns the body and closes it
	if err != nil {
		told := c.broken(ctx, call, reached.Load(), err)
		cancel(nil)
		return nil, network.Broke(err), told
	}
	c.warnings.note(response.Header, call.flight...)
	refused := response.StatusCode >= 300
	limit := cmp.Or(call.limit, maxObject)
	if refused {
		limit = maxErrorBody
	}
	body := network.NewBody(ctx, response.Body, limit, cmp.Or(call.idle, idleTime), cancel)
	if refused {
		defer body.Close()
		return nil, false, c.refused(call, response, body)
	}
	return &answer{status: response.StatusCode, header: response.Header, body: body}, false, nil
}

// bounded gives a call's context its end: that of --request-timeout, which a
// watch outlives, and that of its answer's body.
func (c *client) bounded(ctx context.Context, call call) (context.Context, context.CancelCauseFunc) {
	stop := func() {}
	if c.timeout > 0 && call.verb != verbWatch {
		ctx, stop = context.WithTimeout(ctx, c.timeout)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, func(cause error) { cancel(cause); stop() }
}

func (c *client) request(ctx context.Context, call call) (*http.Request, error) {
	target := *c.base
	target = *target.JoinPath(call.segments()...)
	query := call.query
	if call.changes() {
		query = maps.Clone(query)
		if query == nil {
			query = url.Values{}
		}
		query.Set("fieldManager", fieldManager)
	}
	target.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, call.method(), target.String(), nil)
	if err != nil {
		return nil, err
	}
	if call.body != nil {
		body := slices.Clone(call.body)
		request.Body = network.NewWipingBody(body)
		request.ContentLength = int64(len(body))
		request.Header.Set("Content-Type", cmp.Or(call.contentType, typeJSON))
	}
	request.Header.Set("Accept", cmp.Or(call.accept, typeJSON))
	return request, nil
}

// patient lets a request be left that waits for a program to log in: client-go
// runs it without a bound.
type patient struct{ through http.RoundTripper }

// RoundTrip answers when the request's context ends, at the latest. What comes
// after that is closed unread.
func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	type result struct {
		response *http.Response
		err      error
	}
	done := make(chan result, 1)
	go func() {
		response, err := p.through.RoundTrip(r) //nolint:bodyclose // whoever receives it closes it
		done <- result{response, err}
	}()
	select {
	case got := <-done:
		return got.response, got.err
	case <-r.Context().Done():
		go func() {
			if late := <-done; late.response != nil {
				_ = late.response.Body.Close()
			}
		}()
		return nil, context.Cause(r.Context())
	}
}
