package command

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"meshsecrets/ui/command/config"
)

// flags are the console's. The commands that work on a control plane share
// those that say which one, and how it is reached.
type flags struct {
	demo         string // where the demo runs, "" for no demo
	kubeconfig   string
	context      string
	namespace    string
	as           string
	asGroups     []string
	timeoutText  string
	timeout      time.Duration // of one request to a cluster; 0 for the console's own
	controlPlane string
	server       string
	tokenFile    string
	caFile       string
	clientCert   string
	clientKey    string
	skipVerify   bool
	plaintext    bool
	kumactl      string
	mesh         string
	readOnly     bool
	ascii        bool
	noReveal     bool
	confirm      string // the name of a protected control plane, with --yes
	theme        string
	mouse        bool
	set          *pflag.FlagSet // what was given, once it is checked
}

// changed tells whether a flag was given.
func (f *flags) changed(name string) bool { return f.set != nil && f.set.Changed(name) }

// Where the demo can run.
const (
	demoUniversal  = "universal"
	demoKubernetes = "kubernetes"
)

// The flags that belong together: what is said of clusters goes neither with a
// server nor with the demo.
var (
	clusterFlags = []string{"kubeconfig", "context", "namespace", "as", "as-group", "request-timeout"}
	serverFlags  = []string{"token-file", "ca-file", "client-cert", "client-key", "skip-verify"}
	chosenFlags  = []string{"demo", "control-plane", "context", "server"}
)

// namespaceName is what a namespace can be called: a label of RFC 1123.
var namespaceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// define gives the console its flags.
func (f *flags) define(c *cobra.Command, p Process) {
	f.defineReach(c.Flags())
	c.Flags().StringVarP(&f.mesh, "mesh", "m", "", "begin with the mesh of this `name`")
	f.defineManner(c.Flags(), p)
	f.defineLooks(c.Flags())
}

// defineReach defines the flags that say which control plane is meant, and how
// it is reached.
func (f *flags) defineReach(set *pflag.FlagSet) {
	set.SortFlags = false
	set.StringVar(&f.demo, "demo", "", "open the demo's control plane, inside this program; --demo=kubernetes for one on Kubernetes``")
	set.Lookup("demo").NoOptDefVal = demoUniversal
	set.StringVar(&f.controlPlane, "control-plane", "", "open the control plane of this `name`")
	set.StringVar(&f.context, "context", "", "open the control plane in the cluster of this kubeconfig context, by its `name`")
	set.StringVarP(&f.namespace, "namespace", "n", "", "the control plane's `namespace` in its cluster; looked for when not given")
	set.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file`, instead of KUBECONFIG and ~/.kube/config")
	set.StringVar(&f.as, "as", "", "the `user` to impersonate in the cluster")
	set.StringArrayVar(&f.asGroups, "as-group", nil, "with --as: a `group` of that user; may be given more than once")
	set.StringVar(&f.timeoutText, "request-timeout", "", "the longest `time` for one request to a cluster, such as 20s")
	set.StringVar(&f.server, "server", "", "open the control plane at this `URL`")
	set.StringVar(&f.tokenFile, "token-file", "", "with --server: the `file` that holds the token to log in with")
	set.StringVar(&f.caFile, "ca-file", "", "with --server: the PEM `file` of authorities to trust instead of this machine's")
	set.StringVar(&f.clientCert, "client-cert", "", "with --server: the PEM `file` of the certificate to log in with")
	set.StringVar(&f.clientKey, "client-key", "", "with --server: the PEM `file` of its key")
	set.BoolVar(&f.skipVerify, "skip-verify", false, "with --server: do not check the server's certificate")
	set.BoolVar(&f.plaintext, "allow-plaintext-token", false, "let a token travel to another machine over plain http")
	set.StringVar(&f.kumactl, "kumactl-config", "", "the kumactl configuration `file`, instead of ~/.kumactl/config")
}

// defineManner defines the flags that say what may be done, and how it looks.
func (f *flags) defineManner(set *pflag.FlagSet, p Process) {
	set.BoolVar(&f.readOnly, "read-only", false, "nothing can be changed")
	set.BoolVar(&f.ascii, "ascii", !speaksUTF8(p.getenv), "draw with ASCII characters only; the default where the locale is not UTF-8")
}

// defineYes defines the flags by which what would be typed is taken for typed.
func (f *flags) defineYes(set *pflag.FlagSet, yes *bool) {
	set.BoolVar(yes, "yes", false, aboutYes)
	set.StringVar(&f.confirm, "confirm", "", "with --yes: the `name` of the control plane, which one that is protected asks for")
}

// defineLooks defines the flags that only the screens have. What is not given
// is as the configuration file has it.
func (f *flags) defineLooks(set *pflag.FlagSet) {
	f.defineNoReveal(set)
	set.StringVar(&f.theme, "theme", "", "the `name` of the colours: "+strings.Join(config.Themes(), ", "))
	set.BoolVar(&f.mouse, "mouse", false, "click to choose, and turn the wheel to move; text is then selected with shift held")
}

// defineNoReveal defines the flag by which no value is shown.
func (f *flags) defineNoReveal(set *pflag.FlagSet) {
	set.BoolVar(&f.noReveal, "no-reveal", false, "no value is shown or given away, by any key or command")
}

// check refuses flags that do not go together, and names that were given
// empty, as an unset variable of a script leaves them.
func (f *flags) check(c *cobra.Command) error {
	set := c.Flags()
	f.set = set
	if err := notEmpty(set); err != nil {
		return err
	}
	chosen, err := choice(set)
	if err != nil {
		return err
	}
	for _, name := range serverFlags {
		if set.Changed(name) && chosen != "server" {
			return refuse("--%s goes with --server. The configuration files have their own.", name)
		}
	}
	for _, name := range clusterFlags {
		if set.Changed(name) && (chosen == "server" || chosen == "demo") {
			return refuse("--%s is about clusters and does not go with --%s.", name, chosen)
		}
	}
	switch {
	case f.demo != "" && f.demo != demoUniversal && f.demo != demoKubernetes:
		return refuse("The demo is given as --demo or --demo=%s.", demoKubernetes)
	case f.demo != "" && set.Changed("kumactl-config"):
		return refuse("--demo has one control plane, its own, so --kumactl-config does not go with it.")
	case (f.clientCert == "") != (f.clientKey == ""):
		return refuse("--client-cert and --client-key go together. Give both, or neither.")
	case f.namespace != "" && !namespaceName.MatchString(f.namespace):
		return refuse("What is given to --namespace is not the name of a namespace. It looks like kuma-system.")
	case f.changed("theme") && !slices.Contains(config.Themes(), f.theme):
		return refuse("--theme is one of %s.", strings.Join(config.Themes(), ", "))
	case len(f.asGroups) > 0 && f.as == "":
		return refuse("--as-group goes with --as: a group alone cannot be impersonated.")
	}
	if f.timeout, err = duration(f.timeoutText); err != nil {
		return err
	}
	return f.checkServer()
}

// notEmpty refuses texts that were given, but empty.
func notEmpty(set *pflag.FlagSet) error {
	var empty string
	set.Visit(func(flag *pflag.Flag) {
		text := flag.Value.String()
		if empty == "" && (flag.Value.Type() == "string" && text == "" || text == "[]") {
			empty = flag.Name
		}
	})
	if empty != "" {
		return refuse("The flag --%s is given, but empty. Give it what it needs, or leave it out.", empty)
	}
	return nil
}

// choice is the flag that says which control plane to open, "" for none.
func choice(set *pflag.FlagSet) (string, error) {
	chosen := ""
	for _, name := range chosenFlags {
		if !set.Changed(name) {
			continue
		}
		if chosen != "" {
			return "", refuse("--%s and --%s both say which control plane to open. Give one of them.", chosen, name)
		}
		chosen = name
	}
	return chosen, nil
}

// duration reads a time as kubectl does: "20s", or seconds without a unit. 0 is
// no bound of its own.
func duration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 && seconds < 1<<20 {
		return time.Duration(seconds) * time.Second, nil
	}
	given, err := time.ParseDuration(text)
	if err != nil || given < 0 {
		return 0, refuse("What is given to --request-timeout is not a time. It looks like 20s.")
	}
	return given, nil
}

func (f *flags) checkServer() error {
	if f.server == "" {
		return nil
	}
	at, err := url.Parse(f.server)
	switch {
	case err != nil, !slices.Contains([]string{"http", "https"}, at.Scheme), at.Hostname() == "":
		return refuse("What is given to --server is not an address. It looks like https://cp.example.com:5682.")
	case at.User != nil, at.RawQuery != "", at.Fragment != "":
		return refuse("The address given to --server holds more than host, port and path: everybody on this machine could read a " +
			"password in it. Leave it out, and give --token-file or a client certificate.")
	}
	return nil
}
