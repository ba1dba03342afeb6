package kubernetes

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// holding is an API server that holds a secret and takes every write, unless
// echo says otherwise.
func holding(value string, echo func(*http.Request) *http.Response) *fake {
	object := fmt.Sprintf(`{"kind":"Secret","apiVersion":"v1","metadata":{"name":%q,"uid":"u-1","resourceVersion":"7","labels":{"kuma.io/mesh":"default"},"annotations":{%q:%q}},"type":"system.kuma.io/secret","data":{"value":%q}}`,
		someRef.Name, model.LastApplied, value, base64.StdEncoding.EncodeToString([]byte(value)))
	return &fake{answer: func(r *http.Request) (*http.Response, error) {
		if answer := echo(r); answer != nil {
			return answer, nil
		}
		if strings.HasSuffix(r.URL.Path, "/secrets") && r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/meshes") {
			return reply(200, typeJSON, `{"kind":"List","metadata":{"resourceVersion":"9"},"items":[`+object+`]}`), nil
		}
		return reply(200, typeJSON, object), nil
	}}
}

// Every flow, on an API server that answers everything it was sent and holds
// in each of its texts, in every encoding.
func TestErrorsHoldNoCanary(t *testing.T) {
	t.Parallel()
	const token = "CANARY-token.demo.not-real"
	for name, flow := range backendtest.Flows(canary) {
		for encoding, form := range backendtest.Encodings(canary) {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
				said := false
				p := holding(canary, func(r *http.Request) *http.Response {
					if r.Method != method || method == http.MethodGet && !said && !backendtest.Reads(name) {
						said = true // the secret is read first
						return nil
					}
					text, _ := json.Marshal("you sent " + form + " with " + r.Header.Get("Authorization"))
					return reply(422, typeJSON, `{"kind":"Status","status":"Failure","reason":"Invalid","message":`+string(text)+
						`,"details":{"causes":[{"field":`+string(text)+`,"message":`+string(text)+`}]},"code":422}`, "Warning", "299 - "+string(text))
				}).plane(t)
				held := someSnapshot(canary)
				err := flow(t.Context(), p, held)
				// A read has no value in flight: a server that puts one into the
				// error of a read is not ours to guess.
				if method == http.MethodGet {
					backendtest.WantSilent(t, name, err, token)
					continue
				}
				backendtest.WantSilent(t, name+", "+method+", "+encoding, err, canary, token)
				backendtest.WantSilent(t, name+", warnings", errors.New(strings.Join(p.Warnings(), "; ")), canary, token)
			}
		}
	}
}

// A token that no configuration holds, because a file or a program gives it, is
// known once it was sent.
func TestErrorsHoldNoLogin(t *testing.T) {
	t.Parallel()
	const token, password = "CANARY-token-of-a-file.not-real", "CANARY-password, not real"
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]*rest.Config{
		"a file":     {BearerTokenFile: file},
		"a password": {Username: "jo", Password: password},
	} {
		f := &fake{answer: func(r *http.Request) (*http.Response, error) {
			login := r.Header.Get("Authorization")
			if login == "" {
				t.Errorf("%s: nobody logged in", name)
			}
			answer := refusalOf(422, "Invalid", "you sent "+login, "you sent "+login)
			answer.Header.Set("Warning", "299 - "+quoted(login))
			return answer, nil
		}}
		config.Host = "https://cluster.example"
		c, err := newClient(Options{Config: config, Transport: f})
		if err != nil {
			t.Fatal(err)
		}
		p := newPlane(c, somewhere, backend.Identity{}, model.NewExaminer([32]byte{1}))
		basic := base64.StdEncoding.EncodeToString([]byte("jo:" + password))
		_, err = p.Get(t.Context(), someRef)
		if !errors.Is(err, backend.ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
		backendtest.WantSilent(t, name, err, token, password, basic)
		backendtest.WantSilent(t, name+", warnings", errors.New(strings.Join(p.Warnings(), "; ")), token, password, basic)
		w, err := p.Watch(t.Context(), backend.Query{Global: true}, backend.Seen{Mark: mark{Global: "1"}.encode()})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Next(t.Context())
		w.Close()
		if !errors.Is(err, backend.ErrInvalid) {
			t.Errorf("%s: the watch says %v", name, err)
		}
		backendtest.WantSilent(t, name+", a watch", err, token, password, basic)
	}
}

// What lists and learning give prints no value, be it one of the secret or of
// an annotation.
func TestListsHoldNoCanary(t *testing.T) {
	t.Parallel()
	p := holding(canary, func(*http.Request) *http.Response { return nil }).plane(t)
	listed, err := backendtest.All(t.Context(), p, backend.Query{Mesh: "payments"})
	if err != nil || len(listed) != 1 || !listed[0].Object.Applied {
		t.Fatal(err)
	}
	learnt, err := backendtest.Learnt(t.Context(), p, backend.Query{Mesh: "payments"})
	if err != nil || len(learnt) != 1 || learnt[0].Facts.Size != len(canary) {
		t.Fatal(err)
	}
	backendtest.WantSilent(t, "lists", fmt.Errorf("%#v %#v", listed, learnt), canary)
}

// A secret that was read prints none either.
func TestSnapshotsPrintNoCanary(t *testing.T) {
	t.Parallel()
	p := holding(canary, func(*http.Request) *http.Response { return nil }).plane(t)
	found, err := p.Get(t.Context(), someRef)
	if err != nil || !found.Value.Equal(model.NewValue([]byte(canary))) {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v %#v %+v %#v", found, found, found, p, p.client)
	backendtest.WantSilent(t, "a snapshot", errors.New(text), canary)
	backendtest.WantSilent(t, "the client", fmt.Errorf("%+v", p.client), "CANARY-token.demo.not-real")
}

// client-go prints bodies when it may: it may not.
func TestLogsAreDiscarded(t *testing.T) {
	always(200, typeJSON, "").plane(t)
	var printed bytes.Buffer
	klog.SetOutput(&printed)
	klog.LogToStderr(false)
	defer klog.LogToStderr(true)
	klog.Error(canary)
	klog.ErrorS(errors.New(canary), canary)
	klog.Background().Info(canary)
	klog.Flush()
	if printed.Len() > 0 {
		t.Errorf("%d bytes were printed", printed.Len())
	}
}
