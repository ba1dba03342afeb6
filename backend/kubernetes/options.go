package kubernetes

import (
	"net/http"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/model"
)

// Options says how the API server of a control plane is reached.
type Options struct {
	Name      string       // of the entry, for screens
	Config    *rest.Config // as kubectl would use it; copied, never changed
	Namespace string       // the control plane's; "" to look for it
	Examiner  model.Examiner
	Now       func() time.Time
	// Transport carries the requests instead of the network; a control plane
	// inside this program brings its own.
	Transport http.RoundTripper
}
