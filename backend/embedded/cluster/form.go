package cluster

import (
	"mime"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	typeJSON  = "application/json"
	typeProto = "application/vnd.kubernetes.protobuf"
)

// The shapes that an object or list can be asked for in.
const (
	asItself   = ""
	asMetadata = "PartialObjectMetadata"
	asTable    = "Table"
)

// metaVersion is the group and version of those shapes.
const metaVersion = "meta.k8s.io/v1"

// form is how an answer is to look.
type form struct {
	proto bool
	as    string
}

// negotiate reads an Accept header. Weights are not looked at: clients send the
// best first.
func negotiate(header string, k Kind) (form, error) {
	if strings.TrimSpace(header) == "" {
		return form{}, nil
	}
	for part := range strings.SplitSeq(header, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		f := form{proto: kind == typeProto}
		switch kind {
		case typeJSON, typeProto, "*/*", "application/*":
		default:
			continue
		}
		switch params["as"] {
		case "":
		case "PartialObjectMetadata", "PartialObjectMetadataList":
			f.as = asMetadata
		case "Table":
			f.as = asTable
		default:
			continue
		}
		if f.proto && (f.as == asTable || f.as == asItself && k != Secrets) {
			continue
		}
		if f.as != asItself && (params["g"] != metav1.GroupName || params["v"] != "v1") {
			continue
		}
		return f, nil
	}
	return form{}, &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotAcceptable, Reason: metav1.StatusReasonNotAcceptable,
		Message: "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
	}}
}

// contentType is what an answer of this form says it is.
func (f form) contentType() string {
	if f.proto {
		return typeProto
	}
	return typeJSON
}

// object encodes one object.
func (f form) object(o *Object) ([]byte, error) {
	switch {
	case f.as == asTable:
		return encodeTable(nil, metav1.ListMeta{ResourceVersion: o.Meta.ResourceVersion}, []*Object{o})
	case f.proto && f.as == asMetadata:
		return metadataProto(o)
	case f.proto:
		return secretProto(o)
	case f.as == asMetadata:
		return encodeJSON(partial(o))
	}
	return encodeJSON(document(o, true))
}

// list is a list of objects of a kind.
type list struct {
	kind    Kind
	meta    metav1.ListMeta
	objects []*Object
}

func (f form) list(l list, s *Server) ([]byte, error) {
	switch {
	case f.as == asTable:
		return encodeTable(s, l.meta, l.objects)
	case f.proto && f.as == asMetadata:
		return metadataListProto(l)
	case f.proto:
		return secretListProto(l)
	}
	return listJSON(l, f.as == asMetadata)
}

// status encodes what is not an object.
func (f form) status(status *metav1.Status) ([]byte, error) {
	if f.proto {
		return statusProto(status)
	}
	status.Kind, status.APIVersion = "Status", "v1"
	return encodeJSON(status)
}

// event encodes one event of a watch, ready to be sent.
func (f form) event(kind string, object []byte) ([]byte, error) {
	if f.proto {
		return eventProto(kind, object)
	}
	return eventJSON(kind, object)
}

// streamType is what a watch says it is.
func (f form) streamType() string {
	if f.proto {
		return typeProto + ";stream=watch"
	}
	return typeJSON
}
