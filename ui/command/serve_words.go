package command

import (
	"fmt"
	"strings"
)

const served = `The demo's control plane answers at %[1]s until ctrl+c.
Its secrets are made up, and everybody on this machine is its admin.

  meshsecrets --server %[1]s
  curl %[1]s/secrets
  kumactl config control-planes add --name meshsecrets-demo --address %[1]s
`

const servedCluster = `The demo's control plane answers at %[1]s as the API server of its cluster, until ctrl+c.
Its secrets are made up, and everybody on this machine is its admin.

  echo '%[3]s' > demo.kubeconfig
  meshsecrets --kubeconfig demo.kubeconfig
  kubectl --server %[1]s -n %[2]s get secrets
`

const servedZones = `
Zones follow it: %[1]s. What the control plane knows of one, and a reassign that they take part in:

  curl %[2]s
  meshsecrets reassign stripe-webhook-token --from payments --to checkout %[3]s
`

// demoConfig is the configuration by which the demo's cluster is reached.
const demoConfig = `{"apiVersion":"v1","kind":"Config","current-context":"demo",` +
	`"clusters":[{"name":"demo","cluster":{"server":"%s"}}],` +
	`"contexts":[{"name":"demo","context":{"cluster":"demo","namespace":"%s"}}]}`

// servedWords say how what is served is reached, and what to try.
func servedWords(address string, inCluster bool, zones []string) string {
	text, one, reach := fmt.Sprintf(served, address), "/zones/%s/_overview", "--server "+address
	if inCluster {
		text = fmt.Sprintf(servedCluster, address, demoNamespace, fmt.Sprintf(demoConfig, address, demoNamespace))
		one, reach = "/apis/kuma.io/v1alpha1/zoneinsights/%s", "--kubeconfig demo.kubeconfig"
	}
	if len(zones) == 0 {
		return text
	}
	return text + fmt.Sprintf(servedZones, strings.Join(zones, ", "), address+fmt.Sprintf(one, zones[0]), reach)
}
