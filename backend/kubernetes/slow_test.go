package kubernetes

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// modem gives its bytes at so many a second.
type modem struct {
	io.Reader
	perSecond int
}

// Read gives what comes in a tenth of a second.
func (m modem) Read(p []byte) (int, error) {
	time.Sleep(time.Second / 10)
	return m.Reader.Read(p[:min(len(p), m.perSecond/10)])
}

// Close does nothing.
func (modem) Close() error { return nil }

// behindModem lists secrets of some 1.3 KB each; it never ends. The limits that
// it is asked for come out in the order of the requests.
func behindModem(t *testing.T, perSecond int) (p *plane, limits *[]int) {
	t.Helper()
	limits = &[]int{}
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil {
			return nil, err
		}
		*limits = append(*limits, limit)
		var names []string
		for i := range limit {
			names = append(names, fmt.Sprintf("%d-%d-%s", len(*limits), i, strings.Repeat("x", 1200)))
		}
		answer := reply(200, typeJSON, "")
		answer.Body = modem{strings.NewReader(page("5", fmt.Sprint("next-", len(*limits)), names...)), perSecond}
		return answer, nil
	}}
	p = f.plane(t)
	p.now = time.Now
	return p, limits
}

// Over a slow network pages are as large as come in time: a list must not ask
// for ever for what never comes.
func TestSlowLists(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		perSecond, pages int
		want             []int
	}{
		"a network":    {1 << 20, 2, []int{500, 2500}},
		"1 Mbit/s":     {125_000, 2, []int{500, 2500}},
		"512 kbit/s":   {64_000, 2, []int{500, 500}},
		"64 kbit/s":    {8_000, 3, []int{500, 62, 62, 62}},
		"16 kbit/s":    {2_000, 2, []int{500, 62, 62}},
		"8 kbit/s":     {1_000, 2, []int{500, 62, 7, 7}},
		"slow to ever": {10, 0, []int{500, 62, 7}},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, limits := behindModem(t, c.perSecond)
			q, count := backend.Query{Mesh: "payments"}, 0
			for range max(c.pages, 1) {
				began := time.Now()
				got, err := p.List(t.Context(), q)
				if took := time.Since(began); took > listTime+time.Second {
					t.Errorf("%s: it took %v", name, took)
				}
				if c.pages == 0 {
					if !errors.Is(err, backend.ErrUnavailable) {
						t.Errorf("%s: got %v", name, err)
					}
					break
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				q.Cursor = got.Next
				count += len(got.Secrets)
			}
			if !reflect.DeepEqual(*limits, c.want) || c.pages > 0 && count == 0 {
				t.Errorf("%s: it asked for %v, want %v", name, *limits, c.want)
			}
		})
	}
}

// With --request-timeout, which is shorter than our own, likewise.
func TestSlowListsWithATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, limits := behindModem(t, 64_000)
		p.client.timeout = 5 * time.Second
		if _, err := p.List(t.Context(), backend.Query{Mesh: "payments"}); err != nil || !reflect.DeepEqual(*limits, []int{500, 62}) {
			t.Errorf("it asked for %v, %v", *limits, err)
		}
	})
}

// A server that has ever new tokens keeps nobody for ever.
func TestEndlessLists(t *testing.T) {
	t.Parallel()
	asked := 0
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		if asked++; strings.HasSuffix(r.URL.Path, "/secrets") {
			return expired(fmt.Sprint("token-", asked)), nil
		}
		return reply(200, typeJSON, fmt.Sprintf(`{"kind":"List","metadata":{"continue":"token-%d"},"items":[{"kind":"Mesh","metadata":{"name":"m-%d"}}]}`, asked, asked)), nil
	}}
	p := f.plane(t)
	if _, err := p.List(t.Context(), backend.Query{Mesh: "payments"}); !errors.Is(err, backend.ErrConflict) || asked > 10 {
		t.Errorf("secrets: %v after %d requests", err, asked)
	}
	asked = 0
	meshes := &follower{plane: p, kind: model.KindMesh, slots: make(chan struct{}, 1)}
	if _, _, err := meshes.list(t.Context()); !errors.Is(err, backend.ErrTooLarge) || asked != 100 {
		t.Errorf("meshes: %v after %d requests", err, asked)
	}
}
