//go:build unix

package command

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"meshsecrets/backend/kubernetes"
	"meshsecrets/ui/command/terminaltest"
)

// login writes a fake program that logs in, a script that first says who it is
// in a file beside it.
func login(t *testing.T, content string) string {
	t.Helper()
	return terminaltest.Script(t, t.TempDir(), "cloud-login", "echo $$ > \"$0.pid\"\n"+content)
}

// gone waits until what a login began is no more, or nothing but its exit code.
func gone(t *testing.T, path string) bool {
	t.Helper()
	text, err := os.ReadFile(path + ".pid")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		state, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if unix.Kill(pid, 0) != nil || strings.Contains(string(state), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// hangs is a login that does not end by itself, except that a test which fails
// leaves nothing behind.
const hangs = `i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`

func TestGuardedLogin(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		script, printed string
		code            int
	}{
		"logs in":                        {"echo fake-token", "fake-token\n", 0},
		"has its environment":            {`echo "$KUBERNETES_EXEC_INFO $1"`, "fake-info fake-argument\n", 0},
		"has nothing to read":            {"cat; echo fake-token", "fake-token\n", 0},
		"has no terminal":                {"(: < /dev/tty) 2> /dev/null && echo a terminal; echo fake-token", "fake-token\n", 0},
		"complains":                      {"echo fake >&2; echo fake-token", "fake-token\n", 0},
		"leaves something that it began": {"(" + hangs + ") & echo $! > \"$0.pid\"; echo fake-token", "fake-token\n", 0},
		"fails":                          {"exit 3", "", 3},
		"fails with a guard's code":      {"exit " + strconv.Itoa(kubernetes.LoginSlow), "", 1},
		"is killed":                      {"kill -9 $$", "", 1},
		"prints without an end":          {"while :; do echo fake-fake-fake-fake-fake; done", "", kubernetes.LoginEndless},
		"ends no more":                   {hangs, "", kubernetes.LoginSlow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := login(t, tt.script)
			g := guardian{parent: os.Getppid(), time: time.Minute, size: 1000}
			if tt.code == kubernetes.LoginSlow {
				g.time = 500 * time.Millisecond
			}
			environ := []string{"PATH=" + os.Getenv("PATH"), "KUBERNETES_EXEC_INFO=fake-info"}
			printed, code := g.run(context.Background(), environ, []string{path, "fake-argument"})
			if code != tt.code || code == 0 && string(printed) != tt.printed || len(printed) > g.size {
				t.Errorf("it printed %.100q and ended with %d, want %q and %d", printed, code, tt.printed, tt.code)
			}
			if !gone(t, path) {
				t.Error("it is still there")
			}
		})
	}
}

func TestLoginThatCannotBeRun(t *testing.T) {
	t.Parallel()
	plain := filepath.Join(t.TempDir(), "cloud-login")
	if err := os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/nowhere/cloud-login": kubernetes.LoginMissing, "no-such-cloud-login": kubernetes.LoginMissing, plain: kubernetes.LoginBarred,
	} {
		g := guardian{parent: os.Getppid(), time: time.Minute, size: 1000}
		if printed, code := g.run(context.Background(), nil, []string{path}); code != want || len(printed) > 0 {
			t.Errorf("%s: %q, %d; want %d", path, printed, code, want)
		}
	}
}

// A login ends with whoever waits for it, be that asked for or not.
func TestLoginEndsWithTheConsole(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	signals <- unix.SIGTERM
	for name, g := range map[string]guardian{
		"the guard is asked to end": {parent: os.Getppid(), signals: signals},
		"the console is gone":       {parent: os.Getppid() + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := login(t, hangs)
			g.time, g.size = time.Minute, 1000
			if _, code := g.run(context.Background(), os.Environ(), []string{path}); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
		})
	}
}

func TestLoginGuardIsNoCommandForPeople(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{loginGuard}, {loginGuard, "1", "--"}, {loginGuard, "--help"}, {loginGuard, "cat", "/etc/hosts"}} {
		code, out, complaint := try(t, t.TempDir(), args...)
		if code != ExitUsage || out != "" || !strings.Contains(complaint, "is run by the console itself") {
			t.Errorf("%v: %d, %q, %q", args, code, out, complaint)
		}
	}
	if _, help, _ := try(t, t.TempDir(), "--help"); help == "" || strings.Contains(help, loginGuard) {
		t.Errorf("the help is %q", help)
	}
}
