package embedded

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"meshsecrets/model"
)

// How a global control plane sends its zones what changed, as measured.
const (
	tickEvery = time.Second
	// insightTicks is after how many ticks it writes down what zones answered.
	insightTicks = 10
	// labelUnsynced keeps an object from zones when it says "disabled".
	labelUnsynced = "kuma.io/kds-sync"
)

// follower is a zone that follows this control plane. Of what zones are sent
// there are only the secrets of meshes; the others stand in nobody's way.
type follower struct {
	name      string
	inCluster bool // it keeps secrets by their names alone
	online    bool
	away      bool // it was taken offline
	ticks     int  // since it connected
	seen      uint64
	// sent is what it was sent last, refused or not: what is there and has not
	// changed since is not sent again.
	sent          map[secretKey]*record
	held          map[secretKey]zoned // by what the zone knows them by
	subscriptions []subscription
	written       []subscription // them as they were written down, which is done when they changed
	insight       []any          // what was written down of them
}

// zoned is a secret in a zone.
type zoned struct {
	key   secretKey
	value []byte
	own   bool // the zone's own: what comes from here does not replace it
}

func (c *ControlPlane) newFollowers() []*follower {
	if c.options.Mode != ModeGlobal {
		return nil
	}
	var all []*follower
	for _, name := range slices.Sorted(slices.Values(c.options.Zones)) {
		all = append(all, &follower{
			name: name, inCluster: c.options.ZoneEnvironment == EnvironmentKubernetes,
			held: map[secretKey]zoned{}, insight: []any{},
		})
	}
	return all
}

// Follow has the zones connect and then ticks once a second, until the context
// is done. Without it, or Tick, no zone ever connects.
func (c *ControlPlane) Follow(ctx context.Context) {
	for {
		c.Tick()
		timer := time.NewTimer(tickEvery)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// Tick is the moment at which zones are sent what changed since the last one,
// each all of it in one answer. Zones that never connected do it now.
func (c *ControlPlane) Tick() {
	c.following.Lock()
	defer c.following.Unlock()
	for _, f := range c.followers {
		switch {
		case f.away:
		case !f.online:
			c.connect(f)
		default:
			f.ticks++
			c.send(f)
			if f.ticks%insightTicks == 0 && !slices.Equal(f.subscriptions, f.written) {
				c.publish(f)
			}
		}
	}
}

// ZoneOffline cuts a zone off: it is sent nothing until ZoneOnline.
func (c *ControlPlane) ZoneOffline(name string) {
	c.following.Lock()
	defer c.following.Unlock()
	f := c.follower(name)
	if f == nil || f.away {
		return
	}
	f.away = true
	if f.online {
		f.online = false
		f.subscriptions[len(f.subscriptions)-1].disconnected = c.now()
		c.publish(f)
	}
}

// ZoneOnline connects a zone, or connects it again: it is sent everything, and
// takes away what is no longer here.
func (c *ControlPlane) ZoneOnline(name string) {
	c.following.Lock()
	defer c.following.Unlock()
	f := c.follower(name)
	if f == nil || f.online {
		return
	}
	f.away = false
	c.connect(f)
}

// ZoneSeed stores secrets in a zone that are its own: not from here, and not
// known here.
func (c *ControlPlane) ZoneSeed(name string, secrets ...Secret) {
	c.following.Lock()
	defer c.following.Unlock()
	f := c.follower(name)
	if f == nil {
		return
	}
	for _, s := range secrets {
		k := secretKey{mesh: s.Mesh, name: s.Name}
		f.held[f.place(k)] = zoned{key: k, value: bytes.Clone(s.Value), own: true}
	}
}

// ZoneSecrets names the secrets of meshes that a zone has, by mesh and name:
// those from here and its own.
func (c *ControlPlane) ZoneSecrets(name string) []model.Ref {
	c.following.Lock()
	defer c.following.Unlock()
	f := c.follower(name)
	if f == nil {
		return nil
	}
	keys := make([]secretKey, 0, len(f.held))
	for _, held := range f.held {
		keys = append(keys, held.key)
	}
	slices.SortFunc(keys, secretKey.compare)
	refs := make([]model.Ref, len(keys))
	for i, k := range keys {
		refs[i] = model.Ref{Mesh: k.mesh, Name: k.name}
	}
	return refs
}

// ZoneHas tells whether a zone has a secret, and with this value.
func (c *ControlPlane) ZoneHas(zone, mesh, name string, value []byte) bool {
	c.following.Lock()
	defer c.following.Unlock()
	f := c.follower(zone)
	if f == nil {
		return false
	}
	k := secretKey{mesh: mesh, name: name}
	held, there := f.held[f.place(k)]
	return there && held.key == k && bytes.Equal(held.value, value)
}

func (c *ControlPlane) follower(name string) *follower {
	for _, f := range c.followers {
		if f.name == name {
			return f
		}
	}
	return nil
}

// place is what a zone knows a secret by.
func (f *follower) place(k secretKey) secretKey {
	if f.inCluster {
		return secretKey{name: k.name}
	}
	return k
}

// connect begins a connection. What the zone has from here counts as sent and
// changed, so all is sent and the rest is taken away.
func (c *ControlPlane) connect(f *follower) {
	f.online, f.ticks, f.seen = true, 0, 0
	f.sent = map[secretKey]*record{}
	for _, held := range f.held {
		if !held.own {
			f.sent[held.key] = nil
		}
	}
	f.subscriptions = append(f.subscriptions, subscription{connected: c.now()})
	if over := len(f.subscriptions) - maxSubscriptions; over > 0 {
		f.subscriptions = f.subscriptions[over:]
	}
	c.send(f)
	c.publish(f)
}

// send sends what changed, in one answer, and counts how the zone takes it. The
// first answer is sent even when there is nothing to say.
func (c *ControlPlane) send(f *follower) {
	secrets, revision := c.synced()
	now := &f.subscriptions[len(f.subscriptions)-1]
	if f.seen == revision && now.sent > 0 {
		return
	}
	f.seen = revision
	is := make(map[secretKey]*record, len(secrets))
	var changed []*record
	for _, r := range secrets {
		is[r.key] = r
		if !r.sameFor(f.sent[r.key]) {
			changed = append(changed, r)
		}
	}
	var gone []secretKey
	for k := range f.sent {
		if is[k] == nil {
			gone = append(gone, k)
		}
	}
	f.sent = is
	if len(changed)+len(gone) == 0 && now.sent > 0 {
		return
	}
	now.count(f.take(changed, gone), c.now())
}

// synced are the secrets that zones are sent, and the revision that they are of.
func (c *ControlPlane) synced() ([]*record, uint64) {
	c.mu.RLock()
	all, revision := c.secrets.inMeshes(), c.revision
	c.mu.RUnlock()
	kept := make([]*record, 0, len(all))
	for _, r := range all {
		if r.key.mesh != noMesh && r.labels[labelUnsynced] != "disabled" {
			kept = append(kept, r)
		}
	}
	return kept, revision
}

// sameFor tells whether zones need not be sent a secret that was another one
// before. Its annotations and times do not count.
func (r *record) sameFor(sent *record) bool {
	return r == sent || sent != nil && maps.Equal(r.labels, sent.labels) && bytes.Equal(r.value, sent.value)
}

// take is what a zone does with an answer: it makes and changes all, and only
// then deletes. It tells whether it took all of it: what exists already, as
// its own or under its name alone, is refused, and the rest is done.
func (f *follower) take(changed []*record, gone []secretKey) bool {
	took := true
	for _, r := range changed {
		at := f.place(r.key)
		held, there := f.held[at]
		if there && (held.own || held.key != r.key) {
			took = false
			continue
		}
		f.held[at] = zoned{key: r.key, value: r.value}
	}
	for _, k := range gone {
		if held := f.held[f.place(k)]; held.key == k && !held.own {
			delete(f.held, f.place(k))
		}
	}
	return took
}
