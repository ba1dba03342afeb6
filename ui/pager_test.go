package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/model"
)

// pager answers lists of mesh secrets with as many as it is told, page by page
// and made as they are asked for, so that it holds none of them. Everything else
// is the demo's.
type pager struct {
	next  http.RoundTripper
	of    int
	pages atomic.Int32
	// before is called before each page but the first.
	before func(context.Context)
}

func (p *pager) RoundTrip(r *http.Request) (*http.Response, error) {
	query := r.URL.Query()
	if !strings.HasSuffix(r.URL.Path, "/secrets") || r.Method != http.MethodGet {
		return p.next.RoundTrip(r)
	}
	answer := &http.Response{StatusCode: http.StatusOK, Request: r, ProtoMajor: 1, ProtoMinor: 1}
	if isWatch(r) {
		answer.Header = http.Header{"Content-Type": {"application/vnd.kubernetes.protobuf;stream=watch"}}
		answer.Body = silent(r.Context())
		return answer, nil
	}
	if query.Get("fieldSelector") != "type=system.kuma.io/secret" {
		return p.next.RoundTrip(r)
	}
	from, _ := strconv.Atoi(query.Get("continue"))
	limit, _ := strconv.Atoi(query.Get("limit"))
	if from > 0 && p.before != nil {
		p.before(r.Context())
	}
	body, err := p.page(from, min(from+limit, p.of))
	p.pages.Add(1)
	answer.Header = http.Header{"Content-Type": {"application/vnd.kubernetes.protobuf"}}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return answer, err
}

// silent is a body that says nothing until its request ends.
func silent(ctx context.Context) io.ReadCloser {
	read, write := io.Pipe()
	context.AfterFunc(ctx, func() { write.CloseWithError(ctx.Err()) })
	return read
}

// page is a list of metadata as an API server writes it.
func (p *pager) page(from, to int) ([]byte, error) {
	meshes := []string{"checkout", "default", "legacy", "payments", "sandbox"}
	all := metav1.PartialObjectMetadataList{ListMeta: metav1.ListMeta{ResourceVersion: "1000"}}
	if to < p.of {
		all.Continue = strconv.Itoa(to)
	}
	for i := from; i < to; i++ {
		all.Items = append(all.Items, metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("fake-service-%06d-password", i), Namespace: "kuma-system",
			UID: types.UID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)), ResourceVersion: strconv.Itoa(i + 1),
			CreationTimestamp: metav1.NewTime(frameTime.Add(-time.Hour)),
			Labels:            map[string]string{model.LabelMesh: meshes[i%len(meshes)], "team": "fake"},
			Annotations:       map[string]string{"fake.example.com/owner": strings.Repeat("fake ", 20)},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl-create", Operation: "Update", APIVersion: "v1", FieldsType: "FieldsV1",
				FieldsV1: metav1.NewFieldsV1(`{"f:data":{".":{},"f:value":{}},"f:metadata":{"f:labels":{".":{},"f:kuma.io/mesh":{}}},"f:type":{}}`)}},
		}})
	}
	raw, err := all.Marshal()
	if err != nil {
		return nil, err
	}
	whole := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "meta.k8s.io/v1", Kind: "PartialObjectMetadataList"}, Raw: raw}
	packed, err := whole.Marshal()
	return append([]byte("k8s\x00"), packed...), err
}

// newPager is a control plane in a cluster with n mesh secrets.
func newPager(tb testing.TB, n int) (*pager, backend.Entry) {
	tb.Helper()
	cp, err := demo.NewKubernetes(frameTime)
	if err != nil {
		tb.Fatal(err)
	}
	p := &pager{next: cp.KubernetesTransport(), of: n}
	entry := backend.Entry{Name: "many", Group: "built in", Environment: backend.Kubernetes, Address: "inside this program", Inside: true}
	entry.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
		return kubernetes.Connect(ctx, kubernetes.Options{Name: "many", Config: &rest.Config{Host: "http://cluster.invalid"},
			Examiner: model.NewExaminer([32]byte{}), Now: func() time.Time { return frameTime }, Transport: p})
	}
	return p, entry
}
