package model

// lacks says which part of its CA a provided backend does not have where control
// planes read it. They want a source for each half, and take a secret, a file or
// the value itself.
func (b backend) lacks() string {
	if b.kind != "provided" {
		return ""
	}
	conf := objectAt(b.object, "conf")
	switch certificate, key := sourced(conf, "cert"), sourced(conf, "key"); {
	case certificate && key:
		return ""
	case certificate:
		return "key"
	case key:
		return "certificate"
	}
	return "CA"
}

// sourced tells whether a data source says where its value comes from.
func sourced(of map[string]any, key string) bool {
	source := objectAt(of, key)
	for _, from := range []string{"secret", "file", "inline", "inlineString"} {
		if textAt(source, from) != "" {
			return true
		}
	}
	return false
}

// eachUnset finds the backends that have no whole CA. broken tells that something
// fails by it: of the enabled one, and of every one that the control plane looks
// at when the mesh changes. by is the backend, with what it lacks for a role.
func (m Mesh) eachUnset(found func(b MTLSBackend, by Reference, broken bool)) {
	for _, b := range m.Backends {
		if b.Lacks == "" {
			continue
		}
		by := Reference{Kind: KindMesh, By: b.Name, Mesh: m.Name, Backend: b.Type, Role: b.Lacks, Enabled: b.Name != "" && b.Name == m.EnabledBackend}
		found(b, by, by.Enabled || by.checked(m.SkipsValidation))
	}
}

// whyUnset says after what a backend lacks why that is so.
func (b MTLSBackend) whyUnset() string {
	if b.Config {
		return `, as "config" stands where "conf" belongs and is not read`
	}
	return ""
}

// unset says what a backend lacks, and in a few words what comes of that.
func (r Reference) unset(why string, broken bool) string {
	text := r.resource() + " has no " + r.Role + why + ": "
	switch {
	case r.Enabled:
		return text + "nothing can be issued"
	case broken:
		return text + "it cannot be enabled, and changes of the mesh are refused"
	}
	return text + "it is not enabled, and could not issue certificates"
}

// ignores tells whether a backend carries "config" of which nothing else is said.
func (m Mesh) ignores() bool {
	told := false
	m.eachUnset(func(b MTLSBackend, _ Reference, _ bool) { told = told || b.Config })
	return m.UsesConfig && !told
}

// FaultLine says in one visible sentence, without a full stop, what is wrong with
// the CAs of the mesh's backends, "" when that is nothing; of the enabled one, if
// it is wrong. broken tells that something fails by it.
func (m Mesh) FaultLine() (text string, broken bool) {
	if m.ignores() {
		text = `"config" stands where "conf" belongs: control planes do not read it, so what it names is not used`
	}
	m.eachUnset(func(b MTLSBackend, by Reference, breaks bool) {
		if text == "" || by.Enabled {
			text, broken = by.unset(b.whyUnset(), breaks), breaks
		}
	})
	return text, broken
}
