package network

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"meshsecrets/model"
)

// maxReason bounds what is quoted of the other side, in runes.
const maxReason = 200

// Quote makes a text of the other side fit to be shown: on one line, without
// the values in flight, visible, and not longer than 200 runes.
func Quote(text string, hidden ...model.Value) string {
	text = model.Visible(model.Redact(strings.Join(strings.Fields(text), " "), hidden...))
	if runes := []rune(text); len(runes) > maxReason {
		return string(runes[:maxReason-1]) + "…"
	}
	return text
}

// Document says what kind of document something is, by its header and its
// first bytes.
func Document(header http.Header, start []byte) string {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case kind == "text/html", strings.HasPrefix(strings.TrimSpace(string(start)), "<"):
		return "a web page"
	case len(start) == 0:
		return "an empty answer"
	case kind == "" || kind == "application/json":
		return "something else"
	}
	return "an answer of another type"
}

// notHTTPS is what Go's servers, those of Kubernetes and of Kuma among them, say
// to plain http on a port for https.
const notHTTPS = "Client sent an HTTP request to an HTTPS server"

// ExpectsHTTPS tells by the start of an answer that it is a complaint about
// plain http.
func ExpectsHTTPS(start []byte) bool {
	return len(start) > 0 && strings.HasPrefix(notHTTPS, string(start[:min(len(start), maxStart)]))
}

// Redirected names where an answer sends its caller, without user, password
// and query.
func Redirected(header http.Header) string {
	if target, err := url.Parse(header.Get("Location")); err == nil && target.Host != "" {
		return target.Host
	}
	return "another address"
}

// Waiting reads Retry-After: seconds, or a date.
func Waiting(after string, now time.Time) string {
	seconds, err := strconv.Atoi(strings.TrimSpace(after))
	if date, dateErr := http.ParseTime(after); err != nil && dateErr == nil {
		seconds, err = int(date.Sub(now)/time.Second), nil
	}
	if err != nil || seconds <= 0 || seconds > 24*60*60 {
		return "it asks to wait"
	}
	return fmt.Sprintf("it asks to wait %d s", seconds)
}
