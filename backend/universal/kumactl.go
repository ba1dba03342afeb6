package universal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"sigs.k8s.io/yaml"

	"meshsecrets/model"
)

// maxKumactl bounds kumactl's configuration, in bytes.
const maxKumactl = 1 << 20

// Kumactl is what kumactl's configuration says. It is never written.
type Kumactl struct {
	Contexts []Context
	// Warning is what is worth knowing about the file, a sentence, or "".
	Warning string
}

// Context is one way to a control plane: a context of the configuration, or a
// control plane that no context names.
type Context struct {
	Name         string
	ControlPlane string
	Mesh         string // the context's default mesh, or ""
	Options      Options
	Current      bool
	// Problem says why it cannot be used, a sentence, or "".
	Problem string
}

// KumactlError is a configuration that cannot be read. Its text names the file
// and the line, never the content: a token could stand anywhere in it.
type KumactlError struct {
	Path    string
	Problem string // "does not exist", "line 12 is not YAML"
	missing bool
}

// Error is one line.
func (k *KumactlError) Error() string {
	return "the kumactl configuration " + model.Visible(k.Path) + " cannot be read: " + k.Problem
}

// Is matches fs.ErrNotExist when there is no such file.
func (k *KumactlError) Is(target error) bool { return k.missing && target == fs.ErrNotExist }

// kumactlFile is the file's schema, as kumactl writes it.
type kumactlFile struct {
	ControlPlanes []struct {
		Name        string `json:"name"`
		Coordinates struct {
			APIServer kumactlServer `json:"apiServer"`
		} `json:"coordinates"`
	} `json:"controlPlanes"`
	Contexts []struct {
		Name         string `json:"name"`
		ControlPlane string `json:"controlPlane"`
		Defaults     struct {
			Mesh string `json:"mesh"`
		} `json:"defaults"`
	} `json:"contexts"`
	CurrentContext string `json:"currentContext"`
}

type kumactlServer struct {
	URL            string            `json:"url"`
	CACertFile     string            `json:"caCertFile"`
	ClientCertFile string            `json:"clientCertFile"`
	ClientKeyFile  string            `json:"clientKeyFile"`
	SkipVerify     bool              `json:"skipVerify"`
	AuthType       string            `json:"authType"`
	AuthConf       map[string]string `json:"authConf"`
	Headers        []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"headers"`
}

// ReadKumactl reads kumactl's configuration, at most 1 MiB of it. Errors are a
// *KumactlError. A context that cannot be used is listed with its problem.
func ReadKumactl(path string) (Kumactl, error) {
	content, mode, err := readFile(path, maxKumactl)
	if err != nil {
		return Kumactl{}, unreadableKumactl(path, err)
	}
	defer clear(content)
	var file kumactlFile
	if err := yaml.Unmarshal(content, &file); err != nil {
		return Kumactl{}, &KumactlError{Path: path, Problem: mistake(err)}
	}
	read := Kumactl{Contexts: file.entries()}
	if mode.Perm()&0o077 != 0 && file.credentials() {
		read.Warning = "Others on this machine can read the kumactl configuration, which holds a token. Take their rights away (mode 600)."
	}
	return read, nil
}

func unreadableKumactl(path string, err error) error {
	k := &KumactlError{Path: path, Problem: "the system does not let it be read"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		k.Problem, k.missing = "it does not exist", true
	case errors.Is(err, fs.ErrPermission):
		k.Problem = "you may not read it"
	case errors.Is(err, errTooLarge):
		k.Problem = "it is larger than 1 MiB"
	case errors.Is(err, errIrregular):
		k.Problem = "it is not a regular file"
	}
	return k
}

// line finds the line that a YAML error names; the rest of the error may quote
// the file.
var line = regexp.MustCompile(`line (\d+)`)

func mistake(err error) string {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return "its field " + model.Visible(wrongType.Field) + " is of a wrong type"
	}
	if found := line.FindStringSubmatch(err.Error()); found != nil {
		return "line " + found[1] + " is not YAML"
	}
	return "it is not the YAML that kumactl writes"
}

// entries gives the contexts in their order, then the control planes that no
// context names.
func (f kumactlFile) entries() []Context {
	var all []Context
	named := map[string]bool{}
	for _, c := range f.Contexts {
		named[c.ControlPlane] = true
		entry := Context{Name: c.Name, ControlPlane: c.ControlPlane, Mesh: c.Defaults.Mesh,
			Current: c.Name == f.CurrentContext}
		entry.Options, entry.Problem = f.find(c.ControlPlane)
		entry.Options.Name = c.Name
		all = append(all, entry)
	}
	for _, p := range f.ControlPlanes {
		if named[p.Name] {
			continue
		}
		entry := Context{Name: p.Name, ControlPlane: p.Name}
		entry.Options, entry.Problem = p.Coordinates.APIServer.options()
		entry.Options.Name = p.Name
		all = append(all, entry)
	}
	return all
}

func (f kumactlFile) find(name string) (Options, string) {
	for _, p := range f.ControlPlanes {
		if p.Name == name {
			return p.Coordinates.APIServer.options()
		}
	}
	return Options{}, fmt.Sprintf("Its control plane %s is not in the kumactl configuration.", model.Visible(name))
}

func (s kumactlServer) options() (Options, string) {
	o := Options{
		URL: s.URL, CAFile: s.CACertFile, ClientCertFile: s.ClientCertFile,
		ClientKeyFile: s.ClientKeyFile, SkipVerify: s.SkipVerify,
	}
	for _, h := range s.Headers {
		o.Headers = append(o.Headers, Header{Name: h.Key, Value: NewToken(h.Value)})
	}
	switch {
	case s.URL == "":
		return o, "The kumactl configuration gives it no address."
	case s.AuthType == "tokens":
		o.Token = NewToken(s.AuthConf["token"])
	case s.AuthType != "":
		return o, "It logs in by " + model.Visible(clip(s.AuthType)) + ", which is not known here."
	}
	return o, ""
}

// credentials tells whether the file itself lets somebody in.
func (f kumactlFile) credentials() bool {
	for _, p := range f.ControlPlanes {
		s := p.Coordinates.APIServer
		o, _ := s.options()
		a, err := parseAddress(s.URL)
		if len(s.AuthConf) > 0 || s.ClientKeyFile != "" || err == nil && carriesCredential(o, a) {
			return true
		}
	}
	return false
}
