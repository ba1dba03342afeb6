package embedded_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// redacted stands in the recordings for every value that the control plane
// generated: keys, tokens and certificates.
const redacted = "UkVEQUNURUQ="

// rules are what may differ between a recorded answer and ours. Each entry is a
// field, by its name, and what is asked of it instead.
type rules map[string]func(recorded, ours any) bool

// ignored is all that may differ in what a control plane answers.
var ignored = rules{
	// Times are of the moment; ours have to be times as well.
	"creationTime":      bothTimes,
	"modificationTime":  bothTimes,
	"creationTimestamp": bothTimes,
	// Identifiers are made anew for each control plane.
	"clusterId":  bothTexts,
	"instanceId": bothTexts,
	// Generated values were withheld in the recording; ours have to be there.
	// The second is the field of the Kubernetes form.
	"data":  sameValue,
	"value": sameValue,
}

func sameValue(recorded, ours any) bool {
	return recorded == ours || recorded == redacted && bothTexts(recorded, ours)
}

// computed are the fields, by exchange, that a real control plane adds to
// policies when it works with them. Ours only stores policies.
var computed = map[int][]string{167: {"snis", "status", "spec.tls.allowRenegotiation"}}

func bothTexts(recorded, ours any) bool {
	a, is := recorded.(string)
	b, are := ours.(string)
	return is && are && a != "" && b != ""
}

func bothTimes(recorded, ours any) bool {
	for _, v := range []any{recorded, ours} {
		text, is := v.(string)
		if !is {
			return false
		}
		if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
			return false
		}
	}
	return true
}

// differences compares an answer with the recorded one.
func differences(x exchange, ours *http.Response, body string) []string {
	var found []string
	if ours.StatusCode != x.Response.Status {
		found = append(found, fmt.Sprintf("status %d, recorded %d", ours.StatusCode, x.Response.Status))
	}
	for _, name := range []string{"Content-Type", "Allow"} {
		if got, want := ours.Header.Get(name), x.Response.Headers[name]; got != want {
			found = append(found, fmt.Sprintf("%s %q, recorded %q", name, got, want))
		}
	}
	if !strings.HasPrefix(x.Response.Headers["Content-Type"], "application/json") {
		if body != x.Response.Body && x.Response.Body != redacted {
			found = append(found, fmt.Sprintf("body %q, recorded %q", body, x.Response.Body))
		}
		return found
	}
	var recorded, got any
	if err := json.Unmarshal([]byte(x.Response.Body), &recorded); err != nil {
		return append(found, "the recorded body is no JSON")
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		return append(found, "our body is no JSON")
	}
	for _, difference := range ignored.compare("", recorded, got) {
		absent, is := strings.CutSuffix(difference, ": is absent, but recorded")
		if !is || !slices.Contains(computed[x.Number], absent) {
			found = append(found, difference)
		}
	}
	return found
}

// compare walks through two documents. It never quotes a value.
func (r rules) compare(path string, recorded, ours any) []string {
	switch want := recorded.(type) {
	case map[string]any:
		got, is := ours.(map[string]any)
		if !is {
			return []string{path + ": is no object"}
		}
		return r.compareFields(path, want, got)
	case []any:
		got, is := ours.([]any)
		if !is || len(got) != len(want) {
			return []string{path + ": is not a list of as many"}
		}
		var found []string
		for i := range want {
			found = append(found, r.compare(fmt.Sprintf("%s[%d]", path, i), want[i], got[i])...)
		}
		return found
	}
	name := path[strings.LastIndex(path, ".")+1:]
	if same, may := r[name]; may {
		if same(recorded, ours) {
			return nil
		}
		return []string{path + ": differs"}
	}
	if recorded != ours {
		return []string{fmt.Sprintf("%s: %#v, recorded %#v", path, ours, recorded)}
	}
	return nil
}

func (r rules) compareFields(path string, want, got map[string]any) []string {
	var found []string
	keys := maps.Clone(want)
	maps.Copy(keys, got)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		_, recorded := want[key]
		_, there := got[key]
		switch {
		case recorded && there:
			found = append(found, r.compare(at, want[key], got[key])...)
		case recorded:
			found = append(found, at+": is absent, but recorded")
		default:
			found = append(found, at+": is there, but not recorded")
		}
	}
	return found
}
