//go:build unix

package command

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/creack/pty"

	"meshsecrets/backend/embedded"
)

// types runs a command at a terminal, and does something as soon as it asks.
func (x *there) types(line string, at func(keyboard *os.File)) (string, int) {
	x.t.Helper()
	keyboard, terminal, err := pty.Open()
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = keyboard.Close() }()
	printed := make(chan string, 1)
	go func() {
		var all bytes.Buffer
		asked := false
		for buffer := make([]byte, 4096); ; {
			n, err := keyboard.Read(buffer)
			all.Write(buffer[:n])
			if !asked && strings.Contains(all.String(), "to go on: ") {
				asked = true
				at(keyboard)
			}
			if err != nil {
				printed <- all.String()
				return
			}
		}
	}()
	code := Main(context.Background(), Process{
		Args: append(strings.Fields(line), x.reach...), In: terminal, Out: terminal, Err: terminal, Home: x.home,
		Environ: []string{"LANG=C.UTF-8"}, Now: process("").Now, Signals: x.signals,
	})
	_, _ = keyboard.WriteString("\n") // whoever still waits for a line would keep the terminal open
	_ = terminal.Close()
	text := <-printed
	if strings.Contains(text, "CANARY") {
		x.t.Error("the value is printed")
	}
	return text, code
}

func types(text string) func(*os.File) {
	return func(keyboard *os.File) { _, _ = keyboard.WriteString(text) }
}

// Without --yes the name and the mesh are typed, and nothing else will do.
func TestConsent(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	const line = "reassign hook --from payments --to checkout"
	for _, tt := range []struct {
		name  string
		at    func(*os.File)
		code  int
		want  string
		holds string
	}{
		{"something else", types("hook payments\n"), 1, "That is not what was to be typed. Nothing was changed.", "payments"},
		{"nothing", types("\n"), 1, "That is not what was to be typed. Nothing was changed.", "payments"},
		{"the end", types("\x04"), 1, "That is not what was to be typed. Nothing was changed.", "payments"},
		{"a signal", func(*os.File) { x.signals <- os.Interrupt }, 1, "Stopped. Nothing was changed.", "payments"},
		{"the phrase", types("hook checkout\n"), 0, "hook is in checkout now, byte for byte the same.", "checkout"},
	} {
		text, code := x.types(line, tt.at)
		if code != tt.code || !strings.Contains(text, tt.want) || !strings.Contains(text, "Type  hook checkout  to go on: ") {
			t.Errorf("%s: exit %d, want %d\n%s", tt.name, code, tt.code, text)
		}
		if got := x.holder(); got != tt.holds {
			t.Errorf("%s: it is in %q, want %q", tt.name, got, tt.holds)
		}
	}
}

// What policies name takes a word that is typed before the phrase, unless the
// flag stands for it.
func TestConsentToAnOverride(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	x.names("payments")
	const line = "reassign hook --from payments --to checkout"
	for _, tt := range []struct {
		name, line, typed string
		code              int
		holds             string
	}{
		{"the phrase alone", line, "hook checkout\n", 1, "payments"},
		{"the word alone", line, "override\n\n", 1, "payments"},
		{"the flag and the word", line + " --despite-references", "override\n", 1, "payments"},
		{"the word and the phrase", line, "override\nhook checkout\n", 0, "checkout"},
	} {
		text, code := x.types(tt.line, types(tt.typed))
		if code != tt.code || strings.Contains(text, "Type  override  to go on: ") == strings.Contains(tt.line, "despite") {
			t.Errorf("%s: exit %d, want %d\n%s", tt.name, code, tt.code, text)
		}
		if got := x.holder(); got != tt.holds {
			t.Errorf("%s: it is in %q, want %q", tt.name, got, tt.holds)
		}
	}
}

// What writes without the screen asks for the same as the console: the name, and
// before that what unlocks a system secret. Several are agreed to by their number.
func TestConsentToWrite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, line, typed string
		code              int
		asks              string // what is asked for last; "" for nothing
		left              map[string]string
	}{
		{"fine", "create new --mesh checkout --from-file FILE/new", "", 0, "", map[string]string{"checkout/new": "fake-new"}},
		{"wants a look", "create new --mesh checkout --from-file FILE/line", "new\n", 0, "new", map[string]string{"checkout/new": "fake-new\n"}},
		{"wants a look, declined", "create new --mesh checkout --from-file FILE/line", "no\n", 1, "new", map[string]string{"checkout/new": ""}},
		{"in use", "edit psp --mesh payments --from-file FILE/new", "psp\n", 0, "psp", map[string]string{"payments/psp": "fake-new"}},
		{"in use, declined", "edit psp --mesh payments --from-file FILE/new", "\n", 1, "psp", map[string]string{"payments/psp": "fake"}},
		{"not in use", "edit hook --mesh payments --from-file FILE/new", "", 0, "", map[string]string{"payments/hook": "fake-new"}},
		{"deleted", "delete hook --mesh payments", "hook\n", 0, "hook", map[string]string{"payments/hook": ""}},
		{"deleted in use", "delete psp --mesh payments", "psp\n", 0, "psp", map[string]string{"payments/psp": ""}},
		{"kept", "delete hook --mesh payments", "y\n", 1, "hook", map[string]string{"payments/hook": movedValue}},
		{"several", "delete hook new --mesh payments", "2 secrets\n", 0, "2 secrets", map[string]string{"payments/hook": "", "payments/new": ""}},
		{"several, one named", "delete hook psp --mesh payments", "", 1, "", map[string]string{"payments/hook": movedValue, "payments/psp": "fake"}},
		{"a system secret", "delete inter-cp-ca --global", "unlock system\ninter-cp-ca\n", 0, "inter-cp-ca", map[string]string{"global/inter-cp-ca": ""}},
		{"a system secret by its name alone", "delete inter-cp-ca --global", "inter-cp-ca\n", 1, "unlock system", map[string]string{"global/inter-cp-ca": "fake"}},
		{"a system secret, its flag given", "edit inter-cp-ca --global --unlock-system --from-file FILE/new", "inter-cp-ca\n", 0, "inter-cp-ca", map[string]string{"global/inter-cp-ca": "fake-new"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := standing(t, embedded.EnvironmentUniversal)
			x.file("new", "fake-new")
			x.file("line", "fake-new\n")
			x.far.Seed(embedded.Secret{Mesh: "payments", Name: "new", Value: []byte("fake"), Created: at})
			x.far.Seed(embedded.Secret{Name: "inter-cp-ca", Value: []byte("fake"), Created: at})
			text, code := x.types(strings.ReplaceAll(tt.line, "FILE", x.home), types(tt.typed))
			asked := strings.Contains(text, "to go on: ")
			if code != tt.code || asked != (tt.asks != "") || asked && !strings.Contains(text, "Type  "+tt.asks+"  to go on: ") {
				t.Errorf("exit %d, want %d\n%s", code, tt.code, text)
			}
			for ref, want := range tt.left {
				if got := x.valueOf(ref); got != want {
					t.Errorf("in the end %s is %q, want %q", ref, got, want)
				}
			}
		})
	}
}

// A terminal acts on what it is sent, so what is revealed there is made visible,
// and what is no text is not printed.
func TestRevealedOnATerminal(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	x.far.Seed(embedded.Secret{Mesh: "checkout", Name: "hostile", Value: []byte("fake \u202e\u200b\r\nnext"), Created: at})
	x.far.Seed(embedded.Secret{Mesh: "checkout", Name: "binary", Value: []byte("fake \x1b]0;title\x07"), Created: at})
	for _, output := range []string{"raw", "text"} {
		text, code := x.types("get hostile --mesh checkout --reveal -o "+output, types(""))
		if code != ExitDone || !strings.Contains(text, "fake \\u{202E}\\u{200B}␍\r\nnext\r\n") {
			t.Errorf("%s: exit %d\n%q", output, code, text)
		}
		text, code = x.types("get binary --mesh checkout --reveal -o "+output, types(""))
		if code != ExitRefused || strings.ContainsAny(text, "\x1b\x07") || !strings.Contains(text, "meshsecrets get binary --mesh checkout --reveal -o raw --server "+x.server.URL+" > FILE") {
			t.Errorf("%s: exit %d\n%q", output, code, text)
		}
	}
	if text, code := x.types("create new --mesh checkout --from-file -", types("")); code != ExitUsage || !strings.Contains(text, "that is a terminal") {
		t.Errorf("a value can be typed: exit %d\n%s", code, text)
	}
}

// To recover, the mesh is typed where the secret will be.
func TestConsentToRecover(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentUniversal)
	x.changed = func(string) {
		x.changed = nil
		x.interrupt()
	}
	x.does(move)
	if text, code := x.types("recover --take-back", types("hook checkout\n")); code != ExitUnfinished || !strings.Contains(text, "Type  hook payments  to go on: ") {
		t.Errorf("exit %d\n%s", code, text)
	}
	if text, code := x.types("recover --take-back", types("hook payments\n")); code != ExitDone || x.holder() != "payments" {
		t.Errorf("exit %d, in %q\n%s", code, x.holder(), text)
	}
}

// What somebody agreed to is done only as long as it is as it was shown.
func TestConsentToWhatIsShown(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentKubernetes)
	nudged(http.MethodPost, "/secrets", (*there).interrupt)(x)
	x.does(move)
	const want = "It is not as it was when it was shown. Nothing was done; look at it again, then decide."
	text, code := x.types("recover --finish", func(keyboard *os.File) {
		x.edits()
		types("hook checkout\n")(keyboard)
	})
	if code != ExitUnfinished || !strings.Contains(text, "copied, nothing deleted") || !strings.Contains(text, want) || strings.Contains(text, "deleted from payments") {
		t.Errorf("exit %d\n%s", code, text)
	}
}

// The second signal leaves at once, whatever is under way, and says where the
// value is. What was under way is still what it was.
func TestInsisting(t *testing.T) {
	t.Parallel()
	x := standing(t, embedded.EnvironmentKubernetes)
	free := make(chan struct{})
	var gone atomic.Bool
	var once sync.Once
	x.changed = func(what string) { gone.CompareAndSwap(false, what == "gone from payments") }
	x.asked = func(r *http.Request) int {
		if gone.Load() && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/secrets") {
			once.Do(func() {
				x.signals <- os.Interrupt
				x.signals <- os.Interrupt
				<-free
			})
		}
		return 0
	}
	text, code := x.does(move)
	if code != ExitUnfinished || !strings.Contains(text, "Whether hook was created in checkout is not known. Its value is in Secret meshsecrets-reassign-UID of kuma-system. "+
		"It goes on with: meshsecrets recover --finish --context lab hook (or --take-back)") {
		t.Errorf("exit %d\n%s", code, text)
	}
	close(free)
	if _, code = x.does("recover --finish --yes"); code != ExitDone || x.holder() != "checkout" {
		t.Errorf("recovering it ends with %d, and it is in %q", code, x.holder())
	}
}
