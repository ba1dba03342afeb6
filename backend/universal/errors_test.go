package universal

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

var someRef = model.Ref{Mesh: "default", Name: "one"}

func someSnapshot(value string) model.Snapshot {
	return model.Snapshot{Secret: model.Secret{Ref: someRef}, Value: model.NewValue([]byte(value))}
}

// answering connects, and from then on answers requests of the method so.
func answering(t *testing.T, method string, answer func() *http.Response) backend.ControlPlane {
	t.Helper()
	f := newFake()
	cp := f.connect(t)
	f.answer = func(r *http.Request) *http.Response {
		if r.Method != method {
			return nil
		}
		return answer()
	}
	return cp
}

func TestStatusesOfReads(t *testing.T) {
	t.Parallel()
	const api = `{"type":"/std-errors","status":1,"title":"Words","detail":"of the control plane"}`
	tests := []struct {
		status int
		body   string
		kind   error
		reason string
	}{
		{302, "", backend.ErrRedirect, "sends callers on to other.example.com:8443"},
		{400, api, backend.ErrInvalid, "of the control plane"},
		{401, api, backend.ErrUnauthorized, "of the control plane"},
		{403, api, backend.ErrForbidden, "of the control plane"},
		{404, api, backend.ErrNotFound, "of the control plane"},
		{404, "<html>", backend.ErrStranger, "a web page came with status 404"},
		{405, "", backend.ErrStranger, "an empty answer came with status 405"},
		{409, api, backend.ErrConflict, "of the control plane"},
		{413, "", backend.ErrInvalid, "it is too large for the control plane, or for a proxy before it"},
		{415, "", backend.ErrInvalid, "refused as invalid (status 415)"},
		{422, "", backend.ErrInvalid, "refused as invalid (status 422)"},
		{429, api, backend.ErrBusy, "it asks to wait 30 s"},
		{499, "", backend.ErrUnavailable, "status 499"},
		{500, api, backend.ErrUnavailable, "of the control plane"},
		{502, "<html>", backend.ErrUnavailable, "status 502"},
		{503, "", backend.ErrUnavailable, "status 503"},
		{504, "", backend.ErrUnavailable, "status 504"},
	}
	for _, test := range tests {
		cp := answering(t, http.MethodGet, func() *http.Response {
			r := reply(test.status, "", test.body)
			r.Header.Set("Location", "https://u:fake-password@other.example.com:8443/x?token=fake")
			r.Header.Set("Retry-After", "30")
			return r
		})
		_, err := cp.Get(t.Context(), someRef)
		var told *backend.Error
		if !errors.As(err, &told) || told.Kind != test.kind || told.Reason != test.reason || told.Status != test.status || told.Ref != someRef {
			t.Errorf("%d: got %+v", test.status, err)
		}
	}
}

func TestStatusesOfWrites(t *testing.T) {
	t.Parallel()
	tests := map[int]error{
		400: backend.ErrInvalid, 405: backend.ErrReadOnly, 409: backend.ErrConflict, 413: backend.ErrInvalid, 429: backend.ErrBusy,
		499: backend.ErrUnknown, 500: backend.ErrUnknown, 502: backend.ErrUnknown, 503: backend.ErrUnavailable, 504: backend.ErrUnknown,
		307: backend.ErrRedirect,
	}
	for status, kind := range tests {
		puts := 0
		cp := answering(t, http.MethodPut, func() *http.Response { puts++; return reply(status, "", "") })
		_, err := cp.Create(t.Context(), someSnapshot("fake-value"))
		if !errors.Is(err, kind) || puts != 1 {
			t.Errorf("%d: got %v after %d requests, want %v after one", status, err, puts, kind)
		}
	}
}

func TestRefusalNamesFieldAndReason(t *testing.T) {
	t.Parallel()
	const inUse = `The secret "one" that you are trying to remove is currently in use in Mesh "default" in mTLS backend "ca-1". Please remove the reference from the "ca-1" backend before removing the secret.`
	quoted := strings.ReplaceAll(inUse, `"`, `\"`)
	for name, body := range map[string]string{
		"now":        `{"status":400,"title":"Could not delete a resource","invalid_parameters":[{"field":"name","reason":"` + quoted + `"}]}`,
		"before 2.3": `{"title":"Could not delete a resource","details":"Resource is not valid","causes":[{"field":"name","message":"` + quoted + `"}]}`,
	} {
		f := newFake()
		f.put(someRef, []byte("fake"), nil)
		cp := f.connect(t)
		before, err := cp.Get(t.Context(), someRef)
		if err != nil {
			t.Fatal(err)
		}
		f.answer = func(r *http.Request) *http.Response {
			if r.Method == http.MethodDelete {
				return reply(400, "application/json", body)
			}
			return nil
		}
		var told *backend.Error
		err = cp.Delete(t.Context(), before)
		if !errors.As(err, &told) || told.Kind != backend.ErrInUse || told.Field != "name" {
			t.Fatalf("%s: got %v", name, err)
		}
		if !strings.HasPrefix(told.Reason, `name: The secret "one"`) || len([]rune(told.Reason)) > 200 {
			t.Errorf("%s: the reason is %q", name, told.Reason)
		}
	}
}

// endless gives bytes without end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func (e *endless) Close() error { return nil }

func TestEndlessAnswersStopAtTheLimit(t *testing.T) {
	t.Parallel()
	for status, limit := range map[int]int{200: maxBody, 500: maxErrorBody} {
		body := &endless{}
		cp := answering(t, http.MethodGet, func() *http.Response {
			return &http.Response{StatusCode: status, Body: body, Header: http.Header{}}
		})
		_, err := cp.Get(t.Context(), someRef)
		if status == 200 && !errors.Is(err, backend.ErrTooLarge) || status == 500 && !errors.Is(err, backend.ErrUnavailable) {
			t.Errorf("%d: got %v", status, err)
		}
		if body.read > limit+4096 {
			t.Errorf("%d: %d bytes were read, the limit is %d", status, body.read, limit)
		}
	}
}

// dripping gives one byte a second, or nothing at all, until it is closed.
type dripping struct {
	bytes  bool
	closed chan struct{}
}

func (d *dripping) Read(p []byte) (int, error) {
	var next <-chan time.Time
	if d.bytes {
		next = time.After(time.Second)
	}
	select {
	case <-next:
		p[0] = ' '
		return 1, nil
	case <-d.closed:
		return 0, io.ErrClosedPipe
	}
}

func (d *dripping) Close() error {
	select {
	case <-d.closed:
	default:
		close(d.closed)
	}
	return nil
}

func TestSlowAnswersEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		drips  bool
		within time.Duration
		reason string
	}{
		"nothing comes": {false, idleTime, "the answer stopped half-way"},
		"it drips":      {true, callTime, "no answer in time"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cp := answering(t, http.MethodGet, func() *http.Response {
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &dripping{bytes: test.drips, closed: make(chan struct{})}}
				})
				begun := time.Now()
				_, err := cp.Get(t.Context(), someRef)
				var told *backend.Error
				if !errors.As(err, &told) || told.Kind != backend.ErrUnavailable || told.Reason != test.reason {
					t.Errorf("got %v", err)
				}
				if took := time.Since(begun); took > test.within+2*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestDeepJSONIsAnError(t *testing.T) {
	t.Parallel()
	deep := `{"total":1,"items":[{"type":"Secret","x":` + strings.Repeat("[", 1_000_000)
	cp := answering(t, http.MethodGet, func() *http.Response { return reply(200, "application/json", deep) })
	if _, err := cp.List(t.Context(), backend.Query{Mesh: "default"}); err == nil {
		t.Error("no error")
	}
}
