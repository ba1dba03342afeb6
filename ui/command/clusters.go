package command

import (
	"context"

	"meshsecrets/backend"
	"meshsecrets/backend/kubernetes"
)

// serviceAccount is where a pod finds what it logs in with.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// clusters says which kubeconfig files are read, and what the command line says
// against them.
func (f *flags) clusters(p Process) kubernetes.Overrides {
	return kubernetes.Overrides{
		Kubeconfig: f.kubeconfig, Variable: p.getenv("KUBECONFIG"), Home: p.Home,
		As: f.as, AsGroups: f.asGroups, Timeout: f.timeout,
		Pod: kubernetes.Pod{
			Host: p.getenv("KUBERNETES_SERVICE_HOST"), Port: p.getenv("KUBERNETES_SERVICE_PORT"),
			Account: serviceAccount,
		},
	}
}

// kubeconfig gives the contexts of the kubeconfig. Having none is nothing to
// warn of.
func (d *directory) kubeconfig() ([]backend.Entry, []string) {
	read, err := kubernetes.ReadContexts(d.clusters)
	if err != nil {
		return nil, []string{sentence(err.Error()) + ". Its contexts are left out until it is mended."}
	}
	var entries []backend.Entry
	for _, c := range read.List {
		entries = append(entries, d.cluster(c))
	}
	return entries, read.Warnings
}

// cluster is one context of the kubeconfig.
func (d *directory) cluster(c kubernetes.Context) backend.Entry {
	entry := backend.Entry{
		Name: c.Name, Group: groupKubeconfig, Environment: backend.Kubernetes, Address: c.Address,
		Unverified: c.Unverified, Current: c.Current, Note: c.Problem,
	}
	if c.LogsInBy != "" {
		entry.Note = "runs " + c.LogsInBy + " to log in"
	}
	entry.Connect = func(life context.Context) (backend.ControlPlane, error) {
		options, err := d.anew(c).Options()
		if err != nil {
			return nil, err
		}
		options.Namespace = d.flags.namespace
		return d.connectCluster(life, options)
	}
	return d.ruled(entry)
}

// anew is a context as its file has it now: it may have been mended since it was
// listed, or have another token. What goes elsewhere now, or runs a program that
// was not told of, is tried as it was: the list shows it first.
func (d *directory) anew(c kubernetes.Context) kubernetes.Context {
	read, err := kubernetes.ReadContexts(d.clusters)
	if err != nil {
		return c
	}
	for _, now := range read.List {
		sameWay := (now.Address == c.Address || c.Problem != "") && (now.LogsInBy == c.LogsInBy || now.LogsInBy == "")
		if now.Name == c.Name && sameWay {
			return now
		}
	}
	return c
}

// chosenContext is the entry of --context.
func (d *directory) chosenContext(name string) (*backend.Entry, error) {
	entries, warnings := d.kubeconfig()
	for i := range entries {
		if entries[i].Name == name {
			return &entries[i], nil
		}
	}
	switch {
	case len(entries) == 0 && len(warnings) == 0:
		return nil, refuse("No context is called %s: no kubeconfig was found, or there is none in it. Name one with --kubeconfig.", quotable(name))
	case len(entries) == 0:
		return nil, withWarnings(refuse("No context is called %s, as far as files could be read.", quotable(name)), warnings)
	}
	return nil, withWarnings(refuse("No context is called %s; there are: %s.", quotable(name),
		listed(entries, func(e backend.Entry) string { return e.Name })), warnings)
}

// connectCluster is connect for control planes on Kubernetes.
func (d *directory) connectCluster(life context.Context, o kubernetes.Options) (backend.ControlPlane, error) {
	o.Examiner, o.Now, o.LoginGuard, o.Host = d.examiner, d.process.Now, d.process.loginGuard(), d.process.Host
	return kubernetes.Connect(life, o)
}
