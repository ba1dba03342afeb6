package kubernetes

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What a real API server was recorded to answer, in the console's words.
func TestRecordedRefusals(t *testing.T) {
	t.Parallel()
	const inUse = `name: The secret "ca-cert" that you are trying to remove is currently in use in Mesh "payments" in mTLS backend "ca-1". Please remove the reference from the "ca-1" backend before removing the secret.`
	const otherMesh = `metadata.labels["kuma.io/mesh"]: cannot change mesh of the Secret. Delete the Secret first and apply it again.`
	get := func(p *plane) error { _, err := p.Get(t.Context(), someRef); return err }
	list := func(p *plane) error { _, err := p.List(t.Context(), backend.Query{}); return err }
	create := func(p *plane) error { _, err := p.Create(t.Context(), someSnapshot(canary)); return err }
	remove := func(p *plane) error { return p.Delete(t.Context(), someSnapshot(canary)) }
	meshes := func(p *plane) error { _, err := p.Resources(t.Context(), model.KindMesh, ""); return err }
	for name, c := range map[string]struct {
		ask           func(*plane) error
		kind          error
		reason, field string
	}{
		"003": {meshes, backend.ErrNotFound, "not on this control plane", ""},
		"028": {create, backend.ErrInvalid, "data.value: cannot be empty.", "data"},
		"032": {create, backend.ErrInvalid, "", ""},
		"034": {create, backend.ErrInvalid, "", "name"},
		"035": {create, backend.ErrInvalid, "data: Too long: may not be more than 1048576 bytes", "data"},
		"039": {create, backend.ErrInvalid, `metadata.labels["kuma.io/mesh"]: mesh cannot be set on global secret`, `metadata.labels["kuma.io/mesh"]`},
		"044": {create, backend.ErrInvalid, otherMesh, `metadata.labels["kuma.io/mesh"]`},
		"042": {remove, backend.ErrConflict, "", ""},
		"049": {get, backend.ErrNotFound, "", ""},
		"055": {remove, backend.ErrInUse, inUse, "name"},
		"069": {remove, backend.ErrConflict, "", ""},
		"073": {list, backend.ErrForbidden, "you may not list secrets in namespace kuma-system", ""},
		"077": {meshes, backend.ErrForbidden, "you may not list meshes of kuma.io of the whole cluster", ""},
		"080": {get, backend.ErrUnauthorized, "", ""},
		"081": {get, backend.ErrForbidden, "you may not get secrets in namespace kuma-system", ""},
		"092": {create, backend.ErrUnavailable, "the admission of the cluster did not answer, and nothing was changed", ""},
		"101": {create, backend.ErrForbidden, "", ""},
	} {
		status, kind, body := recorded(t, name)
		err := c.ask(always(status, kind, body).plane(t))
		var told *backend.Error
		if !errors.As(err, &told) || !errors.Is(err, c.kind) {
			t.Errorf("%s: the error is %v, want %v", name, err, c.kind)
			continue
		}
		if c.reason != "" && told.Reason != short(c.reason) || told.Field != c.field {
			t.Errorf("%s: the reason is %q, the field %q", name, told.Reason, told.Field)
		}
		if strings.Contains(told.Reason, "webhook") {
			t.Errorf("%s: the reason begins with what nobody needs: %q", name, told.Reason)
		}
	}
}

func short(text string) string {
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:199]) + "…"
	}
	return text
}

// Statuses without the words of an API server.
func TestStatuses(t *testing.T) {
	t.Parallel()
	read := func(p *plane) error { _, err := p.Get(t.Context(), someRef); return err }
	write := func(p *plane) error { return p.Delete(t.Context(), someSnapshot(canary)) }
	meshes := func(p *plane) error { _, err := p.Resources(t.Context(), model.KindMesh, ""); return err }
	for _, c := range []struct {
		status int
		ask    func(*plane) error
		kind   error
		reason string
	}{
		{404, read, backend.ErrStranger, "a web page came with status 404"},
		{404, meshes, backend.ErrStranger, "a web page came with status 404"},
		{405, read, backend.ErrStranger, "a web page came with status 405"},
		{405, write, backend.ErrReadOnly, ""},
		{413, write, backend.ErrInvalid, ""},
		{418, read, backend.ErrStranger, "a web page came with status 418"},
		{429, write, backend.ErrBusy, "it asks to wait 7 s"},
		{429, read, backend.ErrBusy, "it asks to wait 7 s"},
		{429, meshes, backend.ErrBusy, "it asks to wait 7 s"},
		{500, read, backend.ErrUnavailable, "status 500"},
		{500, write, backend.ErrUnknown, "it answered with status 500, and whether it was done is not known"},
		{502, write, backend.ErrUnknown, "it answered with status 502, and whether it was done is not known"},
		{503, write, backend.ErrUnknown, "it answered with status 503, and whether it was done is not known"},
		{503, read, backend.ErrUnavailable, "status 503"},
		{503, meshes, backend.ErrUnavailable, "status 503"},
		{504, write, backend.ErrUnknown, "it answered with status 504, and whether it was done is not known"},
	} {
		f := always(c.status, "text/html", "<html>fake</html>", "Retry-After", "7")
		err := c.ask(f.plane(t))
		var told *backend.Error
		if !errors.As(err, &told) || !errors.Is(err, c.kind) || told.Reason != c.reason || told.Status != c.status {
			t.Errorf("%d: got %#v, want %v, %q", c.status, told, c.kind, c.reason)
		}
		if len(f.requests()) != 1 {
			t.Errorf("%d: it was asked %d times", c.status, len(f.requests()))
		}
	}
}

// Answers that are none of an API server.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ kind, body, reason string }{
		"a login page":         {"text/html", "<html>log in</html>", "it sent a web page"},
		"nothing":              {"application/json", "", "it sent an empty answer"},
		"JSON that is cut off": {"application/json", `{"kind":"Secret","metadata"`, "it sent something else"},
		"broken protobuf":      {typeProtobuf, magic + "\x12\xff\xff", "it sent an answer of another type"},
		"another secret":       {"application/json", `{"kind":"Secret","metadata":{"name":"other"},"type":"system.kuma.io/secret"}`, "it sent something else"},
	} {
		_, err := always(200, c.kind, c.body).plane(t).Get(t.Context(), someRef)
		var told *backend.Error
		if !errors.As(err, &told) || told.Kind != backend.ErrStranger || told.Reason != c.reason {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := always(status, "text/plain", "", "Location", "https://user:CANARY@evil.example/x?CANARY")
		_, err := f.plane(t).Get(t.Context(), someRef)
		if !errors.Is(err, backend.ErrRedirect) || strings.Contains(err.Error(), "CANARY") || len(f.requests()) != 1 {
			t.Errorf("%d: %v after %d requests", status, err, len(f.requests()))
		}
	}
	_, err := always(302, "text/plain", "", "Location", "https://login.example/").plane(t).Get(t.Context(), someRef)
	if err == nil || !strings.Contains(err.Error(), "sends callers on to login.example") {
		t.Errorf("got %v", err)
	}
}

// endless gives bytes without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
func (endless) Close() error               { return nil }

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]error{200: backend.ErrTooLarge, 400: backend.ErrInvalid} {
		f := &fake{answer: func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: endless{}}, nil
		}}
		if _, err := f.plane(t).Get(t.Context(), someRef); !errors.Is(err, kind) {
			t.Errorf("%d: got %v, want %v", status, err, kind)
		}
	}
}

// A page with too many large values is asked for again in smaller ones.
func TestLearnAsksForLess(t *testing.T) {
	t.Parallel()
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("limit") != "12" {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: endless{}}, nil
		}
		return reply(200, typeJSON, `{"kind":"SecretList","metadata":{"resourceVersion":"5"},"items":[]}`), nil
	}}
	page, err := f.plane(t).Learn(t.Context(), backend.Query{Global: true})
	if err != nil || page.Next != "" || len(f.requests()) != 2 {
		t.Errorf("%v after %v", err, f.requests())
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: err} }
	for name, c := range map[string]struct {
		fault  error
		kind   error
		reason string
	}{
		"refused":      {dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), backend.ErrUnavailable, "connection refused"},
		"unknown host": {dial(&net.DNSError{IsNotFound: true}), backend.ErrUnavailable, "the name cluster.example is not known here"},
		"untrusted":    {x509.UnknownAuthorityError{Cert: &x509.Certificate{RawIssuer: []byte("a")}}, backend.ErrUntrusted, "shows a certificate of an unknown authority"},
		"out of time":  {context.DeadlineExceeded, backend.ErrUnavailable, "no answer in time"},
		"reset":        {syscall.ECONNRESET, backend.ErrUnavailable, "the connection broke"},
		"broken pipe":  {&net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, backend.ErrUnavailable, "the connection broke"},
	} {
		f := &fake{answer: func(*http.Request) (*http.Response, error) { return nil, c.fault }}
		_, err := f.plane(t).Get(t.Context(), someRef)
		var told *backend.Error
		if !errors.As(err, &told) || told.Kind != c.kind || told.Reason != c.reason {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A read whose connection breaks is sent once more, a write never.
func TestOnlyReadsAreRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ask  func(*plane) error
		kind error
		sent int
	}{
		"read":   {func(p *plane) error { _, err := p.Get(t.Context(), someRef); return err }, backend.ErrUnavailable, 2},
		"meshes": {func(p *plane) error { _, err := p.Resources(t.Context(), model.KindMesh, ""); return err }, backend.ErrUnavailable, 2},
		"create": {func(p *plane) error { _, err := p.Create(t.Context(), someSnapshot(canary)); return err }, backend.ErrUnknown, 1},
		"delete": {func(p *plane) error { return p.Delete(t.Context(), someSnapshot(canary)) }, backend.ErrUnknown, 1},
		"dry run": {func(p *plane) error {
			_, err := p.Rehearse(t.Context(), model.Change{Verb: model.Create, After: someSnapshot(canary)})
			return err
		}, backend.ErrUnavailable, 2},
	} {
		for _, fault := range []error{io.EOF, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
			f := &fake{answer: func(*http.Request) (*http.Response, error) { return nil, fault }}
			if err := c.ask(f.plane(t)); !errors.Is(err, c.kind) || len(f.requests()) != c.sent {
				t.Errorf("%s: %v after %d requests", name, err, len(f.requests()))
			}
		}
	}
}

// A program that logs in may hang: client-go waits for it without an end.
func TestLoginThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		f := &fake{answer: func(*http.Request) (*http.Response, error) { <-over; return nil, errLost }}
		p := f.plane(t)
		p.client.program, p.client.guard.traced, p.client.guard.through = "cloud-login", true, patient{p.client.guard.through}
		began := time.Now()
		_, err := p.Get(t.Context(), someRef)
		if !errors.Is(err, backend.ErrUnavailable) || !strings.Contains(err.Error(), "cloud-login, which logs in, did not end in time") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != callTime {
			t.Errorf("it took %v", took)
		}
		close(over)
		synctest.Wait()
	})
}

func TestLoginsThatFail(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`getting credentials: exec: executable cloud-login not found\n\nfake hint`:      "cloud-login, which logs in, is not installed here",
		"getting credentials: exec: executable cloud-login failed with exit code 3":     "cloud-login, which logs in, failed",
		"getting credentials: decoding stdout: couldn't get version/kind; " + canary:    "cloud-login, which logs in, gave no login that can be used",
		"getting credentials: exec plugin cannot support interactive mode: fake reason": "cloud-login wants to ask for the login, which it cannot do here",
	} {
		f := &fake{answer: func(*http.Request) (*http.Response, error) { return nil, errors.New(said) }}
		p := f.plane(t)
		p.client.program = "cloud-login"
		_, err := p.Get(t.Context(), someRef)
		var told *backend.Error
		if !errors.As(err, &told) || told.Kind != backend.ErrUnauthorized || told.Reason != want || told.Hint == "" {
			t.Errorf("%q: got %v", said, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	body, _ := json.Marshal(map[string]any{"kind": "PartialObjectMetadataList", "metadata": map[string]any{}, "items": []any{}})
	f := always(200, typeJSON, string(body),
		"Warning", `299 - "fake \x1b is deprecated"`, "Warning", `299 - "fake`+"\u202e"+` text"`, "Warning", `299 - "fake`+"\u202e"+` text"`, "Warning", "rubbish")
	p := f.plane(t)
	if _, err := p.List(t.Context(), backend.Query{Global: true}); err != nil {
		t.Fatal(err)
	}
	got := p.Warnings()
	if len(got) != 2 || got[1] != `fake\u{202E} text` || strings.Contains(got[0], "\x1b") {
		t.Errorf("the warnings are %q", got)
	}
	if again := p.Warnings(); len(again) > 0 {
		t.Errorf("they are told twice: %q", again)
	}
}
