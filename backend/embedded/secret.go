package embedded

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"meshsecrets/model"
)

// item answers for one object of any kind.
func (c *ControlPlane) item(q request) reply {
	writes := q.http.Method != http.MethodGet
	if writes && !q.trusted && c.readOnly(q.kind) {
		return refused(http.StatusMethodNotAllowed, "Method not allowed", textReadOnly)
	}
	if q.kind.inMesh && !c.hasMesh(q.mesh) {
		return missing(titleMesh)
	}
	if writes && c.cluster != nil {
		return c.writeCluster(q)
	}
	switch {
	case q.kind.secret && q.http.Method == http.MethodPut:
		return c.putSecret(q)
	case q.kind.secret && q.http.Method == http.MethodDelete:
		return c.deleteSecret(q)
	case q.kind.secret:
		return c.getSecret(q)
	case q.http.Method == http.MethodPut:
		return c.putResource(q)
	case q.http.Method == http.MethodDelete:
		return c.deleteResource(q)
	}
	return c.getResource(q)
}

// textReadOnly is what every control plane says that does not take a write,
// whatever its reason.
const textReadOnly = "On zone control plane you can only modify zone resources with 'kumactl apply' or via the HTTP API. " +
	"You can still use 'kumactl' or the HTTP API to modify the rest of the resource on the global control plane.\n"

func (c *ControlPlane) readOnly(k kind) bool {
	return c.options.ReadOnly || c.federated() && k.global
}

func (q request) key() secretKey { return secretKey{mesh: q.mesh, name: q.name} }

func (c *ControlPlane) secretAt(k secretKey) *record {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.secrets.get(k)
}

// secretsOf gives the secrets of a list, in order.
func (c *ControlPlane) secretsOf(q request) []*record {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if q.kind.inMesh && q.mesh == "" {
		return c.secrets.inMeshes()
	}
	found := c.secrets.inMesh(q.mesh)
	if c.cluster == nil {
		return found
	}
	// There they are listed by label, so those without one are left out.
	return slices.DeleteFunc(slices.Clone(found), func(r *record) bool { return r.unlabelled })
}

func secretItem(r *record) any {
	kind := secretKind
	if r.key.mesh == "" {
		kind = globalSecretKind
	}
	mesh := r.key.mesh
	if mesh == noMesh {
		kind, mesh = secretKind, ""
	}
	return object{
		Type: kind.name, Mesh: mesh, Name: r.key.name,
		Created: r.created, Modified: r.modified, Labels: r.labels, Data: r.value,
	}
}

func (c *ControlPlane) getSecret(q request) reply {
	if denied := allow(q); denied != nil {
		return *denied
	}
	found := c.secretAt(q.key())
	if found == nil {
		return missing(titleRetrieve)
	}
	switch format := q.query().Get("format"); format {
	case "", "universal":
		return encoded(http.StatusOK, secretItem(found))
	case "k8s", "kubernetes":
		return encoded(http.StatusOK, c.kubernetesItem(q, found))
	}
	return invalid(titleRetrieve, violation{Reason: `"format" must be one of ["k8s", "kubernetes", "universal"]`})
}

// kubernetesItem is a secret as it would stand in a Kubernetes cluster. Labels
// other than the mesh's are lost in it.
func (c *ControlPlane) kubernetesItem(q request, r *record) any {
	if r.held != nil {
		return r.held
	}
	meta := map[string]any{
		"name":              r.key.name,
		"namespace":         q.query().Get("namespace"),
		"creationTimestamp": r.created.UTC().Truncate(time.Second),
	}
	if meta["namespace"] == "" {
		meta["namespace"] = c.options.SystemNamespace
	}
	kind := "system.kuma.io/global-secret"
	if r.key.mesh != "" {
		kind = "system.kuma.io/secret"
		meta["labels"] = map[string]string{model.LabelMesh: r.key.mesh}
	}
	return map[string]any{
		"kind": "Secret", "apiVersion": "v1", "metadata": meta, "type": kind,
		"data": map[string][]byte{"value": r.value},
	}
}

// putSecret looks at what is there before it reads what was sent: if another
// write came through meanwhile, this one is refused.
func (c *ControlPlane) putSecret(q request) reply {
	before := c.secretAt(q.key())
	sent, bad := c.readBody(q)
	if bad != nil {
		return *bad
	}
	value, err := sent.value()
	if err != nil {
		return *badObject(q, err)
	}
	if denied := allow(q); denied != nil {
		return *denied
	}
	after := &record{key: q.key(), value: value, labels: c.computeLabels(q, sent.meta.Labels), modified: c.now()}
	after.created = after.modified
	status := http.StatusCreated
	if before != nil {
		if found := checkImmutable(before.labels, after.labels); len(found) > 0 {
			return invalid(titleUpdateOther, found...)
		}
		after.created, after.owned, status = before.created, before.owned, http.StatusOK
	}
	if !c.replace(before, after) {
		return conflict(q)
	}
	return done(status)
}

// replace stores a secret unless it is no longer what it was before.
func (c *ControlPlane) replace(before, after *record) bool {
	if c.cluster != nil {
		return c.makeSecret(after)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.secrets.get(after.key) != before {
		return false
	}
	c.put(after)
	return true
}

func conflict(q request) reply {
	object := fmt.Sprintf("resource conflict: type=%q name=%q", q.kind.name, q.name)
	if q.kind.inMesh {
		object += fmt.Sprintf(" mesh=%q", q.mesh)
	}
	return refused(http.StatusConflict, "Conflict", object)
}

func (c *ControlPlane) deleteSecret(q request) reply {
	if c.secretAt(q.key()) == nil {
		return missing(titleDelete)
	}
	if denied := allow(q); denied != nil {
		return *denied
	}
	if backend := c.backendUsing(q.key()); backend != "" && !c.federated() {
		return invalid(titleDelete, violation{Field: "name", Reason: fmt.Sprintf(reasonInUse, q.name, q.mesh, backend, backend)})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(q.key())
	return done(http.StatusOK)
}

// now is the moment as it is stored: without a zone of its own.
func (c *ControlPlane) now() time.Time { return c.options.Now().UTC() }
