package kubernetes

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"k8s.io/client-go/rest"

	"meshsecrets/model"
)

// maxSent is how many logins are kept that were sent: a program that logs in,
// and a file with a token, have a new one every few minutes.
const maxSent = 4

// credentials are what must not come back in a text: those of the
// configuration, and those that were sent, whoever made them.
type credentials struct {
	configured []model.Value
	lock       sync.Mutex
	sent       []model.Value // the newest last
}

// configured are the credentials that a configuration itself holds.
func configured(config *rest.Config, base *url.URL) *credentials {
	password, _ := base.User.Password()
	known := &credentials{}
	for _, secret := range []string{config.BearerToken, config.Password, password} {
		if secret != "" {
			known.configured = append(known.configured, model.NewValue([]byte(secret)))
		}
	}
	return known
}

// and gives all of them, with what else is to be hidden.
func (c *credentials) and(others []model.Value) []model.Value {
	c.lock.Lock()
	defer c.lock.Unlock()
	return slices.Concat(others, c.configured, c.sent)
}

// under lies below everything that logs in, and notes what is sent.
func (c *credentials) under(through http.RoundTripper) http.RoundTripper {
	return listening{through, c}
}

// listening passes requests on.
type listening struct {
	through http.RoundTripper
	to      *credentials
}

// RoundTrip notes the login of a request.
func (l listening) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, login, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		l.to.note(login)
		if plain, err := base64.StdEncoding.DecodeString(login); err == nil {
			if _, password, basic := strings.Cut(string(plain), ":"); basic {
				l.to.note(password)
			}
		}
	}
	return l.through.RoundTrip(r)
}

func (c *credentials) note(text string) {
	value := model.NewValue([]byte(text))
	c.lock.Lock()
	defer c.lock.Unlock()
	same := func(known model.Value) bool { return known.Equal(value) }
	if text == "" || slices.ContainsFunc(c.configured, same) || slices.ContainsFunc(c.sent, same) {
		return
	}
	c.sent = append(c.sent, value)
	c.sent = c.sent[max(0, len(c.sent)-maxSent):]
}
