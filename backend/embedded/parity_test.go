package embedded_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes/apiservertest"
)

// side is one of two API servers that are asked the same.
type side struct {
	transport http.RoundTripper
	base      string
}

// asked is a question to both.
type asked struct {
	who                  string // admin, nobody; "" is nobody known, "?" a token that does not hold
	method, path         string
	kind, accept         string // Content-Type and Accept
	body                 string
	impersonated         string
}

// changing is what differs between any two clusters.
var changing = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|20[0-9-]+T[0-9:]+Z|\b[0-9]{2,6}\b`)

// said is what of an answer has to be the same: of a refusal all that it says,
// of an object nothing but that it is one.
func (s side) said(t *testing.T, tokens map[string]string, q asked) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // a watch does not end
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, q.method, s.base+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": q.kind, "Accept": q.accept, "Impersonate-User": q.impersonated} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if q.who != "" {
		r.Header.Set("Authorization", "Bearer "+tokens[q.who])
	}
	answer, err := s.transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text := fmt.Sprintf("%d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	if answer.StatusCode < http.StatusBadRequest {
		return text
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var status struct {
		Message, Reason string
		Details         struct {
			Name, Group, Kind string
			Causes            []struct{ Field, Message string }
		}
	}
	if json.Unmarshal(body, &status) == nil {
		body = fmt.Appendf(nil, "%+v", status)
	}
	return text + " " + changing.ReplaceAllString(string(body), "#")
}
