package model

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is told of a token.
const (
	maxTokenPart  = 64 << 10 // bytes of its header or claims in base64
	maxClaims     = 64
	maxClaimRunes = 512
	lastSecond    = 253402300799 // the end of the year 9999
)

// Claim is one member of a token's header or claims.
type Claim struct {
	Name string    // made visible
	Text string    // the member in words, made visible
	Time time.Time // of exp, nbf and iat; else zero
}

// JWTClaims is what a JWT says. It is a part of the value, and shown only while
// that is revealed.
type JWTClaims struct {
	Header  []Claim // in the token's order
	Claims  []Claim
	Problem string // as in Facts
}

// ReadJWT explains a token, in its own order. It tells whether the value is
// one; a token with too few or too many parts is, with a problem. The
// signature is not checked.
func ReadJWT(value []byte) (JWTClaims, bool) {
	t, ok := readToken(value)
	if !ok || len(value) > MaxExplained {
		return JWTClaims{}, false
	}
	return JWTClaims{Header: claims(t.header), Claims: claims(t.claims), Problem: t.problem()}, true
}

// token is a JWT, its signature left alone.
type token struct {
	parts     int
	tooLarge  bool
	alg       string
	header    []member
	claims    []member
	hasClaims bool
}

// readToken takes base64url parts joined by dots, of which the first is a JSON
// object with an "alg", for a token. A line end at the end is passed over.
func readToken(value []byte) (token, bool) {
	value = bytes.TrimRight(value, "\r\n")
	// Every base64 of "{" begins with an "e" or, for "{" alone, with "ew".
	if len(value) < 5 || value[0] != 'e' || !tokenCharacters(value) {
		return token{}, false
	}
	t := token{parts: bytes.Count(value, []byte{'.'}) + 1}
	if t.parts < 2 || t.parts > 5 {
		return token{}, false
	}
	header, rest, _ := bytes.Cut(value, []byte{'.'})
	body, _, _ := bytes.Cut(rest, []byte{'.'})
	if len(header) > maxTokenPart || len(body) > maxTokenPart {
		t.tooLarge = true
		return t, true
	}
	var ok bool
	if t.header, ok = decodeMembers(header); !ok {
		return token{}, false
	}
	if t.alg, ok = lastText(t.header, "alg"); !ok {
		return token{}, false
	}
	t.claims, t.hasClaims = decodeMembers(body)
	return t, true
}

func tokenCharacters(value []byte) bool {
	for _, c := range value {
		if !base64Digit(rune(c)) && c != '-' && c != '_' && c != '.' || c == '+' || c == '/' {
			return false
		}
	}
	return true
}

func decodeMembers(encoded []byte) ([]member, bool) {
	raw := make([]byte, base64.RawURLEncoding.DecodedLen(len(encoded)))
	n, err := base64.RawURLEncoding.Decode(raw, encoded)
	if err != nil {
		return nil, false
	}
	return readMembers(raw[:n])
}

func (t token) problem() string {
	switch {
	case t.tooLarge:
		return problemTooLarge
	case t.parts == 5:
		return "it has 5 parts: it is encrypted, and cannot be explained"
	case t.parts != 3:
		return fmt.Sprintf("it has %d parts, where a token has 3", t.parts)
	case strings.EqualFold(t.alg, "none"):
		return "its alg is none: it is not signed, so anybody could have made it"
	case !t.hasClaims:
		return "its claims are not JSON"
	}
	return ""
}

// learnJWT explains a token.
func (f *Facts) learnJWT(value []byte) bool {
	t, ok := readToken(value)
	if !ok {
		return false
	}
	f.Kind, f.Algorithm, f.Problem = JWT, Cap(t.alg, maxNameRunes), t.problem()
	for _, m := range t.claims {
		switch m.name {
		case "exp":
			f.NotAfter = m.instant()
		case "nbf":
			f.NotBefore = m.instant()
		}
	}
	return true
}

func claims(members []member) []Claim {
	var list []Claim
	for i, m := range members {
		if i == maxClaims {
			return append(list, Claim{Name: "…", Text: fmt.Sprintf("(+%d)", len(members)-i)})
		}
		c := Claim{Name: Cap(m.name, maxNameRunes), Text: Cap(m.text(), maxClaimRunes)}
		switch m.name {
		case "exp", "nbf", "iat":
			c.Time = m.instant()
		}
		list = append(list, c)
	}
	return list
}

// instant reads seconds since 1970, which may have a fraction. What lies
// outside of the years 1 to 9999 is the zero time.
func (m member) instant() time.Time {
	seconds, err := strconv.ParseFloat(string(m.raw), 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds > lastSecond {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
