package universal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"meshsecrets/model"
)

// badAnswer is an answer that a control plane would not give. Its text says
// what was wrong and quotes nothing.
type badAnswer struct{ text string }

// Error is what was wrong.
func (b *badAnswer) Error() string { return b.text }

func bad(format string, args ...any) error { return &badAnswer{text: fmt.Sprintf(format, args...)} }

// listing is what a list says beside its items.
type listing struct {
	total int
	items int
}

// readList walks through a list as it arrives and gives each item to take,
// which must read exactly one JSON value. Nothing of an item is kept here.
func readList(from io.Reader, take func(dec *json.Decoder) error) (listing, error) {
	dec := json.NewDecoder(from)
	list := listing{total: -1}
	if err := expect(dec, json.Delim('{'), "a list"); err != nil {
		return list, err
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := readKey(dec, seen)
		if err != nil {
			return list, err
		}
		switch key {
		case "total":
			err = dec.Decode(&list.total)
		case "items":
			list.items, err = readItems(dec, take)
		default:
			err = skip(dec)
		}
		if err != nil {
			return list, about(key, err)
		}
	}
	if err := expect(dec, json.Delim('}'), "the end of the list"); err != nil {
		return list, err
	}
	if !seen["items"] || list.total < 0 {
		return list, bad("the answer is no list of a control plane")
	}
	return list, nil
}

func readItems(dec *json.Decoder, take func(dec *json.Decoder) error) (int, error) {
	start, err := dec.Token()
	if err != nil {
		return 0, err
	}
	if start == nil { // no items at all, as some versions write it
		return 0, nil
	}
	if start != json.Delim('[') {
		return 0, bad("the items are no list")
	}
	count := 0
	for ; dec.More(); count++ {
		if err := take(dec); err != nil {
			var told *badAnswer
			if errors.As(err, &told) {
				return count, bad("item %d: %s", count+1, told.text)
			}
			return count, err
		}
	}
	return count, expect(dec, json.Delim(']'), "the end of the items")
}

// readKey reads the next key of an object. The same key twice is refused: two
// readers of such an object may see two different ones.
func readKey(dec *json.Decoder, seen map[string]bool) (string, error) {
	token, err := dec.Token()
	if err != nil {
		return "", err
	}
	key, ok := token.(string)
	if !ok {
		return "", bad("a field without a name")
	}
	if seen[key] {
		return "", bad("the same field stands there twice")
	}
	seen[key] = true
	return key, nil
}

// clip shortens a foreign name for an error.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return s
}

func expect(dec *json.Decoder, want json.Delim, what string) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token != want {
		return bad("%s was expected", what)
	}
	return nil
}

// skip passes over a value. Its depth is bounded by the decoder.
func skip(dec *json.Decoder) error {
	var ignored json.RawMessage
	return dec.Decode(&ignored)
}

// about says of which field a mistake is; errors of reading pass as they are.
func about(field string, err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return bad("%s is of a wrong type", field)
	}
	return err
}

// readSecret reads one secret, learns its facts and lends the value to keep,
// which may be nil. A secret whose data cannot be decoded is still told, with
// the problem among its facts.
func (p *plane) readSecret(dec *json.Decoder, keep func(value []byte)) (model.Secret, error) {
	start, err := dec.Token()
	if err != nil {
		return model.Secret{}, err
	}
	if start != json.Delim('{') {
		return model.Secret{}, bad("it is no object")
	}
	var s model.Secret
	var kind string
	data := encoded{take: func(value []byte) {
		s.Facts = p.examiner.Examine(value)
		if keep != nil {
			keep(value)
		}
	}}
	seen := make(map[string]bool, 8)
	for dec.More() {
		key, err := readKey(dec, seen)
		if err != nil {
			return model.Secret{}, err
		}
		switch key {
		case "type":
			err = dec.Decode(&kind)
		case "mesh":
			err = dec.Decode(&s.Ref.Mesh)
		case "name":
			err = dec.Decode(&s.Ref.Name)
		case "creationTime":
			s.Created, err = readTime(dec)
		case "modificationTime":
			s.Modified, err = readTime(dec)
		case "labels":
			err = dec.Decode(&s.Labels)
		case "data":
			err = dec.Decode(&data)
		default:
			err = skip(dec)
		}
		if err != nil {
			return model.Secret{}, about(key, err)
		}
	}
	if err := expect(dec, json.Delim('}'), "the end of the secret"); err != nil {
		return model.Secret{}, err
	}
	return s, finish(&s, kind, &data)
}

// finish checks what no single field tells.
func finish(s *model.Secret, kind string, data *encoded) error {
	switch {
	case s.Ref.Name == "":
		return bad("it has no name")
	case kind == kindSecret && s.Ref.Mesh == "":
		return bad("it has no mesh")
	case kind == kindGlobal:
		// Some versions keep a mesh that was sent with a global secret; it
		// means nothing.
		s.Ref.Mesh = ""
	case kind != kindSecret:
		return bad("it is no secret")
	}
	if data.problem != "" {
		s.Facts = model.Facts{Kind: model.Binary, Problem: data.problem}
	} else if !data.taken {
		data.take(nil)
	}
	return nil
}

// The types of the two kinds of secrets.
const (
	kindSecret = "Secret"
	kindGlobal = "GlobalSecret"
)

// readTime reads a time. One that cannot be read, or lies beyond what Go can
// hold, is the zero time: it is shown as unknown, and hides nothing else.
func readTime(dec *json.Decoder) (time.Time, error) {
	var text json.RawMessage
	if err := dec.Decode(&text); err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(text))
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // said above
	}
	return t, nil
}

// problemNotBase64 stands among the facts of a secret whose data cannot be
// decoded.
const problemNotBase64 = "the control plane sent a value that is not base64"

// encoded is the data field. It decodes into a buffer of its own, lends that
// to take, and overwrites it; it holds nothing afterwards.
type encoded struct {
	take    func(value []byte)
	taken   bool
	problem string
}

// UnmarshalJSON never fails, so that one bad value does not hide the others.
func (e *encoded) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	if len(text) < 2 || text[0] != '"' {
		e.problem = problemNotBase64
		return nil
	}
	inner := text[1 : len(text)-1]
	if bytes.IndexByte(inner, '\\') >= 0 {
		var unescaped string
		if json.Unmarshal(text, &unescaped) != nil {
			e.problem = problemNotBase64
			return nil
		}
		inner = []byte(unescaped)
	}
	value := make([]byte, base64.StdEncoding.DecodedLen(len(inner)))
	defer clear(value)
	n, err := base64.StdEncoding.Decode(value, inner)
	if err != nil {
		e.problem = problemNotBase64
		return nil
	}
	e.taken = true
	e.take(value[:n])
	return nil
}
