package kubernetes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"meshsecrets/model"
)

// The conditions of writes are here and nowhere else, so that each can be
// taken out on purpose and the contract be seen to fail.

// onlyIf is the condition of a deletion: the very object that was seen,
// unchanged. Its name alone could be that of another one by now.
func onlyIf(seen model.Version) *metav1.Preconditions {
	uid, revision := types.UID(seen.UID), seen.Revision
	return &metav1.Preconditions{UID: &uid, ResourceVersion: &revision}
}

// conditional is an object as an update sends it: with the version it was read
// in, which a server compares. It would take one without a version whatever is
// there, so such an object is not sent.
func conditional(object held) (held, bool) {
	return object, object.UID != "" && object.ResourceVersion != ""
}

// sameObject tells whether an object is the one that was seen, unchanged. What
// was seen without a version is compared whole.
func (p *plane) sameObject(there held, seen model.Snapshot) bool {
	if seen.Secret.Version.UID != "" {
		return there.version() == seen.Secret.Version
	}
	now := p.snapshot(there)
	defer now.Wipe()
	return now.Same(seen)
}
