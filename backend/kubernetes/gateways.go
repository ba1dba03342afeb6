package kubernetes

import (
	"context"
	"errors"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// spacesKept is how long it is taken for known what mesh a namespace has: a
// Gateway whose status changes says so several times in a row.
const spacesKept = 3 * time.Second

// spaces are the meshes of namespaces, for Gateways that name none. The zero
// value with a plane knows nothing yet.
type spaces struct {
	plane  *plane
	meshes map[string]string // of every namespace that was listed, "" for none
	at     time.Time         // when that was tried last
	err    error             // why they could not be listed then
}

// settle gives Gateways that name no mesh the one that their namespace has for
// all that is in it, as the control plane does (MeshOfByLabelOrAnnotation in
// Kuma's pkg/plugins/runtime/k8s/util). Where namespaces cannot be read, what was
// known of them stands, and those of which nothing was stay in the mesh default;
// it gives why that may be wrong, "" when it is not.
//
// A namespace whose label changes is seen when the Gateways are listed again.
func (s *spaces) settle(ctx context.Context, objects []object) string {
	if !s.wanted(objects) {
		return ""
	}
	if !s.know(objects) {
		meshes, err := s.plane.meshesOfNamespaces(ctx)
		if s.at, s.err = s.plane.now(), err; err == nil {
			s.meshes = meshes
		}
	}
	for n := range objects {
		if mesh := s.meshes[namespaceOf(objects[n])]; objects[n].unsettled && mesh != "" {
			objects[n].resource.Mesh = mesh
		}
	}
	if s.err != nil {
		return "the mesh of some is that of their namespace, and namespaces cannot be listed"
	}
	return ""
}

// forget makes them be listed for what is settled next.
func (s *spaces) forget() { s.at = time.Time{} }

// passing tells that they could not be listed, and may be the next time.
func (s *spaces) passing() bool {
	return s.err != nil && !errors.Is(s.err, backend.ErrForbidden)
}

func (s *spaces) wanted(objects []object) bool {
	for n := range objects {
		if objects[n].unsettled {
			return true
		}
	}
	return false
}

// know tells whether there is no need to list namespaces. One that is new is in
// no list from before.
func (s *spaces) know(objects []object) bool {
	if s.plane.now().Sub(s.at) >= spacesKept {
		return false
	}
	for n := range objects {
		if _, listed := s.meshes[namespaceOf(objects[n])]; objects[n].unsettled && !listed && s.err == nil {
			return false
		}
	}
	return true
}

func namespaceOf(o object) string {
	namespace, _, _ := strings.Cut(o.key, "/")
	return namespace
}

// meshesOfNamespaces are the meshes of all namespaces, "" of those without one.
func (p *plane) meshesOfNamespaces(ctx context.Context) (map[string]string, error) {
	asked := call{op: opList, verb: verbList, at: place{version: "v1", resource: "namespaces"}, limit: maxList}
	all, err := p.client.everything(ctx, asked, "")
	if err != nil {
		return nil, err
	}
	meshes := map[string]string{}
	for n := range all {
		meshes[all[n].GetName()] = meshGivenBy(all[n].GetLabels(), all[n].GetAnnotations())
	}
	return meshes, nil
}

// meshGivenBy is the mesh that an object names, or a namespace gives; "" is none.
func meshGivenBy(labels, annotations map[string]string) string {
	if mesh := labels[model.LabelMesh]; mesh != "" {
		return mesh
	}
	return annotations[model.LabelMesh]
}
