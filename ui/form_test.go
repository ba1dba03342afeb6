package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

func TestAddFrames(t *testing.T) {
	t.Parallel()
	newBench(t, 80, 24).add("payments").golden("add-empty-80x24")
	newBench(t, 40, 12).add("payments").write("edge").golden("add-40x12")
	newBench(t, 100, 30).add("payments").write("Edge_TLS").press("tab", "tab", "right", "tab").
		paste("ZmFrZSwgbm90IGEgcmVhbCBjZXJ0aWZpY2F0ZSBmYWtl*2Ugbm90cmVhbA").press("tab").
		golden("add-findings-100x30").press("ctrl+s").
		said("", "2 to mend before saving: name, base64.").wrote()
	newBench(t, 80, 24).add("default").write("smtp-password-2").press("tab", "tab", "tab").
		paste("demo-smtp-2-not-a-real-one\n").press("tab").golden("add-newline-80x24")
	newBench(t, 80, 24).add("payments").write("dataplane-token-signing-key-payments-2").golden("add-reserved-80x24")
	newBench(t, 100, 30).add("default").write("motd").press("tab", "tab", "tab").
		paste("first fake line\nsecond fake line").press("ctrl+x").golden("add-revealed-100x30")
	newBench(t, 80, 24).add("default").write("motd").press("tab", "right", "tab").write("/nowhere/fake").
		golden("add-file-80x24")
	newBench(t, 80, 24).add("").golden("add-global-80x24")
}

func TestEditFrames(t *testing.T) {
	t.Parallel()
	newBench(t, 80, 24).edit("default", "smtp-password").golden("edit-reading-80x24").
		settle().golden("edit-80x24").press("ctrl+x").golden("edit-revealed-80x24")
	r := newBench(t, 100, 30).edit("payments", "payments-ca-key").settle().paste(keyPEM(t)).golden("edit-findings-100x30")
	r.press("ctrl+s").write("payments-ca-k").golden("edit-confirm-100x30").press("enter").
		said("", "The name is not typed yet: payments-ca-key").wrote().
		write("ey").press("enter").settle().wrote("update payments/payments-ca-key")
}

func TestAddSavesByteForByte(t *testing.T) {
	t.Parallel()
	pem := keyPEM(t)
	for name, value := range map[string]string{
		"a-pem": pem, "crlf": strings.ReplaceAll(pem, "\n", "\r\n"), "tabs": "fake\tvalue\n\twith tabs\n",
		"long": strings.Repeat("fake line\n", 3000), "spaces": "  fake  \n\n",
	} {
		r := newBench(t, 100, 30).add("sandbox").write(name).press("tab", "tab", "tab").paste(value).
			press("ctrl+s").settle().wrote("create sandbox/"+name).
			said("✓", name+" saved in sandbox, read back, equal.")
		if r.stored("sandbox", name) != value {
			t.Errorf("%s was not saved byte for byte", name)
		}
		if _, found := r.top().(browse).stock.inventory.Find(model.Ref{Mesh: "sandbox", Name: name}); !found {
			t.Errorf("browse does not show %s", name)
		}
	}
}

func TestPasteOfATerminalThatSendsCR(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).add("sandbox").write("cr").press("tab", "tab", "tab").paste("fake one\rfake two\r").
		press("ctrl+s").settle()
	if got := r.stored("sandbox", "cr"); got != "fake one\nfake two\n" {
		t.Error("the line ends of the paste are not LF")
	}
}

func TestTypedValue(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).add("sandbox").write("typed").press("tab", "tab", "tab").write("fakX").
		press("backspace").write("e ?:q").press("enter").write("two").press("ctrl+s").settle()
	if got := r.stored("sandbox", "typed"); got != "fake ?:q\ntwo" {
		t.Errorf("typed text was saved as another: %d bytes", len(got))
	}
}

func TestStoreDecoded(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).add("sandbox").write("decoded").press("tab", "tab", "right", "tab").
		paste("ZmFrZS1kZWNvZGVk\n").press("ctrl+s").settle()
	if got := r.stored("sandbox", "decoded"); got != "fake-decoded" {
		t.Error("the value was not decoded before it was saved")
	}
}

func TestMend(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).add("sandbox").write("mended").press("tab", "tab", "tab").paste("fake-with-newline\n").
		press("tab", "enter", "ctrl+s").settle()
	if got := r.stored("sandbox", "mended"); got != "fake-with-newline" {
		t.Error("the newline was not removed")
	}
	r = newBench(t, 100, 30).add("sandbox").write("lines").press("tab", "tab", "tab").paste("fake a\r\nfake b\r\nc").
		press("tab", "enter", "ctrl+s").settle()
	if got := r.stored("sandbox", "lines"); got != "fake a\nfake b\nc" {
		t.Error("CR LF was not changed to LF")
	}
}

func TestPasteLimits(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).add("sandbox").write("big").press("tab", "tab", "tab")
	r.paste(strings.Repeat("f", model.MostValue+1)).
		said("✗", "What was pasted is larger than 1 MiB, so nothing of it was taken. Paste less, or take the value from a file.")
	r.write("fake").paste("\ttab").
		said("✗", "What was pasted holds tabs or control characters, which typing would change. Empty the value first, then paste it whole.")
	r.press("backspace", "backspace", "backspace", "backspace").paste("\tfake").write("x").
		said("!", "This value is kept byte for byte, so it is not typed into. backspace empties it, a paste replaces it.")
}

func TestEditReplacesWhatIsMasked(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).edit("legacy", "ftp-upload-password").settle().write("new-fake").press("ctrl+s").settle()
	if got := r.stored("legacy", "ftp-upload-password"); got != "new-fake" {
		t.Error("typing into a masked value did not replace it")
	}
	r = newBench(t, 100, 30).edit("legacy", "ftp-upload-password").settle().press("ctrl+x").write("-2").press("ctrl+s").settle()
	if got := r.stored("legacy", "ftp-upload-password"); got != "demo-ftp-not-a-real-password-2" {
		t.Error("a revealed value was not edited in place")
	}
}

func TestEditOfBinaryIsReplacedOnly(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).edit("default", "session-cookie-key").settle().press("ctrl+x").golden("edit-binary-80x24")
	before := r.stored("default", "session-cookie-key")
	r.write("x").said("!", "This value is kept byte for byte, so it is not typed into. backspace empties it, a paste replaces it.").
		press("ctrl+s").settle().wrote()
	if r.stored("default", "session-cookie-key") != before {
		t.Error("a binary value was changed")
	}
}

func TestNothingDifferent(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30).edit("default", "smtp-password").settle().press("ctrl+s").settle().wrote().
		said("", "Nothing is different, so nothing was saved.")
}

func TestEditKeepsLabels(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).edit("default", "smtp-password").settle().write("fake").press("ctrl+s").settle()
	ref := model.Ref{Mesh: "default", Name: "smtp-password"}
	after, err := r.plane.ControlPlane.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range r.row("default", "smtp-password").Secret.Labels {
		if after.Secret.Labels[k] != v {
			t.Errorf("label %s was lost", k)
		}
	}
}

func TestEditConflict(t *testing.T) {
	t.Parallel()
	mine := func() *workbench {
		r := newBench(t, 100, 30).edit("default", "smtp-password").settle()
		r.now = r.now.Add(4 * 60e9)
		r.foreign("default", "smtp-password", "demo-smtp-theirs-not-a-real-one\n")
		r.now = r.now.Add(12e9)
		return r.write("demo-smtp-mine-not-a-real-one").press("ctrl+s").settle().
			said("!", "Not saved: somebody changed smtp-password meanwhile. Your text is kept; enter compares the two.")
	}
	r := mine()
	if _, still := r.top().(form); !still {
		t.Fatal("an answer opened a screen")
	}
	r.press("enter").settle().golden("edit-conflict-100x30").press("x").golden("edit-conflict-revealed-100x30")
	r.press("enter").settle().press("ctrl+s").settle()
	if got := r.stored("default", "smtp-password"); got != "demo-smtp-mine-not-a-real-one" {
		t.Error("after going on editing, mine was not saved over the new base")
	}
	mine().press("enter").settle().press("down", "enter", "ctrl+s").settle().
		said("", "Nothing is different, so nothing was saved.")
	r = mine().press("enter").settle().press("down", "down", "enter").settle()
	if got := r.stored("default", "smtp-password"); got != "demo-smtp-mine-not-a-real-one" {
		t.Error("mine was not saved over theirs")
	}
	r = mine().press("enter").settle().press("down", "down", "down", "enter").settle()
	if _, is := r.top().(browse); !is || r.stored("default", "smtp-password") != "demo-smtp-theirs-not-a-real-one\n" {
		t.Error("leaving it did not leave the form, or changed theirs")
	}
	r = mine().press("enter").settle().press("esc")
	if f, is := r.top().(form); !is || f.entry.area().Value() != "demo-smtp-mine-not-a-real-one" {
		t.Error("esc did not go back to what was typed")
	}
}

func TestConflictNarrow(t *testing.T) {
	t.Parallel()
	r := newBench(t, 60, 20).edit("default", "smtp-password").settle()
	r.foreign("default", "smtp-password", "demo-smtp-theirs-not-a-real-one\n")
	r.write("demo-smtp-mine-not-a-real-one").press("ctrl+s").settle().press("enter").settle().golden("edit-conflict-60x20")
}

func TestRefusedSaveKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind               error
		reason, mark, text string
	}{
		{backend.ErrInvalid, "the value fake-typed cannot be it", "✗", "demo did not save smtp-password: the value •••••••• cannot be it. Nothing changed; your text is kept. Mend it, then ctrl+s."},
		{backend.ErrUnauthorized, "", "✗", "Not saved: your login ended. Log in again, then ctrl+s; your text is kept."},
		{backend.ErrNotFound, "", "✗", "smtp-password is no longer in default: somebody deleted or reassigned it. Not saved; your text is kept here. To have it again, add it anew."},
	} {
		r := newBench(t, 100, 30, failing("update", c.kind, c.reason)).edit("default", "smtp-password").settle().
			write("fake-typed").press("ctrl+s").settle().said(c.mark, c.text)
		if f, is := r.top().(form); !is || f.entry.area().Value() != "fake-typed" {
			t.Error("what was typed is gone")
		}
	}
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	unknown := func(op string, ref model.Ref) error {
		return &backend.Error{Kind: backend.ErrUnknown, Op: "saving", Ref: ref}
	}
	arrived := newBench(t, 100, 30, func(_ *backend.Entry, p *faultyPlane) { p.after = unknown })
	arrived.add("sandbox").write("lost").press("tab", "tab", "tab").write("fake").press("ctrl+s").settle().
		said("✓", "lost saved in sandbox, read back, equal.")
	never := newBench(t, 100, 30, failing("create", backend.ErrUnknown, ""))
	never.add("sandbox").write("lost").press("tab", "tab", "tab").write("fake").press("ctrl+s").settle().
		said("✗", "The change of lost did not arrive; nothing changed. ctrl+s tries again.")
}

func TestNameTakenMeanwhile(t *testing.T) {
	t.Parallel()
	newBench(t, 80, 24, failing("create", backend.ErrExists, "")).add("sandbox").write("taken").
		press("tab", "tab", "tab").write("fake").press("ctrl+s").settle().
		said("✗", "taken exists in sandbox already. Edit that one, or choose another name. Your text is kept.").
		golden("add-taken-80x24")
}

func TestLeavingAsks(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).add("payments").write("edge").press("esc").golden("leave-80x24").press("enter")
	if _, is := r.top().(form); !is {
		t.Error("enter alone dropped what was typed")
	}
	r.press("esc", "down", "enter")
	if _, is := r.top().(browse); !is {
		t.Error("drop it did not leave the form")
	}
	if r := newBench(t, 80, 24).add("payments").press("esc"); len(r.app.stack) != 1 {
		t.Error("leaving an empty form asked")
	}
}

func TestSavingIsNotStopped(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).add("sandbox").write("slow").press("tab", "tab", "tab").write("fake").press("ctrl+s")
	if what, busy := r.app.busy(); !busy || what != "saving slow" {
		t.Errorf("busy is %q, %v", what, busy)
	}
	r.press("enter", "x", "esc").said("✗", "slow is being saved; that is not stopped half way.")
	r.press("ctrl+c", "ctrl+c").settle()
	if got := r.stored("sandbox", "slow"); got != "fake" {
		t.Error("quitting wiped the value of a write under way")
	}
}

func TestFromFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, link := filepath.Join(dir, "good"), filepath.Join(dir, "link")
	value := "fake\x00\r\n\tbinary"
	if err := os.WriteFile(good, []byte(value), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{good, link} {
		r := newBench(t, 100, 30).add("sandbox").write("filed").press("tab", "right", "tab").write(path).
			press("enter").settle().press("ctrl+s").settle()
		if r.stored("sandbox", "filed") != value {
			t.Errorf("%s was not saved byte for byte", filepath.Base(path))
		}
	}
	r := newBench(t, 100, 30).add("sandbox").write("filed").press("tab", "right", "tab").write(good).
		press("ctrl+s").settle().wrote().said("", "Read 14 bytes from "+good+". ctrl+s saves them.")
	r.write("x").press("ctrl+s").settle().wrote().said("✗", "There is no file "+good+"x. Correct the path, then press enter.")
}

func TestTypeAheadMeetsTheForm(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).edit("payments", "psp-ca").press("D", "m", "q")
	if _, is := r.top().(form); !is || len(r.app.stack) != 2 {
		t.Error("keys typed ahead left the form")
	}
}

// Keys of the library that never return on blank text, or change letters
// unseen, do nothing.
func TestKeysThatAreNotForSecrets(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).add("sandbox").write("keys").press("tab", "tab", "tab")
	for _, text := range []string{"", "  ", "fake Value"} {
		r.write(text)
		for _, c := range "bculft" {
			r.send(tea.KeyPressMsg{Code: c, Mod: tea.ModAlt})
		}
		r.send(tea.KeyPressMsg{Code: tea.KeyLeft, Mod: tea.ModAlt}).send(tea.KeyPressMsg{Code: 't', Mod: tea.ModCtrl}).
			send(tea.KeyPressMsg{Code: 'v', Mod: tea.ModCtrl})
	}
	if got := r.top().(form).entry.area().Value(); got != "  fake Value" {
		t.Errorf("a key changed what was typed: %q", got)
	}
}

// A screen that was replaced does not change any more, whatever is typed into
// the next one.
func TestAnEntryIsAValue(t *testing.T) {
	t.Parallel()
	old := entryOf(model.NewValue([]byte("fake one\nfake two\n")), typedHere)
	for _, k := range []string{"backspace", "x", "enter", "up", "y", "left", "backspace"} {
		next, _ := old.key(pressOf(k), false)
		next.key(pressOf("z"), false)
		if got := old.area().Value(); got != "fake one\nfake two\n" {
			t.Fatalf("%s changed the entry it was pressed on: %q", k, got)
		}
	}
}

// A paste that is no text may have lost bytes on its way through the terminal,
// which nobody here can know: so it is said.
func TestAPasteThatIsNoTextIsWarnedOf(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("5", "a")
		d.enter("bell")
		d.press("tab", "tab", "tab")
		d.send(tea.PasteMsg{Content: "fake\a value"})
		if !strings.Contains(d.text(), "paste may lose escape sequences") {
			t.Errorf("it is not said:\n%s", d.text())
		}
	})
}

// Who has keys of their own is told those, wherever a form names one.
func TestAFormNamesOwnKeys(t *testing.T) {
	t.Parallel()
	keys, err := keymap.Default().With(map[keymap.ID][]string{
		keymap.Save: {"ctrl+w"}, keymap.RevealTyped: {"ctrl+o"}, keymap.Undo: {"U"}, keymap.Reload: {"f5"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		walk func(*world)
		want string
	}{
		"nothing yet":    {func(d *world) { d.press("5", "a") }, "Nothing is sent before ctrl+w."},
		"to generate":    {func(d *world) { d.press("5", "a"); d.enter("x"); d.choose("from", "generate") }, "ctrl+w generates it"},
		"generated":      {func(d *world) { d.generateCA() }, "Generated; ctrl+w saves it, and then asks"},
		"the other half": {func(d *world) { d.generateCA(); d.press("ctrl+w") }, "ctrl+w adds its key, which is only here."},
		"leaving it":     {func(d *world) { d.generateCA(); d.press("ctrl+w", "ctrl+c") }, "stay; ctrl+w saves it"},
		"edited":         {func(d *world) { d.find("2", "smtp-password"); d.press("e") }, "ctrl+o shows it for editing"},
		"asked": {func(d *world) {
			d.find("4", "psp-ca")
			d.press("e")
			d.send(tea.PasteMsg{Content: "fake"})
			d.press("ctrl+w")
		}, "U puts the old value back"},
	} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 140, 40, func(d *world) {
				c.walk(d)
				if text := d.text(); !strings.Contains(text, c.want) || strings.Contains(text, "ctrl+s") {
					t.Errorf("%q is not said:\n%s", c.want, text)
				}
			}, func(config *Config) { config.Keys = keys })
		})
	}
}
