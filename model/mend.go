package model

import (
	"bytes"
	"encoding/base64"
	"unicode/utf16"
	"unicode/utf8"
)

// Mend is a change of a value that puts a finding right.
type Mend uint8

// The mends.
const (
	NoMend        Mend = iota
	RemoveNewline      // the line ends at the end
	ToLF               // CR LF becomes LF
	RemoveBOM          // the byte order mark of UTF-8
	ToUTF8             // from UTF-16, without its byte order mark
	DecodeIt           // from base64
)

// Apply gives the mended value as new bytes, which the caller wipes. What it
// does not apply to comes back as it is.
func (m Mend) Apply(value []byte) []byte {
	switch m {
	case RemoveNewline:
		return bytes.Clone(bytes.TrimRight(value, "\r\n"))
	case ToLF:
		return bytes.ReplaceAll(value, []byte("\r\n"), []byte("\n"))
	case RemoveBOM:
		return bytes.Clone(bytes.TrimPrefix(value, byteOrderMark))
	case ToUTF8:
		return toUTF8(value)
	case DecodeIt:
		decoded := make([]byte, base64.StdEncoding.DecodedLen(len(value)))
		if n, err := base64.StdEncoding.Decode(decoded, value); err == nil {
			return decoded[:n]
		}
		clear(decoded)
	case NoMend:
	}
	return bytes.Clone(value)
}

func toUTF8(value []byte) []byte {
	if !utf16Mark(value) {
		return bytes.Clone(value)
	}
	low := 0
	if value[0] == 0xfe {
		low = 1
	}
	units := make([]uint16, 0, len(value)/2)
	for at := 2; at < len(value); at += 2 {
		units = append(units, uint16(value[at+low])|uint16(value[at+1-low])<<8)
	}
	runes := utf16.Decode(units)
	text := make([]byte, 0, len(runes)*utf8.UTFMax)
	for _, r := range runes {
		text = utf8.AppendRune(text, r)
	}
	clear(units)
	clear(runes)
	return text
}
