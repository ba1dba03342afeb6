package embedded

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// The users and groups that a control plane knows by itself.
const (
	adminName            = "mesh-system:admin"
	anonymousName        = "mesh-system:anonymous"
	groupAuthenticated   = "mesh-system:authenticated"
	groupUnauthenticated = "mesh-system:unauthenticated"
)

// user is who asks.
type user struct {
	Name   string   `json:"name"`
	Groups []string `json:"groups"`
}

func (u user) String() string { return u.Name + "/" + strings.Join(u.Groups, ",") }

func (u user) admin() bool {
	return u.Name == adminName || slices.Contains(u.Groups, adminName)
}

// who finds out who asks; false when a token was sent that does not hold.
func (c *ControlPlane) who(r *http.Request) (user, bool) {
	if !c.options.NoLocalAdmin && local(r) {
		// Over loopback a token is not even looked at.
		return user{Name: adminName, Groups: []string{adminName, groupAuthenticated}}, true
	}
	token, sent := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !sent {
		return user{Name: anonymousName, Groups: []string{groupUnauthenticated}}, true
	}
	claims, err := c.verify(token)
	if err != nil {
		return user{}, false
	}
	return user{Name: claims.Name, Groups: append(slices.Clone(claims.Groups), groupAuthenticated)}, true
}

// local tells whether a request comes straight from this machine: over
// loopback, not forwarded, and meant for this machine by name. A web page in a
// browser fails that, whatever name it calls us by.
func local(r *http.Request) bool {
	if r.Header.Get("X-Forwarded-For") != "" || !loopback(r.RemoteAddr) || !loopback(r.Host) {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && loopback(from.Host)
}

// loopback tells whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// allow answers nil when a user may touch a kind, as reading and writing are
// decided alike.
func allow(q request) *reply {
	if !q.kind.secret || q.trusted || q.user.admin() {
		return nil
	}
	denied := refused(http.StatusForbidden, "Access Denied",
		fmt.Sprintf("user %q cannot access the resource of type %q", q.user.String(), q.kind.name))
	return &denied
}

// trustKey marks the context of what this program itself seeds.
type trustKey struct{}

func trusted(ctx context.Context) context.Context {
	return context.WithValue(ctx, trustKey{}, true)
}

func isTrusted(ctx context.Context) bool {
	marked, _ := ctx.Value(trustKey{}).(bool)
	return marked
}
