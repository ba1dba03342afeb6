package universal

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"meshsecrets/backend"
)

// certificate makes a key and a certificate, signed by parent, or by itself.
func certificate(t *testing.T, change func(*x509.Certificate), parent *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake server, not real"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true,
	}
	change(template)
	signer, signerKey := template, any(key)
	if parent != nil {
		signer, signerKey = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), signerKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func authority(t *testing.T) tls.Certificate {
	t.Helper()
	return certificate(t, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.KeyUsage = "fake CA, not real", true, x509.KeyUsageCertSign
	}, nil)
}

func writeFile(t *testing.T, name string, content []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func certPEM(c tls.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})
}

// serve starts a TLS server and counts the requests that reach it.
func serve(t *testing.T, handler http.Handler, config *tls.Config) (string, *atomic.Int32) {
	t.Helper()
	var count atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		handler.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if config == nil {
		server.Start()
	} else {
		server.TLS = config
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server.URL, &count
}

func TestUntrustedServersGetNothing(t *testing.T) {
	t.Parallel()
	ca := authority(t)
	plain := func(*x509.Certificate) {}
	tests := map[string]struct {
		config *tls.Config
		want   string
	}{
		"unknown authority": {&tls.Config{Certificates: []tls.Certificate{certificate(t, plain, ptr(authority(t)))}},
			"shows a certificate of an unknown authority"},
		"self-signed": {&tls.Config{Certificates: []tls.Certificate{certificate(t, plain, nil)}},
			"shows a certificate that it signed itself"},
		"expired": {&tls.Config{Certificates: []tls.Certificate{certificate(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, &ca)}},
			"shows a certificate that has expired, or is not valid yet, by this machine's clock"},
		"another name": {&tls.Config{Certificates: []tls.Certificate{certificate(t, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"cp-old.example.com"}
		}, &ca)}}, "shows a certificate for cp-old.example.com"},
		"TLS 1.1": {&tls.Config{Certificates: []tls.Certificate{certificate(t, plain, &ca)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
			"offers only TLS older than 1.2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, count := serve(t, newFake(), test.config)
			_, err := Connect(t.Context(), Options{URL: url, Token: NewToken("fake-token"), CAFile: writeFile(t, "ca.pem", certPEM(ca), 0o644)})
			var told *backend.Error
			if !errors.As(err, &told) || told.Kind != backend.ErrUntrusted || told.Reason != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if count.Load() != 0 {
				t.Errorf("%d requests arrived", count.Load())
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	ca := authority(t)
	server := certificate(t, func(*x509.Certificate) {}, &ca)
	client := certificate(t, func(*x509.Certificate) {}, &ca)
	der, err := x509.MarshalPKCS8PrivateKey(client.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	pool := x509.NewCertPool()
	pool.AddCert(ca.Leaf)
	url, _ := serve(t, newFake(), &tls.Config{Certificates: []tls.Certificate{server}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert})
	caFile, certFile := writeFile(t, "ca.pem", certPEM(ca), 0o644), writeFile(t, "client.pem", certPEM(client), 0o644)
	secret, open := writeFile(t, "client.key", keyPEM, 0o600), writeFile(t, "open.key", keyPEM, 0o644)

	tests := map[string]struct {
		options Options
		want    string
	}{
		"accepted":      {Options{CAFile: caFile, ClientCertFile: certFile, ClientKeyFile: secret}, ""},
		"unchecked":     {Options{SkipVerify: true, ClientCertFile: certFile, ClientKeyFile: secret}, ""},
		"none":          {Options{CAFile: caFile}, "connecting " + url + ": asks for a client certificate that it trusts"},
		"open key":      {Options{ClientCertFile: certFile, ClientKeyFile: open}, "connecting: the client key " + open + " can be read by others on this machine; take their rights away (mode 600)"},
		"key missing":   {Options{ClientCertFile: certFile}, "connecting: the client certificate " + certFile + " needs a client key"},
		"cert missing":  {Options{ClientKeyFile: secret}, "connecting: the client key " + secret + " needs a client certificate"},
		"no such key":   {Options{ClientCertFile: certFile, ClientKeyFile: "/no/such.key"}, "connecting: the client key /no/such.key does not exist"},
		"no such CA":    {Options{CAFile: "/no/such.pem"}, "connecting: the CA file /no/such.pem does not exist"},
		"CA is no cert": {Options{CAFile: secret}, "connecting: the CA file " + secret + " holds no PEM certificate"},
		"CA is a folder": {Options{CAFile: filepath.Dir(caFile)},
			"connecting: the CA file " + filepath.Dir(caFile) + " is not a regular file"},
		"no pair": {Options{ClientCertFile: caFile, ClientKeyFile: secret}, "connecting: the client key " + secret + " and the client certificate " + caFile + " are not a PEM pair"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.options.URL = url
			_, err := Connect(t.Context(), test.options)
			if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other, reached := serve(t, newFake(), nil)
	for _, status := range []int{301, 302, 303, 307, 308} {
		url, _ := serve(t, http.RedirectHandler(other+"/secrets", status), nil)
		_, err := Connect(t.Context(), Options{URL: url, Token: NewToken("fake-token")})
		if !errors.Is(err, backend.ErrRedirect) {
			t.Errorf("%d: got %v", status, err)
		}
	}
	if reached.Load() != 0 {
		t.Errorf("%d requests were redirected", reached.Load())
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, err = Connect(t.Context(), Options{URL: "http://me:fake@" + address})
	if !errors.Is(err, backend.ErrUnavailable) || err.Error() != "connecting http://"+address+": connection refused" {
		t.Errorf("got %v", err)
	}
}

func TestHTTPWhereHTTPSIsExpected(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, newFake(), nil)
	_, err := Connect(t.Context(), Options{URL: "https" + url[len("http"):]})
	if !errors.Is(err, backend.ErrStranger) {
		t.Errorf("got %v", err)
	}
}

// A small body that unpacks to more than the limit.
func TestGzipBombStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range maxDocument>>20 + 1 {
		if _, err := packer.Write(blank); err != nil {
			t.Fatal(err)
		}
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	url, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}), nil)
	if _, err := Connect(t.Context(), Options{URL: url}); !errors.Is(err, backend.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

// The connection breaks after a write was sent: nobody knows its outcome.
func TestBrokenConnectionAfterAWrite(t *testing.T) {
	t.Parallel()
	f := newFake()
	url, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			panic(http.ErrAbortHandler)
		}
		f.ServeHTTP(w, r)
	}), nil)
	cp, err := Connect(t.Context(), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = cp.Create(t.Context(), someSnapshot("fake-value")); !errors.Is(err, backend.ErrUnknown) {
		t.Errorf("got %v", err)
	}
}

func TestReadTokenFile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ content, want string }{
		"plain":     {"fake-token", "fake-token"},
		"newline":   {"fake-token\n", "fake-token"},
		"CRLF":      {"fake-token\r\n", "fake-token"},
		"empty":     {"\n", ""},
		"two lines": {"fake-token\n\n", ""},
		"too large": {string(bytes.Repeat([]byte("f"), maxFile+1)), ""},
	}
	for name, test := range tests {
		token, err := ReadTokenFile(writeFile(t, "token", []byte(test.content), 0o600))
		if token.text() != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := ReadTokenFile(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}
