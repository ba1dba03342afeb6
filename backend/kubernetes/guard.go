package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"meshsecrets/backend/network"
)

// exchange is one request on its way: what the guard must know of it, and what
// it saw. It travels in the request's context.
type exchange struct {
	call   call
	cancel context.CancelCauseFunc

	reached atomic.Bool   // it may have come to the other side
	failure error         // why there is no answer
	status  int           // of the answer; 0 when there is none
	header  http.Header   // of the answer
	body    *network.Body // of the answer, bounded
	broke   error         // why the body ended before its end
}

// exchangeKey is where an exchange is in a context.
type exchangeKey struct{}

// begin gives a call its end, that of --request-timeout, which a watch
// outlives, and what the guard needs.
func (c *client) begin(ctx context.Context, call call) (context.Context, *exchange) {
	stop := func() {}
	if c.timeout > 0 && call.verb != verbWatch {
		ctx, stop = context.WithTimeoutCause(ctx, c.timeout, errOwnTime)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	e := &exchange{call: call, cancel: func(cause error) { cancel(cause); stop() }}
	return context.WithValue(ctx, exchangeKey{}, e), e
}

// end leaves what is not read yet.
func (e *exchange) end() {
	if e.body != nil {
		e.body.Close()
	}
	e.cancel(nil)
}

// start is how the body begins, as far as it was read.
func (e *exchange) start() []byte {
	if e.body == nil {
		return nil
	}
	return e.body.Start()
}

// Read reads the answer's body, within its bounds.
func (e *exchange) Read(p []byte) (int, error) {
	n, err := e.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		e.broke = err
	}
	return n, err
}

// Close ends the exchange.
func (e *exchange) Close() error {
	e.end()
	return nil
}

// guard lies under client-go and over what logs in. It bounds every answer in
// size and time, and keeps from client-go what that would send a request again
// for: the reason why there is no answer, and Retry-After. Whether something
// is sent twice is decided in client.tried alone.
type guard struct {
	through http.RoundTripper
	traced  bool // it is the network's, so it tells when a connection was got
}

// What client-go is told. Neither looks like a connection that broke.
var (
	errNoAnswer  = errors.New("no answer")
	errUnguarded = errors.New("a request that nobody bounds")
	// errOwnTime is why a call was ended that took longer than the user wants.
	errOwnTime = fmt.Errorf("its own time is up: %w", context.DeadlineExceeded)
)

// RoundTrip passes a request on.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	e, known := r.Context().Value(exchangeKey{}).(*exchange)
	if !known {
		return nil, errUnguarded
	}
	e.reached.Store(!g.traced)
	ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { e.reached.Store(true) },
	})
	r = r.WithContext(ctx)
	if size := len(e.call.body); size > 0 {
		r.ContentLength = int64(size)
	}
	slow := time.AfterFunc(headerTime, func() { e.cancel(network.ErrIdle) })
	response, err := g.through.RoundTrip(r)
	slow.Stop()
	if err != nil {
		e.failure = err
		return nil, errNoAnswer
	}
	e.status, e.header = response.StatusCode, response.Header.Clone()
	response.Header.Del("Retry-After")
	limit := cmp.Or(e.call.limit, maxObject)
	if e.status >= 300 {
		limit = maxErrorBody
	}
	if response.Body == nil {
		response.Body = http.NoBody
	}
	e.body = network.NewBody(ctx, response.Body, limit, cmp.Or(e.call.idle, idleTime), e.cancel)
	response.Body = e
	return response, nil
}

// patient lets a request be left that waits for a program to log in: client-go
// runs it without a bound.
type patient struct{ through http.RoundTripper }

// RoundTrip answers when the request's context ends, at the latest. What comes
// after that is closed unread.
func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	type result struct {
		response *http.Response
		err      error
	}
	done := make(chan result, 1)
	go func() {
		response, err := p.through.RoundTrip(r) //nolint:bodyclose // whoever receives it closes it
		done <- result{response, err}
	}()
	select {
	case got := <-done:
		return got.response, got.err
	case <-r.Context().Done():
		go func() {
			if late := <-done; late.response != nil {
				_ = late.response.Body.Close()
			}
		}()
		return nil, context.Cause(r.Context())
	}
}
