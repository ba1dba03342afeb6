// Package embedded is a control plane that runs inside this program: an
// http.Handler that speaks the Universal HTTP API over a store in memory, and
// on demand a second one that speaks the Kubernetes API of the cluster that it
// then runs in. The demo and the tests are made of it.
//
// Its truth are recorded exchanges with a real control plane, in
// testdata/controlplane; a test plays them back. What a real one does beside
// that (data planes, policies that act, a store that lasts) is left out.
//
// One file each: route finds who answers; secret, resource, mesh and token
// answer; check holds the rules for names and labels, mtls those for a mesh's
// CA; list pages and filters; store keeps the secrets; access says who is
// asking; problem is the form of every error; keys makes keys and CAs; seed
// fills a control plane; transport reaches it without a network. On Kubernetes
// package cluster is the API server; kubernetes ties the two together, object
// says how things look there, view how the control plane sees them, admission
// holds its rules for writes to the cluster, refuse those of others, install
// what its chart installs. On a global control plane zones is how its zones
// follow it, insight what it tells of them. observe tells tests of every change.
//
// It is not a place for real secrets: values lie in memory in the clear, and
// its signing key is the same for everybody.
package embedded

import (
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"meshsecrets/backend/embedded/cluster"
)

// The modes of a control plane.
const (
	ModeZone   = "zone"
	ModeGlobal = "global"
)

// ProductKongMesh is the product that takes several mTLS backends and the
// enterprise types of them.
const ProductKongMesh = "Kong Mesh"

// Options say what control plane it is. The zero Options are a Kuma 2.14.3
// zone named "default" that follows no global control plane.
type Options struct {
	Product       string           // "Kuma" when empty
	Version       string           // "2.14.3" when empty
	Now           func() time.Time // the clock; time.Now when nil
	Mode          string           // ModeZone when empty
	ZoneName      string           // "default" when empty
	GlobalAddress string           // set: the zone follows a global control plane
	Zones         []string         // the zones that follow this global control plane: see Follow
	ReadOnly      bool             // apiServer.readOnly
	BasePath      string           // prefix of every path, "/" when empty
	// ZoneEnvironment is where the zones keep their objects:
	// EnvironmentKubernetes when empty.
	ZoneEnvironment string
	ZoneVersion     string // of the zones' control planes; that of this one when empty
	// NoLocalAdmin switches localhostIsAdmin off: a call over loopback then
	// needs a token like any other.
	NoLocalAdmin bool
	// Environment is where it keeps its objects: EnvironmentUniversal when
	// empty. On Kubernetes the Universal HTTP API only reads.
	Environment string
	// SystemNamespace is the control plane's namespace on Kubernetes;
	// "kuma-system" or "kong-mesh-system" when empty.
	SystemNamespace string
	// Users are who may use the Kubernetes API, by their tokens. Without any
	// everybody is an administrator of the cluster.
	Users []KubernetesUser
	// Observe is told of every change of a secret, in their order and before
	// anybody can read it. It must not call the control plane.
	Observe func(Event)
	// Empty leaves out what a control plane makes at its first start: the mesh
	// "default" and the global secrets.
	Empty bool
}

func (o Options) withDefaults() Options {
	if o.Product == "" {
		o.Product = "Kuma"
	}
	if o.Version == "" {
		o.Version = "2.14.3"
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // without a clock handed in it is a control plane like others
	}
	if o.Mode == "" {
		o.Mode = ModeZone
	}
	if o.ZoneName == "" {
		o.ZoneName = "default"
	}
	if o.Environment == EnvironmentKubernetes {
		o.ReadOnly = true // as its charts set it
	}
	if o.SystemNamespace == "" {
		o.SystemNamespace = strings.ToLower(strings.ReplaceAll(o.Product, " ", "-")) + "-system"
	}
	if o.ZoneEnvironment == "" {
		o.ZoneEnvironment = EnvironmentKubernetes
	}
	if o.ZoneVersion == "" {
		o.ZoneVersion = o.Version
	}
	o.BasePath = "/" + strings.Trim(o.BasePath, "/")
	return o
}

// ControlPlane is a control plane in memory. It is safe for use by many
// goroutines; New makes one.
type ControlPlane struct {
	options Options
	started time.Time
	key     *rsa.PrivateKey
	keyPEM  []byte
	cluster *cluster.Server // nil unless it runs on Kubernetes
	down    atomic.Bool     // it does not answer the cluster's admission requests
	rule    atomic.Pointer[AdmissionRule]

	following sync.Mutex // guards what follows, and is taken before mu
	followers []*follower

	// On Kubernetes the cluster is the truth, and what follows is how the
	// control plane sees it.
	mu        sync.RWMutex // guards what follows
	secrets   store
	revision  uint64                   // counts what happened to the secrets
	resources map[resourceKey]resource // meshes too
	tokens    int                      // how many were issued, for their ids
}

// New makes a control plane. Unless Options.Empty is set it holds what a real
// one holds after its first start: the mesh "default", its signing key, the
// signing keys of tokens, the admin's token and the control plane's own CAs.
func New(o Options) (*ControlPlane, error) {
	o = o.withDefaults()
	c := &ControlPlane{
		options:   o,
		started:   o.Now(),
		key:       SigningKey(),
		resources: map[resourceKey]resource{},
	}
	c.keyPEM = PKCS1(c.key)
	c.followers = c.newFollowers()
	if o.Environment == EnvironmentKubernetes {
		if err := c.startCluster(); err != nil {
			return nil, fmt.Errorf("starting the embedded cluster: %w", err)
		}
	}
	if o.Empty {
		return c, nil
	}
	if err := c.bootstrap(); err != nil {
		return nil, fmt.Errorf("starting the embedded control plane: %w", err)
	}
	return c, nil
}

// federated tells whether this is a zone that follows a global control plane.
func (c *ControlPlane) federated() bool {
	return c.options.Mode == ModeZone && c.options.GlobalAddress != ""
}

// id is an identifier that is the same in every run of a control plane with
// the same options.
func (c *ControlPlane) id(of string) string {
	o := c.options
	sum := sha256.Sum256([]byte(strings.Join([]string{"embedded", o.Product, o.Version, o.Mode, o.ZoneName, of}, "\x00")))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// bootstrap makes what a control plane makes at its first start. A zone that
// follows a global control plane would get its meshes from there; ours begins
// as if it just had.
func (c *ControlPlane) bootstrap() error {
	if err := c.firstMesh(); err != nil {
		return err
	}
	globals := map[string][]byte{
		userKeyPrefix + "1": c.keyPEM,
		zoneKeyPrefix + "1": c.keyPEM,
	}
	authorities := []string{"inter-cp-ca"}
	if c.options.Mode != ModeGlobal {
		authorities = append(authorities, "envoy-admin-ca")
	}
	for _, name := range authorities {
		cert, err := authority(c.key, subject{common: name}, c.started)
		if err != nil {
			return err
		}
		globals[name] = append(cert, c.keyPEM...)
	}
	for name, value := range globals {
		c.Seed(Secret{Name: name, Value: value, Created: c.started, Managers: []string{ownManager}})
	}
	token, err := c.issueUser(tokenRequest{Name: adminName, Groups: []string{adminName}, ValidFor: adminTokenLife.String()})
	if err != nil {
		return err
	}
	c.Seed(Secret{Name: adminTokenName, Value: []byte(token), Created: c.started, Managers: []string{ownManager}})
	return nil
}

// ServeHTTP answers one request of the Universal HTTP API.
func (c *ControlPlane) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.answer(r).write(w)
}
