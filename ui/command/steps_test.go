package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/backend/universal"
	"meshsecrets/model"
)

// bubble is a control plane without a network, in a time of its own, and a
// command that was already connected to it.
type bubble struct {
	*errand
	t       *testing.T
	far     *embedded.ControlPlane
	out     bytes.Buffer
	signals chan os.Signal
	fault   func(*http.Request) error
}

// RoundTrip loses requests when a test asks for it.
func (b *bubble) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.fault != nil {
		if err := b.fault(r); err != nil {
			return nil, err
		}
	}
	if b.far.Cluster() != nil {
		return b.far.KubernetesTransport().RoundTrip(r)
	}
	return b.far.Transport().RoundTrip(r)
}

// bubbled makes one, within synctest.
func bubbled(t *testing.T, environment string, observe func(embedded.Event), zones ...string) *bubble {
	t.Helper()
	options := embedded.Options{Environment: environment, Zones: zones, Now: time.Now, Observe: observe}
	if len(zones) > 0 {
		options.Mode = embedded.ModeGlobal
	}
	far, err := embedded.New(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, mesh := range []string{"payments", "checkout"} {
		if err := far.Put("/meshes/"+mesh, map[string]string{"type": "Mesh", "name": mesh}); err != nil {
			t.Fatal(err)
		}
	}
	far.Seed(embedded.Secret{Mesh: "payments", Name: "hook", Value: []byte(movedValue), Created: time.Now(), UID: hookUID})
	life, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	if len(zones) > 0 {
		go far.Follow(life)
		time.Sleep(30 * time.Second)
	}
	b := &bubble{t: t, far: far, signals: make(chan os.Signal, 2)}
	examiner := model.NewExaminer([32]byte{1})
	var plane backend.ControlPlane
	if environment == embedded.EnvironmentKubernetes {
		plane, err = kubernetes.Connect(life, kubernetes.Options{Name: "prod-eu", Transport: b, Examiner: examiner, Now: time.Now, Host: "lab-7"})
	} else {
		plane, err = universal.Connect(life, universal.Options{Name: "prod-eu", URL: "http://localhost:5681", Transport: b, Examiner: examiner, Now: time.Now})
	}
	if err != nil {
		t.Fatal(err)
	}
	entry := backend.Entry{Name: "prod-eu", Group: groupKubeconfig}
	b.errand = &errand{
		target:  target{entry: entry, plane: plane, gate: backend.NewGate(plane, entry), examiner: examiner, reached: "--context prod-eu"},
		process: Process{Now: time.Now, Err: &b.out}, sheet: sheet{to: &b.out}, ending: attend(life, b.signals), yes: true,
		typed: bufio.NewReader(strings.NewReader("")),
	}
	return b
}

// moves reassigns the secret, and gives what was printed.
func (b *bubble) moves() (string, int) {
	b.t.Helper()
	found, err := b.inspect(b.t.Context(), moving{name: "hook", from: "payments", to: "checkout"})
	defer found.Wipe()
	if err != nil {
		b.t.Fatal(err)
	}
	b.foretell(found)
	b.sheet.title("Steps")
	came := b.ended(b.walk(b.t.Context(), found.Change, found.Progress))
	text := strings.ReplaceAll(fingerprints.ReplaceAllString(b.out.String()+came.text+"\n", "fingerprint ..."), hookUID, "UID")
	if strings.Contains(text, "CANARY") {
		b.t.Error("the value is printed")
	}
	return text, came.code
}

func (b *bubble) has(mesh string) bool {
	b.t.Helper()
	found, err := b.plane.Get(b.t.Context(), model.Ref{Mesh: mesh, Name: "hook"})
	if err != nil && !errors.Is(err, backend.ErrNotFound) {
		b.t.Fatal(err)
	}
	return err == nil && found.Value.Equal(model.NewValue([]byte(movedValue)))
}

var asking = regexp.MustCompile(`(how they took it.*) \([0-9]+s\)`)

// With zones the steps take their time, and each zone has the secret in the end.
func TestWalkWithZones(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := bubbled(t, environment, nil, "dublin-1", "madrid-1", "paris-1")
				b.far.ZoneOffline("paris-1")
				time.Sleep(30 * time.Second)
				text, code := b.moves()
				if code != ExitDone || !b.has("checkout") || b.has("payments") {
					t.Errorf("exit %d", code)
				}
				for _, zone := range []string{"dublin-1", "madrid-1"} {
					if !b.far.ZoneHas(zone, "checkout", "hook", []byte(movedValue)) {
						t.Errorf("%s has lost it", zone)
					}
				}
				// A zone tells how it took something at the same moment at which it is asked.
				text = asking.ReplaceAllString(text, "$1 (some seconds)")
				sameText(t, filepath.Join("..", "..", "testdata", "texts", "reassign-zones-"+environment+".txt"), text)
			})
		})
	}
}

// Stopped before the zones were sent it once more, it says that they may lack it.
func TestWalkStoppedBeforeTheZones(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]string{
		embedded.EnvironmentUniversal: "hook is in checkout. Zones can lack it until this is finished. Stopped as asked. ",
		embedded.EnvironmentKubernetes: "hook is in no mesh; its value is in Secret meshsecrets-reassign-UID of kuma-system. " +
			"Zones can lack it until this is finished. Stopped as asked. ",
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				signals := make(chan os.Signal, 1)
				b := bubbled(t, environment, func(e embedded.Event) {
					if e.Deleted && e.Mesh == "payments" && e.Name == "hook" {
						signals <- os.Interrupt
					}
				}, "dublin-1")
				b.ending = attend(t.Context(), signals)
				want += "It goes on with: meshsecrets recover --finish --context prod-eu hook (or --take-back)\n"
				if text, code := b.moves(); code != ExitUnfinished || !strings.HasSuffix(text, want) {
					t.Errorf("exit %d, want it to end with %q:\n%s", code, want, text)
				}
			})
		})
	}
}

// A control plane that does not answer for a while is waited for; one that does
// not come back is told of, with where the value is.
func TestWalkThroughFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		environment string
		silent      time.Duration // from the deletion on
		code        int
		wants       []string
	}{
		"Universal, a moment": {embedded.EnvironmentUniversal, 2 * time.Second, ExitDone, []string{
			"! what came of deleting it from payments is not known: Reading payments/hook: no answer. Looking again in 1 s, attempt 2 of 33, for about 5 min.",
			"✓ deleted from payments, as is seen now\n", "hook is in checkout now"}},
		"Universal, for good": {embedded.EnvironmentUniversal, time.Hour, ExitUnfinished,
			[]string{"hook is in checkout. Whether it was deleted from payments is not known.", "It goes on with: meshsecrets recover --finish --context prod-eu hook\n"}},
		"a cluster, three minutes": {embedded.EnvironmentKubernetes, 3 * time.Minute, ExitDone, []string{"Trying again in 10 s", "hook is in checkout now"}},
		"a cluster, for good": {embedded.EnvironmentKubernetes, time.Hour, ExitUnfinished, []string{
			"Its value is in Secret meshsecrets-reassign-UID of kuma-system.", "It goes on with: meshsecrets recover --finish --context prod-eu hook (or --take-back)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var gone time.Time
				b := bubbled(t, tt.environment, func(e embedded.Event) {
					if e.Deleted && e.Mesh == "payments" && gone.IsZero() {
						gone = time.Now()
					}
				})
				b.fault = func(*http.Request) error {
					if !gone.IsZero() && time.Since(gone) < tt.silent {
						return errors.New("fake silence")
					}
					return nil
				}
				text, code := b.moves()
				if code != tt.code {
					t.Errorf("exit %d, want %d", code, tt.code)
				}
				for _, want := range tt.wants {
					if !strings.Contains(text, want) {
						t.Errorf("%q is not said:\n%s", want, text)
					}
				}
			})
		})
	}
}

// A mistake of the program in a step is told as one, with where the value is.
func TestWalkIntoAMistake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := bubbled(t, embedded.EnvironmentUniversal, nil)
		b.fault = func(r *http.Request) error {
			if r.Method == http.MethodDelete {
				panic("CANARY")
			}
			return nil
		}
		text, code := b.moves()
		if code != ExitMistake || !strings.Contains(text, " ✗ what came of deleting it from payments is not known\n"+
			"hook is in checkout. Whether it was deleted from payments is not known. The program made a mistake of its own in that step. It goes on with: ") {
			t.Errorf("exit %d\n%s", code, text)
		}
	})
}

// A step that goes well each time and is undone each time ends, and it is said.
func TestWalkWithoutAnEnd(t *testing.T) {
	t.Parallel()
	var w walk
	for range tooOften {
		w.at.Last = model.Untag
		w = w.counted(time.Second)
	}
	if got := w.why(); !w.endless() || got != "A step does not stay done: something undoes it each time." {
		t.Errorf("endless %v: %q", w.endless(), got)
	}
}

// Whoever alone holds a value does not stop because somebody asks to: it is put
// into a safety copy first.
func TestWalkOfTheLastHolder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var gone time.Time
		b := bubbled(t, embedded.EnvironmentKubernetes, func(e embedded.Event) {
			if e.Deleted && e.Mesh == "payments" {
				gone = time.Now()
			}
		})
		b.far.SetRule(func(w cluster.Write) error {
			if !gone.IsZero() && time.Since(gone) < time.Minute && w.Operation == cluster.Create && !w.DryRun {
				return embedded.DeniedByPolicy(w, "nothing is created now")
			}
			return nil
		})
		dropped := false
		b.fault = func(*http.Request) error {
			if !gone.IsZero() && !dropped {
				dropped = true
				b.signals <- os.Interrupt
				b.far.Cluster().Discard(cluster.Secrets, "kuma-system", "meshsecrets-reassign-"+hookUID)
			}
			return nil
		}
		text, code := b.moves()
		if code != ExitUnfinished || !strings.Contains(text, "the value is in this program alone") ||
			!strings.Contains(text, "hook is in no mesh; its value is in Secret meshsecrets-reassign-UID of kuma-system. Stopped as asked.") {
			t.Errorf("exit %d\n%s", code, text)
		}
		all, err := b.plane.Unfinished(t.Context())
		if err != nil || len(all) != 1 || time.Since(gone) < time.Minute {
			t.Errorf("%d unfinished, %v, after %v", len(all), err, time.Since(gone))
		}
	})
}
