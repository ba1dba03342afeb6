package model

import (
	"strings"
	"testing"
)

func TestIndentJSON(t *testing.T) {
	t.Parallel()
	want := `{
  "new-checkout": true,
  "retry-budget": 0.2,
  "regions": [
    "eu-west",
    "eu-north"
  ],
  "api-key": "demo-not-a-real-key",
  "owner": {
    "team": "web",
    "pager": null
  }
}`
	for value, want := range map[string]string{
		flags:                                   want,
		"\xef\xbb\xbf {\"b\":1e400,\"a\":[]}\n": "{\n  \"b\": 1e400,\n  \"a\": []\n}",
		`"a{b,c"`:                               `"a{b,c"`,
		`["\\","{"]`:                            "[\n  \"\\\\\",\n  \"{\"\n]",
	} {
		if got, ok := IndentJSON([]byte(value)); !ok || got != want {
			t.Errorf("%s: %v\n%s", value, ok, got)
		}
	}
}

// Nine thousand levels around a long list would be indented to gigabytes.
func TestIndentJSONIsBounded(t *testing.T) {
	t.Parallel()
	bomb := strings.Repeat("[", 9000) + strings.Repeat("1,", 100000) + "1" + strings.Repeat("]", 9000)
	for name, value := range map[string]string{
		"deep":   bomb,
		"broken": "{", "empty": "", "text": "fake, not real",
		"large": `"` + strings.Repeat("a", MaxExplained) + `"`,
	} {
		if text, ok := IndentJSON([]byte(value)); ok || text != "" {
			t.Errorf("%s: indented to %d bytes", name, len(text))
		}
	}
	if f := examine(bomb); f.Shape != "a list of 1" {
		t.Errorf("shape %q", f.Shape)
	}
}

func FuzzIndentJSON(f *testing.F) {
	for _, seed := range []string{flags, `[1,[2,{"a":"\""}],{}]`, `[`, `"\\"`, ` [ ] `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		text, ok := IndentJSON(value)
		if len(text) > maxIndented {
			t.Errorf("%d bytes", len(text))
		}
		if again, also := IndentJSON([]byte(text)); ok && (!also || again != text) {
			t.Errorf("not settled: %q, then %q", text, again)
		}
	})
}
