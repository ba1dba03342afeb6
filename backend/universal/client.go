// Package universal speaks the HTTP API of a Kuma or Kong Mesh control plane:
// it connects, lists without keeping values, reads one value when asked, and
// writes on the condition that what is written over was seen.
//
// This API has no watch, so what can change is read again and again, page by
// page: secrets by poll.go, and who refers to them whenever secrets were read.
//
// What cannot be trusted, and what is done about it:
//
//   - A redirect could carry the token away: none is followed. The links that
//     lists give to their next page are not read at all; we count ourselves.
//   - A body could be endless, unpacked or slow: size and time are bounded for
//     each call, the time between two reads as well.
//   - A write is never sent twice by this package. When the answer to one is
//     lost the error is backend.ErrUnknown, and whoever asked reads back.
//   - Texts of the other side pass errors.go alone, which takes out values in
//     flight and makes the rest visible.
//
// One file each: options and address say where, files reads certificates,
// client sends, words and errors translate,
// connect detects, decode reads objects, list and cursor sweep, read and write
// handle one secret, resources reads meshes and policies, zones tells of the
// zones that follow, unfinished finds reassigns that were begun, poll watches,
// kumactl reads the field's configuration.
package universal

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// The bounds of a call. Sizes are in bytes, after decompression.
const (
	maxBody      = 64 << 20 // a page of a list, or one object: values of 32 MiB exist
	maxDocument  = 4 << 20  // the control plane's own papers
	maxErrorBody = 64 << 10
	maxHeaders   = 64 << 10

	dialTime    = 5 * time.Second
	shakeTime   = 5 * time.Second
	headerTime  = 10 * time.Second
	idleTime    = 10 * time.Second // between two reads of a body
	callTime    = 30 * time.Second
	listTime    = 120 * time.Second
	connectTime = 15 * time.Second
)

// The words for what was being done, as errors say them.
const (
	opConnect = "connecting"
	opList    = "listing"
	opRead    = "reading"
	opSave    = "saving"
	opDelete  = "deleting"
)

// client sends requests to one control plane.
type client struct {
	address address
	options Options
	http    *http.Client
	traced  bool // the transport is the network's, so it tells when a connection was got
}

func newClient(o Options) (client, error) {
	a, err := parseAddress(o.URL)
	if err != nil {
		return client{}, err
	}
	if a.base.Scheme == "http" && !a.loopback && !o.AllowPlaintextToken && carriesCredential(o, a) {
		return client{}, &backend.Error{Kind: backend.ErrPlaintext, Op: opConnect, Address: a.String(),
			Reason: "would carry your token in the clear"}
	}
	if !o.sendable() {
		return client{}, &backend.Error{Kind: backend.ErrInvalid, Op: opConnect, Address: a.String(),
			Reason: "the token or a header holds a character that cannot be sent"}
	}
	transport := o.Transport
	if transport == nil {
		config, err := tlsConfig(o)
		if err != nil {
			return client{}, err
		}
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: dialTime}).DialContext,
			TLSClientConfig:        config,
			TLSHandshakeTimeout:    shakeTime,
			ResponseHeaderTimeout:  headerTime,
			MaxResponseHeaderBytes: maxHeaders,
			MaxConnsPerHost:        2 * sideBySide,
			MaxIdleConnsPerHost:    sideBySide,
			IdleConnTimeout:        90 * time.Second,
			ForceAttemptHTTP2:      true,
		}
	}
	return client{
		address: a,
		options: o,
		traced:  o.Transport == nil,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// call is one request.
type call struct {
	op     string
	ref    model.Ref // what it is about, for errors
	method string
	path   []string
	query  url.Values
	body   []byte // wiped once it was sent
	flight []model.Value
	limit  int64 // of the body; maxBody when zero
}

func (c call) writes() bool { return c.method != http.MethodGet }

// answer is what came back: a status below 300 and a bounded body. Close ends
// the call.
type answer struct {
	status int
	header http.Header
	body   *network.Body
}

// send makes the call. Every answer of 300 and above is an error. The call's body
// is overwritten even when nothing is sent.
func (c client) send(ctx context.Context, call call) (*answer, error) {
	for _, segment := range call.path {
		if !addressable(segment) {
			clear(call.body)
			return nil, &backend.Error{Kind: backend.ErrInvalid, Op: call.op, Ref: call.ref, Address: c.address.String(),
				Reason: "its name cannot stand in an address"}
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var reached atomic.Bool
	if c.traced {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
		})
	} else {
		reached.Store(true)
	}
	request, err := c.request(ctx, call)
	if err != nil {
		clear(call.body)
		cancel(nil)
		return nil, c.broken(ctx, call, false, err)
	}
	response, err := c.http.Do(request) //nolint:bodyclose // the answer owns the body and closes it
	if err != nil {
		err = c.broken(ctx, call, reached.Load(), err)
		cancel(nil)
		return nil, err
	}
	limit := cmp.Or(call.limit, maxBody)
	if response.StatusCode >= 300 {
		limit = maxErrorBody
	}
	body := network.NewBody(ctx, response.Body, limit, idleTime, cancel)
	if response.StatusCode >= 300 {
		defer body.Close()
		return nil, c.refused(call, response, body)
	}
	return &answer{status: response.StatusCode, header: response.Header, body: body}, nil
}

func (c client) request(ctx context.Context, call call) (*http.Request, error) {
	target := c.address.url(call.path, call.query)
	request, err := http.NewRequestWithContext(ctx, call.method, target.String(), nil)
	if err != nil {
		return nil, err
	}
	if call.body != nil {
		request.Body = network.NewWipingBody(call.body)
		request.ContentLength = int64(len(call.body))
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "meshsecrets")
	for _, h := range c.options.Headers {
		request.Header.Add(h.Name, h.Value.text())
	}
	switch user := c.address.user; {
	case !c.options.Token.Empty():
		request.Header.Set("Authorization", "Bearer "+c.options.Token.text())
	case user != nil && request.Header.Get("Authorization") == "":
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	return request, nil
}

// hidden are the values that must not come back in a text: those of the call
// and our credentials.
func (c client) hidden(call call) []model.Value {
	hidden := append(c.options.hidden(), call.flight...)
	if c.address.user != nil {
		password, _ := c.address.user.Password()
		hidden = append(hidden, model.NewValue([]byte(password)))
	}
	return hidden
}
