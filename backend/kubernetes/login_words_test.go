package kubernetes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
)

// How API servers refuse to let somebody be somebody else: older ones look for
// the right to do that at all, newer ones for the right to do one thing as them.
const (
	notAsOld = `users \"jane\" is forbidden: User \"jo\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope`
	notAsNew = `secrets is forbidden: User \"jo\" cannot impersonate-on:user-info:list resource \"secrets\" in API group \"\" at the cluster scope`
	notAsAny = `forbidden: User \"jo\" cannot impersonate-on:user-info:get path \"/version\"`
)

func forbids(message string) *fake {
	return always(http.StatusForbidden, typeJSON, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"`+message+`"}`)
}

func TestNotImpersonated(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{"old": notAsOld, "new": notAsNew, "a path": notAsAny} {
		for _, namespace := range []string{"", somewhere} {
			t.Run(name+" "+namespace, func(t *testing.T) {
				t.Parallel()
				config := &rest.Config{Host: "https://cluster.example:6443", Impersonate: rest.ImpersonationConfig{UserName: "jane"}}
				_, err := Connect(t.Context(), Options{Config: config, Transport: forbids(message), Namespace: namespace})
				failsWith(t, err, backend.ErrInvalid, "you may not impersonate user jane", "Ask for that right there, or connect as yourself.")
			})
		}
	}
}

// Impersonation may be allowed for some deeds only: what is refused later is
// told as what it is, and does not end the connection.
func TestNotImpersonatedForOneDeed(t *testing.T) {
	t.Parallel()
	p := forbids(notAsNew).plane(t)
	p.client.login.as = "jane"
	_, err := p.List(t.Context(), backend.Query{})
	failsWith(t, err, backend.ErrForbidden, "you may not impersonate user jane", hintNotAs)
}

// A policy's own words are not taken for a right that is missing.
func TestPolicyThatSpeaksOfImpersonation(t *testing.T) {
	t.Parallel()
	_, err := forbids(`secrets \"a\" is forbidden: people cannot impersonate each other here`).plane(t).List(t.Context(), backend.Query{})
	if errors.Is(err, errNotAs) {
		t.Errorf("it is taken for a missing right: %v", err)
	}
}

func failsWith(t *testing.T, err, kind error, reason, hint string) {
	t.Helper()
	var failure *backend.Error
	if !errors.As(err, &failure) || !errors.Is(err, kind) || failure.Reason != reason || failure.Hint != hint {
		t.Errorf("got %#v, want %v, %q, %q", err, kind, reason, hint)
	}
}

// quietServer is a server of TLS that answers all with one status.
func quietServer(t *testing.T, status int, message string) *httptest.Server {
	t.Helper()
	answers := forbids(message)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := answers.RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("Content-Type", typeJSON)
		w.WriteHeader(status)
		_, _ = io.Copy(w, answer.Body)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestLoginsThatAreNotAccepted(t *testing.T) {
	t.Parallel()
	refusing := quietServer(t, http.StatusUnauthorized, "Unauthorized")
	hiding := quietServer(t, http.StatusForbidden, `secrets is forbidden: User \"system:anonymous\" cannot list resource \"secrets\" in API group \"\" at the cluster scope`)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("fake-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	const renew = "Renew it there, then open the control plane again."
	for name, c := range map[string]struct {
		server       *httptest.Server
		config       rest.Config
		kind         error
		reason, hint string
	}{
		"a token":       {refusing, rest.Config{BearerToken: "fake-token"}, backend.ErrUnauthorized, "the token in the kubeconfig is not accepted", renew},
		"a password":    {refusing, rest.Config{Username: "jo", Password: "fake"}, backend.ErrUnauthorized, "the password in the kubeconfig is not accepted", renew},
		"a token file":  {refusing, rest.Config{BearerTokenFile: token}, backend.ErrUnauthorized, "", hintLogIn},
		"an empty file": {refusing, rest.Config{BearerTokenFile: os.DevNull}, backend.ErrInvalid, "its token file is empty", hintMend},
		"nobody":        {refusing, rest.Config{}, backend.ErrUnauthorized, "the cluster asks for a login, and the context has none", "Give it a user in the kubeconfig, then open it again."},
		"nobody may be": {hiding, rest.Config{}, backend.ErrInvalid, "the context logs in as nobody, and the cluster shows nobody its control plane", "Give the context a user in the kubeconfig, or the namespace with -n."},
		"somebody":      {hiding, rest.Config{BearerToken: "fake-token"}, backend.ErrInvalid, "the namespace of its control plane is not known, and you may not look for it", hintGive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Host, c.config.Insecure = c.server.URL, true
			_, err := Connect(t.Context(), Options{Config: &c.config})
			failsWith(t, err, c.kind, c.reason, c.hint)
		})
	}
	t.Run("nobody with a namespace", func(t *testing.T) {
		t.Parallel()
		plane, err := Connect(t.Context(), Options{Namespace: somewhere, Config: &rest.Config{Host: hiding.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}})
		if err != nil || plane.Identity().User != anonymous {
			t.Errorf("got %v, %v; want to be %s", plane, err, anonymous)
		}
	})
}

func TestNotReached(t *testing.T) {
	t.Parallel()
	server := quietServer(t, http.StatusForbidden, "")
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(slow.Close)
	through := func(address string) func(*http.Request) (*url.URL, error) {
		return func(*http.Request) (*url.URL, error) { return url.Parse(address) }
	}
	for name, c := range map[string]struct {
		config       rest.Config
		kind         error
		reason, hint string
	}{
		"nothing there":     {rest.Config{Host: "https://127.0.0.1:1"}, backend.ErrUnavailable, "connection refused", hintReach},
		"proxy not there":   {rest.Config{Host: server.URL, Proxy: through("http://127.0.0.1:1")}, backend.ErrUnavailable, "the proxy on the way: connection refused", hintProxy},
		"proxy not known":   {rest.Config{Host: server.URL, Proxy: through("http://proxy.invalid:1")}, backend.ErrUnavailable, "the proxy on the way: its name is not known here", hintProxy},
		"http, not https":   {rest.Config{Host: strings.Replace(server.URL, "https", "http", 1)}, backend.ErrInvalid, "it expects https, and is called with http", hintMend},
		"too little time":   {rest.Config{Host: slow.URL, Timeout: 20 * time.Millisecond}, backend.ErrUnavailable, "no answer within the 20ms of --request-timeout", hintTime},
		"strange authority": {rest.Config{Host: server.URL}, backend.ErrUntrusted, "shows a certificate that it signed itself", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Connect(t.Context(), Options{Config: &c.config})
			failsWith(t, err, c.kind, c.reason, c.hint)
		})
	}
}

// pair makes a certificate and its key, in PEM.
func pair(t *testing.T) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: someTime.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func TestBrokenCertificatesOfAKubeconfig(t *testing.T) {
	t.Parallel()
	certificate, key := pair(t)
	_, other := pair(t)
	torn := []byte("-----BEGIN CERTIFICATE-----\nZmFrZQ==\n-----END CERTIFICATE-----\n")
	for name, c := range map[string]struct {
		tls    rest.TLSClientConfig
		reason string
	}{
		"authority":        {rest.TLSClientConfig{CAData: []byte("fake")}, "what stands as its certificate authority is no certificate in PEM"},
		"torn authority":   {rest.TLSClientConfig{CAData: torn}, "what stands as its certificate authority is no certificate in PEM"},
		"certificate":      {rest.TLSClientConfig{CertData: []byte("fake"), KeyData: key}, "what stands as its client certificate is no certificate in PEM"},
		"torn certificate": {rest.TLSClientConfig{CertData: torn, KeyData: key}, "what stands as its client certificate is no certificate in PEM"},
		"key":              {rest.TLSClientConfig{CertData: certificate, KeyData: []byte("fake")}, "what stands as its client key is no key in PEM"},
		"torn key": {rest.TLSClientConfig{CertData: certificate, KeyData: []byte(strings.ReplaceAll(string(torn), "CERTIFICATE", "PRIVATE "+"KEY"))},
			"what stands as its client key is no key in PEM"},
		"another's key": {rest.TLSClientConfig{CertData: certificate, KeyData: other}, "its client key does not belong to its client certificate"},
	} {
		_, err := Connect(t.Context(), Options{Config: &rest.Config{Host: "https://127.0.0.1:1", TLSClientConfig: c.tls}})
		var failure *backend.Error
		if !errors.As(err, &failure) || failure.Reason != c.reason || failure.Hint != hintMend {
			t.Errorf("%s: got %#v, want %q", name, err, c.reason)
		}
	}
}
