package apiservertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// exchange is one of the recorded exchanges with a real control plane.
type exchange struct {
	Request struct {
		Method string  `json:"method"`
		Path   string  `json:"path"`
		Body   *string `json:"body"`
	} `json:"request"`
	Response struct {
		Status int    `json:"status"`
		Body   string `json:"body"`
	} `json:"response"`
}

func recorded(t *testing.T, number string) exchange {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "controlplane", "kubernetes-2.14", number+"-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("recording %s: %v, %v", number, files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var e exchange
	if err := json.Unmarshal(content, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// body is the recorded body, without what another server's object had.
func (e exchange) body(t *testing.T) any {
	t.Helper()
	if e.Request.Body == nil {
		return nil
	}
	body := decode(t, *e.Request.Body)
	if metadata, is := body["metadata"].(Object); is {
		for _, field := range []string{"uid", "resourceVersion", "creationTimestamp"} {
			delete(metadata, field)
		}
	}
	return body
}

func decode(t *testing.T, text string) Object {
	t.Helper()
	var object Object
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return object
}

// replay repeats a recorded exchange and wants the same answer.
func replay(t *testing.T, s *Server, number string) {
	t.Helper()
	e := recorded(t, number)
	status, answer := s.Do(t, e.Request.Method, e.Request.Path, e.body(t))
	if status != e.Response.Status || !reflect.DeepEqual(decode(t, string(answer)), decode(t, e.Response.Body)) {
		t.Errorf("recording %s is answered\n%d %s\nwant\n%d %s", number, status, answer, e.Response.Status, e.Response.Body)
	}
}

// The refusals are those of a real control plane, word for word; so is what
// happens without one.
func TestAdmissionIsAsRecorded(t *testing.T) {
	t.Parallel()
	s := Start(t)
	value := []byte("fake, not real")
	const mesh = "payments"
	certificate := SecretsPath(SystemNamespace) + "/ca-cert"
	s.Secret(t, SystemNamespace, "sample-secret", DefaultMesh, value)
	s.Secret(t, SystemNamespace, "ca-cert", mesh, value)
	s.Secret(t, SystemNamespace, "payments.ca-builtin-cert-ca-1", mesh, value)
	for _, number := range []string{"028", "029", "030", "039", "043", "044", "045"} {
		replay(t, s, number)
	}
	s.Mesh(t, mesh, Provided("ca-cert", "ca-key"))
	replay(t, s, "055")
	replay(t, s, "056")
	builtin := Object{"mtls": Object{"enabledBackend": "ca-1", "backends": []Object{{"name": "ca-1", "type": "builtin"}}}}
	s.Mesh(t, mesh, builtin)
	replay(t, s, "062")

	s.Mesh(t, mesh, Provided("ca-cert", "ca-key"))
	s.AdmissionDown()
	s.Delete(t, certificate)
	status, answer := s.Do(t, http.MethodPatch, KumaPath+"/meshes/"+mesh, Object{"spec": Object{}})
	want := recorded(t, "092").Response
	said, wanted := decode(t, string(answer)), decode(t, want.Body)
	if status != want.Status || said["reason"] != wanted["reason"] || said["code"] != wanted["code"] {
		t.Errorf("a mesh without admission: %d %s", status, answer)
	}
	for _, words := range []string{`Internal error occurred: failed calling webhook "mesh.defaulter.kuma-admission.kuma.io": failed to call webhook: Post`, "connect: connection refused"} {
		if message := fmt.Sprint(said["message"]); !strings.Contains(message, words) || !strings.Contains(fmt.Sprint(wanted["message"]), words) {
			t.Errorf("the message is %q, which does not say %q, or the recording does not", message, words)
		}
	}

	s.AdmissionUp(t)
	s.Secret(t, SystemNamespace, "ca-cert", mesh, value)
	replay(t, s, "055")
}

func TestAdmissionLetsThrough(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	namespace := s.Namespace(t)
	value := []byte("fake, not real")
	path := SecretsPath(namespace) + "/"
	const mesh = "of-what-passes"
	s.Mesh(t, mesh, Provided("used", "used-too"))
	s.Secret(t, namespace, "orphan", "no-such-mesh", value)
	s.Delete(t, path+"orphan")
	s.Secret(t, namespace, "unlabelled", "", value)
	s.Secret(t, namespace, "unlabelled", DefaultMesh, value) // the same mesh
	s.Secret(t, namespace, "used", DefaultMesh, value)       // of another mesh than the one that uses this name
	s.Delete(t, path+"used")
	s.Secret(t, namespace, "used-too", mesh, value)
	s.Mesh(t, mesh, nil)
	s.Delete(t, path+"used-too")
	global := secretNamed("global", "", value)
	global["type"] = globalSecretType
	s.Put(t, path+"global", global)
	s.Delete(t, path+"global")
	opaque := secretNamed("opaque", mesh, nil)
	opaque["type"] = "Opaque"
	s.Put(t, path+"opaque", opaque)
	// Elsewhere nobody asks Kuma.
	s.Secret(t, "default", "empty", mesh, nil)
}
