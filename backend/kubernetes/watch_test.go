package kubernetes

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// feed is a server of watches: a test writes into the newest connection, or
// says how the next one is refused.
type feed struct {
	lock   sync.Mutex
	refuse []*http.Response // for the next connections
	asked  []string         // the resourceVersions
	pipes  []*io.PipeWriter
	kind   string
}

// RoundTrip begins a watch.
func (f *feed) RoundTrip(r *http.Request) (*http.Response, error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.asked = append(f.asked, r.URL.Query().Get("resourceVersion"))
	if len(f.refuse) > 0 {
		refusal := f.refuse[0]
		f.refuse = f.refuse[1:]
		return refusal, nil
	}
	read, write := io.Pipe()
	f.pipes = append(f.pipes, write)
	context.AfterFunc(r.Context(), func() { _ = write.Close() })
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {f.kind + ";stream=watch"}}, Body: read}, nil
}

func (f *feed) newest() *io.PipeWriter {
	f.lock.Lock()
	defer f.lock.Unlock()
	return f.pipes[len(f.pipes)-1]
}

func (f *feed) revisions() []string {
	f.lock.Lock()
	defer f.lock.Unlock()
	return append([]string{}, f.asked...)
}

// send writes one event.
func (f *feed) send(t *testing.T, what, name, mesh, revision string) {
	t.Helper()
	object := metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: revision, Labels: map[string]string{model.LabelMesh: mesh}}}
	var frame []byte
	if f.kind == typeJSON {
		raw, _ := json.Marshal(object)
		frame, _ = json.Marshal(metav1.WatchEvent{Type: what, Object: runtime.RawExtension{Raw: raw}})
	} else {
		raw, err := pack(metav1.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/v1"}, &object)
		if err != nil {
			t.Error(err)
		}
		event := metav1.WatchEvent{Type: what, Object: runtime.RawExtension{Raw: raw}}
		body, err := event.Marshal()
		if err != nil {
			t.Error(err)
		}
		frame = append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
	}
	if _, err := f.newest().Write(frame); err != nil {
		t.Error(err)
	}
}

// watching begins a watch of q that saw smtp-password in payments.
func (f *feed) watching(t *testing.T, q backend.Query) backend.Watcher {
	t.Helper()
	p := (&fake{answer: f.RoundTrip}).plane(t)
	p.now = time.Now
	seen := backend.Seen{Mark: mark{Mesh: "10", Global: "11"}.encode(), Secrets: []model.Secret{{Ref: model.Ref{Mesh: "payments", Name: "moved"}}}}
	w, err := p.Watch(t.Context(), q, seen)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return w
}

// told are the events of a batch in short.
func told(b backend.Batch) string {
	var all []string
	for _, e := range b.Events {
		text := e.Secret.Ref.String()
		if e.Gone {
			text = "-" + text
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestWatchTellsMoves(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{typeProtobuf, typeJSON} {
		for name, c := range map[string]struct {
			query backend.Query
			want  string
		}{
			"the old mesh": {backend.Query{Mesh: "payments"}, "-payments/moved payments/new"},
			"default":      {backend.Query{Mesh: "default"}, "default/moved"},
		} {
			synctest.Test(t, func(t *testing.T) {
				f := &feed{kind: kind}
				w := f.watching(t, c.query)
				defer w.Close()
				go func() {
					f.send(t, "MODIFIED", "moved", "", "12")
					f.send(t, "ADDED", "new", "payments", "13")
				}()
				got, err := w.Next(t.Context())
				if err != nil || told(got) != c.want || got.Every != 0 || !got.At.Equal(time.Now()) {
					t.Errorf("%s in %s: %q, %v", name, kind, told(got), err)
				}
			})
		}
	}
}

func TestWatchGathers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{kind: typeProtobuf}
		w := f.watching(t, backend.Query{Mesh: "payments"})
		defer w.Close()
		go func() {
			for i := range 50 {
				f.send(t, "ADDED", fmt.Sprintf("burst-%02d", i), "payments", fmt.Sprint(20+i))
			}
			f.send(t, "DELETED", "burst-07", "payments", "90")
			time.Sleep(time.Second)
			f.send(t, "ADDED", "late", "payments", "91")
		}()
		got, err := w.Next(t.Context())
		if err != nil || len(got.Events) != 50 || !got.Events[7].Gone || got.Events[8].Gone {
			t.Errorf("%d events, %v", len(got.Events), err)
		}
		if got, err = w.Next(t.Context()); err != nil || told(got) != "payments/late" {
			t.Errorf("then %q, %v", told(got), err)
		}
	})
}

// A watch whose connection breaks says so, tries again, later each time, and
// goes on from the last change that it saw.
func TestWatchGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{kind: typeProtobuf}
		w := f.watching(t, backend.Query{Mesh: "payments"})
		defer w.Close()
		go f.send(t, "ADDED", "one", "payments", "21")
		if got, err := w.Next(t.Context()); err != nil || told(got) != "payments/one" {
			t.Fatalf("%q, %v", told(got), err)
		}
		for range 8 {
			f.refuse = append(f.refuse, reply(503, "text/plain", "fake"))
		}
		_ = f.newest().CloseWithError(io.ErrUnexpectedEOF)
		var longest time.Duration
		for range 9 {
			_, err := w.Next(t.Context())
			var failure *backend.Error
			if !errors.As(err, &failure) || !errors.Is(err, backend.ErrUnavailable) || failure.Retry <= 0 || failure.Retry > lastWait {
				t.Fatalf("got %v", err)
			}
			longest = max(longest, failure.Retry)
		}
		if longest < lastWait/2 {
			t.Errorf("it waits %v at most", longest)
		}
		if got, err := w.Next(t.Context()); err != nil || len(got.Events) > 0 {
			t.Errorf("that it is well again is told as %q, %v", told(got), err)
		}
		go f.send(t, "ADDED", "two", "payments", "22")
		if got, err := w.Next(t.Context()); err != nil || told(got) != "payments/two" {
			t.Errorf("%q, %v", told(got), err)
		}
		if asked := f.revisions(); asked[0] != "10" || asked[len(asked)-1] != "21" {
			t.Errorf("it went on from %v", asked)
		}
	})
}

// A bookmark is where the next connection begins; a server ends connections
// in their time, which is no failure.
func TestWatchKeepsBookmarks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{kind: typeProtobuf}
		w := f.watching(t, backend.Query{Global: true})
		defer w.Close()
		go f.send(t, "BOOKMARK", "", "", "77")
		if got, err := w.Next(t.Context()); err != nil || len(got.Events) > 0 {
			t.Errorf("%q, %v", told(got), err)
		}
		time.Sleep(time.Minute)
		_ = f.newest().Close()
		synctest.Wait()
		if asked := f.revisions(); !reflect.DeepEqual(asked, []string{"11", "77"}) {
			t.Errorf("it began at %v", asked)
		}
	})
}

func TestWatchExpires(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]func(*testing.T, *feed){
		"at once": func(_ *testing.T, f *feed) { f.refuse = []*http.Response{expired("")} },
		"later": func(t *testing.T, f *feed) {
			synctest.Wait()
			body, _ := json.Marshal(map[string]any{"type": "ERROR", "object": map[string]any{"kind": "Status", "code": 410, "reason": "Expired"}})
			if _, err := f.newest().Write(body); err != nil {
				t.Error(err)
			}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &feed{kind: typeJSON}
			if name == "at once" {
				when(t, f)
			}
			w := f.watching(t, backend.Query{Global: true})
			defer w.Close()
			if name == "later" {
				go when(t, f)
			}
			if _, err := w.Next(t.Context()); !errors.Is(err, backend.ErrExpired) {
				t.Errorf("%s: got %v", name, err)
			}
		})
	}
}

func TestWatchEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{kind: typeProtobuf}
		w := f.watching(t, backend.Query{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		go w.Close()
		if _, err := w.Next(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("got %v", err)
		}
		w.Close()
		synctest.Wait()
	})
}

func TestWatchNeedsAMark(t *testing.T) {
	t.Parallel()
	p := always(200, typeJSON, "").plane(t)
	for _, text := range []string{"", "rubbish", mark{Global: "1"}.encode()} {
		if _, err := p.Watch(t.Context(), backend.Query{Mesh: "payments"}, backend.Seen{Mark: text}); !errors.Is(err, backend.ErrInvalid) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
