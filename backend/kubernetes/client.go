// Package kubernetes speaks to a control plane through the API server of its
// cluster: a mesh secret is a native Secret in the control plane's namespace.
// It connects as kubectl does, lists without values, reads one value when
// asked, and writes on the condition that nothing changed since it was seen.
//
// Of client-go it uses what kubectl uses: clientcmd and its ways to log in, a
// rest client whose scheme knows secrets alone, in protobuf, and the dynamic
// client for kinds that are read once. For safety, four things of it are not taken as
// they are:
//
//   - Its decoders keep copies, which nobody can overwrite, and its metadata
//     client reads annotations as they are, in one of which kubectl keeps whole
//     values. Secrets and lists of them are therefore read as streams, and taken
//     apart in wire.go.
//   - It sends requests again by itself, writes included. The guard under its
//     clients gives it no reason to.
//   - It reads answers without bounds, and waits for what logs in without an
//     end. The guard bounds both.
//   - It runs a program that logs in without bounds as well, and leaves it
//     behind. Whoever connects gives it a guard of its own, which runs it.
//
// What cannot be trusted, and what is done about it:
//
//   - A redirect could carry the token away: none is followed.
//   - A body could be endless, unpacked or slow: size and time are bounded.
//   - A write is never sent twice, be it by us or by client-go. When the answer
//     to one is lost the error is backend.ErrUnknown, and whoever asked reads
//     back.
//   - Every update names the resourceVersion that was seen, every deletion that
//     and the UID. Secrets of other types are never written, but for safety
//     copies, which are made once and never changed.
//   - Lists ask for metadata alone, so that values stay where they are; values
//     of annotations are cut out before they are decoded, but for the notes on safety copies.
//   - A safety copy may be forged: it counts only when its name, its notes and
//     its data, which nobody can change, say the same.
//   - Texts of the other side pass errors.go alone, which takes out values in
//     flight and makes the rest visible.
//
// One file each: contexts and config read the kubeconfig, login runs what logs
// in, connect, discover and identity find the control plane and who we are to
// it, client makes the clients of client-go, call sends through them and guard
// watches over that, credentials knows what was sent to log in, wire reads what
// comes, errors translates, metadata and secret turn objects into the console's
// words, list and cursor page, read, write and rehearse handle one secret,
// conditions says on what conditions it is written, keep writes, reads, lists
// and drops safety copies, copy says what one is, kinds and resources read
// meshes, policies and Gateways page by page, zones those who follow, watch and
// stream follow changes of secrets, follow and lookout those of what refers to
// them, with the same streams.
package kubernetes

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	goruntime "runtime"
	"runtime/debug"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"meshsecrets/backend"
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
	guard    *guard
	secrets  rest.Interface    // for secrets, and for what is no resource
	objects  dynamic.Interface // for all other kinds
	params   runtime.ParameterCodec
	timeout  time.Duration // of a request; 0 when nobody asked for one
	program  string        // that logs in, without its folder; "" for none
	guarded  bool          // it is run by a guard, whose exit codes tell more
	login    login
	hidden   *credentials // ours
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
		base: base, address: plain.String(), timeout: config.Timeout,
		program: program(config), login: loginOf(config, base), hidden: configured(config, base), now: o.Now,
	}
	if c.now == nil {
		c.now = time.Now //nolint:forbidigo // outside of tests the clock is the machine's
	}
	config.ExecProvider, c.guarded = guardedBy(o.LoginGuard, config.ExecProvider), len(o.LoginGuard) > 0
	c.warnings = &warnings{hidden: c.hidden}
	config.WarningHandlerWithContext = c.warnings
	config.Wrap(c.hidden.under)
	if err := c.connect(config, o.Transport == nil); err != nil {
		return nil, c.unusable(err)
	}
	return c, nil
}

// connect makes the clients of client-go. All of them send through one guard.
func (c *client) connect(config *rest.Config, network bool) error {
	transport, err := rest.TransportFor(config)
	if err != nil {
		return err
	}
	if c.program != "" {
		transport = patient{transport}
	}
	c.guard = &guard{through: transport, traced: network}
	through := &http.Client{
		Transport:     c.guard,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.objects, err = dynamic.NewForConfigAndClient(config, through); err != nil {
		return err
	}
	known := runtime.NewScheme()
	core := schema.GroupVersion{Version: "v1"}
	metav1.AddToGroupVersion(known, core)
	c.params = runtime.NewParameterCodec(known)
	config.APIPath, config.GroupVersion = "/api", &core
	config.NegotiatedSerializer = serializer.NewCodecFactory(known).WithoutConversion()
	config.ContentType, config.AcceptContentTypes = typeProtobuf, acceptSecret
	c.secrets, err = rest.RESTClientForConfigAndClient(config, through)
	return err
}

// safeConfig copies what kubectl would use and sets what a console needs.
func safeConfig(o Options) *rest.Config {
	config := &rest.Config{}
	if o.Config != nil {
		config = rest.CopyConfig(o.Config)
	}
	config.QPS = -1 // the server says when it is asked too often
	config.UserAgent = "meshsecrets/" + version() + " (" + goruntime.GOOS + "/" + goruntime.GOARCH + ")"
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
