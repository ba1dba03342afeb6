package kubernetes

import (
	"context"
	"strings"

	"meshsecrets/model"
)

// settle gives Gateways that name no mesh the one that their namespace has for
// all that is in it, as the control plane does (MeshOfByLabelOrAnnotation in
// Kuma's pkg/plugins/runtime/k8s/util). Where namespaces cannot be read they stay
// in the mesh default; it gives why that may be wrong, "" when it is not.
//
// A namespace whose label changes is seen when the Gateways are listed again.
func (p *plane) settle(ctx context.Context, objects []object) string {
	if !anyUnsettled(objects) {
		return ""
	}
	meshes, err := p.meshesOfNamespaces(ctx)
	if err != nil {
		return "the mesh of some is that of their namespace, and namespaces cannot be listed"
	}
	for n := range objects {
		namespace, _, _ := strings.Cut(objects[n].key, "/")
		if mesh := meshes[namespace]; objects[n].unsettled && mesh != "" {
			objects[n].resource.Mesh = mesh
		}
	}
	return ""
}

func anyUnsettled(objects []object) bool {
	for n := range objects {
		if objects[n].unsettled {
			return true
		}
	}
	return false
}

// meshesOfNamespaces are the meshes of those that have one.
func (p *plane) meshesOfNamespaces(ctx context.Context) (map[string]string, error) {
	asked := call{op: opList, verb: verbList, at: place{version: "v1", resource: "namespaces"}, limit: maxList}
	all, err := p.client.everything(ctx, asked, "")
	if err != nil {
		return nil, err
	}
	meshes := map[string]string{}
	for n := range all {
		if mesh := meshGivenBy(all[n].GetLabels(), all[n].GetAnnotations()); mesh != "" {
			meshes[all[n].GetName()] = mesh
		}
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
