package cluster_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend/embedded/cluster"
)

// TestManagers holds who owns what after others wrote: the manager is named by
// the request, or else by the user agent.
func TestManagers(t *testing.T) {
	t.Parallel()
	now := began
	s := newServer(t, cluster.Options{Now: func() time.Time { return now }})
	c := caller{t: t, server: s}
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("a"))
	now = began.Add(time.Hour)
	want[object](c, http.StatusOK, http.MethodPut, secretsPath+"/a?fieldManager=other", secret("a", labelled("team=x")))
	now = began.Add(2 * time.Hour)
	patch := c.with("Content-Type", "application/merge-patch+json").with("User-Agent", "third/2 (x)")
	got := want[object](patch, http.StatusOK, http.MethodPatch, secretsPath+"/a", `{"data":{"value":"ZmFrZQ=="}}`).Metadata.ManagedFields
	wants := []struct {
		manager string
		hour    int
		fields  string
	}{
		{"tester", 0, `{"f:data":{},"f:type":{}}`},
		{"other", 1, `{"f:metadata":{"f:labels":{".":{},"f:team":{}}}}`},
		{"third", 2, `{"f:data":{"f:value":{}}}`},
	}
	if len(got) != len(wants) {
		t.Fatalf("%d managers, want %d", len(got), len(wants))
	}
	for i, w := range wants {
		e := got[i]
		at := began.Add(time.Duration(w.hour) * time.Hour)
		if e.Manager != w.manager || e.Operation != metav1.ManagedFieldsOperationUpdate || !e.Time.Time.Equal(at) || e.FieldsV1.GetRawString() != w.fields {
			t.Errorf("%s at %s: %s, want %+v", e.Manager, e.Time, e.FieldsV1, w)
		}
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	later := began.Add(time.Hour)
	for _, try := range []struct {
		managers []string
		want     string
	}{
		{[]string{"one"}, "one 10:00"},
		{[]string{"one", "two"}, "one 09:00, two 10:00"},
	} {
		o := &cluster.Object{Kind: cluster.Secrets, Data: map[string][]byte{"value": []byte("fake")}}
		cluster.Own(o, try.managers, began, later)
		var got []string
		for _, e := range o.Meta.ManagedFields {
			got = append(got, e.Manager+" "+e.Time.UTC().Format("15:04"))
		}
		if text := strings.Join(got, ", "); text != try.want {
			t.Errorf("%s, want %s", text, try.want)
		}
	}
}
