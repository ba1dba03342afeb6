//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"

	"meshsecrets/backend"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/model"
)

// listed is what a list that waits says when it is complete.
const listed = "listed"

// list connects as the console does and lists all secrets. It writes a row for
// each, page by page, and keeps them, as a screen would.
func list(ctx context.Context, args []string, out io.Writer, in io.Reader) error {
	flags := flag.NewFlagSet(roleList, flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "how the API server is reached")
	namespace := flags.String("namespace", "", "where the control plane is")
	wait := flags.Bool("wait", false, "collect garbage at the end, say so, and wait until the input ends")
	reveal := flags.String("reveal", "", "read this secret of mesh default, too, and keep its value")
	if err := flags.Parse(args); err != nil {
		return err
	}
	plane, err := connect(ctx, *kubeconfig, *namespace)
	if err != nil {
		return err
	}
	secrets, err := sweep(ctx, plane, out)
	if err != nil || !*wait {
		return err
	}
	var held model.Snapshot
	if *reveal != "" {
		if held, err = plane.Get(ctx, model.Ref{Mesh: mesh, Name: *reveal}); err != nil {
			return err
		}
	}
	// What is freed is not erased: twice is for what finalizers held.
	runtime.GC()
	runtime.GC()
	if _, err := fmt.Fprintln(out, listed, len(secrets)); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	runtime.KeepAlive(secrets)
	held.Wipe()
	return err
}

func connect(ctx context.Context, kubeconfig, namespace string) (backend.ControlPlane, error) {
	contexts, err := kubernetes.ReadContexts(kubernetes.Overrides{Kubeconfig: kubeconfig})
	if err != nil {
		return nil, err
	}
	if len(contexts.List) != 1 {
		return nil, errors.New("the kubeconfig has not one context")
	}
	o, err := contexts.List[0].Options()
	if err != nil {
		return nil, err
	}
	o.Namespace, o.Examiner = namespace, model.NewExaminer([32]byte{})
	return kubernetes.Connect(ctx, o)
}

// sweep lists until the last page, and writes each page when it is there.
func sweep(ctx context.Context, r backend.Reader, out io.Writer) ([]model.Secret, error) {
	rows := bufio.NewWriter(out)
	var all []model.Secret
	for q := (backend.Query{}); ; {
		page, err := r.List(ctx, q)
		if err != nil {
			return nil, err
		}
		if page.Again {
			return nil, errors.New("the list changed while it was read")
		}
		for _, s := range page.Secrets {
			if _, err := fmt.Fprintf(rows, "%-10s %-20s %s\n", s.Ref.MeshWord(), s.Ref.Name, s.Modified.Format("2006-01-02 15:04:05")); err != nil {
				return nil, err
			}
		}
		if err := rows.Flush(); err != nil {
			return nil, err
		}
		all = append(all, page.Secrets...)
		if page.Next == "" {
			return all, nil
		}
		q.Cursor = page.Next
	}
}
