package backend_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// asKey is a policy that names the secret which is moved as a key, and another
// one as its certificate.
func asKey(mesh string) model.Resource {
	return model.Resource{Kind: model.KindExternalService, Mesh: mesh, Name: "psp", Raw: fmt.Appendf(nil,
		`{"type":"ExternalService","mesh":%q,"name":"psp","networking":{"tls":{"enabled":true,"clientCert":{"secret":"cert"},"clientKey":{"secret":"token"}}}}`, mesh)}
}

// asCA is a Mesh of which the secret that is moved is the certificate.
func asCA(mesh, more string) model.Resource {
	return model.Resource{Kind: model.KindMesh, Name: mesh, Raw: fmt.Appendf(nil,
		`{"type":"Mesh","name":%q,"mtls":{%s"backends":[{"name":"ca","type":"provided","conf":{"cert":{"secret":"token"},"key":{"secret":"key"}}}]}}`, mesh, more)}
}

// forbidding is a control plane of which one secret may not be read.
type forbidding struct {
	backend.ControlPlane
	ref model.Ref
}

func (f forbidding) Get(ctx context.Context, ref model.Ref) (model.Snapshot, error) {
	if ref == f.ref {
		return model.Snapshot{}, &backend.Error{Kind: backend.ErrForbidden, Op: "reading", Ref: ref}
	}
	return f.ControlPlane.Get(ctx, ref)
}

// The value is held to those who wait for it where it is to be, together with
// what they name beside it.
func TestAReassignIsHeldToWhoWaits(t *testing.T) {
	t.Parallel()
	const next = ": accepted now; the next update of mesh payments is refused"
	beside := func(name, value string) func(*memory) {
		ref := model.Ref{Mesh: target.Mesh, Name: name}
		return func(m *memory) { m.put(ref, hold(ref, value)) }
	}
	// The other half comes along where it is; else it stays missing.
	along := map[model.Ref]model.Ref{{Mesh: target.Mesh, Name: "cert"}: {Mesh: source.Mesh, Name: "cert"}}
	for about, c := range map[string]struct {
		there  model.Resource
		put    func(*memory)
		forbid string
		want   []string
	}{
		"nobody waits":     {psp("elsewhere"), nil, "", nil},
		"of another kind":  {psp(target.Mesh), nil, "", []string{"in payments, it is text, where a CA certificate belongs: accepted; calls to psp fail"}},
		"half of it there": {asKey(target.Mesh), beside("cert", "fake"), "", []string{"in payments, it is text, where a private key belongs: accepted; calls to psp fail"}},
		"half is missing": {asKey(target.Mesh), nil, "", []string{
			"in payments, it is text, where a private key belongs: accepted; calls to psp fail",
			"in payments, cert, the other half, is missing: accepted; calls to psp fail. Add cert next."}},
		"half comes along": {asKey(target.Mesh), func(m *memory) {
			ref := model.Ref{Mesh: source.Mesh, Name: "cert"}
			m.put(ref, hold(ref, "fake"))
		}, "", []string{"in payments, it is text, where a private key belongs: accepted; calls to psp fail"}},
		"half may not be read": {asKey(target.Mesh), beside("cert", "fake"), "cert", []string{
			"in payments, it is text, where a private key belongs: accepted; calls to psp fail",
			"in payments, whether it matches cert is not known: nobody has looked at both"}},
		"rules of the control plane": {asCA(target.Mesh, ""), beside("key", "fake"), "", []string{"in payments, it is text, where a CA certificate belongs" + next}},
		"rules that are switched off": {asCA(target.Mesh, `"skipValidation":true,`), beside("key", "fake"), "", []string{
			"in payments, it is text, where a CA certificate belongs: accepted, as the mesh has skipValidation; mTLS backend ca could not issue certificates; it is not enabled now"}},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			m := both()["a name per mesh"]().named(c.there)
			if c.put != nil {
				c.put(m)
			}
			if c.there.Kind == model.KindMesh {
				m.gone = c.there.Name // the one without more, that this is there instead of
			}
			gate := backend.NewGate(forbidding{m, model.Ref{Mesh: target.Mesh, Name: c.forbid}}, backend.Entry{})
			found, err := gate.Inspect(t.Context(), backend.Inspecting(source, target, false, model.NewExaminer([32]byte{}), time.Now()).Along(along))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found.Findings {
				if f.Outcome == backend.Warned && strings.HasPrefix(f.Text, "in payments, ") {
					got = append(got, f.Text)
				}
			}
			if found.Why != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, found\n%s\nwant\n%s", found.Why, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
