package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// secret is given where it does not belong, and must not come back.
const secret = "eyJhbGciOiJSUzI1NiJ9.CANARY-not-a-real-token.c2ln"

// try runs the program without a terminal.
func try(t *testing.T, home string, args ...string) (code int, out, err string) {
	t.Helper()
	null, openErr := os.Open(os.DevNull)
	if openErr != nil {
		t.Fatal(openErr)
	}
	defer func() { _ = null.Close() }()
	printed, createErr := os.Create(filepath.Join(t.TempDir(), "out"))
	if createErr != nil {
		t.Fatal(createErr)
	}
	defer func() { _ = printed.Close() }()
	var said bytes.Buffer
	code = Main(context.Background(), Process{
		Args: args, In: null, Out: printed, Err: &said, Home: home,
		Environ: []string{"LANG=C.UTF-8"}, Now: func() time.Time { return at },
	})
	content, readErr := os.ReadFile(printed.Name())
	if readErr != nil {
		t.Fatal(readErr)
	}
	return code, string(content), said.String()
}

const kumactl = `contexts:
- {name: local, controlPlane: local-cp}
- {name: demo, controlPlane: other}
controlPlanes:
- {name: local-cp, coordinates: {apiServer: {url: "http://localhost:5681"}}}
- {name: other, coordinates: {apiServer: {url: "https://user:` + secret + `@cp.example.com:5682"}}}
currentContext: local
`

func withKumactl(t *testing.T, content string) (home, path string) {
	t.Helper()
	home = t.TempDir()
	path = filepath.Join(home, ".kumactl", "config")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return home, path
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	home, _ := withKumactl(t, kumactl)
	const help = " meshsecrets --help shows how it goes.\n"
	tests := []struct{ args, want string }{
		{"--demo", "meshsecrets needs a terminal. The commands that work without one: meshsecrets --help\n"},
		{"", "meshsecrets needs a terminal. The commands that work without one: meshsecrets --help\n"},
		{"--token=" + secret, "There is no flag --token: everybody on this machine could read what is given to it. A token is read from a file: --token-file.\n"},
		{"--nope", "There is no flag --nope." + help},
		{"--" + secret, "One of the flags is not known." + help},
		{"-x" + secret, "One of the flags is not known." + help},
		{"--read-only=" + secret, "The flag --read-only is on or off, and takes nothing after it." + help},
		{"--=" + secret, "One of the flags is not understood." + help},
		{"--mesh", "The flag --mesh needs something after it." + help},
		{"--mesh=", "The flag --mesh is given, but empty. Give it what it needs, or leave it out.\n"},
		{"versio", "There is no such command. Is version meant?" + help},
		{secret, "There is no such command; there are completion, create, delete, edit, get, list, man, problems, reassign, recover, serve-demo, version." + help},
		{"help " + secret, "There is no such command; there are completion, create, delete, edit, get, list, man, problems, reassign, recover, serve-demo, version." + help},
		{"version " + secret, "meshsecrets version takes nothing but flags." + help},
		{"--demo --server http://localhost:1", "--demo and --server both say which control plane to open. Give one of them.\n"},
		{"--control-plane local --demo", "--demo and --control-plane both say which control plane to open. Give one of them.\n"},
		{"--ca-file ca.pem", "--ca-file goes with --server. The configuration files have their own.\n"},
		{"--demo=docker", "The demo is given as --demo or --demo=kubernetes.\n"},
		{"--demo=", "The flag --demo is given, but empty. Give it what it needs, or leave it out.\n"},
		{"--demo --context lab", "--demo and --context both say which control plane to open. Give one of them.\n"},
		{"--server http://localhost:1 --context lab", "--context and --server both say which control plane to open. Give one of them.\n"},
		{"--control-plane local --context lab", "--control-plane and --context both say which control plane to open. Give one of them.\n"},
		{"--server http://localhost:1 -n kuma-system", "--namespace is about clusters and does not go with --server.\n"},
		{"--server http://localhost:1 --kubeconfig x", "--kubeconfig is about clusters and does not go with --server.\n"},
		{"--demo=kubernetes --as jo", "--as is about clusters and does not go with --demo.\n"},
		{"--as-group ops", "--as-group goes with --as: a group alone cannot be impersonated.\n"},
		{"--as-group=", "The flag --as-group is given, but empty. Give it what it needs, or leave it out.\n"},
		{"--namespace=", "The flag --namespace is given, but empty. Give it what it needs, or leave it out.\n"},
		{"-n Kuma/System", "What is given to --namespace is not the name of a namespace. It looks like kuma-system.\n"},
		{"--request-timeout soon", "What is given to --request-timeout is not a time. It looks like 20s.\n"},
		{"--request-timeout -1s", "What is given to --request-timeout is not a time. It looks like 20s.\n"},
		{"--kubeconfig /nowhere/config", "The kubeconfig /nowhere/config cannot be read: it does not exist. Mend that, or name another one.\n"},
		{"--context lab", "No context is called lab: no kubeconfig was found, or there is none in it. Name one with --kubeconfig.\n"},
		{"--demo --kumactl-config x", "--demo has one control plane, its own, so --kumactl-config does not go with it.\n"},
		{"--server http://localhost:1 --client-key key.pem", "--client-cert and --client-key go together. Give both, or neither.\n"},
		{"--server localhost:5681", "What is given to --server is not an address. It looks like https://cp.example.com:5682.\n"},
		{"--server https://u:" + secret + "@cp", "The address given to --server holds more than host, port and path: everybody on this machine could read a password in it. " +
			"Leave it out, and give --token-file or a client certificate.\n"},
		{"--control-plane nope", "No control plane is called nope; there are: demo, local.\n"},
		{"--control-plane " + secret, "No control plane is called that; there are: demo, local.\n"},
		{"--control-plane demo", "More than one control plane is called demo. Give one of these: built in/demo, universal/demo.\n"},
		{"--control-plane kumactl/demo", "meshsecrets needs a terminal. The commands that work without one: meshsecrets --help\n"},
		{"--kumactl-config /nowhere/config", "The kumactl configuration /nowhere/config cannot be read: it does not exist. Mend that, or name another one.\n"},
		{"serve-demo --listen 0.0.0.0:5691", "serve-demo listens on this machine only, because whoever reaches it is admin. Give an address like 127.0.0.1:5691.\n"},
		{"serve-demo --listen cp.example.com:1", "serve-demo listens on this machine only, because whoever reaches it is admin. Give an address like 127.0.0.1:5691.\n"},
		{"serve-demo --listen :5691", "serve-demo listens on this machine only, because whoever reaches it is admin. Give an address like 127.0.0.1:5691.\n"},
		{"reassign", "reassign takes the name of one secret. meshsecrets reassign --help shows how it goes.\n"},
		{"reassign hook hook --from a --to b", "reassign takes the name of one secret. meshsecrets reassign --help shows how it goes.\n"},
		{"reassign " + secret + " --from a --to b", "What is given to reassign is not the name of a secret: lower-case letters, digits, \"-\" and \".\". Nothing was done.\n"},
		{"reassign hook", "reassign needs --from, the mesh that the secret is in. meshsecrets reassign --help shows how it goes.\n"},
		{"reassign hook --from a", "reassign needs --to, the mesh that the secret is to be in. meshsecrets reassign --help shows how it goes.\n"},
		{"reassign hook --from a --to=", "The flag --to is given, but empty. Give it what it needs, or leave it out.\n"},
		{"reassign hook --from a --to " + secret, "What is given to --from or --to is not the name of a mesh: lower-case letters, digits, \"-\" and \".\". Nothing was done.\n"},
		{"reassign hook --from a --to a", "--from and --to name the same mesh. Nothing was done.\n"},
		{"reassign hook --from a --to b --nope", "There is no flag --nope. meshsecrets reassign --help shows how it goes.\n"},
		{"reassign hook --from a --to b --token x", "There is no flag --token: everybody on this machine could read what is given to it. A token is read from a file: --token-file.\n"},
		{"reassign hook --from a --to b --demo --dry-run --context lab", "--demo and --context both say which control plane to open. Give one of them.\n"},
		{"reassign hook --from a --to b --dry-run --control-plane nope", "No control plane is called nope; there are: demo, local.\n"},
		{"recover one two", "recover takes the name of one secret. meshsecrets recover --help shows how it goes.\n"},
		{"recover " + secret, "What is given to recover is not the name of a secret: lower-case letters, digits, \"-\" and \".\". Nothing was done.\n"},
		{"recover --finish --take-back", "--finish and --take-back are two ways. Give one of them.\n"},
		{"recover --yes", "--yes goes with --finish, --take-back or --forget. Alone, recover only looks.\n"},
		{"recover --forget", "--forget needs the NAME of the one to forget: it may end the last holder of a value.\n"},
		{"recover --forget --finish hook", "--forget moves nothing, so it goes neither with --finish nor with --take-back.\n"},
		{"recover --server https://u:" + secret + "@cp", "The address given to --server holds more than host, port and path: everybody on this machine could read a password in it. " +
			"Leave it out, and give --token-file or a client certificate.\n"},
		{"list " + secret, "meshsecrets list takes nothing but flags." + help},
		{"list -o xml", "What is printed is chosen with -o text, -o json, -o yaml or -o name. meshsecrets list --help shows how it goes.\n"},
		{"list --mesh payments --global --demo", "--mesh and --global are two places: a global secret is in no mesh. Give one of them.\n"},
		{"list --mesh Not/one --demo", "What is given to --mesh is not the name of a mesh: lower-case letters, digits, \"-\" and \".\".\n"},
		{"list --filter= --demo", "The flag --filter is given, but empty. Give it what it needs, or leave it out.\n"},
		{"list --filter expires:soon --demo", "What is given to --filter cannot be read: expires: takes <30d, >1y (m, h, d, y), now, never.\n"},
		{"list --filter " + secret + ":x --demo", "What is given to --filter cannot be read: only kind:, used:, mesh:, expires: and has: are facets.\n"},
		{"list --filter kind:ca --no-facts --demo", "What is given to --filter goes by what values are, so --no-facts has to go. meshsecrets list --help shows how it goes.\n"},
		{"list --demo --mesh nope", "demo has no mesh nope.\n"},
		{"get", "get takes the name of one secret. meshsecrets get --help shows how it goes.\n"},
		{"get " + secret + " --global", "What is given to get is not the name of a secret: lower-case letters, digits, \"-\" and \".\". Nothing was done.\n"},
		{"get hook", "get needs --mesh, the mesh that the secret is in, or --global. meshsecrets get --help shows how it goes.\n"},
		{"get hook --global -o raw", "-o raw prints the value and nothing else, so it needs --reveal.\n"},
		{"get hook --global --form kubernetes", "--form is about manifests. Give -o manifest with it.\n"},
		{"get hook --global --form helm", "The form of a manifest is --form universal or --form kubernetes.\n"},
		{"create", "create needs the name of a secret, or a manifest with -f. meshsecrets create --help shows how it goes.\n"},
		{"create hook --global", "create needs --from-file, the file that holds the value, or - for standard input. meshsecrets create --help shows how it goes.\n"},
		{"create hook --from-file x", "create needs --mesh, the mesh that the secret is in, or --global. meshsecrets create --help shows how it goes.\n"},
		{"create hook -f x", "A manifest says itself what its secrets are called and where they are: -f goes neither with a name nor with --mesh, --global or --from-file.\n"},
		{"create -f x --global", "A manifest says itself what its secrets are called and where they are: -f goes neither with a name nor with --mesh, --global or --from-file.\n"},
		{"create hook --global --value " + secret, "There is no flag --value: everybody on this machine could read what is given to it. A value is read from a file or from standard input: --from-file.\n"},
		{"create hook --global --from-file /nowhere/x", "There is no file /nowhere/x. Nothing was done.\n"},
		{"create hook --global --from-file /", "/ is a folder. Give --from-file a file in it.\n"},
		{"create -f /dev/zero", "/dev/zero is neither a file nor a pipe. Give -f one of them.\n"},
		{"edit hook --global", "edit opens your editor in a terminal, and there is none here: give --from-file, the file that holds the new value, or - for standard input. meshsecrets edit --help shows how it goes.\n"},
		{"edit hook --from-file x", "edit needs --mesh, the mesh that the secret is in, or --global. meshsecrets edit --help shows how it goes.\n"},
		{"delete --global", "delete takes the names of secrets. meshsecrets delete --help shows how it goes.\n"},
		{"delete hook " + secret + " --global", "What is given to delete is not the name of a secret: lower-case letters, digits, \"-\" and \".\". Nothing was done.\n"},
		{"delete hook hook --global", "One of the names given to delete stands there twice. Nothing was done.\n"},
		{"delete hook --global --demo", "This asks for words to be typed, and there is no terminal. Nothing was done; --yes goes on without asking, --dry-run only looks.\n"},
		{"completion", "completion takes the name of a shell: bash, zsh, fish, powershell. meshsecrets completion --help shows how it goes.\n"},
		{"completion " + secret, "completion takes the name of a shell: bash, zsh, fish, powershell. meshsecrets completion --help shows how it goes.\n"},
		{"man", "man takes the folder to write to. meshsecrets man --help shows how it goes.\n"},
		{"man /nowhere", "/nowhere/meshsecrets.1 cannot be written. Give a folder that exists and that you may write to.\n"},
		{"serve-demo --listen 5691", "What is given to --listen is not an address. It looks like 127.0.0.1:5691.\n"},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.args, "/", "_"), func(t *testing.T) {
			t.Parallel()
			code, out, err := try(t, home, strings.Fields(tt.args)...)
			if code != ExitUsage || err != tt.want || out != "" {
				t.Errorf("exit code %d, want %d\nsaid    %q\nwant    %q\nprinted %q", code, ExitUsage, err, tt.want, out)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--help":          "  meshsecrets --demo\n",
		"help":            "  3  wrong usage, no terminal, or a file or address that cannot be used\n",
		"help serve-demo": "Serve the demo's control plane on a port of this machine\n",
		"version":         "meshsecrets ",
		"help reassign":   "  4  unfinished: what is printed says where the value is, and how it goes on\n",
		"recover --help":  "Lists the reassigns that were begun and not finished",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			code, out, err := try(t, t.TempDir(), strings.Fields(args)...)
			if code != ExitDone || err != "" || !strings.Contains(out, want) {
				t.Errorf("exit code %d, said %q, printed %q; want %q in it", code, err, out, want)
			}
		})
	}
}

// What is given to a flag is seen by everybody on the machine.
func TestNoFlagTakesASecret(t *testing.T) {
	t.Parallel()
	root := newRoot(Process{})
	for _, c := range append(root.Commands(), root) {
		for _, name := range secretFlags {
			if c.Flags().Lookup(name) != nil {
				t.Errorf("%s has a flag --%s", c.Name(), name)
			}
		}
	}
}

func TestSpeaksUTF8(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		want    bool
	}{
		{"by language", []string{"LANG=en_GB.UTF-8"}, true},
		{"written without a dash", []string{"LANG=de_DE.utf8"}, true},
		{"not", []string{"LANG=en_US.ISO-8859-1"}, false},
		{"the C locale", []string{"LANG=C"}, false},
		{"characters before language", []string{"LANG=C", "LC_CTYPE=C.UTF-8"}, true},
		{"all before characters", []string{"LC_ALL=POSIX", "LC_CTYPE=C.UTF-8", "LANG=C.UTF-8"}, false},
		{"an empty one does not count", []string{"LC_ALL=", "LANG=C.UTF-8"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := speaksUTF8(Process{Environ: tt.environ}.getenv); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
