package universal

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend"
)

func TestConnectDetects(t *testing.T) {
	t.Parallel()
	const kuma = `{"product":"Kuma","version":"2.14.3","instanceId":"i"}`
	zone := func(rest string) string { return `{"environment":"universal","mode":"zone"` + rest + `}` }
	federated := zone(`,"multizone":{"zone":{"name":"paris","globalAddress":"grpcs://g:5685"}}`)
	tests := map[string]struct {
		index, config string
		want          backend.Identity
	}{
		"zone": {kuma, zone(``), backend.Identity{Product: "Kuma", Version: "2.14.3",
			Environment: "universal", Mode: "zone", MayWrite: true}},
		"federated zone": {kuma, federated, backend.Identity{Product: "Kuma", Version: "2.14.3",
			Environment: "universal", Mode: "zone", Federated: true, Zone: "paris", MayWrite: true}},
		"federated zone of 2.9": {`{"product":"Kuma","version":"2.9.10","instanceId":"i"}`, federated, backend.Identity{Product: "Kuma",
			Version: "2.9.10", Environment: "universal", Mode: "zone", Federated: true, Zone: "paris",
			WhyNot: "a zone before 2.10 takes changes from its global control plane only"}},
		"zone of 2.5 is federated": {`{"product":"Kuma","version":"2.5.1","instanceId":"i"}`, zone(``), backend.Identity{Product: "Kuma",
			Version: "2.5.1", Environment: "universal", Mode: "zone", Federated: true,
			WhyNot: "a zone before 2.10 takes changes from its global control plane only"}},
		"standalone": {`{"tagline":"Kuma","version":"2.0.2"}`, `{"environment":"universal","mode":"standalone"}`, backend.Identity{
			Product: "Kuma", Version: "2.0.2", Environment: "universal", Mode: "zone", MayWrite: true}},
		"global": {`{"product":"Kong Mesh","version":"2.14.0","basedOnKuma":"2.14.3"}`, `{"environment":"universal","mode":"global"}`,
			backend.Identity{Product: "Kong Mesh", Version: "2.14.0", Environment: "universal", Mode: "global", MayWrite: true}},
		"unstamped build": {`{"product":"Kuma","version":"unknown","instanceId":"i"}`, federated, backend.Identity{Product: "Kuma",
			Environment: "universal", Mode: "zone", Federated: true, Zone: "paris", MayWrite: true}},
		"read-only": {kuma, zone(`,"apiServer":{"readOnly":true}`), backend.Identity{Product: "Kuma", Version: "2.14.3",
			Environment: "universal", Mode: "zone", WhyNot: "the control plane says so"}},
		"deletions are guarded": {kuma, zone(`,"store":{"unsafeDelete":false}`), backend.Identity{Product: "Kuma", Version: "2.14.3",
			Environment: "universal", Mode: "zone", MayWrite: true, Guards: true}},
		"guards are switched off": {kuma, zone(`,"store":{"unsafeDelete":true}`), backend.Identity{Product: "Kuma", Version: "2.14.3",
			Environment: "universal", Mode: "zone", MayWrite: true}},
		"3.0 has no guards": {`{"product":"Kuma","version":"3.0.1","instanceId":"i"}`, zone(`,"store":{"unsafeDelete":false}`), backend.Identity{Product: "Kuma",
			Version: "3.0.1", Environment: "universal", Mode: "zone", MayWrite: true}},
		"Kubernetes": {kuma, `{"environment":"kubernetes","mode":"zone","store":{"kubernetes":{"systemNamespace":"kuma-system"}},"apiServer":{"readOnly":true}}`,
			backend.Identity{Product: "Kuma", Version: "2.14.3", Environment: "kubernetes", Mode: "zone", SystemNamespace: "kuma-system",
				WhyNot: "it runs on Kubernetes, where secrets are changed through Kubernetes"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			f.index, f.config = test.index, test.config
			test.want.Name, test.want.Address, test.want.User = "fake", "http://localhost:5681", "mesh-system:admin"
			if got := f.connect(t).Identity(); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestConnectKeepsUnknownWhatMayNotBeSeen(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.answer = func(r *http.Request) *http.Response {
		if r.URL.Path == "/config" || r.URL.Path == "/who-am-i" {
			return reply(403, "application/json", `{"status":403,"title":"Access Denied"}`)
		}
		return nil
	}
	want := backend.Identity{Name: "fake", Address: "http://localhost:5681", Product: "Kuma", Version: "2.14.3", MayWrite: true}
	if got := f.connect(t).Identity(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestConnectKnowsStrangers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer *http.Response
		want   string
	}{
		"a web page":       {reply(200, "text/html", "<html>log in</html>"), "it sent a web page"},
		"a hidden page":    {reply(200, "application/json", "\n<html>log in</html>"), "it sent a web page"},
		"nothing":          {reply(200, "application/json", ""), "it sent an empty answer"},
		"truncated JSON":   {reply(200, "application/json", `{"product":"Kuma","vers`), "it sent something else"},
		"other JSON":       {reply(200, "application/json", `{"hello":"world"}`), "it sent JSON that is not a control plane's"},
		"a list":           {reply(200, "application/json", `[1]`), "it sent something else"},
		"another product":  {reply(200, "application/json", `{"product":"Other","version":"1.0"}`), "it sent JSON that is not a control plane's"},
		"a page not found": {reply(404, "text/html", "<html>"), "a web page came with status 404"},
		"a teapot":         {reply(418, "text/plain", "teapot"), "an answer of another type came with status 418"},
		"a cluster":        {reply(200, "application/json", `{"paths":["/api","/apis"]}`), "it is the API server of a Kubernetes cluster"},
		"a shy cluster":    {reply(403, "application/json", `{"kind":"Status","apiVersion":"v1","code":403}`), "it is the API server of a Kubernetes cluster"},
		"a strict cluster": {reply(401, "application/json", `{"kind":"Status","apiVersion":"v1","code":401}`), "it is the API server of a Kubernetes cluster"},
		"https":            {reply(400, "text/plain", "Client sent an HTTP request to an HTTPS server."), "it refuses to be asked what it is (status 400); try https"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			f.answer = func(*http.Request) *http.Response { return test.answer }
			_, err := Connect(t.Context(), f.options())
			want := "connecting http://localhost:5681: " + test.want
			if !errors.Is(err, backend.ErrStranger) || err.Error() != want {
				t.Errorf("got  %v\nwant %v", err, want)
			}
		})
	}
}

func TestConnectRefusesBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	token := NewToken("CANARY-token-not-real")
	tests := map[string]struct {
		options Options
		kind    error
		want    string
	}{
		"no URL":             {Options{URL: "CANARY-token-not-real"}, backend.ErrInvalid, "connecting: the address must begin with http:// or https://"},
		"bad URL":            {Options{URL: "http://u:CANARY-token-not-real@h:x"}, backend.ErrInvalid, "connecting: the address is not a URL"},
		"no host":            {Options{URL: "https://"}, backend.ErrInvalid, "connecting: the address names no host"},
		"token in the clear": {Options{URL: "http://cp.example.com", Token: token}, backend.ErrPlaintext, "connecting http://cp.example.com: would carry your token in the clear"},
		"user in the clear":  {Options{URL: "http://u:CANARY-token-not-real@cp.example.com"}, backend.ErrPlaintext, "connecting http://cp.example.com: would carry your token in the clear"},
		"header in the clear": {Options{URL: "http://cp.example.com", Headers: []Header{{Name: "X-Api-Key", Value: token}}},
			backend.ErrPlaintext, "connecting http://cp.example.com: would carry your token in the clear"},
		"a token of two lines": {Options{URL: "https://cp.example.com", Token: NewToken("CANARY-token-not-real\nx")}, backend.ErrInvalid,
			"connecting https://cp.example.com: the token or a header holds a character that cannot be sent"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			test.options.Transport = f
			_, err := Connect(t.Context(), test.options)
			if !errors.Is(err, test.kind) || err.Error() != test.want {
				t.Errorf("got  %v\nwant %v", err, test.want)
			}
			if len(f.log) != 0 {
				t.Errorf("%d requests were sent", len(f.log))
			}
		})
	}
}

func TestConnectSendsCredentials(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options Options
		want    string
	}{
		"token":               {Options{URL: "https://h", Token: NewToken("fake-token")}, "Bearer fake-token"},
		"user":                {Options{URL: "https://me:fake@h"}, "Basic bWU6ZmFrZQ=="},
		"token over user":     {Options{URL: "https://me:fake@h", Token: NewToken("fake-token")}, "Bearer fake-token"},
		"allowed in clear":    {Options{URL: "http://h", Token: NewToken("fake-token"), AllowPlaintextToken: true}, "Bearer fake-token"},
		"loopback in clear":   {Options{URL: "http://127.0.0.1:5681", Token: NewToken("fake-token")}, "Bearer fake-token"},
		"loopback 6 in clear": {Options{URL: "http://[::1]:5681", Token: NewToken("fake-token")}, "Bearer fake-token"},
		"none":                {Options{URL: "http://h"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			f.before = func(r *http.Request) {
				if got := r.Header.Get("Authorization"); got != test.want {
					t.Errorf("Authorization is %q, want %q", got, test.want)
				}
				if r.URL.User != nil || r.Header.Get("User-Agent") != "meshsecrets" || r.Header.Get("X-Team") != "blue" {
					t.Errorf("sent %v with %v", r.URL.Redacted(), r.Header["User-Agent"])
				}
			}
			test.options.Transport = f
			test.options.Headers = []Header{{Name: "X-Team", Value: NewToken("blue")}}
			cp, err := Connect(t.Context(), test.options)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(cp.Identity().Address, "@") {
				t.Errorf("the address is %s", cp.Identity().Address)
			}
		})
	}
}

func TestBasePathStandsBeforeEveryPath(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.answer = func(r *http.Request) *http.Response {
		if !strings.HasPrefix(r.URL.EscapedPath(), "/kuma/api") {
			t.Errorf("asked for %s", r.URL.EscapedPath())
		}
		r.URL.Path, r.URL.RawPath = strings.TrimPrefix(r.URL.Path, "/kuma/api"), ""
		return nil
	}
	o := f.options()
	o.URL = "http://localhost:5681/kuma/api/"
	if _, err := Connect(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}
