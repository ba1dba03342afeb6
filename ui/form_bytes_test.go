package ui

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"meshsecrets/model"
)

// cutTo joins parts, again and again, to exactly that many bytes of fake text.
func cutTo(length int, parts ...string) []byte {
	var text []byte
	for i := 0; len(text)+len(parts[i%len(parts)]) <= length; i++ {
		text = append(text, parts[i%len(parts)]...)
	}
	return append(text, bytes.Repeat([]byte("x"), length-len(text))...)
}

// everyByte is a fake value in which, from a length of 256 on, every byte is.
func everyByte(length int) []byte {
	value := make([]byte, length)
	for i := range value {
		value[i] = byte(length + i)
	}
	return value
}

// TestAValueThatIsNotEditedStaysToTheByte takes values through the form of the
// real client: looked at and saved, they are the same; with one letter more, they
// are the same but for that letter.
func TestAValueThatIsNotEditedStaysToTheByte(t *testing.T) {
	t.Parallel()
	const same = "Nothing is different, so nothing was saved."
	lengths := []int{1, 2, 3, 4, 5, 15, 16, 17, 255, 256, 257, 4095, 4096}
	for length := 73; length < 4096; length += 149 {
		lengths = append(lengths, length)
	}
	r := newClusterBench(t, 100, 30)
	for _, length := range lengths {
		for kind, value := range map[string][]byte{
			"bytes": everyByte(length),
			"lines": cutTo(length, "fake", "\r\n", "\t", " \r\n"), // what a text area would change
		} {
			name := fmt.Sprintf("%s-%d", kind, length)
			r.opened(name, value).press("ctrl+x", "ctrl+s").settle().said("", same)
			if got := r.stored("default", name); got != string(value) {
				t.Fatalf("%s came back as %d other bytes", name, len(got))
			}
		}
		name, text := fmt.Sprintf("text-%d", length), cutTo(length, "fake", "\n", "ä", "€", " \n", "𝄞", "  ", "~")
		r.opened(name, text).press("ctrl+x", "Z", "backspace", "ctrl+s").settle().said("", same)
		r.press("Z", "ctrl+s").settle()
		if got := r.stored("default", name); len(got) != length+1 || strings.Replace(got, "Z", "", 1) != string(text) {
			t.Fatalf("%s with a letter more came back as %d other bytes; the console says %q", name, len(got), r.app.message.Text)
		}
	}
}

// opened makes a secret of mesh default and opens the form of its edit.
func (r *workbench) opened(name string, value []byte) *workbench {
	r.t.Helper()
	made, err := r.plane.ControlPlane.Create(r.t.Context(), model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: name}}, Value: model.NewValue(value)})
	if err != nil {
		r.t.Fatal(err)
	}
	s, run := openEdit(r.session, r.frame(), r.stock, model.Row{Secret: made})
	return r.over("default", name, s, run).settle()
}
