package ui

import (
	"testing"

	"meshsecrets/backend"
)

// TestOnlyAMissingRightIsAskedFor holds that a quota or a policy, refused with
// the same status, is not called a right.
func TestOnlyAMissingRightIsAskedFor(t *testing.T) {
	t.Parallel()
	s := &session{entry: backend.Entry{Name: "prod-eu"}, id: backend.Identity{Environment: backend.Kubernetes, User: "jo@example.com"}}
	for name, c := range map[string]struct {
		err  *backend.Error
		want string
	}{
		"a right": {&backend.Error{Kind: backend.ErrForbidden, Op: "saving", Reason: "you may not create secrets in namespace kuma-system", Hint: "Whoever runs the cluster can give you that right."},
			"You may not create secrets in namespace kuma-system on prod-eu. You are jo@example.com. Whoever runs the cluster can give you that right."},
		"a quota": {&backend.Error{Kind: backend.ErrForbidden, Op: "saving", Reason: "exceeded quota: secrets-count, requested: count/secrets=1, used: count/secrets=200, limited: count/secrets=200"},
			"prod-eu refuses it: exceeded quota: secrets-count, requested: count/secrets=1, used: count/secrets=200, limited: count/secrets=200. Whoever runs that cluster sets this limit or rule."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := explain(c.err, s).Text; got != c.want {
				t.Errorf("it says\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestMarksOfAnEntry holds which mark is shown of several.
func TestMarksOfAnEntry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		entry backend.Entry
		want  string
	}{
		{backend.Entry{Unverified: true, ReadOnly: true, Protected: true}, "unverified  "},
		{backend.Entry{ReadOnly: true, Protected: true}, "read-only   "},
		{backend.Entry{Protected: true}, "protected   "},
		{backend.Entry{}, "            "},
	} {
		if got := (picker{}).marks(c.entry).Text; got != c.want {
			t.Errorf("%+v is marked %q, want %q", c.entry, got, c.want)
		}
	}
}
