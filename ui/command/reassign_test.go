package command

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

func (x *there) plane() (backend.ControlPlane, error) {
	f := flags{server: x.server.URL}
	if len(x.reach) > 1 && x.reach[0] == "--context" {
		f = flags{context: x.reach[1]}
	}
	p := process(x.home)
	d, err := newDirectory(p, f)
	if err != nil {
		return nil, err
	}
	entry, err := f.start(d)
	if err != nil {
		return nil, err
	}
	return entry.Connect(x.t.Context())
}

// scene is what happens around one or several commands, and where the secret is
// in the end.
type scene struct {
	name  string
	where string // "" for both environments
	setup func(*there)
	lines []string
	codes []int
	holds string // "payments" when empty
}

// shown leaves out what was found and is foretold, which is the same in all
// scenes, except where the scene is about that.
func (s scene) shown(text string) string {
	before, rest, _ := strings.Cut(text, "Checked\n")
	if _, after, stepped := strings.Cut(rest, "Steps\n"); stepped && s.name != "done" {
		return before + "...\nSteps\n" + after
	}
	return text
}

// trial tells whether a request changes nothing: a deletion says so in its body.
func trial(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err != nil || r.URL.Query().Has("dryRun") || r.Method == http.MethodDelete && bytes.Contains(body, []byte("All"))
}

// nudged does something when a request comes, before it is answered.
func nudged(method, end string, do func(*there)) func(*there) {
	return func(x *there) {
		x.asked = func(r *http.Request) int {
			if r.Method == method && strings.HasSuffix(r.URL.Path, end) && !trial(r) {
				x.asked = nil
				do(x)
			}
			return 0
		}
	}
}

// edits changes the secret, as somebody does.
func (x *there) edits() {
	plane, err := x.plane()
	if err != nil {
		x.t.Error(err)
		return
	}
	before, err := plane.Get(x.t.Context(), model.Ref{Mesh: "payments", Name: "hook"})
	if err != nil {
		x.t.Error(err)
		return
	}
	after := before.Clone()
	after.Value = model.NewValue([]byte("fake other"))
	if _, err := plane.Update(x.t.Context(), before, after); err != nil {
		x.t.Error(err)
	}
}

const move = "reassign hook --from payments --to checkout --yes"

// What comes of a reassign and of recovering one, in all the ways in which it can
// end: the texts stand in testdata/texts, to be read; that they are true is
// looked up here.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			var played sync.WaitGroup
			told := make([]string, len(scenes()))
			for n, s := range scenes() {
				if s.where == "" || s.where == environment {
					// Each has a control plane of its own. Some wait for a while and do
					// nothing meanwhile, so all are played at once.
					x := standing(t, environment)
					played.Go(func() { told[n] = x.play(s) })
				}
			}
			played.Wait()
			sameText(t, filepath.Join("..", "..", "testdata", "texts", "reassign-"+environment+".txt"), strings.Join(told, ""))
		})
	}
}

// play gives what was printed in a scene.
func (x *there) play(s scene) string {
	if s.setup != nil {
		s.setup(x)
	}
	told := "## " + s.name + "\n"
	for i, line := range s.lines {
		text, code := x.does(line)
		told += s.shown(text)
		if code != s.codes[i] {
			x.t.Errorf("%s: %s ends with %d, want %d:\n%s", s.name, line, code, s.codes[i], text)
		}
	}
	x.asked = nil
	if got := cmp.Or(x.holder(), "nowhere"); got != cmp.Or(s.holds, "payments") {
		x.t.Errorf("%s: in the end it is in %q, want %q", s.name, got, s.holds)
	}
	return told + "\n"
}

func scenes() []scene {
	const universal, kubernetes = embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes
	after := func(what string) func(*there) {
		return func(x *there) {
			x.changed = func(did string) {
				if did == what {
					x.changed = nil
					x.interrupt()
				}
			}
		}
	}
	refuse := func(rule embedded.AdmissionRule) func(*there) { return func(x *there) { x.far.SetRule(rule) } }
	refuseDelete := func(x *there) {
		x.far.SetRule(func(w cluster.Write) error {
			if w.Operation == cluster.Delete && !w.DryRun && w.Old.Meta.Name == "hook" {
				return embedded.DeniedByPolicy(w, "nothing is deleted here")
			}
			return nil
		})
		x.asked = func(r *http.Request) int {
			if r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/payments/secrets/hook") {
				return http.StatusForbidden
			}
			return 0
		}
	}
	unlabelled := func(x *there) {
		x.changed = func(what string) {
			if what != "gone from payments" {
				return
			}
			x.asked = func(r *http.Request) int {
				if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/secrets/hook") {
					return http.StatusForbidden
				}
				return 0
			}
		}
	}
	return []scene{
		{name: "done", lines: []string{move, "recover"}, codes: []int{0, 0}, holds: "checkout"},
		{name: "only looked", lines: []string{"reassign hook --from payments --to checkout --dry-run --read-only"}, codes: []int{0}},
		{name: "in use", lines: []string{"reassign psp --from payments --to checkout --dry-run", "reassign psp --from payments --to checkout --yes"}, codes: []int{1, 1}},
		{name: "nobody to ask", lines: []string{"reassign hook --from payments --to checkout", "recover --finish"}, codes: []int{3, 0}},
		{name: "read-only", lines: []string{move + " --read-only", "recover --finish --yes --read-only", "recover --read-only"}, codes: []int{3, 3, 0}},
		{name: "not there", lines: []string{"reassign nope --from payments --to checkout --yes", "reassign hook --from nope --to checkout --yes"}, codes: []int{1, 1}},
		{name: "no such mesh", lines: []string{"reassign hook --from payments --to nope --yes"}, codes: []int{1}},
		{name: "taken", where: universal, lines: []string{move}, codes: []int{1}, setup: func(x *there) {
			x.far.Seed(embedded.Secret{Mesh: "checkout", Name: "hook", Value: []byte("fake")})
		}},
		{name: "asked to stop before", lines: []string{move}, codes: []int{1}, setup: func(x *there) { x.signals <- os.Interrupt }},
		{name: "may not be deleted", lines: []string{move, "recover"}, codes: []int{1, 0}, setup: refuseDelete},
		{name: "not taken, put back", where: kubernetes, lines: []string{move, "recover"}, codes: []int{1, 0}, setup: refuse(refusing("checkout"))},
		{name: "held", where: kubernetes, lines: []string{move, "recover", "recover --finish --yes hook"}, codes: []int{4, 4, 4},
			setup: refuse(refusing("checkout", "payments")), holds: "unfinished 1"},
		{name: "stopped between, finished", where: kubernetes, lines: []string{move, move, "recover", "recover --finish --yes hook", "recover hook"},
			codes: []int{4, 4, 4, 0, 0}, setup: after("gone from payments"), holds: "checkout"},
		{name: "stopped between, taken back", where: kubernetes, lines: []string{move, "recover --take-back --yes", "recover --take-back --yes"},
			codes: []int{4, 0, 0}, setup: after("gone from payments")},
		{name: "stopped in both, finished", where: universal, lines: []string{move, move, "recover", "recover --finish --yes hook"},
			codes: []int{4, 4, 4, 0}, setup: after("made in checkout"), holds: "checkout"},
		{name: "stopped in both, taken back", where: universal, lines: []string{move, "recover --take-back --yes"},
			codes: []int{4, 0}, setup: after("made in checkout")},
		{name: "stopped before cleaning up", where: universal, lines: []string{move, move + " --dry-run", "recover", "recover --take-back --yes"},
			codes: []int{4, 4, 4, 0}, setup: after("gone from payments")},
		{name: "the new mesh goes in between", where: kubernetes, lines: []string{move, "recover", "recover --finish --yes", "recover --take-back --yes"},
			codes: []int{4, 4, 4, 0}, setup: func(x *there) {
				x.changed = func(what string) {
					if what == "gone from payments" {
						x.interrupt()
						x.changed = nil
						if err := x.far.Delete("/meshes/checkout"); err != nil {
							x.t.Error(err)
						}
					}
				}
			}},
		{name: "somebody has the name in between", where: kubernetes,
			lines: []string{move, "recover", "recover --finish --yes", "reassign hook --from checkout --to payments --dry-run", "recover --forget --yes hook"},
			codes: []int{4, 4, 4, 4, 0}, holds: "nowhere", setup: func(x *there) {
				x.changed = func(what string) {
					if what == "gone from payments" {
						x.changed = nil
						x.far.Seed(embedded.Secret{Mesh: "checkout", Name: "hook", Value: []byte("fake other")})
					}
				}
			}},
		{name: "changed before it is finished", where: universal,
			lines: []string{move, "recover", "recover --finish --yes", "recover --forget --yes hook"}, codes: []int{4, 4, 4, 0}, holds: "checkout", setup: func(x *there) {
				x.changed = func(string) {
					x.changed = nil
					x.interrupt()
					x.far.Seed(embedded.Secret{Mesh: "payments", Name: "hook", Value: []byte("fake other")})
				}
			}},
		{name: "what is no safety copy", where: kubernetes, lines: []string{"recover", "recover hook", "recover --take-back --yes"}, codes: []int{4, 4, 4},
			holds: "payments, unfinished 1", setup: func(x *there) {
				x.far.Seed(embedded.Secret{Name: "meshsecrets-reassign-0d4f", Type: "meshsecrets.io/reassign-v1", Value: []byte("fake")})
			}},
		{name: "its label may not be changed", where: universal, lines: []string{move, "recover"}, codes: []int{4, 4},
			holds: "checkout, tagged, unfinished 1", setup: unlabelled},
		{name: "its label may not be changed", where: kubernetes, lines: []string{move, "recover"}, codes: []int{0, 0},
			holds: "checkout, tagged", setup: unlabelled},
		{name: "only copied, taken back", where: kubernetes, lines: []string{move, "recover", "recover --take-back --yes", "recover"},
			codes: []int{4, 4, 0, 0}, setup: nudged(http.MethodPost, "/secrets", (*there).interrupt)},
		{name: "only copied, then changed, taken back", where: kubernetes, lines: []string{move, "recover", "recover --take-back --yes", "recover"},
			codes: []int{4, 4, 0, 0}, holds: "nowhere", setup: nudged(http.MethodPost, "/secrets", func(x *there) {
				x.interrupt()
				nudged(http.MethodGet, "/secrets", (*there).edits)(x)
			})},
		{name: "another run takes it back meanwhile", where: kubernetes, lines: []string{move, "recover"}, codes: []int{1, 0},
			setup: nudged(http.MethodDelete, "/secrets/hook", func(x *there) {
				if text, code := x.does("recover --take-back --yes"); code != ExitDone {
					x.t.Errorf("exit %d\n%s", code, text)
				}
			})},
		{name: "the safety copy goes after it was listed", where: kubernetes, lines: []string{move, "recover --finish --yes"}, codes: []int{4, 4},
			holds: "nowhere", setup: func(x *there) {
				const safe = "meshsecrets-reassign-" + hookUID
				x.changed = func(what string) {
					if what == "gone from payments" {
						x.interrupt()
						nudged(http.MethodGet, "/secrets", nudged(http.MethodGet, "/secrets/"+safe, func(x *there) {
							x.far.Cluster().Discard(cluster.Secrets, "kuma-system", safe)
						}))(x)
					}
				}
			}},
		{name: "nothing answers", lines: []string{move, "recover"}, codes: []int{3, 3}, setup: func(x *there) {
			x.asked = func(*http.Request) int { return http.StatusServiceUnavailable }
		}},
	}
}
