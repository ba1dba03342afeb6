package embedded

import (
	"strings"

	"meshsecrets/backend/embedded/cluster"
)

// fields are those of an object as JSON has them.
type fields = map[string]any

// chart is the name of the chart, of which other names are made.
func (c *ControlPlane) chart() string {
	return strings.ToLower(strings.ReplaceAll(c.options.Product, " ", "-"))
}

func (c *ControlPlane) deployment() string { return c.chart() + "-control-plane" }

// install puts into the cluster what the chart of the control plane puts there,
// as far as anybody looks at it.
func (c *ControlPlane) install() {
	deployment := &cluster.Object{Kind: cluster.Deployments, Fields: fields{"spec": c.deploymentSpec(), "status": fields{"replicas": 1}}}
	deployment.Meta.Name, deployment.Meta.Namespace = c.deployment(), c.options.SystemNamespace
	deployment.Meta.Labels = map[string]string{"app": c.deployment()}

	webhooks := &cluster.Object{Kind: cluster.Webhooks, Fields: fields{"webhooks": []any{
		c.webhook(webhookValidator, "/validate-kuma-io-v1alpha1", "Fail"),
		c.webhook(webhookSecret, "/validate-v1-secret", "Ignore"),
	}}}
	webhooks.Meta.Name = c.chart() + "-validating-webhook-configuration"
	objects := []*cluster.Object{deployment, webhooks}
	for _, o := range objects {
		cluster.Own(o, []string{"helm"}, c.started, c.started)
	}
	if c.options.Mode == ModeGlobal {
		for _, name := range c.options.Zones {
			objects = append(objects, c.zone("Zone", name, fields{"enabled": true}),
				c.zone(insightKind, name, fields{"subscriptions": []any{}}))
		}
	}
	c.cluster.Seed(objects...)
}

func (c *ControlPlane) zone(kindName, name string, spec fields) *cluster.Object {
	o := &cluster.Object{Kind: c.kindNamed(kindName), Fields: fields{"mesh": "default", "spec": spec}}
	o.Meta.Name = name
	cluster.Own(o, []string{ownManager}, c.started, c.started)
	return o
}

func (c *ControlPlane) deploymentSpec() fields {
	image := "docker.io/kumahq/kuma-cp:" + c.options.Version
	if c.options.Product == ProductKongMesh {
		image = "docker.io/kong/kuma-cp:" + c.options.Version
	}
	env := []any{
		fields{"name": "KUMA_ENVIRONMENT", "value": EnvironmentKubernetes},
		fields{"name": "KUMA_STORE_KUBERNETES_SYSTEM_NAMESPACE", "value": c.options.SystemNamespace},
		fields{"name": "KUMA_API_SERVER_READ_ONLY", "value": "true"},
		fields{"name": "KUMA_MODE", "value": c.options.Mode},
	}
	if c.options.Mode == ModeZone && c.federated() {
		env = append(env,
			fields{"name": "KUMA_MULTIZONE_ZONE_NAME", "value": c.options.ZoneName},
			fields{"name": "KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS", "value": c.options.GlobalAddress})
	}
	labels := fields{"app": c.deployment()}
	return fields{
		"replicas": 1, "selector": fields{"matchLabels": labels},
		"template": fields{
			"metadata": fields{"labels": labels},
			"spec": fields{"containers": []any{
				fields{"name": "control-plane", "image": image, "env": env},
			}},
		},
	}
}

func (c *ControlPlane) webhook(name, path, policy string) fields {
	return fields{
		"name": name, "failurePolicy": policy, "sideEffects": "None", "admissionReviewVersions": []any{"v1"},
		"clientConfig": fields{"service": fields{"name": c.deployment(), "namespace": c.options.SystemNamespace, "path": path, "port": 443}},
		"rules":        []any{},
	}
}
