package apiservertest

import (
	"context"
	"net/http"
	"strings"
)

// The group and version of Kuma's kinds.
const (
	group   = "kuma.io"
	version = "v1alpha1"
)

// KumaPath is where Kuma's kinds that belong to the cluster are.
const KumaPath = "/apis/" + group + "/" + version

// SystemNamespace and DefaultMesh are on every server.
const (
	SystemNamespace = "kuma-system"
	DefaultMesh     = "default"
)

// The group and version of Gateways, which Kuma makes copies of secrets for.
const (
	gatewayGroup   = "gateway.networking.k8s.io"
	gatewayVersion = "v1"
)

// kind is one of Kuma's, or a Gateway, as its own definition names it.
type kind struct {
	name, plural string
	namespaced   bool
}

// at gives the group and version of the kind.
func (k kind) at() (string, string) {
	if k.name == "Gateway" {
		return gatewayGroup, gatewayVersion
	}
	return group, version
}

// kinds are Mesh, those that refer to secrets, and the zones.
var kinds = []kind{
	{"Mesh", "meshes", false},
	{"ExternalService", "externalservices", false},
	{"MeshGateway", "meshgateways", false},
	{"OPAPolicy", "opapolicies", false},
	{"Zone", "zones", false},
	{"ZoneInsight", "zoneinsights", false},
	{"MeshExternalService", "meshexternalservices", true},
	{"MeshIdentity", "meshidentities", true},
	{"MeshOPA", "meshopas", true},
	{"MeshTrust", "meshtrusts", true},
	{"Gateway", "gateways", true},
}

// definition makes the kind known. What an object of it holds is free: what
// Kuma checks is not what the console is tested for. The API server wants to
// hear that a definition in a group of Kubernetes' own is not the real one.
func (k kind) definition() Object {
	scope := "Cluster"
	group, version := k.at()
	if k.namespaced {
		scope = "Namespaced"
	}
	return Object{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": Object{
			"name": k.plural + "." + group, "annotations": Object{"api-approved.kubernetes.io": "unapproved, for tests"},
		},
		"spec": Object{
			"group": group, "scope": scope,
			"names": Object{"kind": k.name, "listKind": k.name + "List", "plural": k.plural, "singular": strings.ToLower(k.name), "categories": []string{"kuma"}},
			"versions": []Object{{
				"name": version, "served": true, "storage": true,
				"schema": Object{"openAPIV3Schema": Object{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
			}},
		},
	}
}

// furnish makes what is on every server, and waits until the API server acts
// on it.
func (s *Server) furnish(ctx context.Context) error {
	for _, role := range roles() {
		if err := s.create(ctx, rolePath(role, ""), role); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if err := s.create(ctx, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", k.definition()); err != nil {
			return err
		}
	}
	for _, configuration := range s.admission.configurations() {
		plural := strings.ToLower(configuration["kind"].(string)) + "s"
		if err := s.create(ctx, "/apis/admissionregistration.k8s.io/v1/"+plural, configuration); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		group, version := k.at()
		if err := s.awaitStatus(ctx, Admin, http.MethodGet, "/apis/"+group+"/"+version+"/"+k.plural, nil, http.StatusOK); err != nil {
			return err
		}
	}
	if err := s.awaitStatus(ctx, Viewer, http.MethodGet, KumaPath+"/meshes", nil, http.StatusOK); err != nil {
		return err
	}
	if err := s.makeNamespace(ctx, SystemNamespace); err != nil {
		return err
	}
	if err := s.awaitAdmission(ctx); err != nil {
		return err
	}
	return s.awaitStatus(ctx, Admin, apply, KumaPath+"/meshes/"+DefaultMesh+"?fieldManager=test", meshNamed(DefaultMesh, nil), http.StatusCreated)
}
