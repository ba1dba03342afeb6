package cluster

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// token is what a continue token holds, in the form of a real server. Clients
// have no business in it.
type token struct {
	Version string `json:"v"`
	At      int64  `json:"rv"`
	Start   string `json:"start"`
}

// anyVersion in a token stands for: go on from there, in what is there now.
const anyVersion = -1

// expired are the texts of a list or watch that can no longer go on.
const (
	expiredList = "The provided continue parameter is too old to display a consistent list result. " +
		"You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
		"Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted " +
		"between the time the first chunk was returned and now may show up in the list."
	expiredWatch = "too old resource version: %d (%d)"
)

// continueAfter is the token for what follows an object.
func continueAfter(version uint64, namespace string, last *Object) string {
	start := "/" + last.Meta.Name
	if namespace == "" {
		start = last.key()
	}
	return token{Version: metaVersion, At: int64(version), Start: start + "\x00"}.encode() //nolint:gosec // a count of changes
}

func (t token) encode() string {
	raw, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// resume finds where a list goes on. The lock is held.
func (s *Server) resume(q request) (start, error) {
	var t token
	raw, err := base64.RawURLEncoding.DecodeString(q.query.Get("continue"))
	if err == nil {
		err = json.Unmarshal(raw, &t)
	}
	if err != nil || t.Version != metaVersion {
		return start{}, apierrors.NewBadRequest(fmt.Sprintf("invalid continue token: continue key is not valid: %v", err))
	}
	if q.query.Get("resourceVersion") != "" && q.query.Get("resourceVersion") != "0" {
		return start{}, apierrors.NewBadRequest("specifying resource version is not allowed when using continue")
	}
	after := strings.TrimSuffix(t.Start, "\x00")
	if q.namespace != "" {
		after = q.namespace + after
	}
	if t.At == anyVersion {
		return start{version: s.store.version, objects: s.store.all(q.kind), after: after}, nil
	}
	objects, known := s.store.at(q.kind, uint64(t.At)) //nolint:gosec // a token of ours
	if !known {
		expired := apierrors.NewResourceExpired(expiredList)
		expired.ErrStatus.Continue = token{Version: metaVersion, At: anyVersion, Start: t.Start}.encode()
		return start{}, expired
	}
	return start{version: uint64(t.At), objects: objects, after: after}, nil //nolint:gosec // a token of ours
}
