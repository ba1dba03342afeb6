package demo

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"meshsecrets/backend/embedded"
)

// maker is what values are made with: the moment of the start, and the one RSA
// key, which is made once because signing with a new one checks its primes.
type maker struct {
	start time.Time
	rsa   *rsa.PrivateKey
}

func newMaker(start time.Time) maker {
	return maker{start: start, rsa: embedded.SigningKey()}
}

// rule makes the value of a secret.
type rule func(m maker) ([]byte, error)

func text(s string) rule {
	return func(maker) ([]byte, error) { return []byte(s), nil }
}

func key(name string) rule {
	return func(maker) ([]byte, error) { return keyPEM(name) }
}

func signingKey(m maker) ([]byte, error) {
	return embedded.PKCS1(m.rsa), nil
}

func selfSigned(c certificate) rule { return c.selfSigned }

func signed(c, issuer certificate) rule {
	return func(m maker) ([]byte, error) { return c.signedBy(issuer, m) }
}

// inOne joins values: a chain, or a certificate and its key.
func inOne(rules ...rule) rule {
	return func(m maker) ([]byte, error) {
		var parts [][]byte
		for _, rule := range rules {
			part, err := rule(m)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
		return slices.Concat(parts...), nil
	}
}

// sessionKey is binary: hashes, with words at the front that say what it is.
func sessionKey(maker) ([]byte, error) {
	var raw []byte
	for i := range 3 {
		sum := sha256.Sum256([]byte("meshsecrets demo bytes " + strconv.Itoa(i)))
		raw = append(raw, sum[:]...)
	}
	copy(raw, "demo, not real\x00\x01")
	return raw, nil
}

// header and the claims below keep the order of their fields in JSON.
type header struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
	Type      string `json:"typ"`
}

type stripeClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	From     int64  `json:"nbf"`
	To       int64  `json:"exp"`
	Note     string `json:"note"`
}

type dashboardClaims struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	To      int64  `json:"exp"`
	Note    string `json:"note"`
}

type adminClaims struct {
	Name   string   `json:"Name"`
	Groups []string `json:"Groups"`
	To     int64    `json:"exp"`
	From   int64    `json:"nbf"`
	Issued int64    `json:"iat"`
	ID     string   `json:"jti"`
}

const (
	issuer = "https://tokens.demo.invalid"
	note   = "demo, not a real token"
)

func stripeToken(m maker) ([]byte, error) {
	made := m.start.Add(-3 * day).Unix()
	return token("demo-1", stripeClaims{
		Issuer: issuer, Subject: "stripe-webhook", Audience: "payments",
		Issued: made, From: made, To: m.start.Add(2*day + 7*time.Hour).Unix(), Note: note,
	})
}

func dashboardToken(m maker) ([]byte, error) {
	return token("demo-0", dashboardClaims{
		Issuer: issuer, Subject: "dashboard", To: m.start.Add(-400 * day).Unix(), Note: note,
	})
}

func adminToken(m maker) ([]byte, error) {
	made := m.start.Add(-212 * day).Unix()
	return token("1", adminClaims{
		Name: "mesh-system:admin", Groups: []string{"mesh-system:admin"},
		To: m.start.Add(3438 * day).Unix(), From: made, Issued: made, ID: "demo-not-a-real-id",
	})
}

// token is a JWT whose signature is words, so nobody can mistake it for one
// that holds.
func token(keyID string, claims any) ([]byte, error) {
	head, err := json.Marshal(header{Algorithm: "RS256", KeyID: keyID, Type: "JWT"})
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	said, err := json.Marshal(claims)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	var out []byte
	for _, part := range [][]byte{head, said, []byte("demo-signature-not-real")} {
		if out != nil {
			out = append(out, '.')
		}
		out = base64.RawURLEncoding.AppendEncode(out, part)
	}
	return out, nil
}
