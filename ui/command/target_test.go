package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Which control plane a command works on, when none is given: nobody is asked.
func TestChosen(t *testing.T) {
	t.Parallel()
	const one = "contexts:\n- {name: lab, context: {cluster: c, user: u}}\nclusters:\n- {name: c, cluster: {server: \"https://127.0.0.1:1\"}}\n" +
		"users:\n- {name: u, user: {token: fake-token}}\n"
	const two = "contexts:\n- {name: lab, context: {cluster: c, user: u}}\n- {name: prod, context: {cluster: c, user: u}}\nclusters:\n" +
		"- {name: c, cluster: {server: \"https://127.0.0.1:1\"}}\nusers:\n- {name: u, user: {token: fake-token}}\n"
	const which = "Which control plane is meant? Give it with --context, --control-plane or --server; there are: "
	for name, tt := range map[string]struct{ kubeconfig, kumactl, want string }{
		"none":                         {"", "", "No control plane is given, and none is configured. Give one with --context, --control-plane or --server, or try --demo."},
		"the only one":                 {one, "", "kubeconfig/lab"},
		"the current one":              {"current-context: prod\n" + two, "", "kubeconfig/prod"},
		"none of two is current":       {two, "", which + "kubernetes/lab, kubernetes/prod."},
		"the current one of kumactl":   {"", kumactl, "kumactl/local"},
		"two are current":              {"current-context: prod\n" + two, kumactl, which + "kubernetes/lab, kubernetes/prod, universal/demo, universal/local."},
		"the current one runs a login": {strings.Replace("current-context: lab\n"+two, "token: fake-token", "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: cloud-login}", 1), "", which + "kubernetes/lab, kubernetes/prod."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			if tt.kumactl != "" {
				home, _ = withKumactl(t, tt.kumactl)
			}
			if tt.kubeconfig != "" {
				withKubeconfig(t, home, tt.kubeconfig)
			}
			f := flags{}
			entry, err := f.chosen(directoryOf(t, home, f))
			got := ""
			switch {
			case err != nil:
				got = err.Error()
			case entry != nil:
				got = entry.Key()
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// The command that goes on names the same control plane, whatever is current by
// then.
func TestAgain(t *testing.T) {
	t.Parallel()
	lab := backend.Entry{Name: "lab one", Group: groupKubeconfig}
	for args, want := range map[string]string{
		"":                                      "--context 'lab one'",
		"--demo":                                "--demo",
		"--demo=kubernetes":                     "--demo=kubernetes",
		"--context prod -n kuma-system":         "--context prod --namespace kuma-system",
		"-n kuma-system --read-only":            "--namespace kuma-system --context 'lab one'",
		"--as jo --as-group ops --as-group a'b": `--as jo --as-group ops --as-group 'a'\''b' --context 'lab one'`,
		"--server https://cp.example.com --token-file /x --skip-verify --yes": "--server https://cp.example.com --token-file /x --skip-verify",
	} {
		var f flags
		c := &cobra.Command{}
		c.Flags().Bool("yes", false, "")
		f.defineReach(c.Flags())
		f.defineManner(c.Flags(), Process{})
		if err := c.ParseFlags(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		if got := again(c.Flags(), lab); got != want {
			t.Errorf("%q leads to %q, want %q", args, got, want)
		}
	}
	var f flags
	c := &cobra.Command{}
	f.defineReach(c.Flags())
	if got := again(c.Flags(), backend.Entry{Name: "local", Group: groupKumactl}); got != "--control-plane kumactl/local" {
		t.Errorf("kumactl's is reached by %q", got)
	}
}

// What did not work is told in sentences, and what is no error of ours is not
// quoted.
func TestBecause(t *testing.T) {
	t.Parallel()
	failed := &backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Ref: model.Ref{Mesh: "a", Name: "b"}}
	foreign := errors.New("CANARY")
	for want, err := range map[string]error{
		"Reading a/b: no answer.": failed,
		"A rule.":                 &model.Refusal{Text: "A rule."},
		"A rule. Putting it back did not work either. Reading a/b: no answer.": errors.Join(&model.Refusal{Text: "A rule."}, backend.ErrNotPutBack, failed),
		"The program made a mistake of its own in that step.":                  mistake,
		"It took too long.": fmt.Errorf("x: %w", context.DeadlineExceeded),
		"It was stopped.":   context.Canceled,
		"It did not work.":  errors.Join(foreign, foreign),
	} {
		if got := because(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
