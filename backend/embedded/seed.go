package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// Secret is a secret as it is to be stored. Nothing of it is checked, so a
// control plane can hold what a real one got in other ways: old times,
// hostile names, a mesh that does not exist.
type Secret struct {
	Mesh     string // "" for a global secret
	Name     string
	Labels   map[string]string
	Value    []byte
	Created  time.Time
	Modified time.Time // Created when zero
	// Owned tells that the control plane made it for a mesh, so that it goes
	// when the mesh is deleted.
	Owned bool

	// What follows only Kubernetes has.
	Namespace   string            // the system namespace when empty
	Type        string            // that of a secret or global secret when empty
	Unlabelled  bool              // it has no mesh label
	Annotations map[string]string //
	Keys        map[string][]byte // other data keys
	Immutable   bool
	Finalizers  []string
	Owners      []string // "Mesh payments"
	UID         string   // made up when empty
	// Managers are the field managers, the first of whom made it; "kubectl"
	// when empty, or the control plane when Owned.
	Managers []string
}

// Seed stores secrets as they are, in place of those of the same names. Many
// at once are cheap, one hundred thousand too.
func (c *ControlPlane) Seed(secrets ...Secret) {
	if c.cluster != nil {
		c.seedCluster(secrets)
		return
	}
	records := make([]*record, 0, len(secrets))
	for _, s := range secrets {
		if s.Modified.IsZero() {
			s.Modified = s.Created
		}
		records = append(records, &record{
			key:    secretKey{mesh: s.Mesh, name: s.Name},
			labels: maps.Clone(s.Labels), value: bytes.Clone(s.Value),
			created: s.Created.UTC(), modified: s.Modified.UTC(), owned: s.Owned,
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(records) == 1 {
		c.put(records[0])
		return
	}
	c.secrets.putAll(records)
	for _, r := range records {
		c.revision++
		c.tell(r, false)
	}
}

// Put writes an object as a client does, checked by the same rules, but even
// where the control plane is read-only or the object would come from a global
// one. The body is anything that encodes to JSON. The error says what was
// refused and quotes no value.
func (c *ControlPlane) Put(path string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("seeding %s: %w", path, err)
	}
	return c.seed(http.MethodPut, path, raw)
}

// Delete removes an object as a client does, likewise.
func (c *ControlPlane) Delete(path string) error {
	return c.seed(http.MethodDelete, path, nil)
}

func (c *ControlPlane) seed(method, path string, body []byte) error {
	at := c.options.BasePath
	if at == "/" {
		at = ""
	}
	//nolint:forbidigo // seeding is over when it returns; nothing waits for it
	r, err := http.NewRequestWithContext(trusted(context.Background()), method, "http://localhost"+at+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	r.Header.Set("Content-Type", typeJSON)
	r.RemoteAddr = "127.0.0.1:0"
	answer := c.answer(r)
	switch {
	case answer.problem != nil:
		return fmt.Errorf("seeding %s: %w", path, answer.problem)
	case answer.status >= http.StatusBadRequest:
		return fmt.Errorf("seeding %s: %s", path, http.StatusText(answer.status))
	}
	return nil
}

// firstMesh makes the mesh that every control plane has at first. In a cluster
// that is before the webhooks are there.
func (c *ControlPlane) firstMesh() error {
	const name = "default"
	if c.cluster == nil {
		return c.seedMesh(name)
	}
	o := &cluster.Object{Kind: c.kindNamed(meshKind.name), Fields: fields{"spec": fields{}}}
	o.Meta.Name = name
	o.Meta.Annotations = map[string]string{defaultsAnnotation: "true", model.LabelDisplayName: name}
	cluster.Own(o, []string{ownManager}, c.started.UTC(), c.started.UTC())
	c.cluster.Seed(o)
	return c.makeSecrets(name, mtls{})
}

// seedMesh makes a mesh as a client does.
func (c *ControlPlane) seedMesh(name string) error {
	return c.Put("/meshes/"+name, map[string]string{"type": meshKind.name, "name": name})
}
