package kubernetes_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/backend/kubernetes/apiservertest"
)

// What a real API server says to somebody who may not be somebody else, to
// nobody, and to a token that it does not know, and to plain http.
func TestLoginsOnAnAPIServer(t *testing.T) {
	t.Parallel()
	server := apiservertest.Shared(t)
	folder := t.TempDir()
	known, err := os.ReadFile(server.Kubeconfig(t, apiservertest.Viewer))
	if err != nil {
		t.Fatal(err)
	}
	changed := func(name, from, to string) string {
		return write(t, filepath.Join(folder, name), strings.ReplaceAll(string(known), from, to))
	}
	viewer := changed("viewer", "", "")
	token := server.Token(apiservertest.Viewer)
	for name, tt := range map[string]struct {
		overrides kubernetes.Overrides
		kind      error
		reason    string
	}{
		"somebody else":          {kubernetes.Overrides{Kubeconfig: viewer, As: "jane"}, backend.ErrInvalid, "you may not impersonate user jane"},
		"somebody else, grouped": {kubernetes.Overrides{Kubeconfig: viewer, As: "jane", AsGroups: []string{"ops"}}, backend.ErrInvalid, "you may not impersonate user jane"},
		"a token of nobody":      {kubernetes.Overrides{Kubeconfig: changed("stranger", token, "fake-token-of-nobody-known")}, backend.ErrUnauthorized, "the token in the kubeconfig is not accepted"},
		"nobody": {kubernetes.Overrides{Kubeconfig: changed("nobody", `"token": "`+token+`"`, "")}, backend.ErrInvalid,
			"the context logs in as nobody, and the cluster shows nobody its control plane"},
		"plain http": {kubernetes.Overrides{Kubeconfig: changed("plain", "https://", "http://")}, backend.ErrInvalid, "it expects https, and is called with http"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := optionsOf(t, tt.overrides, "test")
			if err != nil {
				t.Fatal(err)
			}
			_, err = kubernetes.Connect(context.Background(), o)
			var failure *backend.Error
			if !errors.As(err, &failure) || !errors.Is(err, tt.kind) || failure.Reason != tt.reason {
				t.Errorf("got %#v, want %v, %q", err, tt.kind, tt.reason)
			}
		})
	}
}
