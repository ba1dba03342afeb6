package embedded

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// Transport reaches the control plane without a network. The caller counts as
// one on this machine, so as admin, unless it sends what a proxy or browser
// would (X-Forwarded-For, a foreign Origin). It answers at once or not at all:
// a context that is done ends the call.
func (c *ControlPlane) Transport() http.RoundTripper { return transport{c} }

type transport struct{ plane *ControlPlane }

// RoundTrip answers a request.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RemoteAddr = "127.0.0.1:0"
	if in.Host == "" {
		in.Host = in.URL.Host
	}
	if !loopback(in.Host) {
		in.Host = "localhost"
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	answer := t.plane.answer(in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return answer.response(r), nil
}

// response is the answer as a client gets it from a network.
func (p reply) response(to *http.Request) *http.Response {
	header := http.Header{"Content-Type": {p.kind}, "Content-Length": {strconv.Itoa(len(p.body))}}
	if p.allow != "" {
		header.Set("Allow", p.allow)
	}
	body := p.body
	if to.Method == http.MethodHead {
		body = nil
	}
	return &http.Response{
		Status:        strconv.Itoa(p.status) + " " + http.StatusText(p.status),
		StatusCode:    p.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       to,
	}
}
