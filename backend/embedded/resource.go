package embedded

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// resourceKey names a mesh or a policy. A mesh is in no mesh.
type resourceKey struct{ kind, mesh, name string }

// resource is a mesh or a policy as it was sent. It is never changed, only
// replaced.
type resource struct {
	key      resourceKey
	labels   map[string]string
	fields   map[string]json.RawMessage
	created  time.Time
	modified time.Time
	uid      types.UID // in the cluster; "" on Universal
}

func (q request) resourceKey() resourceKey {
	return resourceKey{kind: q.kind.name, mesh: q.mesh, name: q.name}
}

func (c *ControlPlane) resourceAt(k resourceKey) (resource, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, found := c.resources[k]
	return r, found
}

func (c *ControlPlane) hasMesh(name string) bool {
	_, found := c.resourceAt(resourceKey{kind: meshKind.name, name: name})
	return found
}

// meshUID is the UID of a mesh in the cluster, or "".
func (c *ControlPlane) meshUID(name string) types.UID {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.resources[resourceKey{kind: meshKind.name, name: name}].uid
}

// resourcesOf gives the resources of a list, by mesh and name.
func (c *ControlPlane) resourcesOf(q request) []resource {
	c.mu.RLock()
	var rows []resource
	for key, r := range c.resources {
		if key.kind == q.kind.name && (q.mesh == "" || key.mesh == q.mesh) {
			rows = append(rows, r)
		}
	}
	c.mu.RUnlock()
	slices.SortFunc(rows, func(a, b resource) int {
		if order := strings.Compare(a.key.mesh, b.key.mesh); order != 0 {
			return order
		}
		return strings.Compare(a.key.name, b.key.name)
	})
	return rows
}

func (c *ControlPlane) resourceItem(r resource) any {
	item := map[string]any{
		"type": r.key.kind, "name": r.key.name,
		"creationTime": r.created, "modificationTime": r.modified,
	}
	for key, value := range r.fields {
		item[key] = value
	}
	if r.key.mesh != "" {
		item["mesh"] = r.key.mesh
	}
	if len(r.labels) > 0 {
		item["labels"] = r.labels
	}
	if id := c.kri(r.key); id != "" {
		item["kri"] = id
	}
	return item
}

// kri is the identifier of a resource: kind, mesh, zone, namespace, name and
// section. Meshes are in no zone.
func (c *ControlPlane) kri(k resourceKey) string {
	short := meshKind.kri
	zone := ""
	if k.kind != meshKind.name {
		at := slices.IndexFunc(kinds, func(other kind) bool { return other.name == k.kind })
		short, zone = kinds[at].kri, c.options.ZoneName
		if c.options.Mode == ModeGlobal {
			zone = ""
		}
	}
	if short == "" {
		return ""
	}
	return fmt.Sprintf("kri_%s_%s_%s__%s_", short, k.mesh, zone, k.name)
}

func (c *ControlPlane) getResource(q request) reply {
	found, there := c.resourceAt(q.resourceKey())
	if !there {
		return missing(titleRetrieve)
	}
	return encoded(http.StatusOK, c.resourceItem(found))
}

func (c *ControlPlane) putResource(q request) reply {
	sent, bad := c.readBody(q)
	if bad != nil {
		return *bad
	}
	before, there := c.resourceAt(q.resourceKey())
	after := resource{
		key: q.resourceKey(), labels: c.computeLabels(q, sent.meta.Labels),
		fields: sent.rest(), created: c.now(), modified: c.now(),
	}
	status := http.StatusCreated
	if there {
		after.created, status = before.created, http.StatusOK
		if found := checkImmutable(before.labels, after.labels); len(found) > 0 {
			return invalid(titleUpdateOther, found...)
		}
	}
	if q.kind.name == meshKind.name {
		if refusal := c.settleMesh(q, before, after, there); refusal != nil {
			return *refusal
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resources[after.key] = after
	return done(status)
}

func (c *ControlPlane) deleteResource(q request) reply {
	if _, there := c.resourceAt(q.resourceKey()); !there {
		return missing(titleDelete)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.resources, q.resourceKey())
	if q.kind.name == meshKind.name {
		c.emptyMesh(q.name)
	}
	return done(http.StatusOK)
}

// emptyMesh takes away what goes with a mesh. Secrets that people made stay:
// they are orphaned, and back when a mesh of that name is. The lock is held.
func (c *ControlPlane) emptyMesh(mesh string) {
	maps.DeleteFunc(c.resources, func(k resourceKey, _ resource) bool { return k.mesh == mesh })
	for _, r := range c.secrets.inMesh(mesh) {
		if r.owned {
			c.remove(r.key)
		}
	}
}
