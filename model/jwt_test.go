package model

import (
	"slices"
	"testing"
	"time"
)

func TestReadJWT(t *testing.T) {
	t.Parallel()
	token, ok := ReadJWT([]byte(stripeToken()))
	if !ok || token.Problem != "" {
		t.Fatalf("read %v, problem %q", ok, token.Problem)
	}
	header := []Claim{{Name: "alg", Text: "RS256"}, {Name: "kid", Text: "demo-1"}, {Name: "typ", Text: "JWT"}}
	if !slices.Equal(token.Header, header) {
		t.Errorf("header %v", token.Header)
	}
	made := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	claims := []Claim{
		{Name: "iss", Text: "https://tokens.demo.invalid"},
		{Name: "sub", Text: "stripe-webhook"},
		{Name: "aud", Text: "payments"},
		{Name: "iat", Text: "1794906000", Time: made},
		{Name: "nbf", Text: "1794906000", Time: made},
		{Name: "exp", Text: "1795363200", Time: time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)},
		{Name: "note", Text: "demo, not a real token"},
	}
	if !slices.Equal(token.Claims, claims) {
		t.Errorf("claims %v", token.Claims)
	}
}

func TestReadJWTClaims(t *testing.T) {
	t.Parallel()
	claims := `{"aud":["a","b"],"groups":[1, {"x": null}],"exp":1e12,"nbf":"later","iat":1.5,"a\u202e":"\u001b[2J","ok":true}`
	token, ok := ReadJWT([]byte(fakeToken(`{"alg":"HS256"}`, claims, "demo") + "\n"))
	want := []Claim{
		{Name: "aud", Text: "a, b"},
		{Name: "groups", Text: `[1,{"x":null}]`},
		{Name: "exp", Text: "1e12"},
		{Name: "nbf", Text: "later"},
		{Name: "iat", Text: "1.5", Time: time.Unix(1, 0).UTC()},
		{Name: `a\u{202E}`, Text: "␛[2J"},
		{Name: "ok", Text: "true"},
	}
	if !ok || !slices.Equal(token.Claims, want) {
		t.Errorf("read %v, claims %q", ok, token.Claims)
	}
	if _, ok := ReadJWT([]byte("fake")); ok {
		t.Error("a word was read as a token")
	}
}

func TestTokenTimesAreFacts(t *testing.T) {
	t.Parallel()
	f := examine(stripeToken())
	if !f.NotAfter.Equal(time.Unix(1795363200, 0)) || !f.NotBefore.Equal(time.Unix(1794906000, 0)) {
		t.Errorf("from %v to %v", f.NotBefore, f.NotAfter)
	}
	f = examine(fakeToken(`{"alg":"RS256"}`, `{"exp":99999999999999999999}`, "demo"))
	if !f.NotAfter.IsZero() || f.Kind != JWT {
		t.Errorf("%v ends %v", f.Kind, f.NotAfter)
	}
}

func FuzzReadJWT(f *testing.F) {
	for _, seed := range []string{stripeToken(), "e.e.e", "eyJhbGciOiJub25lIn0..", fakeToken(`{"alg":"a"}`, `{"a":{"a":[]},"a":1}`, "demo")} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		token, ok := ReadJWT(value)
		if ok && len(token.Header) == 0 && token.Problem != problemTooLarge {
			t.Error("a token without a header")
		}
		for _, c := range slices.Concat(token.Header, token.Claims) {
			if c.Name != Visible(c.Name) || c.Text != Visible(c.Text) {
				t.Errorf("not visible: %+q %+q", c.Name, c.Text)
			}
		}
	})
}
