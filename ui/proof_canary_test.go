package ui

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
)

// canary stands in values; it may be seen where a value is revealed, and
// nowhere else.
const canary = `CANARY-not-a-real-value-"7f3a"`

// disguises are the forms in which the canary could get out, each with the
// text to look for. Base64 shifts with what stands before, so all three
// positions are looked for, without the letters that neighbours share.
func disguises() map[string]string {
	quoted, _ := json.Marshal(canary)
	out := map[string]string{
		"raw": canary, "JSON": strings.Trim(string(quoted), `"`), "%q": strings.Trim(fmt.Sprintf("%q", canary), `"`),
		"hex": hex.EncodeToString([]byte(canary)), "upper hex": strings.ToUpper(hex.EncodeToString([]byte(canary))),
		"bytes": strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]"), "runes": strings.Trim(fmt.Sprint([]rune(canary)), "[]"),
		"start": "CANARY-not",
	}
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + canary))
		core := whole[4*min(shift, 1) : len(whole)-4]
		out[fmt.Sprint("base64 ", shift)] = core
		out[fmt.Sprint("base64 url ", shift)] = strings.NewReplacer("+", "-", "/", "_").Replace(core)
	}
	return out
}

// canaries are values of several kinds, by name. None is real.
func canaries() map[string]string {
	lines := base64.StdEncoding.EncodeToString([]byte("fake " + canary))
	return map[string]string{
		"canary-text": canary,
		"canary-line": canary + "\n",
		"canary-json": `{"fake":` + fmt.Sprintf("%q", canary) + `}`,
		"canary-jwt": base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(`{"fake":"`+canary[:20]+`"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(canary)),
		"canary-pem":    "-----BEGIN FAKE-----\n" + lines + "\n-----END FAKE-----\n",
		"canary-binary": "\x00\x01\xff" + canary,
		"canary-base64": base64.StdEncoding.EncodeToString([]byte(canary)),
	}
}

// watched is a world in which everything that moves is searched.
type watched struct {
	*stateful
	revealed bool // the canary may be on screen now
	looks    map[string]string
}

// search holds a text to hold no canary; blanks and line ends are looked
// through, so that a wrapped value is found.
func (d *watched) search(where, text string) {
	d.t.Helper()
	for _, form := range []string{text, strings.Join(strings.Fields(text), "")} {
		for name, look := range d.looks {
			if strings.Contains(form, look) {
				d.t.Errorf("%s holds the canary (%s)", where, name)
				return
			}
		}
	}
}

func (d *watched) look(at string) {
	d.t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		d.search("App printed with "+verb+" "+at, fmt.Sprintf(verb, d.app))
		for _, s := range d.app.stack {
			d.search(screenKind(s)+" printed with "+verb+" "+at, fmt.Sprintf(verb, s))
		}
	}
	d.search("the message "+at, d.app.message.Text+d.app.message.Right)
	if !d.revealed {
		d.search("the frame "+at, d.text())
		d.search("the frame's title "+at, d.app.View().WindowTitle)
	}
}

// walk presses keys and looks after each, and at each answer.
func (d *watched) walk(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.give(keyNamed(k), "after "+k)
	}
}

func (d *watched) give(msg tea.Msg, at string) {
	d.t.Helper()
	d.step(msg)
	d.look(at)
	for {
		synctest.Wait()
		select {
		case got := <-d.answer:
			for _, verb := range []string{"%v", "%+v", "%#v"} {
				d.search("an answer printed with "+verb+" "+at, fmt.Sprintf(verb, got))
			}
			d.step(got)
			d.look(fmt.Sprintf("%s, after %T", at, got))
		default:
			return
		}
	}
}

// echo answers with what was sent to it, as a careless server does.
func echo(code int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		var sent []byte
		if r.Body != nil {
			sent, _ = io.ReadAll(r.Body)
		}
		detail := "cannot take " + string(sent) + " which is " + canary
		body, _ := json.Marshal(map[string]any{"status": code, "title": "fault " + canary, "detail": detail,
			"invalid_parameters": []map[string]string{{"field": "data", "reason": detail}}})
		return &http.Response{StatusCode: code, Request: r, ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
	}
}

// withCanaries runs a walk on the demo with canaries in mesh sandbox.
func withCanaries(t *testing.T, walk func(*watched), rules ...func(*backend.Entry)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range canaries() {
			cp.Seed(embedded.Secret{Mesh: "sandbox", Name: name, Value: []byte(value), Created: frameTime})
		}
		in := func(_ *stateful, e *backend.Entry) {
			for _, rule := range rules {
				rule(e)
			}
		}
		state{name: "canary", want: "browse", entry: in}.on(t, cp, 100, 30, func(s *stateful) {
			walk(&watched{stateful: s, looks: disguises()})
		})
	})
}

func TestTheCanaryIsSeenOnlyWhereItIsRevealed(t *testing.T) {
	t.Parallel()
	names := make([]string, 0, len(canaries()))
	for name := range canaries() {
		names = append(names, name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			withCanaries(t, func(d *watched) {
				d.find("5", name)
				d.walk("enter", "?", "q", "j", "q", "y", "Y", "q", "/", "c", "esc", ":", "esc")
				d.find("5", name)
				d.walk("e", "tab", "esc", "D", "esc", "m", "j", "enter", "esc")
				d.find("5", name)
				d.revealed = true
				d.walk("x")
				if name == "canary-text" && !strings.Contains(d.text(), canary) {
					t.Error("revealing does not show the value, so this test sees nothing")
				}
				d.revealed = false
				d.walk("x")
			})
		})
	}
}

func TestTheCanaryIsNotSeenWhileItIsWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rule func(*meddler) func(*http.Request) (*http.Response, error)
	}{
		{"saved", func(*meddler) func(*http.Request) (*http.Response, error) { return nil }},
		{"refused with an echo", func(*meddler) func(*http.Request) (*http.Response, error) { return on("PUT", "", echo(400)) }},
		{"failed with an echo", func(*meddler) func(*http.Request) (*http.Response, error) { return on("PUT", "", echo(500)) }},
		{"forbidden with an echo", func(*meddler) func(*http.Request) (*http.Response, error) { return on("PUT", "", echo(403)) }},
		{"conflicting with an echo", func(*meddler) func(*http.Request) (*http.Response, error) { return on("PUT", "", echo(409)) }},
		{"unanswered", func(m *meddler) func(*http.Request) (*http.Response, error) { return on("PUT", "", m.hang) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			withCanaries(t, func(d *watched) {
				d.walk("5", "a", "n", "e", "w", "tab", "tab", "tab")
				for _, r := range canary {
					d.give(tea.KeyPressMsg{Code: r, Text: string(r)}, "while typing")
				}
				d.fault.meddle(c.rule(d.fault))
				d.walk("ctrl+s", "esc", "esc")
				d.fault.meddle(nil)
			})
			t.Run("edit", func(t *testing.T) {
				withCanaries(t, func(d *watched) {
					d.find("5", "canary-text")
					d.walk("e")
					d.give(tea.PasteMsg{Content: "fake mine " + canary}, "after a paste")
					d.fault.meddle(c.rule(d.fault))
					d.walk("ctrl+s", "enter", "esc", "esc")
					d.fault.meddle(nil)
				})
			})
		})
	}
}

func TestTheCanaryIsNotSeenInAReassignAConflictOrAnError(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 400, 403, 500} {
		t.Run(fmt.Sprint("reassign, ", code), func(t *testing.T) {
			withCanaries(t, func(d *watched) {
				d.find("5", "canary-text")
				d.walk("m", "enter")
				if r, is := d.top().(reassign); is && r.stage == confirming {
					for _, l := range r.ask.want() {
						d.give(tea.KeyPressMsg{Code: l, Text: string(l)}, "while typing")
					}
				} else {
					t.Errorf("the reassign does not ask\n%s", d.text())
				}
				if code != 0 {
					d.fault.meddle(on("DELETE", "", echo(code)))
				}
				d.walk("enter", "j", "enter", "esc", "esc")
			})
		})
	}
	t.Run("conflict", func(t *testing.T) {
		withCanaries(t, func(d *watched) {
			d.find("4", "stripe-webhook-token")
			d.walk("e")
			d.give(tea.PasteMsg{Content: "fake mine " + canary}, "after a paste")
			d.foreign("/meshes/payments/secrets/stripe-webhook-token", base64.StdEncoding.EncodeToString([]byte("fake theirs "+canary)))
			d.walk("ctrl+s", "enter", "j", "k", "esc", "enter", "j", "enter")
		})
	})
}
