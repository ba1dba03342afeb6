package apiservertest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// The webhooks, by the names that Kuma gives them, and their paths.
const (
	secretWebhookName = "secret.validator.kuma-admission.kuma.io"
	meshWebhookName   = "mesh.defaulter.kuma-admission.kuma.io"
	secretPath        = "/validate-v1-secret"
	meshPath          = "/default-kuma-io-v1alpha1-mesh"
)

// admission is the control plane's part of admission: an HTTPS server that
// the API server asks before it writes.
type admission struct {
	port        int
	certificate tls.Certificate
	ca          []byte
	handler     http.Handler
	server      *http.Server // nil while it is down
}

// AdmissionDown is a control plane that is not there: secrets are written
// unchecked (failurePolicy Ignore), meshes cannot be (Fail).
func (s *Server) AdmissionDown() {
	s.mayStop()
	s.admission.down()
}

// AdmissionUp ends AdmissionDown.
func (s *Server) AdmissionUp(t testing.TB) {
	t.Helper()
	s.mayStop()
	if err := s.admission.up(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) startAdmission(context.Context) error {
	certificate, key, err := s.authority.serving()
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(secretPath, review(s.judgeSecret))
	mux.Handle(meshPath, review(defaultMesh))
	s.admission = &admission{port: port, certificate: pair, ca: s.authority.pem, handler: mux}
	return s.admission.up()
}

func (a *admission) up() error {
	if a.server != nil {
		return nil
	}
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(a.port)))
	if err != nil {
		return err
	}
	a.server = &http.Server{
		Handler: a.handler, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: patience,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{a.certificate}, MinVersion: tls.VersionTLS12},
	}
	go func(server *http.Server) { _ = server.ServeTLS(listener, "", "") }(a.server)
	return nil
}

func (a *admission) down() {
	if a.server != nil {
		_ = a.server.Close() // connections that are kept open too
		a.server = nil
	}
}

// configurations tell the API server what to ask. They are Kuma's, but for the
// address, which is not a service's, and for how a system namespace is known.
// Their names are not those of Kuma's chart, so that a test can use these; see
// ControlPlane.
func (a *admission) configurations() []Object {
	at := func(path string) Object {
		return Object{"url": fmt.Sprintf("https://127.0.0.1:%d%s", a.port, path), "caBundle": a.ca}
	}
	mesh := Object{
		"name": meshWebhookName, "clientConfig": at(meshPath), "failurePolicy": "Fail",
		"sideEffects": "None", "admissionReviewVersions": []string{"v1"},
		"rules": []Object{{
			"apiGroups": []string{group}, "apiVersions": []string{version}, "resources": []string{"meshes"},
			"operations": []string{"CREATE", "UPDATE"},
		}},
	}
	secret := secretWebhook(at(secretPath))
	secret["namespaceSelector"] = Object{"matchLabels": Object{systemLabel: "true"}}
	return []Object{configuration("Mutating", "apiservertest-mutating", mesh), configuration("Validating", "apiservertest-validating", secret)}
}

func secretWebhook(client Object) Object {
	return Object{
		"name": secretWebhookName, "clientConfig": client, "failurePolicy": "Ignore",
		"sideEffects": "None", "admissionReviewVersions": []string{"v1"},
		"rules": []Object{{
			"apiGroups": []string{""}, "apiVersions": []string{"v1"}, "resources": []string{"secrets"},
			"operations": []string{"CREATE", "UPDATE", "DELETE"},
		}},
	}
}

func configuration(kind, name string, webhook Object) Object {
	return Object{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind + "WebhookConfiguration",
		"metadata": Object{"name": name}, "webhooks": []Object{webhook},
	}
}

// awaitAdmission waits until the API server asks both webhooks. It asks for
// rehearsals too.
func (s *Server) awaitAdmission(ctx context.Context) error {
	empty := secretNamed("rehearsal", "", nil)
	err := s.awaitStatus(ctx, Admin, http.MethodPost, SecretsPath(SystemNamespace)+"?dryRun=All", empty, http.StatusUnprocessableEntity)
	if err != nil {
		return err
	}
	mesh := meshNamed("rehearsal", nil)
	return s.awaitAnswer(ctx, Admin, apply, KumaPath+"/meshes/rehearsal?fieldManager=test&dryRun=All", mesh, func(status int, answer []byte) bool {
		return status == http.StatusCreated && bytes.Contains(answer, []byte(displayName))
	})
}

// question is what the API server asks.
type question struct {
	Request struct {
		UID       string          `json:"uid"`
		Operation string          `json:"operation"`
		Name      string          `json:"name"`
		Object    json.RawMessage `json:"object"`
		OldObject json.RawMessage `json:"oldObject"`
	} `json:"request"`
}

// verdict is what it is told. Violations refuse; a patch is JSON Patch.
type verdict struct {
	name, kind string
	violations []violation
	patch      []Object
}

// review answers the API server's questions with a judge's verdicts. A judge
// that fails answers with status 500, which is a webhook that fails.
func review(judge func(context.Context, question) (verdict, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, "the question cannot be read", http.StatusBadRequest)
			return
		}
		v, err := judge(r.Context(), q)
		if err != nil {
			http.Error(w, "the control plane failed", http.StatusInternalServerError)
			return
		}
		response := Object{"uid": q.Request.UID, "allowed": len(v.violations) == 0}
		if len(v.violations) > 0 {
			response["status"] = v.status()
		}
		if len(v.patch) > 0 {
			patch, err := json.Marshal(v.patch)
			if err != nil {
				http.Error(w, "the patch cannot be written", http.StatusInternalServerError)
				return
			}
			response["patchType"], response["patch"] = "JSONPatch", patch
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(Object{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
	})
}
