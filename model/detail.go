package model

import (
	"strconv"
)

// detail names the part of a resource in which a path stands, where it has
// several that are told apart: the listener of a MeshGateway, by its port and
// hostname.
func (d document) detail(path string) string {
	listener, at := d.listener(path)
	if at < 0 {
		return ""
	}
	text := "listener " + CountWord(at+1)
	if port, is := listener["port"].(float64); is {
		text = "listener " + strconv.FormatFloat(port, 'f', -1, 64)
	}
	if host := textAt(listener, "hostname"); host != "" && host != "*" {
		text += " " + Cap(host, 64)
	}
	return text
}
