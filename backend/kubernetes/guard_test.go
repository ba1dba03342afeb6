package kubernetes

import (
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"meshsecrets/backend"
)

// Every request is bounded: one that client-go would make on its own is not
// sent.
func TestRequestsWithoutBoundsAreNotSent(t *testing.T) {
	t.Parallel()
	f := always(200, typeJSON, "{}")
	if err := f.plane(t).client.secrets.Get().AbsPath("/version").Do(t.Context()).Error(); !errors.Is(err, errUnguarded) || len(f.requests()) > 0 {
		t.Errorf("got %v after %d requests", err, len(f.requests()))
	}
}

// letters gives one letter without end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat("a", len(p))), nil
}

// An event of a watch may not be larger than an object.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	for kind, begins := range map[string]string{
		typeJSON:     `{"type":"ADDED","object":"`,
		typeProtobuf: string(binary.BigEndian.AppendUint32(nil, 1<<31)),
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &feed{refuse: []*http.Response{{
				StatusCode: 200, Header: http.Header{"Content-Type": {kind + ";stream=watch"}},
				Body: io.NopCloser(io.MultiReader(strings.NewReader(begins), letters{})),
			}}}
			w := f.watching(t, backend.Query{Global: true})
			defer w.Close()
			_, err := w.Next(t.Context())
			var failure *backend.Error
			if !errors.As(err, &failure) || !errors.Is(err, backend.ErrTooLarge) || failure.Retry <= 0 {
				t.Errorf("%s: got %v", kind, err)
			}
		})
	}
}

// An event that is larger than what is read at once is read whole.
func TestLargeEvents(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{typeProtobuf, typeJSON} {
		synctest.Test(t, func(t *testing.T) {
			f := &feed{kind: kind}
			w := f.watching(t, backend.Query{Mesh: "payments"})
			defer w.Close()
			name := strings.Repeat("long-", 20_000)
			go func() {
				f.send(t, "ADDED", name, "payments", "20")
				f.send(t, "ADDED", "short", "payments", "21")
			}()
			got, err := w.Next(t.Context())
			if err != nil || told(got) != "payments/"+name+" payments/short" {
				t.Errorf("%s: %d events, %v", kind, len(got.Events), err)
			}
		})
	}
}
