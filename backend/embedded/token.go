package embedded

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The names of signing keys: prefix, mesh where there is one, serial.
const (
	userKeyPrefix      = "user-token-signing-key-"
	zoneKeyPrefix      = "zone-token-signing-key-"
	dataplaneKeyPrefix = "dataplane-token-signing-key-"
	adminTokenName     = "admin-user-token"
	revocationsName    = "user-token-revocations"
)

// adminTokenLife is how long the admin's token holds: ten years.
const adminTokenLife = 10 * 365 * 24 * time.Hour

const titleIssue = "Could not issue a token"

// errToken is the one answer to a token that does not hold: which part of it
// was wrong is nobody's business.
var errToken = errors.New("token not accepted")

// claims are what a token says.
type claims struct {
	Name     string   `json:"Name"`
	Groups   []string `json:"Groups,omitempty"`
	Mesh     string   `json:"Mesh,omitempty"`
	Expires  int64    `json:"exp"`
	NotEarly int64    `json:"nbf"`
	Issued   int64    `json:"iat"`
	ID       string   `json:"jti"`
}

type tokenHeader struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
	Type      string `json:"typ"`
}

type tokenRequest struct {
	Name     string   `json:"name"`
	Groups   []string `json:"groups"`
	Mesh     string   `json:"mesh"`
	ValidFor string   `json:"validFor"`
}

// noKeyError tells that the signing key is gone.
type noKeyError struct{ text string }

// Error is the text of the control plane.
func (n *noKeyError) Error() string { return n.text }

func (c *ControlPlane) issueUserToken(q request) reply {
	return c.answerToken(q, "user", c.issueUser)
}

func (c *ControlPlane) issueDataplaneToken(q request) reply {
	return c.answerToken(q, "dataplane", func(asked tokenRequest) (string, error) {
		if asked.Mesh == "" {
			asked.Mesh = "default"
		}
		return c.issue(asked, asked.Mesh, dataplaneKeyPrefix+asked.Mesh+"-")
	})
}

func (c *ControlPlane) issueUser(asked tokenRequest) (string, error) {
	asked.Mesh = ""
	return c.issue(asked, "", userKeyPrefix)
}

func (c *ControlPlane) answerToken(q request, what string, issue func(tokenRequest) (string, error)) reply {
	if !q.user.admin() {
		return refused(http.StatusForbidden, "Access Denied", fmt.Sprintf("user %q cannot generate %s token", q.user.String(), what))
	}
	var asked tokenRequest
	if err := json.NewDecoder(q.http.Body).Decode(&asked); err != nil {
		return refused(http.StatusBadRequest, titleBad, "could not read the request")
	}
	if _, err := time.ParseDuration(asked.ValidFor); err != nil {
		return invalid(titleIssue, violation{Field: "validFor", Reason: reasonEmpty})
	}
	token, err := issue(asked)
	var gone *noKeyError
	switch {
	case errors.As(err, &gone):
		return refused(http.StatusNotFound, "Signing Key not found", gone.text)
	case err != nil:
		return refused(http.StatusInternalServerError, titleIssue, "Internal Server Error")
	}
	return reply{status: http.StatusOK, kind: typeToken, body: []byte(token)}
}

// issue signs a token with the newest key of a prefix.
func (c *ControlPlane) issue(asked tokenRequest, mesh, prefix string) (string, error) {
	life, err := time.ParseDuration(asked.ValidFor)
	if err != nil {
		return "", fmt.Errorf("life of a token: %w", err)
	}
	serial, newest := c.newestKey(mesh, prefix)
	if newest == nil {
		return "", noKey(mesh, prefix, serial)
	}
	key, err := c.parseKey(newest.value)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.tokens++
	id := c.id("token " + strconv.Itoa(c.tokens))
	c.mu.Unlock()
	now := c.now()
	return sign(key, tokenHeader{Algorithm: "RS256", KeyID: strconv.Itoa(serial), Type: "JWT"}, claims{
		Name: asked.Name, Groups: asked.Groups, Mesh: asked.Mesh, ID: id,
		Expires: now.Add(life).Unix(), NotEarly: now.Unix(), Issued: now.Unix(),
	})
}

func noKey(mesh, prefix string, serial int) error {
	kind, where := secretKind.name, fmt.Sprintf(" in mesh %q", mesh)
	if mesh == "" {
		kind, where = globalSecretKind.name, ""
	}
	return &noKeyError{fmt.Sprintf("there is no signing key with KID %d. %s of name %q%s is not found. If signing key was rotated, regenerate the token",
		serial, kind, prefix+strconv.Itoa(serial), where)}
}

// newestKey gives the key with the highest serial. Whatever has the prefix
// counts, without a number as 0. When there is none the serial is 1.
func (c *ControlPlane) newestKey(mesh, prefix string) (int, *record) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	serial, newest := 1, (*record)(nil)
	for _, r := range c.secrets.inMesh(mesh) {
		suffix, is := strings.CutPrefix(r.key.name, prefix)
		if !is {
			continue
		}
		number, err := strconv.Atoi(suffix)
		if err != nil {
			number = 0
		}
		if newest == nil || number > serial {
			serial, newest = number, r
		}
	}
	return serial, newest
}

// parseKey reads a signing key. Our own is known: reading it again would check
// its primes each time.
func (c *ControlPlane) parseKey(value []byte) (*rsa.PrivateKey, error) {
	if bytes.Equal(value, c.keyPEM) {
		return c.key, nil
	}
	block, _ := pem.Decode(value)
	if block == nil {
		return nil, errors.New("the signing key is no PEM")
	}
	return x509.ParsePKCS1PrivateKey(block.Bytes)
}

func sign(key *rsa.PrivateKey, header tokenHeader, body claims) (string, error) {
	head, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	said, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	signed := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(said)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// verify reads a user's token: signature, times, revocation.
func (c *ControlPlane) verify(token string) (claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}, errToken
	}
	var header tokenHeader
	var said claims
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decodePart(parts[0], &header) != nil || decodePart(parts[1], &said) != nil || header.Algorithm != "RS256" {
		return claims{}, errToken
	}
	held := c.secretAt(secretKey{name: userKeyPrefix + header.KeyID})
	if held == nil {
		return claims{}, errToken
	}
	key, err := c.parseKey(held.value)
	if err != nil {
		return claims{}, errToken
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	now := c.now().Unix()
	if rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature) != nil ||
		now >= said.Expires || now < said.NotEarly || c.revoked(said.ID) {
		return claims{}, errToken
	}
	return said, nil
}

func decodePart(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func (c *ControlPlane) revoked(id string) bool {
	list := c.secretAt(secretKey{name: revocationsName})
	if list == nil {
		return false
	}
	return slices.Contains(strings.Split(strings.TrimSuffix(string(list.value), "\n"), ","), id)
}
