package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxIndented bounds an indented document: deep nesting could make it
// thousands of times as large as the value.
const maxIndented = 4 << 20

// member is one member of a JSON object, undecoded.
type member struct {
	name string
	raw  json.RawMessage
}

// readMembers reads a JSON object in its order, doubles included. Reading into
// a map would lose the order, into a struct the case of names.
func readMembers(text []byte) ([]member, bool) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	var members []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, false
		}
		m := member{}
		m.name, _ = name.(string)
		if dec.Decode(&m.raw) != nil {
			return nil, false
		}
		members = append(members, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	_, err := dec.Token()
	return members, errors.Is(err, io.EOF)
}

// lastText gives the member of that name when it is a text. Of doubles the last
// counts, as for most readers.
func lastText(members []member, name string) (text string, ok bool) {
	for _, m := range members {
		if m.name == name {
			text, ok = m.str()
		}
	}
	return text, ok
}

func (m member) str() (string, bool) {
	var text string
	if len(m.raw) == 0 || m.raw[0] != '"' || json.Unmarshal(m.raw, &text) != nil {
		return "", false
	}
	return text, true
}

// text is the member in words: a text without its quotes, a list of texts with
// commas, all else as JSON.
func (m member) text() string {
	if text, ok := m.str(); ok {
		return text
	}
	var list []string
	if m.raw[0] == '[' && json.Unmarshal(m.raw, &list) == nil {
		return strings.Join(list, ", ")
	}
	var compact bytes.Buffer
	if json.Compact(&compact, m.raw) != nil {
		return string(m.raw)
	}
	return compact.String()
}

// learnJSON explains an object, a list or a text of JSON. A bare number, true,
// false or null is text: passwords look like that.
func (f *Facts) learnJSON(value []byte) bool {
	trimmed := bytes.TrimLeft(value, " \t\r\n")
	if len(trimmed) == 0 || !json.Valid(trimmed) {
		return false
	}
	switch trimmed[0] {
	case '{':
		f.Shape = fmt.Sprintf("an object of %d", entries(trimmed))
	case '[':
		f.Shape = fmt.Sprintf("a list of %d", entries(trimmed))
	case '"':
		f.Shape = "a string"
	default:
		return false
	}
	f.Kind = JSON
	return true
}

// scan walks valid JSON and hands over every byte that is in no string, with
// the depth after it.
func scan(text []byte, each func(c byte, depth int)) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			each(c, depth)
		case quoted:
		default:
			switch c {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			each(c, depth)
		}
	}
}

// entries counts what an object or list holds.
func entries(text []byte) int {
	commas, empty := 0, true
	scan(text[1:], func(c byte, depth int) {
		switch {
		case depth < 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == ',' && depth == 0:
			commas++
		default:
			empty = false
		}
	})
	if empty {
		return 0
	}
	return commas + 1
}

// IndentJSON writes a JSON value with two blanks for each level, its order and
// its numbers kept, for the revealed view. It tells whether the value is JSON
// that can be written so: the result is bounded. It is not made visible.
func IndentJSON(value []byte) (string, bool) {
	value = bytes.TrimSpace(bytes.TrimPrefix(value, byteOrderMark))
	if len(value) == 0 || len(value) > MaxExplained || !json.Valid(value) {
		return "", false
	}
	size := len(value)
	scan(value, func(c byte, depth int) {
		switch c {
		case ',', '{', '[', '}', ']':
			size += 1 + 2*depth
		case ':':
			size++
		}
	})
	if size > maxIndented {
		return "", false
	}
	var b bytes.Buffer
	if json.Indent(&b, value, "", "  ") != nil {
		return "", false
	}
	return b.String(), true
}
