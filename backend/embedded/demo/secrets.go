package demo

import (
	"fmt"
	"maps"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// row is a secret of the demo.
type row struct {
	mesh  string // "" for a global secret
	name  string
	value rule
	made  int  // days before the start
	own   bool // the control plane's: without labels, and gone with its mesh
}

// rows are the secrets of the demo, by mesh.
func rows() []row {
	return []row{
		{mesh: "checkout", name: "applepay-merchant", value: inOne(selfSigned(merchant), key("applepay")), made: 25},
		{mesh: "checkout", name: "checkout-ca-cert", value: selfSigned(checkoutCA), made: 120},
		{mesh: "checkout", name: "checkout-ca-key", value: key("checkout-ca-key"), made: 120},
		{mesh: "checkout", name: "dataplane-token-signing-key-checkout-1", value: signingKey, made: 121, own: true},

		{mesh: "default", name: "db-ca", value: selfSigned(dbCA), made: 63},
		{mesh: "default", name: "default.ca-builtin-cert-ca-1", value: selfSigned(builtinCA), made: 212, own: true},
		{mesh: "default", name: "default.ca-builtin-key-ca-1", value: signingKey, made: 212, own: true},
		{mesh: "default", name: "feature-flags", value: text(featureFlags), made: 18},
		{mesh: "default", name: "session-cookie-key", value: sessionKey, made: 300},
		{mesh: "default", name: "smtp-password", value: text("demo-smtp-not-a-real-password\n"), made: 9},
		{mesh: "default", name: "warehouse-password", value: text("{vault://hcv/warehouse/reader/password}"), made: 5},
		{mesh: "default", name: "dataplane-token-signing-key-default-1", value: signingKey, made: 212, own: true},

		{mesh: "legacy", name: "ftp-upload-password", value: text("demo-ftp-not-a-real-password"), made: 760},
		{mesh: "legacy", name: "legacy-ca-cert", value: selfSigned(legacyCA), made: 400},
		{mesh: "legacy", name: "legacy-ca-key", value: key("legacy-ca-key"), made: 400},
		{mesh: "legacy", name: "old-dashboard-token", value: dashboardToken, made: 760},
		{mesh: "legacy", name: "dataplane-token-signing-key-legacy-1", value: signingKey, made: 760, own: true},

		{mesh: "payments", name: "payments-ca-cert", value: inOne(signed(paymentsCA, demoRoot), selfSigned(demoRoot)), made: 41},
		{mesh: "payments", name: "payments-ca-cert-old", value: selfSigned(paymentsOldCA), made: 430},
		{mesh: "payments", name: "payments-ca-key", value: key("payments-ca-key"), made: 41},
		{mesh: "payments", name: "psp-ca", value: selfSigned(pspCA), made: 177},
		{mesh: "payments", name: "psp-client-cert", value: signed(pspClient, pspCA), made: 32},
		{mesh: "payments", name: "psp-client-key", value: key("psp-client-key"), made: 32},
		{mesh: "payments", name: "stripe-webhook-token", value: stripeToken, made: 3},
		{mesh: "payments", name: "dataplane-token-signing-key-payments-1", value: signingKey, made: 190, own: true},

		{mesh: "retired", name: "retired-shop-token", value: text("demo-retired-not-a-real-token"), made: 1100},

		{name: revocations, value: text("demo-jti-4f1c,demo-jti-77a0"), made: 2},
		{name: "admin-user-token", value: adminToken, made: 212, own: true},
		{name: zoneAuthority, value: inOne(selfSigned(ownCA("envoy-admin-ca", "", false)), signingKey), made: 212, own: true},
		{name: "inter-cp-ca", value: inOne(selfSigned(ownCA("inter-cp-ca", "", false)), signingKey), made: 212, own: true},
		{name: "user-token-signing-key-1", value: signingKey, made: 212, own: true},
		{name: "zone-token-signing-key-1", value: signingKey, made: 212, own: true},
	}
}

// revocations is the one global secret here that people made.
const revocations = "user-token-revocations"

const featureFlags = `{"new-checkout":true,"retry-budget":0.2,"regions":["eu-west","eu-north"],` +
	`"api-key":"demo-not-a-real-key","owner":{"team":"web","pager":null}}`

// secrets makes the secrets, and those that were changed later: the key of
// legacy's CA was exchanged for another one, so that the pair no longer
// matches.
func secrets(start time.Time) (first, later []embedded.Secret, err error) {
	m := newMaker(start)
	for _, r := range rows() {
		s, err := r.secret(m)
		if err != nil {
			return nil, nil, err
		}
		first = append(first, s)
	}
	changed := row{mesh: "legacy", name: "legacy-ca-key", value: key("some other key"), made: 400}
	s, err := changed.secret(m)
	if err != nil {
		return nil, nil, err
	}
	s.Modified = start.Add(-12 * day)
	return first, []embedded.Secret{s}, nil
}

func (r row) secret(m maker) (embedded.Secret, error) {
	value, err := r.value(m)
	if err != nil {
		return embedded.Secret{}, fmt.Errorf("%s: %w", r.name, err)
	}
	s := embedded.Secret{
		Mesh: r.mesh, Name: r.name, Value: value, Owned: r.own && r.mesh != "",
		Created: m.start.Add(-time.Duration(r.made) * day),
	}
	if !r.own {
		s.Labels = labels(r.mesh)
	}
	return s, nil
}

// onGlobal makes of the demo's secrets what they are on a global control plane:
// it computes no label but the mesh's, and it has no data planes to speak to.
func onGlobal(all []embedded.Secret) []embedded.Secret {
	var kept []embedded.Secret
	for _, s := range all {
		maps.DeleteFunc(s.Labels, func(name, _ string) bool { return name != model.LabelMesh })
		if s.Name != zoneAuthority {
			kept = append(kept, s)
		}
	}
	return kept
}

// zoneAuthority is a CA that only zones have.
const zoneAuthority = "envoy-admin-ca"

// labels are those that a control plane computes for what people make.
func labels(mesh string) map[string]string {
	l := map[string]string{
		model.LabelEnv: "universal", model.LabelOrigin: "zone", model.LabelZone: "default",
	}
	if mesh != "" {
		l[model.LabelMesh] = mesh
	}
	return l
}
