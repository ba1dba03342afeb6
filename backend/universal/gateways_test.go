package universal

import (
	"errors"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Gateways are objects of a cluster: a control plane on Kubernetes cannot list
// those that there may be, and outside of Kubernetes there are none. Neither is
// asked for them.
func TestGatewaysAreNotOfTheControlPlane(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]error{"universal": backend.ErrNoneThere, "kubernetes": backend.ErrElsewhere} {
		f := newFake()
		f.config = strings.Replace(f.config, `"environment":"universal"`, `"environment":"`+environment+`"`, 1)
		cp := f.connect(t)
		before := len(f.log)
		if _, err := cp.Resources(t.Context(), model.KindGateway, ""); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", environment, err, want)
		}
		if len(f.log) != before {
			t.Errorf("%s: it was asked %q", environment, f.log[before:])
		}
	}
}
