package model_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/universal"
	"meshsecrets/model"
)

var demoTime = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// inventoryOf reads a control plane as the console does.
func inventoryOf(t *testing.T, plane *embedded.ControlPlane) (model.Inventory, backend.Around) {
	t.Helper()
	ctx := context.Background()
	to, err := universal.Connect(ctx, universal.Options{
		Name: "demo", URL: "http://localhost:5681", Transport: plane.Transport(),
		Examiner: model.NewExaminer([32]byte{}), Now: func() time.Time { return demoTime },
	})
	if err != nil {
		t.Fatal(err)
	}
	var secrets []model.Secret
	for cursor := ""; ; {
		page, err := to.List(ctx, backend.Query{Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, page.Secrets...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	around, err := backend.LookAround(ctx, to)
	if err != nil {
		t.Fatal(err)
	}
	return model.TakeInventory(around.Meshes, secrets, around.References), around
}

func drawn(d model.Diagnosis, narrow bool) []string {
	var lines []string
	for _, p := range d.Problems {
		mark := "!"
		if p.Broken {
			mark = "✗"
		}
		lines = append(lines, mark+" "+p.Trouble.String()+" | "+p.Ref.Name+" | "+p.Ref.Mesh+" | "+p.Cell(narrow))
	}
	return lines
}

func sameLines(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The demo has ten problems and no more: one RSA key in all its signing keys is
// none.
func TestProblemsOfTheDemo(t *testing.T) {
	t.Parallel()
	plane, err := demo.New(demoTime)
	if err != nil {
		t.Fatal(err)
	}
	inventory, around := inventoryOf(t, plane)
	d := model.Diagnose(inventory, model.Standing{Unread: around.Unread}, demoTime)
	sameLines(t, drawn(d, false), []string{
		"✗ missing | billing-ca | legacy | ExternalService billing names it: its endpoints are left out",
		"✗ missing | edge-tls | payments | MeshGateway edge names it: listener 8443 is left out",
		"✗ mismatched | legacy-ca-key | legacy | does not match legacy-ca-cert; mTLS backend ca-1 names both",
		"! expiring | stripe-webhook-token | payments | in 2d; no reference found",
		"! expiring | payments-ca-cert | payments | in 23d; in use by mTLS backend ca-2",
		"! expired | payments-ca-cert-old | payments | 12d ago; no reference found",
		"! expired | old-dashboard-token | legacy | 1y ago; no reference found",
		"! orphaned | retired-shop-token | retired | mesh retired does not exist",
		"! newline | smtp-password | default | the value ends with a newline",
		"! not resolved | warehouse-password | default | a Kong vault reference, stored as it is",
	})
	sameLines(t, drawn(d, true), []string{
		"✗ missing | billing-ca | legacy | ExternalService billing",
		"✗ missing | edge-tls | payments | MeshGateway edge",
		"✗ mismatched | legacy-ca-key | legacy | with legacy-ca-cert",
		"! expiring | stripe-webhook-token | payments | in 2d",
		"! expiring | payments-ca-cert | payments | in 23d, in use",
		"! expired | payments-ca-cert-old | payments | 12d ago",
		"! expired | old-dashboard-token | legacy | 1y ago",
		"! orphaned | retired-shop-token | retired | no such mesh",
		"! newline | smtp-password | default | at the end",
		"! not resolved | warehouse-password | default | vault reference",
	})
	if d.Meshes != 5 || d.Secrets != 32 || d.Unlearnt != 0 || !d.Broken() {
		t.Errorf("%d meshes, %d secrets, %d not learnt", d.Meshes, d.Secrets, d.Unlearnt)
	}
	for _, p := range d.Problems {
		if p.Ref.Mesh == "sandbox" {
			t.Errorf("sandbox is healthy: %+v", p)
		}
	}
	edge := d.Problems[1]
	sameLines(t, edge.Meaning(), []string{
		"MeshGateway edge of mesh payments names this secret for listener 8443, and no such secret exists.",
		"The control plane accepted the MeshGateway; it leaves the listener out and says so only in its log.",
	})
	if got := edge.Brief(); got != "MeshGateway edge of mesh payments names this secret for listener 8443, and no such secret exists: the listener is left out." {
		t.Error(got)
	}
	want := []model.Remedy{
		{Deed: model.DeedAdd, Text: "adds edge-tls to payments: one certificate and its key", More: ", the certificate first"},
		{Deed: model.DeedUsedBy, Text: "shows MeshGateway edge and the rest of the mesh"},
	}
	if got := edge.Remedies(inventory); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
