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
	// Host names this machine in safety copies, for whoever finds one; "" when
	// it is not known.
	Host string
	// Transport carries the requests instead of the network; a control plane
	// inside this program brings its own.
	Transport http.RoundTripper
	// LoginGuard is a command and its first arguments, after which "--", a
	// program that logs in and its arguments follow. It runs the program and
	// bounds it in time and output, which client-go does not, and ends as the
	// program did or with one of LoginMissing, LoginBarred, LoginSlow and
	// LoginEndless. With nil the program is run without bounds.
	LoginGuard []string
}
