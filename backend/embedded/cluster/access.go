package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// The groups that an API server knows by itself.
const (
	groupAdmins          = "system:masters"
	groupAuthenticated   = "system:authenticated"
	groupUnauthenticated = "system:unauthenticated"
	anonymous            = "system:anonymous"
)

// User is who may use the cluster.
type User struct {
	Name   string
	UID    string
	Token  string // the bearer token; not part of what the server tells
	Groups []string
	Rules  []Rule
}

// Rule allows something, as RBAC does. In each list "*" stands for everything.
type Rule struct {
	Verbs      []string
	Groups     []string // of the API; none stands for all
	Resources  []string
	Names      []string // none stands for all
	Namespaces []string // none stands for all, and for the cluster itself
}

func (u User) admin() bool { return slices.Contains(u.Groups, groupAdmins) }

// who finds out who asks.
func (s *Server) who(q request) (User, error) {
	r := q.http
	user, err := s.authenticate(r)
	if err != nil {
		return User{}, err
	}
	name := r.Header.Get("Impersonate-User")
	if name == "" {
		return user, nil
	}
	if !user.admin() {
		q.verb = "impersonate-on:user-info:" + q.verb
		return User{}, forbidden(user, q)
	}
	as := User{Name: name, UID: r.Header.Get("Impersonate-Uid"), Groups: slices.Clone(r.Header.Values("Impersonate-Group"))}
	for _, known := range s.options.Users {
		if known.Name == name {
			as.Rules = known.Rules
			as.Groups = append(as.Groups, known.Groups...)
		}
	}
	as.Groups = append(as.Groups, groupAuthenticated)
	return as, nil
}

func (s *Server) authenticate(r *http.Request) (User, error) {
	if len(s.options.Users) == 0 {
		return User{Name: "kubernetes-admin", Groups: []string{groupAdmins, groupAuthenticated}}, nil
	}
	token, sent := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !sent {
		return User{Name: anonymous, Groups: []string{groupUnauthenticated}}, nil
	}
	for _, user := range s.options.Users {
		if user.Token == token && token != "" {
			user.Groups = append(slices.Clone(user.Groups), groupAuthenticated)
			return user, nil
		}
	}
	return User{}, apierrors.NewUnauthorized("Unauthorized")
}

// allow refuses what a user has no right to.
func (s *Server) allow(q request) error {
	if q.resource == "" {
		return allowPath(q)
	}
	if q.user.may(q.verb, q.group, q.resource, q.namespace, q.name) {
		return nil
	}
	return forbidden(q.user, q)
}

// openPaths tell about the server itself; the first are for everybody, the
// others for who is known.
var (
	openPaths  = []string{"/version", "/healthz", "/livez", "/readyz"}
	knownPaths = []string{"/api", "/apis"}
)

func allowPath(q request) error {
	path := q.http.URL.Path
	under := func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") }
	if q.user.admin() || slices.ContainsFunc(openPaths, under) ||
		q.user.Name != anonymous && slices.ContainsFunc(knownPaths, under) {
		return nil
	}
	return apierrors.NewForbidden(q.groupResource(), "", fmt.Errorf("User %q cannot %s path %q", q.user.Name, q.verb, path))
}

// may tells whether a user may do something.
func (u User) may(verb, group, resource, namespace, name string) bool {
	if u.admin() {
		return true
	}
	if verb == "create" && slices.Contains(reviews, resource) {
		return u.Name != anonymous // everybody may ask about oneself
	}
	return slices.ContainsFunc(u.Rules, func(r Rule) bool {
		return covers(r.Verbs, verb) && covers(r.Resources, resource) &&
			(r.Groups == nil || covers(r.Groups, group)) &&
			(r.Names == nil || name != "" && covers(r.Names, name)) &&
			(r.Namespaces == nil || namespace != "" && covers(r.Namespaces, namespace))
	})
}

func covers(list []string, what string) bool {
	return slices.Contains(list, what) || slices.Contains(list, "*")
}

// forbidden says what a user may not do.
func forbidden(u User, q request) error {
	where := "at the cluster scope"
	if q.namespace != "" {
		where = fmt.Sprintf("in the namespace %q", q.namespace)
	}
	resource := q.resource
	if q.sub != "" {
		resource += "/" + q.sub
	}
	text := fmt.Sprintf("User %q cannot %s resource %q in API group %q %s", u.Name, q.verb, resource, q.group, where)
	return apierrors.NewForbidden(q.groupResource(), q.name, errors.New(text))
}
