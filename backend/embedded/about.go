package embedded

import (
	_ "embed" // the two documents below
	"encoding/json"
	"net/http"
)

// configuration is what a control plane of this kind answers to /config, as
// recorded; what the options say is filled in.
//
//go:embed config.json
var configuration []byte

// onKubernetes is what is different there.
//
//go:embed config-kubernetes.json
var onKubernetes []byte

// policyList is what it answers to /policies.
//
//go:embed policies.json
var policyList []byte

func (c *ControlPlane) index(request) reply {
	gui := "/gui"
	if c.federated() {
		gui = ""
	}
	about := map[string]string{
		"product":    c.options.Product,
		"version":    c.options.Version,
		"hostname":   "control-plane.test.invalid",
		"instanceId": c.id("instance")[:8],
		"clusterId":  c.id("cluster"),
		"gui":        gui,
	}
	if c.options.Product == ProductKongMesh {
		about["basedOnKuma"] = c.options.Version
	}
	return encoded(http.StatusOK, about)
}

func (c *ControlPlane) config(request) reply {
	var config map[string]any
	if err := json.Unmarshal(configuration, &config); err != nil {
		return refused(http.StatusInternalServerError, "Internal Server Error", "the configuration cannot be read")
	}
	if c.cluster != nil {
		var more map[string]any
		if err := json.Unmarshal(onKubernetes, &more); err != nil {
			return refused(http.StatusInternalServerError, "Internal Server Error", "the configuration cannot be read")
		}
		overlay(config, more)
		set(config, []string{c.ownUser().Name}, "runtime", "kubernetes", "allowedUsers")
	}
	config["mode"] = c.options.Mode
	set(config, c.options.ReadOnly, "apiServer", "readOnly")
	set(config, c.options.BasePath, "apiServer", "basePath")
	set(config, !c.options.NoLocalAdmin, "apiServer", "authn", "localhostIsAdmin")
	set(config, c.options.SystemNamespace, "store", "kubernetes", "systemNamespace")
	set(config, c.options.ZoneName, "multizone", "zone", "name")
	if c.federated() {
		set(config, c.options.GlobalAddress, "multizone", "zone", "globalAddress")
	}
	return encoded(http.StatusOK, config)
}

// set puts a setting into the configuration at the end of a path.
func set(config map[string]any, value any, path ...string) {
	last := len(path) - 1
	for _, step := range path[:last] {
		inner, is := config[step].(map[string]any)
		if !is {
			inner = map[string]any{}
			config[step] = inner
		}
		config = inner
	}
	config[path[last]] = value
}

// overlay puts settings over others.
func overlay(config, more map[string]any) {
	for name, value := range more {
		inner, is := value.(map[string]any)
		under, was := config[name].(map[string]any)
		if is && was {
			overlay(under, inner)
			continue
		}
		config[name] = value
	}
}

func (c *ControlPlane) whoAmI(q request) reply { return encoded(http.StatusOK, q.user) }

func (c *ControlPlane) policies(request) reply {
	return encoded(http.StatusOK, json.RawMessage(policyList))
}
