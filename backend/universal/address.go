package universal

import (
	"net"
	"net/url"
	"strings"

	"meshsecrets/backend"
)

// address is where a control plane is: its URL without user, password, query
// and fragment.
type address struct {
	base     url.URL
	user     *url.Userinfo // sent as basic authentication when there is no token
	loopback bool
}

// Address gives the part of a URL that may be shown: without user, password,
// query and fragment. A text that is no URL gives "an address that is not a
// URL": it could hold a password anywhere.
func Address(text string) string {
	a, err := parseAddress(text)
	if err != nil {
		return "an address that is not a URL"
	}
	return a.String()
}

func parseAddress(text string) (address, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return address{}, badAddress("the address is not a URL")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return address{}, badAddress("the address must begin with http:// or https://")
	}
	if u.Hostname() == "" {
		return address{}, badAddress("the address names no host")
	}
	a := address{user: u.User, loopback: isLoopback(u.Hostname())}
	a.base = url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}
	return a, nil
}

// badAddress never quotes the address: one that cannot be parsed may hold a
// password that cannot be told from the rest.
func badAddress(why string) error {
	return &backend.Error{Kind: backend.ErrInvalid, Op: opConnect, Reason: why}
}

// String is the address as it may be shown.
func (a address) String() string { return a.base.String() }

// url builds the address of a path given in segments, each of them escaped: a
// name with a slash stays one segment.
func (a address) url(segments []string, query url.Values) *url.URL {
	u := a.base
	var plain, escaped strings.Builder
	plain.WriteString(u.Path)
	escaped.WriteString(u.EscapedPath())
	for _, s := range segments {
		plain.WriteString("/" + s)
		escaped.WriteString("/" + url.PathEscape(s))
	}
	if len(segments) == 0 {
		plain.WriteString("/")
		escaped.WriteString("/")
	}
	u.Path, u.RawPath = plain.String(), escaped.String()
	u.RawQuery = query.Encode()
	return &u
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// addressable tells whether a name can be a segment of a path. Dots alone
// would be taken as steps in the path by whatever stands in between.
func addressable(segment string) bool {
	return segment != "" && segment != "." && segment != ".."
}

// carriesCredential tells whether requests would hold something that lets
// others in. A header is judged by its name.
func carriesCredential(o Options, a address) bool {
	if !o.Token.Empty() || a.user != nil {
		return true
	}
	for _, h := range o.Headers {
		name := strings.ToLower(h.Name)
		for _, word := range []string{"auth", "cookie", "token", "key", "secret", "session", "credential"} {
			if strings.Contains(name, word) {
				return true
			}
		}
	}
	return false
}
