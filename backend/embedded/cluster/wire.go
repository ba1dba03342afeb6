package cluster

import (
	"encoding/binary"
	"errors"
)

// The wire types of protocol buffers that are used here.
const (
	wireVarint = 0
	wireFixed8 = 1
	wireBytes  = 2
	wireFixed4 = 5
)

// errWire is the answer to bytes that are no message.
var errWire = errors.New("unexpected EOF")

// appendTag writes the number and type of a field.
func appendTag(b []byte, number, kind int) []byte {
	return binary.AppendUvarint(b, uint64(number)<<3|uint64(kind)) //nolint:gosec // both are small and positive
}

// appendBytes writes a field of bytes, of text or of a message.
func appendBytes[T []byte | string](b []byte, number int, value T) []byte {
	b = appendTag(b, number, wireBytes)
	b = binary.AppendUvarint(b, uint64(len(value)))
	return append(b, value...)
}

// appendBool writes a field that is true or false.
func appendBool(b []byte, number int, value bool) []byte {
	b = appendTag(b, number, wireVarint)
	if value {
		return append(b, 1)
	}
	return append(b, 0)
}

// wireField is one field of a message.
type wireField struct {
	number int
	bytes  []byte // of wireBytes
	value  uint64 // of wireVarint
}

// eachField gives the fields of a message to each, in order.
func eachField(message []byte, each func(wireField) error) error {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return errWire
		}
		message = message[n:]
		f := wireField{number: int(tag >> 3)}
		size := 0
		switch tag & 7 {
		case wireVarint:
			value, n := binary.Uvarint(message)
			if n <= 0 {
				return errWire
			}
			f.value, size = value, n
		case wireFixed8:
			size = 8
		case wireFixed4:
			size = 4
		case wireBytes:
			length, n := binary.Uvarint(message)
			if n <= 0 || length > uint64(len(message)-n) { //nolint:gosec // n bytes were read of it
				return errWire
			}
			size = n + int(length) //nolint:gosec // it is no more than there are bytes
			f.bytes = message[n:size]
		default:
			return errWire
		}
		if size > len(message) {
			return errWire
		}
		message = message[size:]
		if err := each(f); err != nil {
			return err
		}
	}
	return nil
}
