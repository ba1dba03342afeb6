package apiservertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

const (
	meshLabel        = "kuma.io/mesh"
	meshLabelField   = `metadata.labels["kuma.io/mesh"]`
	displayName      = "kuma.io/display-name"
	globalSecretType = "system.kuma.io/global-secret"
)

// violation is a rule of Kuma's that a write breaks, in Kuma's words.
type violation struct{ field, text string }

// status is how Kuma tells the API server of violations, which puts the
// webhook's name before the message.
func (v verdict) status() Object {
	var texts []string
	causes := []Object{}
	for _, broken := range v.violations {
		texts = append(texts, broken.field+": "+broken.text)
		causes = append(causes, Object{"reason": "FieldValueInvalid", "message": broken.text, "field": broken.field})
	}
	return Object{
		"status": "Failure", "code": http.StatusUnprocessableEntity, "reason": "Invalid",
		"message": strings.Join(texts, "; "),
		"details": Object{"name": v.name, "kind": v.kind, "causes": causes},
	}
}

// secret is what the rules look at.
type secret struct {
	Metadata struct {
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Type string            `json:"type"`
	Data map[string][]byte `json:"data"`
}

// mesh is the mesh of a mesh secret: an empty label counts as none here.
func (s secret) mesh() string {
	if name := s.Metadata.Labels[meshLabel]; name != "" {
		return name
	}
	return DefaultMesh
}

// judgeSecret applies Kuma's rules for secrets: a value, one mesh for ever, no
// mesh for a global secret, and no deletion of what a mesh's mTLS uses. That
// the mesh exists is no rule. Secrets of other types are not Kuma's.
func (s *Server) judgeSecret(ctx context.Context, q question) (verdict, error) {
	v := verdict{name: q.Request.Name, kind: "Secret"}
	var object, old secret
	if q.Request.Operation != "CREATE" {
		if err := json.Unmarshal(q.Request.OldObject, &old); err != nil {
			return v, err
		}
	}
	if q.Request.Operation == "DELETE" {
		if old.Type != secretType {
			return v, nil
		}
		var err error
		v.violations, err = s.uses(ctx, q.Request.Name, old.mesh())
		return v, err
	}
	if err := json.Unmarshal(q.Request.Object, &object); err != nil {
		return v, err
	}
	_, labelled := object.Metadata.Labels[meshLabel]
	switch {
	case object.Type != secretType && object.Type != globalSecretType:
		return v, nil
	case object.Type == globalSecretType && labelled:
		v.violations = append(v.violations, violation{meshLabelField, "mesh cannot be set on global secret"})
	case object.Type == secretType && q.Request.Operation == "UPDATE" && old.mesh() != object.mesh():
		v.violations = append(v.violations, violation{meshLabelField, "cannot change mesh of the Secret. Delete the Secret first and apply it again."})
	}
	if len(object.Data["value"]) == 0 {
		v.violations = append(v.violations, violation{"data.value", "cannot be empty."})
	}
	return v, nil
}

// meshObject is what of a mesh refers to secrets in a way that Kuma protects.
type meshObject struct {
	Spec struct {
		MTLS struct {
			Backends []backend `json:"backends"`
		} `json:"mtls"`
	} `json:"spec"`
}

type backend struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Conf struct {
		Cert source `json:"cert"`
		Key  source `json:"key"`
	} `json:"conf"`
}

type source struct {
	Secret string `json:"secret"`
}

// holds tells whether the backend uses a secret of its mesh.
func (b backend) holds(name, mesh string) bool {
	switch b.Type {
	case "provided":
		return name == b.Conf.Cert.Secret || name == b.Conf.Key.Secret
	case "builtin":
		return name == mesh+".ca-builtin-cert-"+b.Name || name == mesh+".ca-builtin-key-"+b.Name
	}
	return false
}

// uses looks the mesh up, as the control plane does. What a mesh that is gone
// used may go.
func (s *Server) uses(ctx context.Context, name, mesh string) ([]violation, error) {
	status, answer, err := s.send(ctx, Admin, http.MethodGet, KumaPath+"/meshes/"+mesh, nil)
	if err != nil {
		return nil, err
	}
	if status == http.StatusNotFound {
		return nil, nil
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("the mesh cannot be read: status %d", status)
	}
	var found meshObject
	if err := json.Unmarshal(answer, &found); err != nil {
		return nil, err
	}
	var violations []violation
	for _, b := range found.Spec.MTLS.Backends {
		if b.holds(name, mesh) {
			violations = append(violations, violation{"name", fmt.Sprintf(
				"The secret %q that you are trying to remove is currently in use in Mesh %q in mTLS backend %q. Please remove the reference from the %q backend before removing the secret.",
				name, mesh, b.Name, b.Name)})
		}
	}
	return violations, nil
}

// defaultMesh adds what the control plane adds to a mesh: its name, once more.
func defaultMesh(_ context.Context, q question) (verdict, error) {
	var mesh struct {
		Metadata struct {
			Name        string            `json:"name"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	v := verdict{name: q.Request.Name, kind: "Mesh"}
	if err := json.Unmarshal(q.Request.Object, &mesh); err != nil {
		return v, err
	}
	annotations := Object{displayName: mesh.Metadata.Name}
	for name, value := range mesh.Metadata.Annotations {
		annotations[name] = value
	}
	v.patch = []Object{{"op": "add", "path": "/metadata/annotations", "value": annotations}}
	return v, nil
}
