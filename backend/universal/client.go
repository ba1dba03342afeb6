// Package universal speaks the HTTP API of a Kuma or Kong Mesh control plane:
// it connects, lists without keeping values, reads one value when asked, and
// writes on the condition that what is written over was seen.
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
// client sends, errors translates, connect detects, decode reads objects,
// list and cursor sweep, read and write handle one secret, resources reads
// meshes and policies, poll watches, kumactl reads the field's configuration.
package universal

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The bounds of a call. Sizes are in bytes, after decompression.
const (
	maxBody      = 64 << 20 // a page of a list, or one object: values of 32 MiB exist
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
}

func (c call) writes() bool { return c.method != http.MethodGet }

// answer is what came back: a status below 300 and a bounded body. Close ends
// the call.
type answer struct {
	status int
	header http.Header
	body   *boundedBody
}

// send makes the call. Every answer of 300 and above is an error.
func (c client) send(ctx context.Context, call call) (*answer, error) {
	for _, segment := range call.path {
		if !addressable(segment) {
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
		cancel(nil)
		return nil, c.broken(ctx, call, false, err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		err = c.broken(ctx, call, reached.Load(), err)
		cancel(nil)
		return nil, err
	}
	limit := int64(maxBody)
	if response.StatusCode >= 300 {
		limit = maxErrorBody
	}
	body := newBoundedBody(ctx, response.Body, limit, cancel)
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
		request.Body = &wipingBody{rest: call.body, whole: call.body}
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

// wipingBody is a request's body that is overwritten when the transport has
// done with it. The transport may still read while the answer is handled, so
// nobody else may do that.
type wipingBody struct {
	lock        sync.Mutex
	rest, whole []byte
}

// Read gives what was not read yet.
func (w *wipingBody) Read(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if len(w.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

// Close overwrites the body.
func (w *wipingBody) Close() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	clear(w.whole)
	w.rest = nil
	return nil
}

// maxStart is how much of a body is kept, in bytes: less than stands before the
// first value.
const maxStart = 16

// errIdle and errBodyTooLarge are how a bounded body ends before its time.
var (
	errIdle         = errors.New("the answer stopped half-way")
	errBodyTooLarge = errors.New("the answer is larger than what is read")
)

// boundedBody is an answer's body that ends at a size, when nothing comes for
// a while, and with its context: a transport other than the network's may not
// heed that.
type boundedBody struct {
	from   io.ReadCloser
	start  []byte // the first bytes, for telling what kind of document it is
	left   int64
	timer  *time.Timer
	done   func() error
	cancel context.CancelCauseFunc
	unhook func() bool
}

func newBoundedBody(ctx context.Context, from io.ReadCloser, limit int64, cancel context.CancelCauseFunc) *boundedBody {
	return &boundedBody{
		from: from, left: limit, cancel: cancel,
		done:   func() error { return context.Cause(ctx) },
		timer:  time.AfterFunc(idleTime, func() { cancel(errIdle) }),
		unhook: context.AfterFunc(ctx, func() { _ = from.Close() }),
	}
}

// Read reads on, within the bounds.
func (b *boundedBody) Read(p []byte) (int, error) {
	if err := b.done(); err != nil {
		return 0, err
	}
	if b.left <= 0 {
		// One byte more tells a body that fits exactly from one that does not.
		var more [1]byte
		if n, err := b.from.Read(more[:]); n == 0 && err != nil {
			return 0, err
		}
		return 0, errBodyTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	if room := maxStart - len(b.start); room > 0 {
		b.start = append(b.start, p[:min(n, room)]...)
	}
	b.timer.Reset(idleTime)
	if cause := b.done(); cause != nil && err != nil {
		err = cause
	}
	return n, err
}

// Close ends the call.
func (b *boundedBody) Close() {
	b.timer.Stop()
	b.unhook()
	b.cancel(nil)
	_ = b.from.Close()
}
