package universal

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// encodings are the forms in which a value could stand in a text.
func encodings(value string) map[string]string {
	quoted, _ := json.Marshal(value)
	return map[string]string{
		"plain": value, "base64": base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 for URLs": base64.URLEncoding.EncodeToString([]byte(value)), "base64 without padding": base64.RawStdEncoding.EncodeToString([]byte(value)),
		"hex": hex.EncodeToString([]byte(value)), "JSON": strings.Trim(string(quoted), `"`), "Go": strings.Trim(fmt.Sprintf("%q", value), `"`),
		"PEM": string(pem.EncodeToMemory(&pem.Block{Type: "FAKE", Bytes: []byte(value)})),
	}
}

// wantSilent checks an error and everything that it wraps, through every verb.
func wantSilent(t *testing.T, flow string, err error, canaries ...string) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		text := fmt.Sprintf("%v %+v %#v %s %q", e, e, e, e, e)
		for _, canary := range canaries {
			for name, form := range encodings(canary) {
				if strings.Contains(text, strings.TrimSpace(form)) {
					t.Errorf("%s: the error holds a canary as %s", flow, name)
				}
			}
		}
	}
}

// flow asks something of a control plane that holds a secret.
type flow func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error

// flows are all that is asked of a control plane, with a value in flight.
func flows(value string) map[string]flow {
	return map[string]flow{
		"list": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := backendtest.All(ctx, cp, backend.Query{})
			return err
		},
		"get": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			_, err := cp.Get(ctx, held.Secret.Ref)
			return err
		},
		"create": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := cp.Create(ctx, model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: "new"}}, Value: model.NewValue([]byte(value))})
			return err
		},
		"update": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			_, err := cp.Update(ctx, held, someSnapshot(value+"2"))
			return err
		},
		"delete": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			return cp.Delete(ctx, held)
		},
		"resources": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := cp.Resources(ctx, model.KindMesh, "")
			return err
		},
	}
}

// Every flow, on a control plane that answers everything it was sent and holds
// in each of its error texts, in every encoding.
func TestErrorsHoldNoCanary(t *testing.T) {
	t.Parallel()
	const value, token = "CANARY-value/demo?not>real", "CANARY-token.demo.not-real"
	for name, flow := range flows(value) {
		for encoding, form := range encodings(value) {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
				f := newFake()
				f.put(someRef, []byte(value), nil)
				o := f.options()
				o.Token = NewToken(token)
				cp, err := Connect(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				held, err := cp.Get(t.Context(), someRef)
				if err != nil {
					t.Fatal(err)
				}
				f.answer = func(r *http.Request) *http.Response {
					if r.Method != method {
						return nil
					}
					text, _ := json.Marshal("you sent " + form + " with " + r.Header.Get("Authorization"))
					return reply(400, "application/json", `{"title":"Bad Request","detail":"x","invalid_parameters":[{"field":`+string(text)+`,"reason":`+string(text)+`}]}`)
				}
				err = flow(t.Context(), cp, held)
				// A read has no value in flight: a control plane that puts one
				// into the error of a read is not ours to guess.
				if method == http.MethodGet && (name == "list" || name == "get" || name == "resources") {
					wantSilent(t, name, err, token)
					continue
				}
				wantSilent(t, name+", "+method+", "+encoding, err, value, token)
			}
		}
	}
}

func TestOptionsPrintNoToken(t *testing.T) {
	t.Parallel()
	const token = "CANARY-token.demo.not-real"
	o := Options{Token: NewToken(token), Headers: []Header{{Name: "x", Value: NewToken(token)}}}
	context := Context{Options: o}
	for _, v := range []any{o, &o, o.Token, &o.Token, context, Kumactl{Contexts: []Context{context}}, struct{ o Options }{o}} {
		if text := fmt.Sprintf("%v %+v %#v %s %q %d %x", v, v, v, v, v, v, v); strings.Contains(text, token) || strings.Contains(text, hex.EncodeToString([]byte(token))) {
			t.Errorf("%T prints the token", v)
		}
	}
	if _, err := json.Marshal(o.Token); !errors.Is(err, model.ErrValueInDocument) {
		t.Errorf("the token was encoded, %v", err)
	}
}

// A server that holds a value in a list gives secrets that print none.
func TestListsHoldNoCanary(t *testing.T) {
	t.Parallel()
	const value = "CANARY-value/demo?not>real"
	f := newFake()
	f.put(someRef, []byte(value), nil)
	page, err := f.connect(t).List(t.Context(), backend.Query{Mesh: "default"})
	if err != nil || len(page.Secrets) != 1 {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%#v", page)
	for name, form := range encodings(value) {
		if strings.Contains(text, strings.TrimSpace(form)) {
			t.Errorf("the page holds the value as %s", name)
		}
	}
}
