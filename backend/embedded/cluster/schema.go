package cluster

import "strings"

// schemas begins the paths of what describes the API.
const schemas = "openapi/v3"

// schema describes the API, as far as kubectl asks before it sends a file: which
// kinds there are, and that their fields are the server's to check. What the
// fields are is left out.
func (s *Server) schema(path string) (document map[string]any, known bool) {
	version, below := strings.CutPrefix(path, schemas+"/")
	switch {
	case path == schemas:
		return map[string]any{"paths": s.described()}, true
	case !below:
		return nil, false
	}
	paths := map[string]any{}
	for _, k := range s.kinds {
		if k.root() != version || k.Fixed {
			continue
		}
		at := "/" + version
		if k.Namespaced {
			at += "/namespaces/{namespace}"
		}
		paths[at+"/"+k.Resource+"/{name}"] = map[string]any{"patch": k.patching()}
	}
	return map[string]any{
		"openapi": "3.0.0", "info": map[string]any{"title": "Kubernetes", "version": version}, "paths": paths,
		"components": map[string]any{"schemas": map[string]any{}},
	}, len(paths) > 0
}

// described are the documents that there are, and where.
func (s *Server) described() map[string]any {
	found := map[string]any{}
	for _, k := range s.kinds {
		if !k.Fixed {
			found[k.root()] = map[string]any{"serverRelativeURL": "/" + schemas + "/" + k.root()}
		}
	}
	return found
}

// root is the path of a kind's group and version.
func (k Kind) root() string {
	if k.Group == "" {
		return "api/" + k.Version
	}
	return "apis/" + k.GroupVersion()
}

// patching is how an object is patched: kubectl looks here for what it may ask.
func (k Kind) patching() map[string]any {
	var parameters []map[string]any
	for _, name := range []string{"dryRun", "fieldManager", "fieldValidation"} {
		parameters = append(parameters, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": "string", "uniqueItems": true}})
	}
	return map[string]any{
		"parameters": parameters, "responses": map[string]any{},
		"x-kubernetes-group-version-kind": map[string]any{"group": k.Group, "version": k.Version, "kind": k.Name},
	}
}
