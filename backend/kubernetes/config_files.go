package kubernetes

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"

	"meshsecrets/model"
)

// maxKubeconfig bounds each kubeconfig file, in bytes.
const maxKubeconfig = 1 << 20

// KubeconfigError is a kubeconfig that cannot be read. Its text names the file
// and the line, never the content: a token could stand anywhere in it.
type KubeconfigError struct {
	Path    string
	Problem string // "it does not exist", "line 12 is not YAML"
}

// Error is one line.
func (k *KubeconfigError) Error() string {
	return "the kubeconfig " + model.Visible(k.Path) + " cannot be read: " + k.Problem
}

// kubeconfig is one file, or several merged.
type kubeconfig struct {
	config *api.Config
	order  []string // the contexts' names, as they stand in the files
}

var errIrregular = errors.New("not a regular file")

// readFirst reads what is there of some files. Where two say something of one
// name, the first holds, as with kubectl. Found tells whether any was there.
func readFirst(paths []string) (all kubeconfig, warnings []string, found bool) {
	all.config = api.NewConfig()
	for _, path := range paths {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		found = true
		read, err := readKubeconfig(path)
		if err != nil {
			warnings = append(warnings, strings.ToUpper(err.Error()[:1])+err.Error()[1:]+". Its contexts are left out until it is mended.")
			continue
		}
		for _, name := range read.order {
			if _, there := all.config.Contexts[name]; !there {
				all.order = append(all.order, name)
			}
		}
		keepFirst(all.config.Contexts, read.config.Contexts)
		keepFirst(all.config.Clusters, read.config.Clusters)
		keepFirst(all.config.AuthInfos, read.config.AuthInfos)
		if all.config.CurrentContext == "" {
			all.config.CurrentContext = read.config.CurrentContext
		}
	}
	return all, warnings, found
}

func keepFirst[T any](into, from map[string]*T) {
	for name, entry := range from {
		if _, there := into[name]; !there {
			into[name] = entry
		}
	}
}

// readKubeconfig reads one file of at most 1 MiB. A device or pipe is refused
// before it is opened: opening one may block.
func readKubeconfig(path string) (kubeconfig, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return kubeconfig{}, unreadable(path, err)
	case !info.Mode().IsRegular():
		return kubeconfig{}, unreadable(path, errIrregular)
	case info.Size() > maxKubeconfig:
		return kubeconfig{}, &KubeconfigError{path, "it is larger than 1 MiB"}
	}
	content, err := os.ReadFile(path) //nolint:gosec // the path is the user's own choice
	if err != nil {
		return kubeconfig{}, unreadable(path, err)
	}
	defer clear(content)
	read, err := parse(path, content)
	if err != nil {
		return kubeconfig{}, &KubeconfigError{path, misread(err, content)}
	}
	return read, nil
}

// parse reads the text of a kubeconfig. Relative paths in it are relative to
// its folder.
func parse(path string, content []byte) (kubeconfig, error) {
	config, err := clientcmd.Load(content)
	if err != nil {
		return kubeconfig{}, err
	}
	for _, cluster := range config.Clusters {
		cluster.LocationOfOrigin = path
	}
	for _, user := range config.AuthInfos {
		user.LocationOfOrigin = path
	}
	if err := clientcmd.ResolveLocalPaths(config); err != nil {
		return kubeconfig{}, err
	}
	var names struct {
		Contexts []struct {
			Name string `json:"name"`
		} `json:"contexts"`
	}
	if err := yaml.Unmarshal(content, &names); err != nil {
		return kubeconfig{}, err
	}
	read := kubeconfig{config: config}
	for _, c := range names.Contexts {
		if _, known := config.Contexts[c.Name]; known {
			read.order = append(read.order, c.Name)
		}
	}
	return read, nil
}

func unreadable(path string, err error) error {
	k := &KubeconfigError{path, "the system does not let it be read"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		k.Problem = "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		k.Problem = "you may not read it"
	case errors.Is(err, errIrregular):
		k.Problem = "it is not a regular file"
	}
	return k
}

// atLine finds the line that a YAML error names; the rest of the error may
// quote the file.
var atLine = regexp.MustCompile(`line (\d+)`)

// twice finds the name that two entries have.
var twice = regexp.MustCompile(`duplicate name ("(?:[^"\\]|\\.)*")`)

func misread(err error, content []byte) string {
	text := err.Error()
	if found := twice.FindStringSubmatch(text); found != nil {
		if name, err := strconv.Unquote(found[1]); err == nil {
			return "two of its entries are called " + shortly(name)
		}
	}
	if found := atLine.FindStringSubmatch(text); found != nil {
		return "line " + found[1] + " is not YAML"
	}
	switch {
	case strings.Contains(text, "contains itself"):
		return "an alias in it contains itself"
	case strings.Contains(text, "excessive aliasing"):
		return "its aliases make it too large"
	case strings.Contains(text, "illegal base64"):
		if field := notBase64(content); field != "" {
			return field + " is not in base64"
		}
	}
	return "it is not the YAML of a kubeconfig"
}

// embeddedData are the parts of a kubeconfig that hold files, in base64.
type embeddedData struct {
	Clusters []struct {
		Name    string `json:"name"`
		Cluster struct {
			CA string `json:"certificate-authority-data"`
		} `json:"cluster"`
	} `json:"clusters"`
	Users []struct {
		Name string `json:"name"`
		User struct {
			Certificate string `json:"client-certificate-data"`
			Key         string `json:"client-key-data"`
		} `json:"user"`
	} `json:"users"`
}

// notBase64 names the first field that should hold a file and does not, "" when
// there is none.
func notBase64(content []byte) string {
	var all embeddedData
	if yaml.Unmarshal(content, &all) != nil {
		return ""
	}
	broken := func(text string) bool {
		_, err := base64.StdEncoding.DecodeString(text)
		return err != nil
	}
	for _, c := range all.Clusters {
		if broken(c.Cluster.CA) {
			return "certificate-authority-data of the cluster " + shortly(c.Name)
		}
	}
	for _, u := range all.Users {
		switch {
		case broken(u.User.Certificate):
			return "client-certificate-data of the user " + shortly(u.Name)
		case broken(u.User.Key):
			return "client-key-data of the user " + shortly(u.Name)
		}
	}
	return ""
}

// shortly is a name of the file as it may be quoted: not at any length.
func shortly(name string) string {
	if runes := []rune(name); len(runes) > 64 {
		name = string(runes[:63]) + "…"
	}
	return model.Visible(name)
}
