package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/backend/universal"
	"meshsecrets/model"
	"meshsecrets/ui/command/audit"
)

// The groups of the picker.
const (
	groupRun        = "this run"
	groupKubeconfig = "kubeconfig"
	groupKumactl    = "kumactl"
	groupBuiltIn    = "built in"
)

const demoName = "demo"

// directory is the control planes that can be chosen: the one of the command
// line, those of the kubeconfig and of the kumactl configuration, and the demo.
// Nothing is read before it is asked, and the demo is made when it is first
// connected.
type directory struct {
	flags    flags
	settings settings
	path     string               // of the kumactl configuration; "" when there is none
	clusters kubernetes.Overrides // which kubeconfig files, and what holds against them
	process  Process
	examiner model.Examiner
	demo     func() (*embedded.ControlPlane, error)
	audit    *audit.Log // of all that is changed in this run
}

func newDirectory(p Process, f flags) (*directory, error) {
	var key [32]byte
	random := p.Random
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return nil, refuse("This machine gives no random bytes, which fingerprints need.")
	}
	read, err := readSettings(p)
	if err != nil {
		return nil, err
	}
	d := &directory{flags: f, settings: read.against(f.set, f), process: p, examiner: model.NewExaminer(key), audit: newAudit(p)}
	makes := demo.NewWithClock
	if f.demo == demoKubernetes {
		makes = demo.NewKubernetesWithClock
	}
	d.demo = sync.OnceValues(func() (*embedded.ControlPlane, error) { return makes(p.Now) })
	if f.demo != "" {
		return d, nil
	}
	d.clusters = f.clusters(p)
	if f.kumactl != "" {
		d.path = f.kumactl
		if _, err := universal.ReadKumactl(d.path); err != nil {
			return nil, refuse("%s. Mend that, or name another one.", sentence(err.Error()))
		}
	} else if p.Home != "" {
		d.path = filepath.Join(p.Home, ".kumactl", "config")
	}
	if f.kubeconfig != "" {
		read, err := kubernetes.ReadContexts(d.clusters)
		switch {
		case err != nil:
			return nil, refuse("%s. Mend that, or name another one.", sentence(err.Error()))
		case len(read.List) == 0:
			return nil, refuse("The kubeconfig %s has no context in it. Name another one.", model.Visible(f.kubeconfig))
		}
	}
	return d, nil
}

// Entries reads the files that name control planes anew each time.
func (d *directory) Entries(context.Context) ([]backend.Entry, []string) {
	entries, warnings := d.read()
	return entries, append(warnings, d.strangers(entries)...)
}

// read is Entries with the warnings alone that tell what may be missing.
func (d *directory) read() ([]backend.Entry, []string) {
	var entries []backend.Entry
	if d.flags.server != "" {
		entries = append(entries, d.given())
	}
	contexts, warnings := d.kubeconfig()
	fromKumactl, more := d.kumactl()
	entries = append(append(entries, contexts...), fromKumactl...)
	return append(entries, d.builtIn()), append(warnings, more...)
}

// kumactl gives the contexts of the configuration. Having none is nothing to
// warn of.
func (d *directory) kumactl() ([]backend.Entry, []string) {
	if d.path == "" {
		return nil, nil
	}
	read, err := universal.ReadKumactl(d.path)
	if errors.Is(err, fs.ErrNotExist) && d.flags.kumactl == "" {
		return nil, nil
	}
	if err != nil {
		return nil, []string{sentence(err.Error()) + ". Its control planes are left out until it is mended."}
	}
	var entries []backend.Entry
	for _, c := range read.Contexts {
		entries = append(entries, d.context(c))
	}
	if read.Warning == "" {
		return entries, nil
	}
	return entries, []string{read.Warning}
}

// context is one context of the kumactl configuration.
func (d *directory) context(c universal.Context) backend.Entry {
	entry := backend.Entry{
		Name: c.Name, Group: groupKumactl, Environment: backend.Universal,
		Address:    universal.Address(c.Options.URL),
		Unverified: c.Options.SkipVerify, Current: c.Current, Note: c.Problem, Mesh: c.Mesh,
	}
	if c.Options.URL == "" {
		entry.Address = ""
	}
	entry.Connect = func(life context.Context) (backend.ControlPlane, error) {
		if c.Problem != "" {
			return nil, &backend.Error{Kind: backend.ErrInvalid, Op: "connecting",
				Reason: lower(strings.TrimSuffix(c.Problem, ".")), Hint: "Mend the kumactl configuration, then press ctrl+r."}
		}
		options := c.Options
		options.AllowPlaintextToken = d.flags.plaintext
		return d.connect(life, options)
	}
	return d.ruled(entry)
}

// given is the control plane of --server.
func (d *directory) given() backend.Entry {
	f := d.flags
	entry := backend.Entry{
		Name: "server", Group: groupRun, Environment: backend.Universal, Address: universal.Address(f.server),
		Unverified: f.skipVerify, Current: true,
	}
	entry.Connect = func(life context.Context) (backend.ControlPlane, error) {
		options := universal.Options{
			Name: entry.Name, URL: f.server, CAFile: f.caFile, ClientCertFile: f.clientCert, ClientKeyFile: f.clientKey,
			SkipVerify: f.skipVerify, AllowPlaintextToken: f.plaintext,
		}
		if f.tokenFile != "" {
			token, err := universal.ReadTokenFile(f.tokenFile)
			if err != nil {
				return nil, err
			}
			options.Token = token
		}
		return d.connect(life, options)
	}
	return d.ruled(entry)
}

// builtIn is the demo. It is spoken to like any other control plane, only
// without a network between.
func (d *directory) builtIn() backend.Entry {
	entry := backend.Entry{
		Name: demoName, Group: groupBuiltIn, Environment: backend.Universal,
		Address: "inside this program", Inside: true,
	}
	if d.flags.demo == demoKubernetes {
		entry.Environment = backend.Kubernetes
	}
	entry.Connect = func(life context.Context) (backend.ControlPlane, error) {
		plane, err := d.demo()
		if err != nil {
			return nil, err
		}
		if entry.Environment == backend.Kubernetes {
			return d.connectCluster(life, kubernetes.Options{Name: demoName, Transport: plane.KubernetesTransport()})
		}
		return d.connect(life, universal.Options{Name: demoName, URL: "http://127.0.0.1", Transport: plane.Transport()})
	}
	return d.ruled(entry)
}

// connect gives all control planes one examiner and one clock, so that their
// fingerprints compare.
func (d *directory) connect(life context.Context, o universal.Options) (backend.ControlPlane, error) {
	o.Examiner, o.Now = d.examiner, d.process.Now
	return universal.Connect(life, o)
}

// told is what tells a control plane from others of its name.
func told(e backend.Entry) string {
	if inFile(e) {
		return string(e.Environment) + "/" + e.Name
	}
	return e.Key()
}

func inFile(e backend.Entry) bool { return e.Group == groupKubeconfig || e.Group == groupKumactl }

// find picks the control plane of a name; of several with one name it wants
// the environment too, "kubernetes/prod", for those that stand in files, or the
// group, "kumactl/prod".
func find(entries []backend.Entry, name string) (*backend.Entry, error) {
	var found []backend.Entry
	for _, e := range entries {
		if e.Key() == name {
			return &e, nil
		}
		if called(e, name) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return nil, refuse("No control plane is called %s; there are: %s.", quotable(name),
			listed(entries, func(e backend.Entry) string { return e.Name }))
	case 1:
		return &found[0], nil
	}
	return nil, refuse("More than one control plane is called %s. Give one of these: %s.", quotable(name), listed(found, told))
}

// mostListed is how many characters of names are listed: together with what
// stands around them that is two lines.
const mostListed = 80

// listed are the names of what can be chosen, the first of them when there are
// many.
func listed(entries []backend.Entry, name func(backend.Entry) string) string {
	var names []string
	for _, e := range entries {
		names = append(names, model.Visible(name(e)))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	shown, size := 0, 0
	for _, n := range names {
		if size += len(n) + len(", "); size > mostListed && shown > 0 {
			return fmt.Sprintf("%s and %s more", strings.Join(names[:shown], ", "), model.CountWord(len(names)-shown))
		}
		shown++
	}
	return strings.Join(names, ", ")
}

// withWarnings adds why some control planes may not be there.
func withWarnings(err error, warnings []string) error {
	var f failure
	if errors.As(err, &f) && len(warnings) > 0 {
		f.text += "\n" + strings.Join(warnings, "\n")
		return f
	}
	return err
}

// sentence begins with a capital.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lower is a sentence as it stands within another one.
func lower(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}
