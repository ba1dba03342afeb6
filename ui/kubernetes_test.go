package ui

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/model"
)

// onKubernetes runs a walk on the demo's data as a control plane on Kubernetes
// has them, through the real client.
func onKubernetes(t *testing.T, w, h int, walk func(*world, *embedded.ControlPlane), change ...func(*backend.Entry)) {
	t.Helper()
	t.Parallel()
	throughKubernetes(t, w, h, func(d *world, cp *embedded.ControlPlane, _ *switchboard) { walk(d, cp) }, change...)
}

func throughKubernetes(t *testing.T, w, h int, walk func(*world, *embedded.ControlPlane, *switchboard), change ...func(*backend.Entry)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.NewKubernetes(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		board := &switchboard{round: &meddler{next: cp.KubernetesTransport()}}
		entry := backend.Entry{Name: "demo", Group: "built in", Environment: backend.Kubernetes, Address: "inside this program", Inside: true}
		entry.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
			return kubernetes.Connect(ctx, kubernetes.Options{Name: "demo", Config: &rest.Config{Host: "http://cluster.invalid"},
				Examiner: model.NewExaminer([32]byte{}), Now: func() time.Time { return frameTime }, Transport: board})
		}
		for _, f := range change {
			f(&entry)
		}
		start(t, w, h, Config{Directory: listed{entry}, Start: &entry}, func(d *world) {
			d.settle()
			walk(d, cp, board)
		})
	})
}

func TestFramesKubernetes(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name   string
		w, h   int
		scope  string
		secret string
		keys   []string
	}{
		{"kubernetes-browse-120x40", 120, 40, "4", "payments-ca-cert", nil},
		{"kubernetes-browse-80x24", 80, 24, "4", "payments-ca-cert", nil},
		{"kubernetes-all-120x40", 120, 40, "0", "db-ca", nil},
		{"kubernetes-global-80x24", 80, 24, "0", "envoy-admin-ca", []string{"tab", "j", "tab"}},
		{"kubernetes-truststore-100x30", 100, 30, "2", "kafka-truststore", []string{"enter"}},
		{"kubernetes-truststore-80x24", 80, 24, "2", "kafka-truststore", []string{"enter"}},
		{"kubernetes-manifest-80x24", 80, 24, "2", "kafka-truststore", []string{"y"}},
		{"kubernetes-delete-in-use-100x30", 100, 30, "4", "payments-ca-cert", []string{"D"}},
		{"kubernetes-delete-80x24", 80, 24, "2", "smtp-password", []string{"D"}},
		{"kubernetes-edit-100x30", 100, 30, "2", "kafka-truststore", []string{"e"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			onKubernetes(t, f.w, f.h, func(d *world, _ *embedded.ControlPlane) {
				d.find(f.scope, f.secret)
				d.press(f.keys...)
				d.frame(f.name)
			})
		})
	}
}

// later lets the watch's pause pass, and shows what it brings.
func (d *world) later() {
	time.Sleep(time.Second)
	d.settle()
}

// pass lets time pass for everybody, second by second.
func (d *world) pass(by time.Duration) {
	for range by / time.Second {
		time.Sleep(time.Second)
		d.settle()
		d.wait(time.Second)
	}
}

func TestAChangeInTheClusterIsShown(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		d.press("4")
		if got := freshnessOf(d); got != "live" {
			t.Errorf("the header says %q", got)
		}
		if err := cp.Put("/meshes/payments/secrets/new-one", map[string]any{"type": "Secret", "mesh": "payments", "name": "new-one", "data": "ZGVtbywgbm90IHJlYWw="}); err != nil {
			t.Fatal(err)
		}
		d.later()
		if got := kindOf(d, "payments", "new-one"); got != model.Text {
			t.Errorf("new-one is %v", got)
		}
		if err := cp.Delete("/meshes/payments/secrets/new-one"); err != nil {
			t.Fatal(err)
		}
		d.later()
		if text := d.text(); strings.Contains(text, "new-one") {
			t.Errorf("it is still on screen\n%s", text)
		}
	})
}

func TestAWatchThatIsCutGoesOn(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		d.press("4")
		cp.Cluster().BreakWatches()
		d.later()
		if err := cp.Put("/meshes/payments/secrets/new-one", map[string]any{"type": "Secret", "mesh": "payments", "name": "new-one", "data": "ZGVtbywgbm90IHJlYWw="}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		d.settle()
		if got := kindOf(d, "payments", "new-one"); got != model.Text {
			t.Errorf("new-one is %v", got)
		}
		if got := freshnessOf(d); got != "live" {
			t.Errorf("the header says %q", got)
		}
		if err := cp.Delete("/meshes/payments/secrets/new-one"); err != nil {
			t.Fatal(err)
		}
		cp.Cluster().Compact()
		cp.Cluster().BreakWatches()
		time.Sleep(time.Minute)
		d.settle()
		if text := d.text(); strings.Contains(text, "new-one") || freshnessOf(d) != "live" {
			t.Errorf("after the history was dropped the list is not read again\n%s", text)
		}
	})
}

// TestAServerThatGoesAwayComesBackByItself holds that the console keeps what it
// showed, says since when it is not live, and is live again without a key.
func TestAServerThatGoesAwayComesBackByItself(t *testing.T) {
	t.Parallel()
	throughKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane, board *switchboard) {
		d.press("4", "j")
		board.set(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, false)
		cp.Cluster().BreakWatches()
		d.later()
		d.pass(40 * time.Second)
		for _, want := range []string{"! not live for 40s", "showing what was read 40s ago", "psp-client-key", "connection refused", "Trying again in"} {
			if text := d.text(); !strings.Contains(text, want) {
				t.Errorf("%q is not on screen\n%s", want, text)
			}
		}
		board.set(nil, false)
		d.pass(time.Minute)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once the server is back the header says %q", got)
		}
		if b := d.app.stack[len(d.app.stack)-1].(browse); b.fault() != nil {
			t.Errorf("the banner stays: %v", b.fault())
		}
	})
}

// TestSavingOnAProtectedOneSaysWhatGoesWithIt holds the confirm of an edit that
// drops an annotation.
func TestSavingOnAProtectedOneSaysWhatGoesWithIt(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, _ *embedded.ControlPlane) {
		d.find("2", "kafka-truststore")
		d.press("e")
		d.enter("demo, not real")
		d.press("ctrl+s")
		d.frame("kubernetes-edit-confirm-100x30")
	}, func(e *backend.Entry) { e.Protected = true })
}

// TestWritesOnKubernetes walks through add, edit and delete with the real
// client.
func TestWritesOnKubernetes(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		d.press("2", "a")
		d.enter("new-one")
		d.press("tab", "tab", "tab")
		d.enter("demo, not real")
		d.press("ctrl+s")
		if got := d.app.message.Text; got != "new-one saved in default, read back, equal." {
			t.Errorf("adding says %q", got)
		}
		d.find("2", "kafka-truststore")
		d.press("e")
		d.enter("demo, not real")
		d.press("ctrl+s")
		if got := d.app.message.Text; !strings.HasPrefix(got, "kafka-truststore saved. The annotation that held the old value in the clear is gone") {
			t.Errorf("editing says %q", got)
		}
		d.later()
		d.find("2", "new-one")
		d.press("D", "j", "enter")
		if got := d.app.message.Text; got != "new-one deleted from default." {
			t.Errorf("deleting says %q", got)
		}
		d.later()
		d.app.message = Message{}
		if text := d.text(); strings.Contains(text, "new-one") {
			t.Errorf("it is still on screen\n%s", text)
		}
	})
}

// TestATakenNameOnKubernetes holds the words for a name that the list does not
// hold, because a secret of another type has it.
func TestATakenNameOnKubernetes(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		err := cp.SeedObject(map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
			"metadata": map[string]any{"name": "registry-login", "namespace": "kuma-system"}, "data": map[string]any{"a": "ZGVtbw=="}})
		if err != nil {
			t.Fatal(err)
		}
		d.press("2", "a")
		d.enter("registry-login")
		d.press("tab", "tab", "tab")
		d.enter("demo, not real")
		d.press("ctrl+s")
		if got, want := d.app.message.Text, "registry-login is the name of a secret of another type (Opaque), and on Kubernetes a name exists once. Choose another name. Your text is kept."; got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
	})
}

// While the control plane's admission is down it would let a secret go that a
// mesh uses: the dialog says so, and claims no guard that is not there.
func TestDeleteSaysThatNothingGuards(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		cp.SetAdmission(false)
		d.find("4", "payments-ca-cert")
		d.press("D")
		d.frame("kubernetes-delete-unguarded-100x30")
	})
}
