package kubernetes

import (
	"cmp"
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Resources gives the next page of a kind.
func (p *plane) Resources(ctx context.Context, kind model.ResourceKind, cursor string) (backend.ResourcePage, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	at, sound := decodeKindCursor(cursor)
	if _, known := resourceKinds[kind]; !known || !sound {
		return backend.ResourcePage{}, p.client.failure(call{op: opList}, backend.ErrInvalid, "there is no such list", nil)
	}
	read, err := p.kindPage(ctx, kind, at)
	if err != nil {
		return backend.ResourcePage{}, err
	}
	namespaces := spaces{plane: p}
	page := backend.ResourcePage{Resources: make([]model.Resource, len(read.objects)), Again: read.again,
		Partly: cmp.Or(namespaces.settle(ctx, read.objects), read.partly)}
	for i := range read.objects {
		page.Resources[i] = read.objects[i].resource
	}
	if read.more {
		page.Next = encode(read.next)
	}
	return page, nil
}

// listOf asks for all objects of a kind of the control plane's.
func listOf(plural string) call {
	return call{op: opList, verb: verbList, at: place{group: kumaGroup, version: kumaVersion, resource: plural}, limit: maxList}
}

// everything reads a list to its end, and again when the server lost the
// moment that it is of. What has too many pages is no answer: ErrTooLarge.
func (c *client) everything(ctx context.Context, call call, labels string) ([]unstructured.Unstructured, error) {
	for range maxSweeps {
		all, err := c.pages(ctx, call, labels)
		if !errors.Is(err, backend.ErrExpired) {
			return all, err
		}
	}
	return nil, c.failure(call, backend.ErrConflict, "the list changed each time it was read", nil)
}

func (c *client) pages(ctx context.Context, call call, labels string) ([]unstructured.Unstructured, error) {
	var all []unstructured.Unstructured
	options := metav1.ListOptions{Limit: pageSize, LabelSelector: labels}
	for range maxPages {
		page, err := c.objectsOf(ctx, call, options)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		next := page.GetContinue()
		switch next {
		case "":
			return all, nil
		case options.Continue:
			return nil, c.unreadable(call)
		}
		options.Continue = next
	}
	return nil, c.failure(call, backend.ErrTooLarge, "there are more of them than can be read", nil)
}

// objectsOf reads one page of the objects of a kind.
func (c *client) objectsOf(ctx context.Context, call call, options metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	var page *unstructured.UnstructuredList
	err := c.ask(ctx, call, func(ctx context.Context, at dynamic.ResourceInterface) (err error) {
		page, err = at.List(ctx, options)
		return err
	})
	return page, err
}
