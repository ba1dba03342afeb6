package backendtest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Encodings are the forms in which a value could stand in a text.
func Encodings(value string) map[string]string {
	quoted, _ := json.Marshal(value)
	return map[string]string{
		"plain": value, "base64": base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 for URLs": base64.URLEncoding.EncodeToString([]byte(value)), "base64 without padding": base64.RawStdEncoding.EncodeToString([]byte(value)),
		"hex": hex.EncodeToString([]byte(value)), "JSON": strings.Trim(string(quoted), `"`), "Go": strings.Trim(fmt.Sprintf("%q", value), `"`),
		"PEM": string(pem.EncodeToMemory(&pem.Block{Type: "FAKE", Bytes: []byte(value)})),
	}
}

// WantSilent checks an error and everything that it wraps, through every verb.
func WantSilent(t *testing.T, flow string, err error, canaries ...string) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		text := fmt.Sprintf("%v %+v %#v %s %q", e, e, e, e, e)
		for _, canary := range canaries {
			for name, form := range Encodings(canary) {
				if strings.Contains(text, strings.TrimSpace(form)) {
					t.Errorf("%s: the error holds a canary as %s", flow, name)
				}
			}
		}
	}
}

// Flow asks something of a control plane that holds a secret.
type Flow func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error

// Reads tells whether a flow only reads: it has no value in flight.
func Reads(flow string) bool {
	return slices.Contains([]string{"list", "learn", "locate", "get", "resources"}, flow)
}

// Flows are all that is asked of a control plane, with a value in flight, but
// for watches, which have none. What a rehearsal tells goes to the screen as
// errors do, so it is among them.
func Flows(value string) map[string]Flow {
	flows := map[string]Flow{
		"list": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := All(ctx, cp, backend.Query{})
			return err
		},
		"get": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			_, err := cp.Get(ctx, held.Secret.Ref)
			return err
		},
		"create": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := cp.Create(ctx, model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: "new"}}, Value: model.NewValue([]byte(value))})
			return err
		},
		"update": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			_, err := cp.Update(ctx, held, model.Snapshot{Secret: model.Secret{Ref: held.Secret.Ref}, Value: model.NewValue([]byte(value + "2"))})
			return err
		},
		"delete": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			return cp.Delete(ctx, held)
		},
		"resources": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := cp.Resources(ctx, model.KindMesh, "")
			return err
		},
		"learn": func(ctx context.Context, cp backend.ControlPlane, _ model.Snapshot) error {
			_, err := Learnt(ctx, cp, backend.Query{})
			return err
		},
		"locate": func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
			_, err := cp.Locate(ctx, held.Secret.Ref.Name)
			return err
		},
	}
	for name, verb := range map[string]model.Verb{
		"rehearsed create": model.Create, "rehearsed update": model.Edit, "rehearsed delete": model.Delete, "rehearsed reassign": model.Reassign,
	} {
		flows[name] = rehearsing(verb, value)
	}
	return flows
}

// rehearsing tries a change out. What the trials say comes as an error.
func rehearsing(verb model.Verb, value string) Flow {
	return func(ctx context.Context, cp backend.ControlPlane, held model.Snapshot) error {
		change := model.Change{Verb: verb, Before: held, After: snapshot(held.Secret.Ref, value)}
		switch verb {
		case model.Create:
			change.Before, change.After.Secret.Ref.Name = model.Snapshot{}, "new"
		case model.Reassign:
			change.After.Secret.Ref.Mesh = MeshB
		case model.Edit, model.Delete:
		}
		rehearsal, err := cp.Rehearse(ctx, change)
		if err != nil {
			return err
		}
		var said []string
		for _, trial := range rehearsal.Trials {
			said = append(said, trial.Why)
		}
		return errors.New(strings.Join(said, "; "))
	}
}
