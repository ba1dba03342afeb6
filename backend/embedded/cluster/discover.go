package cluster

import (
	"net/http"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// version is what the server says it is: as recorded, but with the number of the
// release, which kubectl wants to read.
var version = map[string]string{
	"major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36",
	"minCompatibilityMajor": "1", "minCompatibilityMinor": "35",
	"gitVersion": "v1.36.3", "gitCommit": "$Format:%H$", "gitTreeState": "",
	"buildDate": "1970-01-01T00:00:00Z", "goVersion": "go1.26.8", "compiler": "gc", "platform": "linux/amd64",
}

// about answers what is asked of the server itself.
func (s *Server) about(q request) (reply, error) {
	path := strings.Trim(q.http.URL.Path, "/")
	if q.verb != "get" {
		return reply{}, errNoPath
	}
	switch path {
	case "":
		return told(map[string]any{"paths": []string{"/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"}})
	case "version":
		return told(version)
	case "healthz", "livez", "readyz":
		return reply{status: http.StatusOK, contentType: "text/plain; charset=utf-8", body: []byte("ok")}, nil
	case "api":
		return told(map[string]any{"kind": "APIVersions", "versions": []string{"v1"}, "serverAddressByClientCIDRs": []any{}})
	case "apis":
		return told(map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": s.groups()})
	}
	if document, is := s.schema(path); is {
		return told(document)
	}
	version, is := strings.CutPrefix(path, "apis/")
	if !is {
		version, is = strings.CutPrefix(path, "api/")
	}
	if body, there := s.options.Group[version]; is && there {
		return reply{status: http.StatusOK, contentType: typeJSON, body: body}, nil
	}
	found := s.resources(version)
	if !is || len(found) == 0 {
		return reply{}, errNoPath
	}
	return told(map[string]any{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": found})
}

func told(v any) (reply, error) {
	body, err := encodeJSON(v)
	return reply{status: http.StatusOK, contentType: typeJSON, body: body}, err
}

func (s *Server) groups() []metav1.APIGroup {
	var found []metav1.APIGroup
	for _, k := range s.kinds {
		if k.Group == "" || slices.ContainsFunc(found, func(g metav1.APIGroup) bool { return g.Name == k.Group }) {
			continue
		}
		version := metav1.GroupVersionForDiscovery{GroupVersion: k.GroupVersion(), Version: k.Version}
		found = append(found, metav1.APIGroup{
			Name: k.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version,
		})
	}
	return found
}

func (s *Server) resources(version string) []metav1.APIResource {
	var found []metav1.APIResource
	for _, k := range s.kinds {
		if k.GroupVersion() != version {
			continue
		}
		verbs := metav1.Verbs{"get", "list", "watch"}
		if !k.Fixed {
			verbs = metav1.Verbs{"create", "delete", "get", "list", "patch", "update", "watch"}
		}
		found = append(found, metav1.APIResource{
			Name: k.Resource, SingularName: k.Singular, Namespaced: k.Namespaced, Kind: k.Name, Verbs: verbs,
			ShortNames: k.shortNames(),
		})
	}
	return found
}

// shortNames are what kubectl takes instead of the name.
func (k Kind) shortNames() []string {
	if k.Short == "" {
		return nil
	}
	return []string{k.Short}
}
