package universal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// Every flow, on a control plane that answers everything it was sent and holds
// in each of its error texts, in every encoding.
func TestErrorsHoldNoCanary(t *testing.T) {
	t.Parallel()
	const value, token = "CANARY-value/demo?not>real", "CANARY-token.demo.not-real"
	for name, flow := range backendtest.Flows(value) {
		for encoding, form := range backendtest.Encodings(value) {
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
				if method == http.MethodGet && backendtest.Reads(name) {
					backendtest.WantSilent(t, name, err, token)
					continue
				}
				backendtest.WantSilent(t, name+", "+method+", "+encoding, err, value, token)
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
	for name, form := range backendtest.Encodings(value) {
		if strings.Contains(text, strings.TrimSpace(form)) {
			t.Errorf("the page holds the value as %s", name)
		}
	}
}

// A body that was not sent is overwritten as well.
func TestBodiesThatAreNotSentAreOverwritten(t *testing.T) {
	t.Parallel()
	c, err := newClient(newFake().options())
	if err != nil {
		t.Fatal(err)
	}
	for name, unsent := range map[string]call{
		"a name that is a path": {method: http.MethodPut, path: []string{".."}},
		"a method that is none": {method: "NO METHOD", path: []string{"secrets"}},
	} {
		unsent.op, unsent.body = opSave, []byte("CANARY-fake")
		if _, err := c.send(t.Context(), unsent); err == nil {
			t.Errorf("%s: it was sent", name)
		}
		if !bytes.Equal(unsent.body, make([]byte, len("CANARY-fake"))) {
			t.Errorf("%s: the body is left", name)
		}
	}
}
