package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"meshsecrets/model"
)

// The titles of errors.
const (
	titleBad         = "Bad Request"
	titleProcess     = "Could not process a resource"
	titleCreate      = "Failed to create a resource"
	titleUpdate      = "Failed to update a resource"
	titleUpdateOther = "Could not update a resource"
	titleRetrieve    = "Could not retrieve a resource"
	titleList        = "Could not retrieve resources"
	titleDelete      = "Could not delete a resource"
	titleMesh        = "Failed to retrieve Mesh"
)

const (
	typeJSON      = "application/json"
	typeText      = "text/plain; charset=utf-8"
	typeToken     = "text/plain"
	detailInvalid = "Resource is not valid"
	detailMissing = "Not found"
)

// reply is an answer that is ready to be sent. Answers are built first and
// written last, so that nobody writes two of them.
type reply struct {
	status  int
	kind    string // Content-Type
	allow   string // Allow, with 405
	body    []byte
	problem *problem // what went wrong, for those who asked from inside
}

func (p reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body) // the other side may be gone; nobody is left to tell
}

// encoded answers with v as JSON.
func encoded(status int, v any) reply {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return refused(http.StatusInternalServerError, "Internal Server Error", "could not encode the answer")
	}
	return reply{status: status, kind: typeJSON, body: out.Bytes()}
}

// done answers a write.
func done(status int) reply {
	return reply{status: status, kind: typeJSON, body: []byte("{}\n")}
}

// plain answers as the router of a control plane does, which knows no JSON.
func plain(status int, more string) reply {
	text := fmt.Sprintf("%d: %s%s", status, routerWord(status), more)
	return reply{status: status, kind: typeText, body: []byte(text)}
}

func routerWord(status int) string {
	if status == http.StatusNotFound {
		return "Page Not Found"
	}
	return http.StatusText(status)
}

// problem is the form of an error. Detail and Details, and the two lists, say
// the same: control planes keep the older form beside the newer.
type problem struct {
	Type    string      `json:"type"`
	Status  int         `json:"status"`
	Title   string      `json:"title"`
	Detail  string      `json:"detail"`
	Invalid []violation `json:"invalid_parameters,omitempty"`
	Details string      `json:"details"`
	Causes  []cause     `json:"causes,omitempty"`
}

type violation struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

type cause struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is the problem in one line. It holds names and rules, never a value.
func (p *problem) Error() string {
	text := fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail)
	for _, v := range p.Invalid {
		text += fmt.Sprintf("; %s: %s", v.Field, v.Reason)
	}
	return model.Visible(text)
}

func refused(status int, title, detail string, violations ...violation) reply {
	p := &problem{Type: "/std-errors", Status: status, Title: title, Detail: detail, Details: detail, Invalid: violations}
	for _, v := range violations {
		p.Causes = append(p.Causes, cause{Field: v.Field, Message: v.Reason})
	}
	answer := encoded(status, p)
	answer.problem = p
	return answer
}

func invalid(title string, violations ...violation) reply {
	return refused(http.StatusBadRequest, title, detailInvalid, violations...)
}

func missing(title string) reply {
	return refused(http.StatusNotFound, title, detailMissing)
}
