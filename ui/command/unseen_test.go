package command

import (
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

const rubbish = "CANARY-fake-rubbish"

// failing answers with a status to whoever lists the kind that names psp.
func (x *there) failing(status int) *there {
	x.asked = func(r *http.Request) int {
		if path := r.URL.Path; strings.HasSuffix(path, "/external-services") || strings.HasSuffix(path, "/externalservices") {
			return status
		}
		return 0
	}
	return x
}

// What uses a secret and cannot be read takes no less than what can: --yes alone
// neither deletes it, nor moves it, nor gives it another value.
func TestUnseenUsersTakeAFlag(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		for _, status := range []int{http.StatusForbidden, http.StatusServiceUnavailable} {
			for _, line := range []string{"delete psp --mesh payments --yes", "edit psp --from-file - --mesh payments --yes", "reassign psp --from payments --to checkout --yes"} {
				x := standing(t, environment).failing(status)
				x.input = rubbish
				text, code := x.does(line)
				if code != ExitRefused || !strings.Contains(text, "who uses it is not known, as these were not read: ExternalService (") || x.valueOf("payments/psp") != "fake" {
					t.Errorf("%s, %d: %s ends with %d:\n%s", environment, status, line, code, text)
				}
				x.input = rubbish
				if text, code := x.does(line + " --despite-references"); code != ExitDone {
					t.Errorf("%s, %d: %s with the flag ends with %d:\n%s", environment, status, line, code, text)
				}
			}
		}
	}
}

// What is only tried says that it would.
func TestUnseenUsersAreToldByADryRun(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal).failing(http.StatusForbidden)
	x.input = rubbish
	for _, line := range []string{"delete hook --mesh payments --dry-run", "edit hook --from-file - --mesh payments --dry-run", "reassign hook --from payments --to checkout --dry-run"} {
		if text, code := x.does(line); code != ExitDone || !strings.Contains(text, "Nothing stands against it but what could not be read: --yes takes --despite-references beside it.") {
			t.Errorf("%s ends with %d:\n%s", line, code, text)
		}
	}
}

// What names a secret and does not use it need not wait for it, so that nothing
// is missing; it can be added all the same.
func TestAddsWhatIsNamedAndNotUsed(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		x := standing(t, environment)
		listener := map[string]any{"port": 8443, "protocol": "TLS", "tls": map[string]any{"mode": "PASSTHROUGH", "certificates": []any{map[string]any{"secret": "waits"}}}}
		if err := x.far.Put("/meshes/checkout/meshgateways/edge", map[string]any{"type": "MeshGateway", "mesh": "checkout", "name": "edge",
			"selectors": []any{map[string]any{"match": map[string]string{"kuma.io/service": "edge"}}},
			"conf":      map[string]any{"listeners": []any{listener}}}); err != nil {
			t.Fatal(err)
		}
		x.input = rubbish
		if text, code := x.does("create waits --from-file - --mesh checkout --yes"); code != ExitDone || x.valueOf("checkout/waits") != rubbish {
			t.Errorf("%s: it ends with %d:\n%s", environment, code, text)
		}
	}
}
