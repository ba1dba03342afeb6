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
	"slices"
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
	who          string // admin, nobody; "" is nobody known, "?" a token that does not hold
	method, path string
	kind, accept string // Content-Type and Accept
	body         string
	impersonated string
}

// changing is what differs between any two clusters.
var changing = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|20[0-9-]+T[0-9:]+Z|\b[0-9]{2,6}\b`)

// said is what of an answer has to be the same: of a refusal all that it says,
// of an object nothing but that it is one.
func (s side) said(t *testing.T, tokens map[string]string, q asked) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, q.method, s.base+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "parity/1")
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
		t.Fatalf("%s %s %s %.60s: %v", q.method, q.path, q.kind, q.body, err)
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

// The content types and paths of the questions.
const (
	inJSON    = "application/json"
	inProto   = "application/vnd.kubernetes.protobuf"
	inMerge   = "application/merge-patch+json"
	someone   = `{"metadata":{"name":"%s","labels":{"kuma.io/mesh":"default"}%s},"type":"system.kuma.io/secret","data":{"value":"ZmFrZQ=="}}`
	noUID     = `,"uid":"11111111-1111-1111-1111-111111111111"`
	asMany    = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	asTable   = ";as=Table;g=meta.k8s.io;v=v1"
	identity  = "/apis/kuma.io/v1alpha1/namespaces/kuma-system/meshidentities"
	reviewing = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
)

func secretSent(name, more string) string { return fmt.Sprintf(someone, name, more) }

// adminAsks is a question of an administrator, in JSON.
func adminAsks(method, path, body string) asked {
	return asked{who: "admin", method: method, path: path, kind: inJSON, body: body}
}

func post(path, body string) asked { return adminAsks(http.MethodPost, path, body) }

func put(path, body string) asked { return adminAsks(http.MethodPut, path, body) }

func patch(path, body string) asked { return as(adminAsks(http.MethodPatch, path, body), inMerge) }

func gone(path, body string) asked { return adminAsks(http.MethodDelete, path, body) }

func as(q asked, kind string) asked { q.kind = kind; return q }

// writes are questions about writing, in the order in which they are asked.
func writes() []asked { return slices.Concat(creations(), changes(), meshWrites()) }

func creations() []asked {
	return []asked{
		post(clusterSecrets, secretSent("a", "")),
		post(clusterSecrets, secretSent("a", "")),
		post(clusterSecrets, secretSent("a", `,"resourceVersion":"3"`)),
		post(clusterSecrets, secretSent("a", `,"resourceVersion":"abc"`)),
		post(clusterSecrets+"?dryRun=All", secretSent("a", `,"resourceVersion":"3"`)),
		post(clusterSecrets+"?dryRun=All", secretSent("b", "")),
		post(clusterSecrets+"?dryRun=Some", secretSent("b", "")),
		post(clusterSecrets+"?fieldManager="+strings.Repeat("x", 129), secretSent("b", "")),
		post("/api/v1/secrets", secretSent("a", "")),
		post("/api/v1/namespaces/none/secrets", secretSent("a", "")),
		post(clusterSecrets, `{`),
		post(clusterSecrets, ``),
		post(clusterSecrets, `{"metadata":{"name":"fake","labels":{"kuma.io/mesh":"default"`),
		post(clusterSecrets, `{"metadata":{"name":1}}`),
		post(clusterSecrets, `{"metadata":{"name":"x"},"data":{"value":7}}`),
		post(clusterSecrets, `{"metadata":{}}`),
		post(clusterSecrets, `{"metadata":{"name":"x","namespace":"other"}}`),
		post(clusterSecrets, `{"metadata":{"name":"x"},"data":{"bad key":"ZmFrZQ=="}}`),
		post(clusterSecrets, `{"metadata":{"name":"x","labels":{"a b":"c d"}}}`),
		as(post(clusterSecrets, `<a/>`), "application/xml"),
		as(post(clusterSecrets, "junk"), inProto),
		as(post(clusterSecrets, "k8s\x00\xff"), inProto),
	}
}

func changes() []asked {
	a := clusterSecrets + "/a"
	return []asked{
		put(a, secretSent("a", noUID)),
		put(a, secretSent("b", "")),
		put(a, secretSent("a", `,"namespace":"x"`)),
		put(a, secretSent("a", `,"resourceVersion":"1"`)),
		put(a, secretSent("a", `,"resourceVersion":"abc"`)),
		put(a, secretSent("a", "")),
		put(clusterSecrets+"/b", secretSent("b", "")),
		patch(a, `{"metadata":{"resourceVersion":"1"}}`),
		patch(a, `[]`),
		patch(a, `{"data":{"value":"!"}}`),
		patch(a, `{"metadata":{"name":"other"}}`),
		patch(a, `{"metadata":`+strings.TrimPrefix(strings.Replace(noUID, ",", "{", 1), "")+`}}`),
		patch(clusterSecrets+"/b", `{}`),
		as(patch(a, `{}`), inJSON),
		as(patch(a, `{"metadata":{"annotations":{"x":"y"}}}`), "application/strategic-merge-patch+json"),
		gone(a, `{"preconditions":{"resourceVersion":"1"}}`),
		gone(a, `{"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}}`),
		gone(a, `{"dryRun":["All"]}`),
		gone(a, `{"dryRun":["Some"]}`),
		gone(a+"?dryRun=All", ``),
		gone(a, `{`),
	}
}

func meshWrites() []asked {
	m := clusterMeshes + "/m"
	mesh := `{"apiVersion":"kuma.io/v1alpha1","kind":"Mesh","metadata":{"name":"m"%s},"spec":{"x":1}}`
	return []asked{
		post(clusterMeshes, fmt.Sprintf(mesh, "")),
		post(clusterMeshes, strings.Replace(fmt.Sprintf(mesh, ""), `"m"`, `"M_1"`, 1)),
		put(m, fmt.Sprintf(mesh, "")),
		put(m, fmt.Sprintf(mesh, `,"resourceVersion":"1"`)),
		patch(m, `{"spec":{"y":{"z":1}}}`),
		gone(m, `{"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}}`),
		gone(m, ``),
		gone(m, ``),
		post(identity, `{"apiVersion":"kuma.io/v1alpha1","kind":"MeshIdentity","metadata":{"name":"i","labels":{"kuma.io/mesh":"default"}},"spec":{}}`),
	}
}

// reads are questions that change nothing.
func reads() []asked { return slices.Concat(adminReads(), othersReads()) }

func adminReads() []asked {
	get := func(path, accept string) asked {
		return asked{who: "admin", method: http.MethodGet, path: path, accept: accept}
	}
	a, list := clusterSecrets+"/a", clusterSecrets+"?"
	return []asked{
		get(list+"labelSelector=a%20b", ""),
		get(list+"fieldSelector=data%3Dx", ""),
		get(list+"continue=nonsense", ""),
		get(list+"limit=-1", ""),
		get(list+"limit=x", ""),
		get(list+"resourceVersion=x", ""),
		get(list+"timeoutSeconds=1&watch=true&resourceVersion=x", ""),
		get(list+"timeoutSeconds=1&watch=true&sendInitialEvents=true", ""),
		get(list+"timeoutSeconds=1&watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", ""),
		get(list+"timeoutSeconds=1&watch=true", "application/vnd.kubernetes.protobuf"+asMany+",application/json"),
		get(a, "text/html"),
		get(clusterSecrets, inProto),
		get(clusterSecrets, inProto+asTable),
		get(clusterSecrets, inJSON+";as=Unknown;g=meta.k8s.io;v=v1"),
		get(clusterSecrets, inJSON+";as=PartialObjectMetadata;g=meta.k8s.io;v=v1"),
		get(a, inJSON+asMany),
		get(a, inProto+";as=PartialObjectMetadata;g=meta.k8s.io;v=v1"),
		get(clusterMeshes, inProto),
		get(clusterMeshes, inProto+","+inJSON),
		get(clusterMeshes, inProto+asMany),
		get(clusterMeshes, inJSON+asTable),
		get(identity, inProto+asMany),
		get("/apis/kuma.io/v1alpha1/foos", ""),
		get("/apis/kuma.io/v1alpha1/namespaces/kuma-system/meshes", ""),
		get("/api/v1/foos", ""),
		get("/apis/foo.test/v1/foos", ""),
		get("/foo", ""),
		get("/api/v1/namespaces/none/secrets", ""),
		get(a+"/status", ""),
	}
}

func othersReads() []asked {
	by := func(who, path string) asked { return asked{who: who, method: http.MethodGet, path: path} }
	a, list := clusterSecrets+"/a", clusterSecrets+"?"
	return []asked{
		by("nobody", clusterSecrets),
		by("nobody", a),
		by("nobody", a+"/status"),
		by("nobody", clusterMeshes+"/x"),
		by("nobody", "/metrics"),
		by("nobody", "/api/v1/namespaces/none"),
		by("nobody", list+"timeoutSeconds=1&watch=true"),
		by("nobody", "/version"),
		by("nobody", "/apis"),
		by("", "/apis"),
		by("", "/version"),
		by("", clusterSecrets),
		by("?", "/version"),
		{who: "nobody", method: http.MethodGet, path: clusterSecrets, impersonated: "admin"},
		{who: "nobody", method: http.MethodPost, path: clusterSecrets, kind: inJSON, body: secretSent("a", "")},
		{who: "nobody", method: http.MethodPost, path: reviewing, kind: inJSON, body: `{"spec":{"resourceAttributes":{"verb":"get","resource":"secrets"}}}`},
		{who: "nobody", method: http.MethodPost, path: reviewing, kind: inJSON, body: `{}`},
		{method: http.MethodPost, path: reviewing, kind: inJSON, body: `{}`},
	}
}

// TestParity asks the embedded cluster and a real API server the same, beside
// what is recorded: a refusal has to be the same in status, reason, text and
// causes.
func TestParity(t *testing.T) {
	t.Parallel()
	real := apiservertest.Start(t)
	tokens := map[string]string{"admin": real.Token(apiservertest.Admin), "nobody": real.Token(apiservertest.Nobody), "?": "fake-unknown"}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(real.CA())
	network := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	theirs := side{transport: network, base: real.URL()}
	plane := newCluster(t, embedded.Options{Users: []embedded.KubernetesUser{
		{Name: "admin", Token: tokens["admin"], Groups: []string{"system:masters"}},
		{Name: string(apiservertest.Nobody), Token: tokens["nobody"]},
	}})
	ours := side{transport: plane.KubernetesTransport(), base: "http://cluster.invalid"}
	for _, q := range append(writes(), reads()...) {
		want, got := theirs.said(t, tokens, q), ours.said(t, tokens, q)
		if got != want {
			t.Errorf("%s %s %s %s %.60s\n real: %.700s\n ours: %.700s", q.method, q.path, q.kind, q.accept, q.body, want, got)
		}
	}
}
