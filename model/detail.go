package model

import (
	"strconv"
	"strings"
)

// detail names the part of a resource in which a path stands, where it has
// several that are told apart: the listener of a MeshGateway, by its port and
// hostname.
func (d document) detail(path string) string {
	before, after, ok := strings.Cut(path, "conf.listeners[")
	if d.kind != KindMeshGateway || !ok {
		return ""
	}
	body := d.root
	if before != "" {
		body = objectAt(d.root, "spec")
	}
	number, _, _ := strings.Cut(after, "]")
	at, err := strconv.Atoi(number)
	listeners, _ := objectAt(body, "conf")["listeners"].([]any)
	if err != nil || at < 0 || at >= len(listeners) {
		return ""
	}
	listener, _ := listeners[at].(map[string]any)
	text := "listener " + CountWord(at+1)
	if port, is := listener["port"].(float64); is {
		text = "listener " + strconv.FormatFloat(port, 'f', -1, 64)
	}
	if host := textAt(listener, "hostname"); host != "" && host != "*" {
		text += " " + Cap(host, 64)
	}
	return text
}
