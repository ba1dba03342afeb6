package kubernetes

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// words are what an API server says of a refusal.
type words struct{ metav1.Status }

// Where the texts of admission begin: what stands before is about the webhook.
const deniedBy = "denied the request: "

// noRight tells a refusal by access rules, which begins with whom it is about,
// from one by admission: a policy's own text may say "cannot" as well.
func (w words) noRight() bool {
	_, said, found := strings.Cut(w.Message, "forbidden: ")
	return found && strings.HasPrefix(said, `User "`) && strings.Contains(said, `" cannot `)
}

// notAs tells that somebody else may not be impersonated. Newer API servers say
// for which deed they looked: "cannot impersonate-on:user-info:list".
func (w words) notAs() bool {
	return w.noRight() && strings.Contains(w.Message, `" cannot impersonate`)
}

// admissionSilent tells that an admission webhook could not be asked, so that
// nothing was written.
func (w words) admissionSilent() bool {
	return strings.Contains(w.Message, "failed calling webhook")
}

// unnamed are fields of an object in the terms of the console.
var unnamed = map[string]string{"metadata.name": "name", "data.value": "data"}

func (w words) field() string {
	if w.Details == nil || len(w.Details.Causes) == 0 {
		return ""
	}
	field := w.Details.Causes[0].Field
	return cmp.Or(unnamed[field], field)
}

func (w words) reason() string {
	var all []string
	if w.Details != nil {
		for _, cause := range w.Details.Causes {
			all = append(all, saying(cause.Field, cause.Message))
		}
	}
	if len(all) > 0 {
		return strings.Join(all, "; ")
	}
	if _, said, found := strings.Cut(w.Message, deniedBy); found {
		return said
	}
	return w.Message
}

func saying(field, message string) string {
	if field == "" {
		return message
	}
	return field + ": " + message
}

// deed says in words what a call does: "list secrets in namespace
// kong-mesh-system".
func (c call) deed() string {
	what := c.verb + " " + c.at.resource
	if c.at.group != "" {
		what += " of " + c.at.group
	}
	if c.at.namespace != "" {
		return what + " in namespace " + c.at.namespace
	}
	return what + " of the whole cluster"
}
