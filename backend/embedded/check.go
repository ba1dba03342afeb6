package embedded

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"meshsecrets/model"
)

// The texts of rules, as recorded. model.CheckName says the same to people.
const (
	reasonName      = "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
	reasonMeshName  = "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_', '.' symbols."
	reasonEmpty     = "cannot be empty"
	reasonLong      = "value length must less or equal 253"
	reasonShorter   = "the length of the name must be shorter"
	reasonMeshLong  = "cannot be longer than 63 characters"
	reasonSame      = "%s from the URL has to be the same as in body"
	reasonLabelMesh = "kuma.io/mesh label must not differ from mesh set on resource"
	reasonLabelZone = "kuma.io/zone label should have %s value"
	reasonLabelFrom = "the origin label must be set to 'global'"

	reasonKeyPart    = "%s must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
	reasonKeyPrefix  = "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
	reasonLabelValue = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
	reasonLabelLong  = "must be no more than 63 bytes"
)

const (
	maxName  = 253
	maxMesh  = 63
	maxLabel = 63
)

var (
	nameRule  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	meshRule  = regexp.MustCompile(`^[0-9a-z-_.]*$`)
	labelRule = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
)

// meta is the part of a body that all kinds share. The times are not used but
// have to parse.
type meta struct {
	Type     string            `json:"type"`
	Mesh     string            `json:"mesh"`
	Name     string            `json:"name"`
	Created  time.Time         `json:"creationTime"`
	Modified time.Time         `json:"modificationTime"`
	Labels   map[string]string `json:"labels"`
}

// checkMeta holds a body against the path it was sent to and against the rules
// for names and labels, in the control plane's own order.
func (c *ControlPlane) checkMeta(q request, m meta) []violation {
	var found []violation
	add := func(field, reason string) { found = append(found, violation{Field: field, Reason: reason}) }
	if m.Name != q.name {
		add("name", fmt.Sprintf(reasonSame, "name"))
	}
	if q.kind.inMesh && m.Mesh != q.mesh {
		add("mesh", fmt.Sprintf(reasonSame, "mesh"))
	}
	if m.Type != q.kind.name {
		add("type", fmt.Sprintf(reasonSame, "type"))
	}
	if reason := checkName(m.Name); reason != "" {
		add("name", reason)
	} else if q.kind.inMesh && c.federated() && !q.trusted && len(c.options.ZoneName)+1+len(m.Name) >= maxName {
		add("name", reasonShorter)
	}
	switch {
	case !q.kind.inMesh:
	case m.Mesh == "":
		add("mesh", reasonEmpty)
	case !meshRule.MatchString(m.Mesh):
		add("mesh", reasonMeshName)
	}
	return append(found, c.checkLabels(q, m.Labels)...)
}

func checkName(name string) string {
	switch {
	case name == "":
		return reasonEmpty
	case len(name) > maxName:
		return reasonLong
	case !nameRule.MatchString(name):
		return reasonName
	}
	return ""
}

func (c *ControlPlane) checkLabels(q request, labels map[string]string) []violation {
	var found []violation
	add := func(key, reason string) {
		found = append(found, violation{Field: labelField(key), Reason: reason})
	}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		for _, reason := range checkLabelKey(key) {
			add(key, reason)
		}
		if value := labels[key]; len(value) > maxLabel {
			add(key, reasonLabelLong)
		} else if value != "" && !labelRule.MatchString(value) {
			add(key, reasonLabelValue)
		}
	}
	if len(found) > 0 {
		return found
	}
	origin, hasOrigin := labels[model.LabelOrigin]
	switch {
	case !hasOrigin:
	case origin != originZone && origin != originGlobal:
		add(model.LabelOrigin, fmt.Sprintf("unknown resource origin %q", origin))
	case c.options.Mode == ModeGlobal && origin != originGlobal:
		add(model.LabelOrigin, reasonLabelFrom)
	}
	zone, hasZone := labels[model.LabelZone]
	if hasZone && c.options.Mode == ModeZone && origin != originGlobal && zone != c.options.ZoneName {
		add(model.LabelZone, fmt.Sprintf(reasonLabelZone, c.options.ZoneName))
	}
	if mesh, sent := labels[model.LabelMesh]; sent && q.kind.inMesh && mesh != q.mesh {
		add(model.LabelMesh, reasonLabelMesh)
	}
	return found
}

func labelField(key string) string { return fmt.Sprintf("labels[%q]", key) }

func checkLabelKey(key string) []string {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	var reasons []string
	if prefixed && (len(prefix) > maxName || !nameRule.MatchString(prefix)) {
		reasons = append(reasons, reasonKeyPrefix)
	}
	switch {
	case name == "":
		reasons = append(reasons, "name part must be non-empty")
	case len(name) > maxLabel:
		reasons = append(reasons, "name part "+reasonLabelLong)
	}
	if !labelRule.MatchString(name) {
		reasons = append(reasons, fmt.Sprintf(reasonKeyPart, "name part"))
	}
	return reasons
}

// The origins of objects.
const (
	originZone   = "zone"
	originGlobal = "global"
)

// computeLabels adds the labels that the control plane computes to those that
// were sent.
func (c *ControlPlane) computeLabels(q request, sent map[string]string) map[string]string {
	labels := maps.Clone(sent)
	if labels == nil {
		labels = map[string]string{}
	}
	if q.kind.inMesh {
		labels[model.LabelMesh] = q.mesh
	}
	if q.kind.global && c.federated() {
		labels[model.LabelOrigin] = originGlobal
	}
	if !q.kind.computed || c.options.Mode == ModeGlobal || labels[model.LabelOrigin] == originGlobal {
		return labels
	}
	labels[model.LabelOrigin] = originZone
	labels[model.LabelZone] = c.options.ZoneName
	labels[model.LabelEnv] = "universal"
	return labels
}

// ownLabels are those of what the control plane makes by itself: none, but on
// a zone that follows a global one it came from there.
func (c *ControlPlane) ownLabels() map[string]string {
	if !c.federated() {
		return nil
	}
	return map[string]string{model.LabelOrigin: originGlobal}
}

// checkImmutable tells which labels may not be changed or left out once they
// are there.
func checkImmutable(stored, sent map[string]string) []violation {
	var found []violation
	for _, key := range []string{model.LabelDisplayName, model.LabelOrigin, model.LabelZone} {
		was, had := stored[key]
		is, has := sent[key]
		switch {
		case !had || had && has && was == is:
		case !has:
			found = append(found, violation{Field: labelField(key), Reason: fmt.Sprintf("is immutable, cannot be removed (was %q)", was)})
		default:
			found = append(found, violation{Field: labelField(key), Reason: fmt.Sprintf("is immutable, cannot be changed from %q to %q", was, is)})
		}
	}
	return found
}
