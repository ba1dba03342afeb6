package faultproxy

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// quiet is how long nothing must come for a test to believe that nothing does.
const quiet = 50 * time.Millisecond

// echo is a server that sends back what it gets.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

func start(t *testing.T) *Proxy {
	t.Helper()
	p, err := Start(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func hear(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("heard %q, %v", got, err)
	}
}

func TestPassesAndCounts(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	say(t, c, "hello")
	hear(t, c, "hello")
	if sent, received := p.Counted(); sent != 5 || received != 5 || p.Open() != 1 {
		t.Errorf("counted %d and %d, %d open", sent, received, p.Open())
	}
	p.Reset()
	if sent, received := p.Counted(); sent+received != 0 {
		t.Errorf("counted %d and %d after the reset", sent, received)
	}
}

func TestCutResets(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	say(t, c, "x")
	hear(t, c, "x")
	p.Cut()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection ended with %v", err)
	}
	again := dial(t, p)
	say(t, again, "y")
	hear(t, again, "y")
}

func TestRefusesUntilHealed(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.Refuse()
	if _, err := net.Dial("tcp", p.Address()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialling ended with %v", err)
	}
	if err := p.Heal(); err != nil {
		t.Fatal(err)
	}
	c := dial(t, p)
	say(t, c, "x")
	hear(t, c, "x")
}

func TestStallsUntilHealed(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	say(t, c, "x")
	hear(t, c, "x")
	p.Stall()
	say(t, c, "late")
	if err := c.SetReadDeadline(time.Now().Add(quiet)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("reading ended with %v", err)
	}
	if err := errors.Join(c.SetReadDeadline(time.Time{}), p.Heal()); err != nil {
		t.Fatal(err)
	}
	hear(t, c, "late")
}

// A stalled connection ends when it is cut, on both sides.
func TestCutsWhatStalls(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	say(t, c, "x")
	hear(t, c, "x")
	p.Stall()
	say(t, c, "never")
	p.Cut()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("something came")
	}
}

func TestDrips(t *testing.T) {
	t.Parallel()
	const text = 200 // bytes, four seconds at that pace
	p := start(t)
	c := dial(t, p)
	p.Drip(1)
	said := strings.Repeat("x", text)
	say(t, c, said)
	n, err := c.Read(make([]byte, text))
	if err != nil || n == text {
		t.Fatalf("%d bytes came at once, %v", n, err)
	}
	if err := p.Heal(); err != nil {
		t.Fatal(err)
	}
	hear(t, c, said[n:])
}
