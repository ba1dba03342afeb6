package model

import "testing"

func TestAListenerIsNamedByItsPortAndHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ listener, want string }{
		{`"port": 8443`, "listener 8443"},
		{`"port": 8443, "hostname": "*"`, "listener 8443"},
		{`"port": 443, "hostname": "shop.example.com"`, "listener 443 shop.example.com"},
		{`"protocol": "HTTPS"`, "listener 2"},
	} {
		listeners := `"conf": {"listeners": [{}, {` + c.listener + `, "tls": {"certificates": [{"secret": "s"}]}}]}`
		for _, raw := range []string{`{"type": "MeshGateway", "mesh": "m", "name": "g", ` + listeners + `}`,
			`{"kind": "MeshGateway", "mesh": "m", "metadata": {"name": "g"}, "spec": {` + listeners + `}}`} {
			refs := References(Resource{Kind: KindMeshGateway, Raw: []byte(raw)})
			if len(refs) != 1 || refs[0].Detail != c.want {
				t.Errorf("%s gives %+v, want detail %q", raw, refs, c.want)
			}
		}
	}
}
