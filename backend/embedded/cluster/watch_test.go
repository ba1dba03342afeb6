package cluster_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"meshsecrets/backend/embedded/cluster"
)

// stream is an open watch, in JSON.
type stream struct {
	t       *testing.T
	body    io.ReadCloser
	decoder *json.Decoder
}

func watch(c caller, path string) stream {
	c.t.Helper()
	answer := c.open(http.MethodGet, path, nil)
	if answer.StatusCode != http.StatusOK {
		c.t.Fatalf("watch: status %d", answer.StatusCode)
	}
	c.t.Cleanup(func() { _ = answer.Body.Close() })
	return stream{t: c.t, body: answer.Body, decoder: json.NewDecoder(answer.Body)}
}

// next is the next event as "ADDED name", with the version of bookmarks.
func (s stream) next() string {
	s.t.Helper()
	var event struct {
		Type   string
		Object struct {
			object
			Code int
		}
	}
	if err := s.decoder.Decode(&event); err != nil {
		return err.Error()
	}
	text := event.Type + " " + event.Object.Metadata.Name
	switch event.Type {
	case "BOOKMARK":
		text += event.Object.Metadata.ResourceVersion
		if event.Object.Metadata.Annotations["k8s.io/initial-events-end"] == "true" {
			text += " end"
		}
	case "ERROR":
		text += http.StatusText(event.Object.Code)
	}
	return text
}

func (s stream) wants(events ...string) {
	s.t.Helper()
	for _, want := range events {
		if got := s.next(); got != want {
			s.t.Fatalf("%q, want %q", got, want)
		}
	}
}

func versionOf(c caller) string {
	c.t.Helper()
	return want[objects](c, http.StatusOK, http.MethodGet, secretsPath, nil).Metadata.ResourceVersion
}

// TestWatchTellsWhatHappened holds what a watch with a selector tells: an
// object that leaves the selection is gone, one that joins it is new.
func TestWatchTellsWhatHappened(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "before")
	from := versionOf(c)
	all := watch(c, secretsPath+"?watch=true&resourceVersion="+from)
	some := watch(c, secretsPath+"?watch=1&labelSelector=in&resourceVersion="+from)
	one := watch(c, secretsPath+"?watch=1&fieldSelector=metadata.name%3Db&resourceVersion="+from)
	typed := watch(c, secretsPath+"?watch=1&fieldSelector=type%3Dexample.test%2Ftyped&resourceVersion="+from)
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("a"))
	want[object](c, http.StatusCreated, http.MethodPost, thingsPath, thing("t", "", nil)) // not a Secret
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("b", labelled("in=")))
	want[object](c, http.StatusOK, http.MethodPut, secretsPath+"/a", secret("a", labelled("in=")))
	want[object](c, http.StatusOK, http.MethodPut, secretsPath+"/a", secret("a", labelled("in=,more=")))
	want[object](c, http.StatusOK, http.MethodPut, secretsPath+"/a", secret("a"))
	want[metav1.Status](c, http.StatusOK, http.MethodDelete, secretsPath+"/b", nil)
	other := secret("c")
	other["type"] = "example.test/typed"
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, other)
	all.wants("ADDED a", "ADDED b", "MODIFIED a", "MODIFIED a", "MODIFIED a", "DELETED b", "ADDED c")
	typed.wants("ADDED c")
	some.wants("ADDED b", "ADDED a", "MODIFIED a", "DELETED a", "DELETED b")
	one.wants("ADDED b", "DELETED b")
}

func TestWatchFromTheStart(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "a", "b")
	now := versionOf(c)
	for _, query := range []string{"", "&resourceVersion=0"} {
		watch(c, secretsPath+"?watch=true"+query).wants("ADDED a", "ADDED b")
	}
	initial := watch(c, secretsPath+"?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")
	initial.wants("ADDED a", "ADDED b", "BOOKMARK "+now+" end")
	s.Bookmark()
	initial.wants("BOOKMARK " + now)
	want[metav1.Status](c, http.StatusUnprocessableEntity, http.MethodGet, secretsPath+"?watch=true&sendInitialEvents=true", nil)
	want[metav1.Status](c, http.StatusInternalServerError, http.MethodGet, secretsPath+"?watch=true&resourceVersion=x", nil)
}

// TestExpiredWatches holds that a watch is told when what it missed is
// forgotten, whether it was open or not.
func TestExpiredWatches(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "a")
	from := versionOf(c)
	open := watch(c, secretsPath+"?watch=true&resourceVersion="+from)
	s.Compact()
	open.wants("ERROR Gone", "EOF")
	watch(c, secretsPath+"?watch=true&resourceVersion="+from).wants("ERROR Gone", "EOF")
	again := watch(c, secretsPath+"?watch=true&resourceVersion="+versionOf(c))
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("b"))
	again.wants("ADDED b")
}

func TestBrokenWatches(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "a")
	open := watch(c, secretsPath+"?watch=true&resourceVersion="+versionOf(c))
	s.BreakWatches()
	open.wants("unexpected EOF")
	watch(c, secretsPath+"?watch=true").wants("ADDED a") // a new one is not broken
}

// TestWatchesEnd holds the times of a watch, on a clock of its own.
func TestWatchesEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := filled(t, "a")
		now := versionOf(c)
		from := time.Now()
		watch(c, secretsPath+"?watch=true&timeoutSeconds=90&allowWatchBookmarks=true&resourceVersion="+now).wants("BOOKMARK "+now, "EOF")
		if took := time.Since(from); took != 90*time.Second {
			t.Errorf("it ended after %s", took)
		}
		// Nobody asked for bookmarks here.
		watch(c, secretsPath+"?watch=true&timeoutSeconds=90&resourceVersion="+now).wants("EOF")
		watch(c, secretsPath+"?watch=true&resourceVersion="+now).wants("EOF")
		if took := time.Since(from); took != 33*time.Minute {
			t.Errorf("all ended after %s", took)
		}
	})
}

// TestWatchesOfGoneClients holds that a watch ends with its client: the bubble
// would not end with a watch in it.
func TestWatchesOfGoneClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := filled(t, "a")
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://cluster.invalid"+secretsPath+"?watch=true", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := io.ReadAll(answer.Body); !errors.Is(err, context.Canceled) {
			t.Errorf("reading on: %v", err)
		}
		synctest.Wait()
		_ = watch(caller{t: t, server: s}, secretsPath+"?watch=true").body.Close()
	})
}

// TestWatchInProtobuf reads frames: a length, an event, and in it an object in
// its envelope.
func TestWatchInProtobuf(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a")
	for accept, kind := range map[string]string{
		"application/vnd.kubernetes.protobuf":                                             "Secret",
		"application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1": "PartialObjectMetadata",
	} {
		answer := c.with("Accept", accept).open(http.MethodGet, secretsPath+"?watch=true", nil)
		if got := answer.Header.Get("Content-Type"); got != "application/vnd.kubernetes.protobuf;stream=watch" {
			t.Errorf("Content-Type %s", got)
		}
		var size [4]byte
		if _, err := io.ReadFull(answer.Body, size[:]); err != nil {
			t.Fatal(err)
		}
		frame := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(answer.Body, frame); err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		var event metav1.WatchEvent
		if err := event.Unmarshal(frame); err != nil {
			t.Fatal(err)
		}
		var inner runtime.Unknown
		raw, enveloped := strings.CutPrefix(string(event.Object.Raw), "k8s\x00")
		if err := inner.Unmarshal([]byte(raw)); err != nil || !enveloped || event.Type != "ADDED" || inner.Kind != kind {
			t.Errorf("%s of %s: %v, want ADDED of %s", event.Type, inner.Kind, err, kind)
		}
		if holds := strings.Contains(string(frame), "fake-a"); holds != (kind == "Secret") {
			t.Errorf("%s holds the value: %t", kind, holds)
		}
	}
}

// TestOverHTTP holds that events arrive one by one over a network, and that a
// broken watch is seen as broken.
func TestOverHTTP(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "a")
	network := httptest.NewServer(s)
	t.Cleanup(network.Close)
	answer, err := network.Client().Get(network.URL + secretsPath + "?watch=true")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	events := stream{t: t, body: answer.Body, decoder: json.NewDecoder(answer.Body)}
	events.wants("ADDED a")
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("b"))
	events.wants("ADDED b")
	s.BreakWatches()
	events.wants("unexpected EOF")
	plain, err := network.Client().Get(network.URL + secretsPath + "/a")
	if err != nil {
		t.Fatal(err)
	}
	_ = plain.Body.Close()
	if plain.StatusCode != http.StatusOK {
		t.Errorf("status %d", plain.StatusCode)
	}
}

// TestManyAtOnce holds that seeding many is told like many changes.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "a")
	events := watch(c, secretsPath+"?watch=true&resourceVersion="+versionOf(c))
	made := func(name string) *cluster.Object {
		return &cluster.Object{Kind: cluster.Secrets, Meta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
	}
	s.Seed(made("c"), made("a"), made("b"))
	events.wants("ADDED c", "MODIFIED a", "ADDED b")
	if got := want[objects](c, http.StatusOK, http.MethodGet, secretsPath, nil).names(); got != "a b c" {
		t.Errorf("the list is %q", got)
	}
	s.Discard(cluster.Secrets, "default", "b")
	s.Discard(cluster.Secrets, "default", "not there")
	events.wants("DELETED b")
}
