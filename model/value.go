package model

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Mask is what stands for a value wherever it is not revealed: always eight
// dots, so that it does not tell the length.
const Mask = "••••••••"

// ErrValueInDocument is the answer of every encoder that meets a Value. A
// placeholder in a document could be sent back and become the secret, so
// encoding fails instead.
var ErrValueInDocument = errors.New("a secret value cannot be encoded into a document")

// Value is the cleartext of a secret. It prints as dots through every verb,
// log and error, and refuses to be encoded.
//
// The bytes are held behind a function because fmt walks unexported fields of
// other structs without asking for methods: of the designs tried over 46
// sinks, only this one leaked in none. The price: no ==, no
// reflect.DeepEqual; use Equal. The zero Value is empty.
type Value struct{ reveal func() []byte }

// NewValue copies b. The caller may clear b afterwards.
func NewValue(b []byte) Value {
	held := make([]byte, len(b))
	copy(held, b)
	return Value{reveal: func() []byte { return held }}
}

// Reveal gives the bytes themselves. The caller must neither keep nor change
// them; who calls it is written down in a list that a test holds.
func (v Value) Reveal() []byte {
	if v.reveal == nil {
		return nil
	}
	return v.reveal()
}

// Wipe overwrites the bytes: every copy of v then reads zeroes. The Go runtime
// may have copied the bytes before, so this shortens exposure and promises no
// more.
func (v Value) Wipe() { clear(v.Reveal()) }

// Clone is the same value in bytes of its own, for whoever must outlive the
// owner.
func (v Value) Clone() Value { return NewValue(v.Reveal()) }

// Len is the number of bytes.
func (v Value) Len() int { return len(v.Reveal()) }

// Equal compares in constant time.
func (v Value) Equal(o Value) bool {
	return subtle.ConstantTimeCompare(v.Reveal(), o.Reveal()) == 1
}

// String gives the mask.
func (v Value) String() string { return Mask }

// Format gives the mask for every verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mask) }

// LogValue gives the mask.
func (v Value) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalJSON refuses with ErrValueInDocument.
func (v Value) MarshalJSON() ([]byte, error) { return nil, ErrValueInDocument }

// MarshalText refuses with ErrValueInDocument; it covers YAML, flags and map
// keys.
func (v Value) MarshalText() ([]byte, error) { return nil, ErrValueInDocument }

// MarshalBinary refuses with ErrValueInDocument; it covers gob.
func (v Value) MarshalBinary() ([]byte, error) { return nil, ErrValueInDocument }
