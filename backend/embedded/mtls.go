package embedded

import (
	"errors"
	"fmt"
	"slices"

	"meshsecrets/model"
)

const (
	reasonNoSource = "data source has to be chosen. Available sources: secret, file, inline"
	reasonDefined  = "has to be defined"
)

// enterpriseTypes are the types of backends that Kong Mesh has beside Kuma's.
// They are taken as they come: how they are checked is not known.
var enterpriseTypes = []string{"vault", "acmpca", "certmanager"}

// checkBackends holds the rules for the list of backends, which hold whatever
// the backends are.
func (c *ControlPlane) checkBackends(m mtls) []violation {
	var found []violation
	if len(m.Backends) > 1 && c.options.Product != ProductKongMesh {
		found = append(found, violation{Field: "mtls.backends", Reason: "cannot have more than 1 backends"})
	}
	named := func(b backend) bool { return b.Name == m.Enabled }
	if m.Enabled != "" && !slices.ContainsFunc(m.Backends, named) {
		found = append(found, violation{Field: "mtls.enabledBackend", Reason: "has to be set to one of the backends in the mesh"})
	}
	return found
}

// checkAuthorities looks at the CA of each backend, unless the mesh says not
// to.
func (c *ControlPlane) checkAuthorities(mesh string, m mtls) []violation {
	if m.SkipValidation {
		return nil
	}
	var found []violation
	for i, b := range m.Backends {
		field := fmt.Sprintf("mtls.backends[%d]", i)
		switch {
		case b.Type == backendBuiltin:
		case b.Type == backendProvided:
			found = append(found, c.checkProvided(mesh, field+".conf.", b)...)
		case c.options.Product == ProductKongMesh && slices.Contains(enterpriseTypes, b.Type):
		default:
			found = append(found, violation{Field: field + ".type", Reason: "could not find installed plugin for this type"})
		}
	}
	return found
}

func (c *ControlPlane) checkProvided(mesh, prefix string, b backend) []violation {
	var found []violation
	sources := []struct {
		field string
		from  *source
	}{{"cert", b.Conf.Cert}, {"key", b.Conf.Key}}
	for _, s := range sources {
		if reason := s.from.check(); reason != "" {
			found = append(found, violation{Field: prefix + s.field, Reason: reason})
		}
	}
	if len(found) > 0 {
		return found
	}
	// The key is loaded first, and a failure is told on both fields.
	key, err := c.load(mesh, *b.Conf.Key)
	var cert []byte
	if err == nil {
		cert, err = c.load(mesh, *b.Conf.Cert)
	}
	if err != nil {
		reason := "could not load data: " + err.Error()
		return []violation{{Field: prefix + "cert", Reason: reason}, {Field: prefix + "key", Reason: reason}}
	}
	for _, v := range model.ProvidedCA(cert, key) {
		found = append(found, violation{Field: prefix + v.Field, Reason: v.Reason})
	}
	return found
}

// check says what is wrong with a source as such, or "".
func (s *source) check() string {
	switch {
	case s == nil:
		return reasonDefined
	case s.Secret == "" && s.File == "" && s.Inline == nil && s.InlineString == nil:
		return reasonNoSource
	}
	return ""
}

// load gives the bytes of a source. Files are not read: this control plane has
// no business with those of the machine.
func (c *ControlPlane) load(mesh string, s source) ([]byte, error) {
	switch {
	case s.Inline != nil:
		return s.Inline, nil
	case s.InlineString != nil:
		return []byte(*s.InlineString), nil
	case s.File != "":
		return nil, errors.New("files are not read here")
	}
	found := c.secretAt(secretKey{mesh: mesh, name: s.Secret})
	if found == nil {
		return nil, fmt.Errorf("resource not found: type=%q name=%q mesh=%q", secretKind.name, s.Secret, mesh)
	}
	return found.value, nil
}
