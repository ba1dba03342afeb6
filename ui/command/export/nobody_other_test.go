//go:build !linux

package export

import (
	"os"
	"testing"
)

// asNobody does something as somebody to whom folders can be closed.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("for root no folder is closed, and only Linux lets a thread be somebody else")
	}
	do()
}
