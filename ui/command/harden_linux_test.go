package command

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// hardened, in the environment of this test's own binary, makes it harden
// itself and say what came of it: the tests themselves stay as they are.
const hardened = "MESHSECRETS_TEST_HARDENED"

func TestMain(m *testing.M) {
	if os.Getenv(hardened) == "" {
		os.Exit(m.Run())
	}
	Harden()
	var cores unix.Rlimit
	limitErr := unix.Getrlimit(unix.RLIMIT_CORE, &cores)
	dumpable, prctlErr := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	fmt.Printf("umask %03o, cores %d of %d, dumpable %d, %v, %v", unix.Umask(0), cores.Cur, cores.Max, dumpable, limitErr, prctlErr)
}

func TestHarden(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), hardened+"=1")
	out, err := child.Output()
	const want = "umask 077, cores 0 of 0, dumpable 0, <nil>, <nil>"
	if err != nil || string(out) != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}
