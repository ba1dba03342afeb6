package embedded

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The types of mTLS backends.
const (
	backendBuiltin  = "builtin"
	backendProvided = "provided"
)

const reasonAuthority = "Changing CA when mTLS is enabled is forbidden. Disable mTLS first and then change the CA"

// mtls is the part of a mesh that secrets belong to.
type mtls struct {
	Enabled        string    `json:"enabledBackend"`
	Backends       []backend `json:"backends"`
	SkipValidation bool      `json:"skipValidation"`
}

type backend struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Conf struct {
		Cert *source `json:"cert"`
		Key  *source `json:"key"`
	} `json:"conf"`
}

// source says where the bytes of a certificate or key are.
type source struct {
	Secret       string  `json:"secret"`
	File         string  `json:"file"`
	Inline       []byte  `json:"inline"`
	InlineString *string `json:"inlineString"`
}

func readMTLS(mesh resource) (mtls, error) {
	var m mtls
	raw, there := mesh.fields["mtls"]
	if !there {
		return m, nil
	}
	err := json.Unmarshal(raw, &m)
	return m, err
}

// settleMesh checks a mesh that was sent and makes the secrets that it needs.
func (c *ControlPlane) settleMesh(q request, before, after resource, update bool) *reply {
	is, err := readMTLS(after)
	if err != nil {
		return badObject(q, err)
	}
	if found := c.checkBackends(is); len(found) > 0 {
		r := invalid(titleProcess, found...)
		return &r
	}
	title := titleCreate
	if update {
		title = titleUpdate
	} else if len(q.name) > maxMesh {
		r := invalid(title, violation{Field: "name", Reason: reasonMeshLong})
		return &r
	}
	found := c.checkAuthorities(q.name, is)
	if was, err := readMTLS(before); update && err == nil && c.changesAuthority(was, is) {
		found = append(found, violation{Field: "mtls.enabledBackend",
			Reason: reasonAuthority})
	}
	if len(found) > 0 {
		r := invalid(title, found...)
		return &r
	}
	if err := c.makeSecrets(q.name, is); err != nil {
		r := refused(http.StatusInternalServerError, title, "Internal Server Error")
		return &r
	}
	return nil
}

// changesAuthority tells whether the enabled backend is exchanged for another
// one. Kong Mesh takes that: it is how its CAs are rotated.
func (c *ControlPlane) changesAuthority(was, is mtls) bool {
	return c.options.Product != ProductKongMesh && was.Enabled != "" && is.Enabled != "" && was.Enabled != is.Enabled
}

// makeSecrets makes what a mesh needs and does not have: a signing key for the
// tokens of its data planes, and a CA for the enabled backend if it is builtin.
func (c *ControlPlane) makeSecrets(mesh string, m mtls) error {
	needed := map[string]func() ([]byte, error){}
	key := func() ([]byte, error) { return c.keyPEM, nil }
	if !c.hasSigningKey(mesh) {
		needed[dataplaneKeyPrefix+mesh+"-1"] = key
	}
	for _, b := range m.Backends {
		if b.Type == backendBuiltin && b.Name == m.Enabled {
			needed[builtinName(mesh, "key", b.Name)] = key
			needed[builtinName(mesh, "cert", b.Name)] = func() ([]byte, error) {
				return authority(c.key, subject{organisation: "Kuma", unit: "Mesh", common: mesh, uri: "spiffe://" + mesh}, c.now())
			}
		}
	}
	for name, value := range needed {
		at := secretKey{mesh: mesh, name: name}
		if c.secretAt(at) != nil {
			continue
		}
		bytes, err := value()
		if err != nil {
			return err
		}
		now := c.now()
		c.replace(nil, &record{key: at, value: bytes, labels: c.ownLabels(), created: now, modified: now, owned: true})
	}
	return nil
}

func (c *ControlPlane) hasSigningKey(mesh string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.ContainsFunc(c.secrets.inMesh(mesh), func(r *record) bool {
		return strings.HasPrefix(r.key.name, dataplaneKeyPrefix+mesh+"-")
	})
}

// builtinName is the name of one half of a builtin CA.
func builtinName(mesh, half, backend string) string {
	return fmt.Sprintf("%s.ca-builtin-%s-%s", mesh, half, backend)
}

// backendUsing names the mTLS backend of a secret's mesh that uses it, enabled
// or not, or "".
func (c *ControlPlane) backendUsing(k secretKey) string {
	mesh, there := c.resourceAt(resourceKey{kind: meshKind.name, name: k.mesh})
	if !there {
		return ""
	}
	m, err := readMTLS(mesh)
	if err != nil {
		return ""
	}
	for _, b := range m.Backends {
		used := []string{builtinName(k.mesh, "cert", b.Name), builtinName(k.mesh, "key", b.Name)}
		if b.Type != backendBuiltin {
			used = b.namedSecrets()
		}
		if slices.Contains(used, k.name) {
			return b.Name
		}
	}
	return ""
}

func (b backend) namedSecrets() []string {
	var names []string
	for _, s := range []*source{b.Conf.Cert, b.Conf.Key} {
		if b.Type == backendProvided && s != nil && s.Secret != "" {
			names = append(names, s.Secret)
		}
	}
	return names
}
