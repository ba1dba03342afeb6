package model

import (
	"slices"
	"strconv"
	"strings"
)

// Why control planes do not use what a policy names, within a sentence.
const (
	tlsOff      = "TLS is off"
	tlsThrough  = "TLS does not end there"
	notVerified = "the server is not verified"
)

// notUsed says why the value of what a policy names does not matter, and whether
// it need not even be there, for a place that is known.
//
// An ExternalService loads what it names before it looks whether TLS is on, and
// a MeshExternalService before it looks how it verifies: both lose their endpoints
// when that is missing, whatever is in it.
func (d document) notUsed(p place, at string) (why string, ignored bool) {
	switch p.kind {
	case KindExternalService:
		tls := objectAt(objectAt(d.body(at), "networking"), "tls")
		if on, _ := tls["enabled"].(bool); !on { // Universal leaves out what is false
			return tlsOff, false
		}
	case KindMeshExternalService:
		return notOriginated(objectAt(d.body(at), "tls"), p.role)
	case KindMeshGateway:
		listener, _ := d.listener(at)
		if textAt(objectAt(listener, "tls"), "mode") == "PASSTHROUGH" {
			return tlsThrough, true
		}
	case KindMesh, KindMeshIdentity, KindMeshOPA, KindOPAPolicy, KindGateway:
	}
	return "", false
}

// notOriginated is notUsed for the TLS of a MeshExternalService. There "enabled"
// is always written.
func notOriginated(tls map[string]any, role string) (why string, ignored bool) {
	if on, is := tls["enabled"].(bool); is && !on {
		return tlsOff, true
	}
	switch textAt(objectAt(tls, "verification"), "mode") {
	case "SkipAll":
		return notVerified, false // the client certificate is left out then too
	case "SkipCA":
		if role == "CA" {
			return notVerified, false
		}
	}
	return "", false
}

// body is where a path begins: the document, or its spec.
func (d document) body(at string) map[string]any {
	if strings.HasPrefix(at, "spec.") {
		return objectAt(d.root, "spec")
	}
	return d.root
}

// listener is that of a MeshGateway in which a path stands, and its number.
func (d document) listener(path string) (listener map[string]any, at int) {
	_, after, ok := strings.Cut(path, "conf.listeners[")
	if d.kind != KindMeshGateway || !ok {
		return nil, -1
	}
	number, _, _ := strings.Cut(after, "]")
	at, err := strconv.Atoi(number)
	listeners, _ := objectAt(d.body(path), "conf")["listeners"].([]any)
	if err != nil || at < 0 || at >= len(listeners) {
		return nil, -1
	}
	listener, _ = listeners[at].(map[string]any)
	return listener, at
}

// moot tells that nothing fails by what the value of the secret is.
func (r Reference) moot() bool { return r.Ignored || r.Unused != "" }

// unusedWords say why, after "it is".
func (r Reference) unusedWords() string {
	switch {
	case r.Unused == "":
		return notRead
	case r.Ignored:
		return "not used, as " + r.Unused
	}
	return "loaded and not used, as " + r.Unused
}

// uses tells whether the value is used now, as far as that is known: a guess may
// not mean the secret at all.
func (r Reference) uses() bool { return r.Enabled && !r.moot() && !r.Guessed }

// heeded tells whether somebody uses the value now, so that something fails when
// it will not do.
func (r *Row) heeded() bool { return slices.ContainsFunc(r.Users, Reference.uses) }
