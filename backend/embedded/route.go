package embedded

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// request is an HTTP request as far as it was understood.
type request struct {
	http *http.Request
	path string // the pattern of the path, as errors name it
	kind kind
	mesh string // "" for lists over all meshes and for kinds without a mesh
	name string // "" for lists
	user user
	// trusted is set for what this program itself seeds: read-only and the
	// rules of federated zones do not hold then.
	trusted bool
}

func (q request) query() url.Values { return q.http.URL.Query() }

// route is what answers a path.
type route struct {
	allow   string // the methods, as the Allow header lists them
	kind    kind
	pattern string
	mesh    string
	name    string
	open    bool   // answered before anybody asks for a token
	accepts string // the type it answers with
	serve   func(c *ControlPlane, q request) reply
}

// The methods of paths.
const (
	allowRead  = "GET"
	allowItem  = "PUT, DELETE, GET"
	allowIssue = "POST"
)

// answer is the whole life of a request: path, method, types, who is asking,
// and then whoever serves it.
func (c *ControlPlane) answer(r *http.Request) reply {
	to, found := c.find(r.URL.Path)
	if !found {
		return plain(http.StatusNotFound, "")
	}
	if !slices.Contains(strings.Split(to.allow, ", "), r.Method) {
		p := plain(http.StatusMethodNotAllowed, "")
		p.allow = to.allow
		return p
	}
	if r.Method == http.MethodPut || r.Method == http.MethodPost {
		kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
		if strings.TrimSpace(kind) != typeJSON {
			return plain(http.StatusUnsupportedMediaType, "")
		}
	}
	if !acceptable(r.Header.Get("Accept"), to.accepts) {
		return plain(http.StatusNotAcceptable, "\n\nAvailable representations: "+to.accepts)
	}
	q := request{http: r, path: to.pattern, kind: to.kind, mesh: to.mesh, name: to.name, trusted: isTrusted(r.Context())}
	if !to.open {
		who, known := c.who(r)
		if !known {
			return refused(http.StatusUnauthorized, "Invalid authentication data", "Unauthenticated")
		}
		q.user = who
	}
	return to.serve(c, q)
}

// acceptable tells whether an Accept header allows a type. Weights are not
// looked at: there is one type to choose from.
func acceptable(header, offered string) bool {
	if strings.TrimSpace(header) == "" {
		return true
	}
	group, _, _ := strings.Cut(offered, "/")
	for part := range strings.SplitSeq(header, ",") {
		kind, _, _ := strings.Cut(part, ";")
		switch strings.TrimSpace(kind) {
		case "*/*", group + "/*", offered:
			return true
		}
	}
	return false
}

// find gives the route of a path. A slash at the end is allowed.
func (c *ControlPlane) find(path string) (route, bool) {
	if base := c.options.BasePath; base != "/" {
		rest, within := strings.CutPrefix(path, base)
		if !within || rest != "" && rest[0] != '/' {
			return route{}, false
		}
		path = rest
	}
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	parts := strings.Split(path, "/")
	to, found := ownRoute(path)
	if !found {
		to, found = objectRoute(parts)
	}
	if to.accepts == "" {
		to.accepts = typeJSON
	}
	return to, found
}

// ownRoute is for the paths about the control plane itself.
func ownRoute(path string) (route, bool) {
	switch path {
	case "":
		return route{allow: allowRead, open: true, serve: (*ControlPlane).index}, true
	case "config":
		return route{allow: allowRead, serve: (*ControlPlane).config}, true
	case "who-am-i":
		return route{allow: allowRead, serve: (*ControlPlane).whoAmI}, true
	case "policies":
		return route{allow: allowRead, serve: (*ControlPlane).policies}, true
	case "zones":
		return route{allow: allowRead, pattern: "/zones", serve: (*ControlPlane).zones}, true
	case "tokens/user":
		return route{allow: allowIssue, accepts: typeToken, serve: (*ControlPlane).issueUserToken}, true
	case "tokens/dataplane":
		return route{allow: allowIssue, accepts: typeToken, serve: (*ControlPlane).issueDataplaneToken}, true
	}
	return route{}, false
}

// objectRoute is for the paths of meshes, secrets and policies.
func objectRoute(parts []string) (route, bool) {
	for _, part := range parts {
		if part == "" {
			return route{}, false
		}
	}
	switch {
	case parts[0] == "zones" && len(parts) == 3 && parts[2] == "_overview":
		return route{allow: allowRead, name: parts[1], serve: (*ControlPlane).zoneOverview}, true
	case parts[0] == meshKind.path && len(parts) <= 2:
		return collectionOrItem(meshKind, "/meshes", "", parts[1:]), true
	case parts[0] == meshKind.path && len(parts) <= 4:
		k, known := kindAt(parts[2])
		if !known || !k.inMesh {
			return route{}, false
		}
		return collectionOrItem(k, "/meshes/{mesh}/"+k.path, parts[1], parts[3:]), true
	}
	k, known := kindAt(parts[0])
	if !known || len(parts) > 2 || k.inMesh && len(parts) > 1 {
		return route{}, false
	}
	return collectionOrItem(k, "/"+k.path, "", parts[1:]), true
}

func collectionOrItem(k kind, pattern, mesh string, rest []string) route {
	if len(rest) == 0 {
		return route{allow: allowRead, kind: k, pattern: pattern, mesh: mesh, serve: (*ControlPlane).list}
	}
	return route{allow: allowItem, kind: k, pattern: pattern, mesh: mesh, name: rest[0], serve: (*ControlPlane).item}
}
