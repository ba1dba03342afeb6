package model

import (
	"errors"
	"testing"
)

func TestReadVaultReference(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]VaultRef{
		"{vault://hcv/warehouse/reader/password}": {Vault: "hcv", VaultName: "HashiCorp Vault", Resource: "warehouse/reader", Key: "password"},
		"{vault://env/cert}":                      {Vault: "env", VaultName: "environment variables", Resource: "cert"},
		"{vault://env/cert/key?prefix=SSL_#1}":    {Vault: "env", VaultName: "environment variables", Resource: "cert", Key: "key", Version: 1, Options: "prefix=SSL_"},
		"{vault://hcv/pg/username/}":              {Vault: "hcv", VaultName: "HashiCorp Vault", Resource: "pg/username"},
		"{vault://aws/%2Fsecret/key}":             {Vault: "aws", VaultName: "AWS Secrets Manager", Resource: "/secret", Key: "key"},
		"{vault://aws//secret//key}":              {Vault: "aws", VaultName: "AWS Secrets Manager", Resource: "secret", Key: "key"},
		"{vault://my-vault/a%20b?ttl=60&x=%0A#2}": {Vault: "my-vault", Resource: "a b", Version: 2, Options: "ttl=60, x=␊"},
		"{vault://fs/a%zz%41%4}":                  {Vault: "fs", VaultName: "files", Resource: "a%zzA%4"},
		"{vault://env/\u202ea}":                   {Vault: "env", VaultName: "environment variables", Resource: `\u{202E}a`},
	} {
		got, err := ReadVaultReference([]byte(text))
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestVaultReferenceErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"fake":                                 "not a reference",
		"{vault://env/a}\n":                    "not a reference",
		"Bearer {vault://env/a}":               "not a reference",
		"{VAULT://env/a}":                      "not a reference",
		"{vault://env/a":                       "not a reference",
		"{vault://}":                           "reference url is missing host",
		"{vault:///a}":                         "reference url is missing host",
		"{vault://env}":                        "reference url is missing path",
		"{vault://env?prefix=a}":               "reference url is missing path",
		"{vault://env/}":                       "reference url has empty path",
		"{vault://env/#1}":                     "reference url has empty path",
		"{vault://env/a#}":                     "reference url has invalid version",
		"{vault://env/a#x}":                    "reference url has invalid version",
		"{vault://env/a#-1}":                   "reference url has invalid version",
		"{vault://env/a#99999999999999999999}": "reference url has invalid version",
		"{vault://env///}":                     "reference url has invalid path",
	} {
		_, err := ReadVaultReference([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := ReadVaultReference([]byte("fake")); !errors.Is(err, ErrNotReference) {
		t.Errorf("%v is not ErrNotReference", err)
	}
}

func FuzzReadVaultReference(f *testing.F) {
	for _, seed := range []string{"{vault://a/b/c?d=e#1}", "{vault://}", "{vault://a//}", "{vault://a/%2f%}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		ref, err := ReadVaultReference(value)
		if err == nil && (ref.Vault == "" || ref.Resource == "" || ref.Version < 0) {
			t.Errorf("%+v", ref)
		}
		for _, text := range []string{ref.Vault, ref.Resource, ref.Key, ref.Options} {
			if text != Visible(text) {
				t.Errorf("not visible: %+q", text)
			}
		}
		if looks := NewExaminer([32]byte{}).Examine(value).Kind == VaultReference; err == nil && plainKind(value) == Text && !looks {
			t.Error("a reference that Examine does not see")
		}
	})
}
