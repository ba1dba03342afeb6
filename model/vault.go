package model

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// Why something is no reference that Kong Gateway resolves, in its words.
var (
	ErrNotReference     = errors.New("not a reference")
	ErrReferenceHost    = errors.New("reference url is missing host")
	ErrReferenceNoPath  = errors.New("reference url is missing path")
	ErrReferenceEmpty   = errors.New("reference url has empty path")
	ErrReferenceVersion = errors.New("reference url has invalid version")
	ErrReferencePath    = errors.New("reference url has invalid path")
)

const (
	vaultBegin = "{vault://"
	vaultEnd   = "}"
)

// vaultNames are the vaults that Kong Gateway brings along.
var vaultNames = map[string]string{
	"env":         "environment variables",
	"aws":         "AWS Secrets Manager",
	"gcp":         "Google Cloud Secret Manager",
	"azure":       "Azure Key Vault",
	"azure-certs": "certificates of Azure Key Vault",
	"hcv":         "HashiCorp Vault",
	"conjur":      "CyberArk Conjur",
	"fs":          "files",
	"konnect":     "Konnect Config Store",
}

// VaultRef is a Kong Gateway vault reference taken apart. A mesh control plane
// does not resolve it. All strings are made visible.
type VaultRef struct {
	Vault     string // "hcv", or the prefix under which a vault is configured
	VaultName string // "HashiCorp Vault"; "" for a configured one
	Resource  string // what is read, "warehouse/reader"
	Key       string // the member of what is read; "" for all of it
	Version   int    // 1 is the current one, 2 the one before; 0 when none is given
	Options   string // what overrides the vault's configuration, "prefix=SSL_, ttl=60"; "" for nothing
}

// learnVault recognises a reference, sound or not, by its beginning and end.
func (f *Facts) learnVault(value []byte) bool {
	text := string(value[:min(len(value), len(vaultBegin))])
	if text != vaultBegin || value[len(value)-1] != vaultEnd[0] {
		return false
	}
	f.Kind = VaultReference
	if _, err := ReadVaultReference(value); err != nil {
		f.Problem = err.Error()
	}
	return true
}

// ReadVaultReference takes a reference apart by the grammar of Kong Gateway:
// the whole value is "{vault://VAULT/RESOURCE/KEY?OPTIONS#VERSION}". The last
// of several parts of the path is the key, unless the path ends with a slash.
// It answers with one of the ErrReference errors or ErrNotReference.
func ReadVaultReference(value []byte) (VaultRef, error) {
	if len(value) > MaxExplained {
		return VaultRef{}, ErrNotReference
	}
	text, begins := strings.CutPrefix(string(value), vaultBegin)
	text, ends := strings.CutSuffix(text, vaultEnd)
	if !begins || !ends {
		return VaultRef{}, ErrNotReference
	}
	text, version, versioned := strings.Cut(text, "#")
	text, query, _ := strings.Cut(text, "?")
	host, path, hasPath := strings.Cut(text, "/")
	switch {
	case host == "":
		return VaultRef{}, ErrReferenceHost
	case !hasPath:
		return VaultRef{}, ErrReferenceNoPath
	case path == "":
		return VaultRef{}, ErrReferenceEmpty
	}
	ref := VaultRef{Vault: Visible(host), VaultName: vaultNames[host], Options: options(query)}
	if versioned {
		n, ok := decimal(version)
		if !ok {
			return VaultRef{}, ErrReferenceVersion
		}
		ref.Version = n
	}
	resource, key := splitPath(path)
	if resource == "" {
		return VaultRef{}, ErrReferencePath
	}
	ref.Resource, ref.Key = Visible(resource), Visible(key)
	return ref, nil
}

// vaultWords say what Kong Gateway would make of a reference, by its grammar and
// without a part of it: that may tell where secrets are kept.
func vaultWords(value []byte) string {
	r, err := ReadVaultReference(value)
	if err != nil {
		return "not even Kong Gateway could read this reference (" + err.Error() + ")"
	}
	what, where := "a whole entry", "a vault that is configured there"
	if r.Key != "" {
		what = "one key of an entry"
	}
	if r.VaultName != "" {
		where = r.VaultName
	}
	return "Kong Gateway would read " + what + " from " + where
}

// splitPath parts resource and key. Slashes that belong to a resource are
// written as %2F, so empty parts are none.
func splitPath(path string) (resource, key string) {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			parts = append(parts, unescape(part))
		}
	}
	if len(parts) > 1 && !strings.HasSuffix(path, "/") {
		key = parts[len(parts)-1]
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "/"), key
}

// unescape decodes each %XX; what cannot be decoded stays as it is.
func unescape(text string) string {
	var b strings.Builder
	for at := 0; at < len(text); at++ {
		if text[at] == '%' && at+2 < len(text) {
			if plain, err := hex.DecodeString(text[at+1 : at+3]); err == nil {
				b.Write(plain)
				at += 2
				continue
			}
		}
		b.WriteByte(text[at])
	}
	return b.String()
}

func options(query string) string {
	var words []string
	for option := range strings.SplitSeq(query, "&") {
		if option != "" {
			words = append(words, Visible(unescape(option)))
		}
	}
	return strings.Join(words, ", ")
}

func decimal(digits string) (int, bool) {
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}
