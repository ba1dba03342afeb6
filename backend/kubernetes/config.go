package kubernetes

import (
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // for kubeconfigs that log in by OpenID Connect
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Options says how this context is connected. It reads the files that the
// context names. Its error is a *backend.Error.
func (c Context) Options() (Options, error) {
	if c.Problem != "" {
		return Options{}, c.unusable(strings.ToLower(c.Problem[:1]) + strings.TrimSuffix(c.Problem[1:], "."))
	}
	config, err := c.config()
	if err != nil {
		return Options{}, err
	}
	o := c.overrides
	config.Timeout = o.Timeout
	if o.As != "" {
		config.Impersonate = rest.ImpersonationConfig{UserName: o.As, Groups: o.AsGroups}
	}
	if config.AuthProvider != nil {
		config.AuthConfigPersister = forgetful{}
	}
	if config.ExecProvider != nil {
		// The console has the terminal: a program that asks there would take
		// its keys. One that must ask is told so, and says so.
		config.ExecProvider.StdinUnavailable = true
		config.ExecProvider.StdinUnavailableMessage = "the console uses the terminal"
	}
	return Options{Name: c.Name, Config: config}, nil
}

func (c Context) config() (*rest.Config, error) {
	if c.files == nil {
		return c.overrides.Pod.config(), nil
	}
	for _, file := range c.named() {
		if err := checkFile(file.path); err != nil {
			return nil, c.unusable("its " + file.what + " " + model.Visible(file.path) + " " + wrong(err))
		}
	}
	// A copy, because what is made of it shares its parts; without access to
	// the files, so that nothing can be written to them.
	config, err := clientcmd.NewNonInteractiveClientConfig(*c.files.DeepCopy(), c.Name, nil, nil).ClientConfig()
	if err != nil {
		return nil, c.unusable("what the kubeconfig says of it does not go together")
	}
	withoutUserinfo(config)
	return config, nil
}

// withoutUserinfo takes a user and password out of the address, where they
// could end up in an error. They log in only where nothing else does, and are
// not sent over plain http at all.
func withoutUserinfo(config *rest.Config) {
	at, err := url.Parse(config.Host)
	if err != nil || at.User == nil {
		return
	}
	if password, _ := at.User.Password(); at.Scheme == "https" && !logsIn(config) {
		config.Username, config.Password = at.User.Username(), password
	}
	at.User = nil
	config.Host = at.String()
}

// logsIn tells whether a configuration has a way to log in that stands in the
// Authorization header.
func logsIn(config *rest.Config) bool {
	return config.Username != "" || config.BearerToken != "" || config.BearerTokenFile != "" ||
		config.ExecProvider != nil || config.AuthProvider != nil
}

type namedFile struct{ what, path string }

// named are the files that a context needs apart from the kubeconfig.
func (c Context) named() []namedFile {
	chosen := c.files.Contexts[c.Name]
	all := []namedFile{{"CA file", c.files.Clusters[chosen.Cluster].CertificateAuthority}}
	if user := c.files.AuthInfos[chosen.AuthInfo]; user != nil {
		all = append(all, namedFile{"client certificate", user.ClientCertificate},
			namedFile{"client key", user.ClientKey}, namedFile{"token file", user.TokenFile})
	}
	var named []namedFile
	for _, file := range all {
		if file.path != "" {
			named = append(named, file)
		}
	}
	return named
}

// checkFile opens a file without reading it.
func checkFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errIrregular
	}
	file, err := os.Open(path) //nolint:gosec // the path is the user's own choice
	if err != nil {
		return err
	}
	return file.Close()
}

func wrong(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by you"
	case errors.Is(err, errIrregular):
		return "is not a regular file"
	}
	return "cannot be read"
}

func (c Context) unusable(why string) error {
	return &backend.Error{Kind: backend.ErrInvalid, Op: "connecting", Address: c.Address, Reason: why,
		Hint: hintMend}
}

// forgetful keeps renewed logins in memory: client-go would write them into
// the kubeconfig.
type forgetful struct{}

// Persist writes nothing.
func (forgetful) Persist(map[string]string) error { return nil }

// context is the pod's own cluster, when this is a pod.
func (p Pod) context(o Overrides) (Context, bool) {
	if p.Host == "" || p.Port == "" || p.Account == "" || checkFile(filepath.Join(p.Account, "token")) != nil {
		return Context{}, false
	}
	return Context{Name: inCluster, Address: addressOf(p.config().Host), Current: true, overrides: o}, true
}

// config reads the token from its file at each use: it is renewed every hour.
func (p Pod) config() *rest.Config {
	return &rest.Config{
		Host:            "https://" + net.JoinHostPort(p.Host, p.Port),
		BearerTokenFile: filepath.Join(p.Account, "token"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: filepath.Join(p.Account, "ca.crt")},
	}
}
