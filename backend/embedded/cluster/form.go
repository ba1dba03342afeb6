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
	asItself       = ""
	asMetadata     = "PartialObjectMetadata"
	asMetadataList = "PartialObjectMetadataList"
	asTable        = "Table"
	asUnknown      = "?" // in none that there is
)

// metaVersion is the group and version of those shapes.
const metaVersion = "meta.k8s.io/v1"

// form is how an answer is to look.
type form struct {
	proto bool
	as    string
	many  bool // a list of that shape was asked for
}

// negotiate reads an Accept header. Weights are not looked at: clients send the
// best first. When nothing can be had, the form is that of the refusal.
func negotiate(header string, k Kind) (form, error) {
	if strings.TrimSpace(header) == "" {
		return form{}, nil
	}
	refusal, known := form{}, false
	for part := range strings.SplitSeq(header, ",") {
		f, readable := readForm(part)
		if !readable {
			continue
		}
		shaped := f.as != asUnknown
		if shaped && (!f.proto || f.as == asMetadata || f.as == asItself && k == Secrets) {
			return f, nil
		}
		if !known {
			refusal.proto, known = f.proto && f.as == asItself, true
		}
	}
	const accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
	if !known && !k.Custom { // it does not get as far as those who know of shapes
		refused := notAcceptable("406: Not Acceptable\n\nAvailable representations: " + accepted)
		refused.ErrStatus.Details = &metav1.StatusDetails{}
		return refusal, refused
	}
	return refusal, notAcceptable("only the following media types are accepted: " + accepted)
}

func notAcceptable(why string) *apierrors.StatusError {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotAcceptable, Reason: metav1.StatusReasonNotAcceptable, Message: why,
	}}
}

// notShaped refuses to show a list as an object, or an object as a list.
func notShaped(why string, k Kind, list string) error {
	what := "core." + k.Name + list
	if k.Custom {
		what = "unstructured.Unstructured" + list
	}
	return notAcceptable(why + " (*" + what + ")")
}

// readForm reads one part of an Accept header; false when its type is none of
// ours.
func readForm(part string) (form, bool) {
	kind, params, err := mime.ParseMediaType(part)
	if err != nil {
		return form{}, false
	}
	f := form{proto: kind == typeProto}
	switch kind {
	case typeJSON, typeProto, "*/*", "application/*":
	default:
		return form{}, false
	}
	switch params["as"] {
	case "":
		return f, true
	case asMetadata, asMetadataList:
		f.as, f.many = asMetadata, params["as"] == asMetadataList
	case asTable:
		f.as = asTable
	default:
		f.as = asUnknown
	}
	if params["g"] != metav1.GroupName || params["v"] != "v1" {
		f.as = asUnknown
	}
	return f, true
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
