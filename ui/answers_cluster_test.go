package ui

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// canaryValue is the value of every secret here: no text may hold it.
var canaryValue = []byte("CANARY-not-a-real-value")

// oddity is something bad on a control plane on Kubernetes, and what is done
// there.
type oddity struct {
	name   string // the number of the bad input, and which of its cases
	about  string // what the text must name
	rights []embedded.Rule
	mesh   string // opened at the start
	given  string // the namespace that was given, "" for none
	put    []embedded.Secret
	seed   []map[string]any
	raze   func(*testing.T, *embedded.ControlPlane)
	walk   func(*world) string // gives what a person then reads
	// fine tells that nothing needs to be done, so no next step is said.
	fine bool
}

// meshSecret is a secret of a mesh with the canary in it.
func meshSecret(mesh, name string, change ...func(*embedded.Secret)) embedded.Secret {
	s := embedded.Secret{Mesh: mesh, Name: name, Value: canaryValue}
	for _, f := range change {
		f(&s)
	}
	return s
}

// foreign is a Secret of another type.
func foreign(name, kind string) map[string]any {
	return map[string]any{"apiVersion": "v1", "kind": "Secret", "type": kind,
		"metadata": map[string]any{"name": name, "namespace": "kuma-system"}, "data": map[string]any{"tls.key": canaryValue}}
}

func meshNamed(name string) map[string]any {
	return map[string]any{"apiVersion": "kuma.io/v1alpha1", "kind": "Mesh", "metadata": map[string]any{"name": name}, "spec": map[string]any{}}
}

// on runs the walk of an oddity in a console of its own, through the real
// client, and gives the text that it ends with.
func (o oddity) on(t *testing.T) (text string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		now := func() time.Time { return frameTime }
		options := embedded.Options{Environment: embedded.EnvironmentKubernetes, Now: now}
		if o.rights != nil {
			options.Users = []embedded.KubernetesUser{{Name: "jo@example.com", Token: "fake-token", Rules: o.rights}}
		}
		cp, err := embedded.New(options)
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range append([]map[string]any{meshNamed("payments")}, o.seed...) {
			if err := cp.SeedObject(object); err != nil {
				t.Fatal(err)
			}
		}
		cp.Seed(o.put...)
		if o.raze != nil {
			o.raze(t, cp)
		}
		entry := backend.Entry{Name: "lab", Group: "kubeconfig", Environment: backend.Kubernetes, Address: "https://k8s.example.com:6443"}
		entry.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
			return kubernetes.Connect(ctx, kubernetes.Options{Name: "lab", Namespace: o.given,
				Config:   &rest.Config{Host: "https://k8s.example.com:6443", BearerToken: "fake-token"},
				Examiner: model.NewExaminer([32]byte{}), Now: now, Transport: cp.KubernetesTransport()})
		}
		start(t, 80, 24, Config{Directory: listed{entry}, Start: &entry, Mesh: o.mesh}, func(d *world) {
			d.settle()
			text = o.walk(d)
		})
	})
	return text
}

// nextStep is how a text says what to do: a key, a flag, or an imperative.
var nextStep = regexp.MustCompile(`(?i)ctrl\+|--?[a-z]+\b|\b(add|ask|choose|correct|delete|edit|give|log in|look|mend|run|say|type)\b`)

// inside is what a text must not show of the program's inside.
var inside = regexp.MustCompile(`goroutine|panic|\.go:|0x[0-9a-f]|%!|\bnil\b|\{\{`)

// clearText holds what every text about a bad input is: short, about something
// that it names, with a next step, without a value and without a stack.
func clearText(t *testing.T, name, text, about string, fine bool) {
	t.Helper()
	if lines := wrap(text, 76); len(lines) > 2 {
		t.Errorf("%s: %q takes %d lines at 80 columns", name, text, len(lines))
	}
	if about == "" || !strings.Contains(text, about) {
		t.Errorf("%s: %q does not name %q", name, text, about)
	}
	if !fine && !nextStep.MatchString(text) {
		t.Errorf("%s: %q has no next step", name, text)
	}
	if strings.Contains(text, "CANARY") || strings.Contains(text, "Q0FOQVJZ") {
		t.Errorf("%s: a value is shown: %q", name, text)
	}
	if inside.MatchString(text) {
		t.Errorf("%s: the program's inside is shown: %q", name, text)
	}
}

// TestEveryBadInputOfAClusterIsOneClearSentence holds what is said of each.
func TestEveryBadInputOfAClusterIsOneClearSentence(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, o := range slices.Concat(labelOddities(), nameOddities(), dataOddities(), rightOddities(), namespaceOddities()) {
		text := o.on(t)
		clearText(t, o.name, text, o.about, o.fine)
		b.WriteString(o.name + "\n  " + text + "\n")
	}
	sameText(t, "cluster", b.String())
}

// messageShown is the status line, or what stands instead of a screen that does not
// open.
func messageShown(d *world) string {
	switch top := d.app.stack[len(d.app.stack)-1].(type) {
	case refusal:
		return top.why
	case browse:
		if err := firstError(top.failed, top.denied); err != nil && d.app.message.Text == "" {
			what, next := words(err, top.to)
			return strings.TrimSpace(what + " " + next)
		}
		if top.stock.inventory.All.Secrets == 0 && d.app.message.Text == "" {
			return strings.ReplaceAll(plainText(top.nothing(98)), " a add one", "; a adds one")
		}
	case finding:
		return model.Visible(top.name) + ": " + plainText(top.View(d.app.frame()).Lines[1:])
	case reassign:
		if top.stage == blocked {
			return top.checks.Why.Error()
		}
	}
	return d.app.message.Text
}

// plainText is the text of some lines, without marks and margins.
func plainText(lines []Line) string {
	var words []string
	for _, l := range lines {
		words = append(words, strings.Fields(strings.TrimLeft(l.plain(), " ✗!"))...)
	}
	return strings.Join(words, " ")
}

// factsShown is what the screen of a secret says under some labels.
func factsShown(d *world, labels ...string) string {
	s, is := d.app.stack[len(d.app.stack)-1].(secret)
	if !is {
		return "(" + screens(d.app) + ") " + messageShown(d)
	}
	var found []string
	take := false
	lines, _ := s.body(d.app.frame())
	for _, l := range lines {
		plain := []rune(l.plain())
		if len(plain) < 3+labelWidth {
			take = false
			continue
		}
		label, text := strings.TrimSpace(string(plain[3:3+labelWidth])), strings.TrimSpace(string(plain[3+labelWidth:]))
		switch {
		case slices.Contains(labels, label):
			take = true
			found = append(found, label+" "+text)
		case label == "" && take:
			found[len(found)-1] += " " + text
		default:
			take = false
		}
	}
	return model.Visible(s.row.Secret.Ref.Name) + ": " + strings.Join(found, "; ")
}

// stopsShown are the checks of a form that keep it from being saved.
func stopsShown(d *world) string {
	f, is := d.app.stack[len(d.app.stack)-1].(form)
	if !is {
		return "(" + screens(d.app) + ") " + messageShown(d)
	}
	var found []string
	for _, c := range f.checks {
		if c.stop {
			found = append(found, c.topic+": "+c.line(keymap.Default()))
		}
	}
	text := strings.Join(found, "; ")
	if f.edit { // its screen is named after it
		return f.called() + ": " + text
	}
	return text
}

// adds fills the form of a new secret and saves it.
func adds(name string) func(*world) string {
	return func(d *world) string {
		d.press("a")
		d.enter(name)
		d.press("tab", "tab", "tab")
		d.enter("CANARY-not-a-real-value")
		d.press("ctrl+s")
		return messageShown(d)
	}
}
