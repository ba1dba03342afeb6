package kubernetes

import (
	"path/filepath"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"meshsecrets/model"
)

// Overrides is what the command line and the environment say of the clusters.
// Its zero value names no file, so that nothing of this machine is read.
type Overrides struct {
	Kubeconfig string // --kubeconfig: this file and no other
	Variable   string // KUBECONFIG: files, separated as in PATH
	Home       string // where .kube/config is looked for; "" for nowhere

	As       string        // whom to impersonate instead of the context's own choice
	AsGroups []string      // in which groups; needs As
	Timeout  time.Duration // of one request; 0 leaves it to the console

	Pod Pod
}

// Pod is what a pod is given to reach its own cluster.
type Pod struct {
	Host, Port string // KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT
	Account    string // the folder with the service account's token and CA
}

// inCluster is the name of the context that stands for a pod's own cluster.
const inCluster = "in-cluster"

// Contexts are the ways to clusters that the kubeconfig files give.
type Contexts struct {
	List []Context // in the order of the files; names are unique
	// Warnings say which of the files could not be read, a sentence each.
	Warnings []string
}

// Context is one context of the kubeconfig files, or a pod's own cluster.
type Context struct {
	Name       string
	Address    string // of the API server, without user and password
	Current    bool   // the files' own choice
	Unverified bool   // the check of the server's certificate is switched off
	LogsInBy   string // the program that is run to log in, without its folder; "" for none
	// Problem says why it cannot be used, a sentence, or "".
	Problem string

	overrides Overrides
	files     *api.Config // all of them, merged; never changed
}

// ReadContexts reads the files that kubectl would read: the one of
// --kubeconfig, or those of KUBECONFIG, or .kube/config in the home directory;
// within a pod and without any of them, the pod's own cluster. Of two files
// that name one thing the first holds. No file is ever written, and the files
// that a context names (certificates, keys, tokens) are not read before it is
// connected. The error is a *KubeconfigError and comes for --kubeconfig alone;
// other files are warned of.
func ReadContexts(o Overrides) (Contexts, error) {
	if o.Kubeconfig != "" {
		read, err := readKubeconfig(o.Kubeconfig)
		if err != nil {
			return Contexts{}, err
		}
		return contextsOf(o, read), nil
	}
	places := o.places()
	all, warnings, found := readFirst(places)
	if !found {
		warnings = append(warnings, o.nowhere(places)...)
		if context, inside := o.Pod.context(o); inside {
			return Contexts{List: []Context{context}, Warnings: warnings}, nil
		}
	}
	contexts := contextsOf(o, all)
	contexts.Warnings = warnings
	return contexts, nil
}

// places are the files to look for.
func (o Overrides) places() []string {
	var places []string
	for _, path := range filepath.SplitList(o.Variable) {
		if path != "" && !slices.Contains(places, path) {
			places = append(places, path)
		}
	}
	if o.Variable == "" && o.Home != "" {
		places = append(places, filepath.Join(o.Home, ".kube", "config"))
	}
	return places
}

// nowhere warns when files were named and none of them is there.
func (o Overrides) nowhere(places []string) []string {
	switch {
	case o.Variable == "" || len(places) == 0:
		return nil
	case len(places) == 1:
		return []string{"KUBECONFIG names " + model.Visible(places[0]) + ", and that file is not there."}
	}
	return []string{"None of the files that KUBECONFIG names exists."}
}

func contextsOf(o Overrides, read kubeconfig) Contexts {
	var all Contexts
	for _, name := range read.order {
		all.List = append(all.List, contextOf(o, read.config, name))
	}
	return all
}

func contextOf(o Overrides, files *api.Config, name string) Context {
	context := Context{Name: name, Current: name == files.CurrentContext, overrides: o, files: files}
	chosen := files.Contexts[name]
	cluster, hasCluster := files.Clusters[chosen.Cluster]
	if !hasCluster {
		context.Problem = "Its cluster " + model.Visible(chosen.Cluster) + " is not in the kubeconfig."
		return context
	}
	context.Address, context.Unverified = addressOf(cluster.Server), cluster.InsecureSkipTLSVerify
	if cluster.Server == "" {
		context.Address, context.Problem = "", "The kubeconfig gives its cluster no address."
		return context
	}
	user, hasUser := files.AuthInfos[chosen.AuthInfo]
	switch {
	case chosen.AuthInfo == "": // nobody: the cluster may let anonymous people in
	case !hasUser:
		context.Problem = "Its user " + model.Visible(chosen.AuthInfo) + " is not in the kubeconfig."
	case user.Exec != nil && user.Exec.Command != "":
		context.LogsInBy = filepath.Base(user.Exec.Command)
	case user.AuthProvider != nil && user.AuthProvider.Name != "oidc":
		context.Problem = "It logs in by " + model.Visible(user.AuthProvider.Name) + ", which is not known here."
	}
	return context
}

// addressOf is the part of a cluster's address that may be shown. An address
// that cannot be parsed may hold a password anywhere.
func addressOf(server string) string {
	base, _, err := rest.DefaultServerURL(server, "", schema.GroupVersion{}, true)
	if err != nil || base.Host == "" {
		return "an address that is not a URL"
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	if base.Path == "/" {
		base.Path = ""
	}
	return base.String()
}
