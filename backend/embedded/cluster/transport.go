package cluster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// Transport reaches the cluster without a network. Watches are streams: their
// bodies end when the context of the request does.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// RoundTrip answers a request.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	answer := t.server.answer(in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return answer.response(r), nil
}

func (p reply) response(to *http.Request) *http.Response {
	response := &http.Response{
		Status:     strconv.Itoa(p.status) + " " + http.StatusText(p.status),
		StatusCode: p.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:  http.Header{"Content-Type": {p.contentType}},
		Request: to,
	}
	if p.stream != nil {
		response.ContentLength = -1
		response.Body = flow(to.Context(), p)
		return response
	}
	response.Header.Set("Content-Length", strconv.Itoa(len(p.body)))
	response.ContentLength = int64(len(p.body))
	response.Body = io.NopCloser(bytes.NewReader(p.body))
	return response
}

// flow is the body of a stream. It ends when the reader closes it, the context
// is done, or the stream is over.
func flow(ctx context.Context, p reply) io.ReadCloser {
	ctx, cancel := context.WithCancel(ctx)
	reader, writer := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = writer.CloseWithError(ctx.Err()) })
	go func() {
		defer stop()
		err := p.stream(ctx, func(part []byte) error {
			_, err := writer.Write(part)
			return err
		})
		switch {
		case errors.Is(err, errBroken):
			err = io.ErrUnexpectedEOF
		case err == nil:
			err = ctx.Err() // it ended because nobody wants it any more
		}
		_ = writer.CloseWithError(err) // without an error it is the end of the stream
	}()
	return body{PipeReader: reader, cancel: cancel}
}

// body ends its stream when it is closed.
type body struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close ends the stream.
func (b body) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
