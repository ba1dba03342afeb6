package universal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// plane is a control plane that is connected.
type plane struct {
	client   client
	identity backend.Identity
	version  version
	examiner model.Examiner
	now      func() time.Time
}

// Connect asks a control plane who it is and who we are to it. It reads the
// files that the options name, refuses to send a credential in the clear, and
// answers backend.ErrStranger when something else is there. What the control
// plane does not let us see of itself stays unknown. It takes at most 15 s.
func Connect(ctx context.Context, o Options) (backend.ControlPlane, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	p := &plane{client: c, examiner: o.Examiner, now: o.now()}
	if err := p.detect(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// Traits are those of every Universal control plane: nothing is conditional,
// nothing is pushed.
func (p *plane) Traits() backend.Traits {
	return backend.Traits{
		NamePerMesh:  true,
		ListsFacts:   true,
		StoresLabels: !p.version.before(10),
		EmptyValues:  true,
	}
}

// Identity is what was found when it was connected.
func (p *plane) Identity() backend.Identity { return p.identity }

func (p *plane) detect(ctx context.Context) error {
	index, err := p.index(ctx)
	if err != nil {
		return err
	}
	settings, err := p.settings(ctx)
	if err != nil {
		return err
	}
	user, err := p.user(ctx)
	if err != nil {
		return err
	}
	p.version = parseVersion(index.Version)
	p.identity = backend.Identity{
		Name: p.client.options.Name, Address: p.client.address.String(),
		Product: index.product(), Version: p.version.text, User: user,
		Environment: backend.Environment(settings.Environment),
		Zone:        settings.Multizone.Zone.Name,
		SyncEvery:   settings.syncEvery(),
	}
	p.identity.Mode, p.identity.Federated = settings.mode(p.version)
	if p.identity.Environment == backend.Kubernetes {
		p.identity.SystemNamespace = settings.Store.Kubernetes.SystemNamespace
	}
	p.identity.Guards = settings.guards(p.identity, p.version)
	p.identity.WhyNot = settings.whyNot(p.identity, p.version)
	p.identity.MayWrite = p.identity.WhyNot == ""
	return nil
}

// index is the answer to GET /.
type index struct {
	Product     string `json:"product"`
	Tagline     string `json:"tagline"` // what 2.0 and older have instead
	Version     string `json:"version"`
	BasedOnKuma string `json:"basedOnKuma"`
	InstanceID  string `json:"instanceId"`
	// Paths is what an API server of Kubernetes answers with instead.
	Paths []string `json:"paths"`
}

func (i index) product() string {
	if i.Product != "" {
		return i.Product
	}
	return i.Tagline
}

// known tells whether a control plane of the family answered.
func (i index) known() bool {
	if i.Version == "" {
		return false
	}
	switch i.product() {
	case "":
		return false
	case "Kuma", "Kong Mesh":
		return true
	}
	return i.BasedOnKuma != "" || i.InstanceID != ""
}

func (p *plane) index(ctx context.Context) (index, error) {
	var found index
	c := call{op: opConnect}
	err := p.document(ctx, c, &found)
	var failure *backend.Error
	if errors.As(err, &failure) && errors.Is(failure, backend.ErrInvalid) && failure.Status == http.StatusBadRequest {
		// A server that expects https answers 400 to plain http.
		return index{}, p.client.stranger(c, "it refuses to be asked what it is (status 400); try https")
	}
	if err == nil && len(found.Paths) > 0 && !found.known() {
		return index{}, p.client.cluster(c)
	}
	if err == nil && !found.known() {
		err = p.client.stranger(c, "it sent JSON that is not a control plane's")
	}
	return found, err
}

// settings is the part of GET /config that matters here.
type settings struct {
	Environment string `json:"environment"`
	Mode        string `json:"mode"`
	Multizone   struct {
		Zone struct {
			Name          string `json:"name"`
			GlobalAddress string `json:"globalAddress"`
		} `json:"zone"`
		Global struct {
			KDS struct {
				RefreshInterval json.RawMessage `json:"refreshInterval"`
			} `json:"kds"`
		} `json:"global"`
	} `json:"multizone"`
	Experimental struct {
		Watchdog struct {
			Enabled       bool            `json:"enabled"`
			FlushInterval json.RawMessage `json:"flushInterval"`
		} `json:"kdsEventBasedWatchdog"`
	} `json:"experimental"`
	Store struct {
		UnsafeDelete *bool `json:"unsafeDelete"`
		Kubernetes   struct {
			SystemNamespace string `json:"systemNamespace"`
		} `json:"kubernetes"`
	} `json:"store"`
	APIServer struct {
		ReadOnly bool `json:"readOnly"`
	} `json:"apiServer"`
}

func (p *plane) settings(ctx context.Context) (settings, error) {
	var found settings
	err := p.document(ctx, call{op: opConnect, path: []string{"config"}}, &found)
	if errors.Is(err, backend.ErrForbidden) || notThere(err) {
		return settings{}, nil
	}
	return found, err
}

// mode gives the part the control plane plays, and whether it follows a global
// one. Up to 2.5 only federated zones called themselves zones.
func (s settings) mode(v version) (backend.Mode, bool) {
	switch s.Mode {
	case "global":
		return backend.ModeGlobal, false
	case "standalone":
		return backend.ModeZone, false
	case "zone", "remote":
		return backend.ModeZone, v.before(6) || s.Multizone.Zone.GlobalAddress != ""
	}
	return "", false
}

// guards tells whether deletions are refused of what mTLS backends name. From
// 3.0 on there are no such backends and none are, and what a configuration that
// may not be read says is not known.
func (s settings) guards(id backend.Identity, v version) bool {
	unsafe := s.Store.UnsafeDelete
	return unsafe != nil && !*unsafe && v.major == 2 && !id.Federated
}

func (s settings) whyNot(id backend.Identity, v version) string {
	switch {
	case id.Environment == backend.Kubernetes:
		return "it runs on Kubernetes, where secrets are changed through Kubernetes"
	case s.APIServer.ReadOnly:
		return "the control plane says so"
	case id.Federated && v.before(10):
		return "a zone before 2.10 takes changes from its global control plane only"
	}
	return ""
}

func (p *plane) user(ctx context.Context) (string, error) {
	var found struct {
		Name string `json:"name"`
	}
	err := p.document(ctx, call{op: opConnect, path: []string{"who-am-i"}}, &found)
	if errors.Is(err, backend.ErrForbidden) || notThere(err) {
		return "", nil
	}
	return found.Name, err
}

// notThere tells the 404 of a path that an old version does not have.
func notThere(err error) bool {
	var failure *backend.Error
	return errors.As(err, &failure) && failure.Status == http.StatusNotFound
}

// document reads a small JSON object that holds no values.
func (p *plane) document(ctx context.Context, c call, into any) error {
	c.method, c.limit = http.MethodGet, maxDocument
	answer, err := p.client.send(ctx, c)
	if err != nil {
		return err
	}
	defer answer.body.Close()
	raw, err := network.ReadAll(answer.body)
	if err != nil {
		return p.client.unread(ctx, c, answer, err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return p.client.stranger(c, "it sent %s", network.Document(answer.header, raw))
	}
	return nil
}

// version is a release of the control plane. The zero one is not known, and
// older than none.
type version struct {
	text         string
	major, minor int
}

// parseVersion reads "2.14.3"; a build without a number says "unknown".
func parseVersion(text string) version {
	if text == "unknown" {
		return version{}
	}
	v := version{text: text}
	parts := strings.SplitN(strings.TrimPrefix(text, "v"), ".", 3)
	if len(parts) < 2 {
		return v
	}
	major, majorErr := strconv.Atoi(parts[0])
	minor, minorErr := strconv.Atoi(strings.SplitN(parts[1], "-", 2)[0])
	if majorErr == nil && minorErr == nil && major > 0 {
		v.major, v.minor = major, minor
	}
	return v
}

// before tells whether it is known to be older than 2.minor. A preview build
// says 0.0.0 and is not.
func (v version) before(minor int) bool {
	if v.major == 0 {
		return false
	}
	return v.major < 2 || v.major == 2 && v.minor < minor
}
