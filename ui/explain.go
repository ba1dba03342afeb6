package ui

import (
	"strconv"
	"strings"
	"time"

	"meshsecrets/model"
)

// drawClaims explains a JWT, in the token's own order.
func drawClaims(r *report, v model.Value, now time.Time) {
	token, ok := model.ReadJWT(v.Reveal())
	if !ok {
		return
	}
	r.gap()
	r.section("Claims", "the signature is not checked")
	r.gap()
	header := make([]string, len(token.Header))
	for i, c := range token.Header {
		header[i] = c.Name + " " + c.Text
	}
	r.fact(unmarked, "header", strings.Join(header, ", "))
	for _, c := range token.Claims {
		if c.Time.IsZero() {
			r.fact(unmarked, c.Name, c.Text)
			continue
		}
		claimTime(r, c, now)
	}
}

func claimTime(r *report, c model.Claim, now time.Time) {
	text, mark := instant(c.Time), unmarked
	switch c.Name {
	case "exp":
		word, pressing := model.ExpiryWord(time.Time{}, c.Time, now)
		text += ", " + word
		if pressing {
			mark = look
		}
	case "iat":
		text += ", " + model.AgeWord(now.Sub(c.Time)) + " ago"
	}
	r.fact(mark, c.Name, text)
}

// drawVaultReference explains a Kong Gateway vault reference by its grammar.
func drawVaultReference(r *report, v model.Value) {
	ref, err := model.ReadVaultReference(v.Reveal())
	r.gap()
	r.section("Reference", "")
	r.gap()
	if err != nil {
		r.fact(look, "not valid", model.Visible(err.Error()))
		return
	}
	vault := ref.Vault
	if ref.VaultName != "" {
		vault += ", " + ref.VaultName
	}
	r.fact(unmarked, "vault", vault)
	r.fact(unmarked, "secret", ref.Resource)
	r.fact(unmarked, "key", ref.Key)
	version := "the current one"
	if ref.Version > 1 {
		version = strconv.Itoa(ref.Version)
	}
	if ref.Options == "" {
		version += "; no options"
	} else {
		version += "; options " + ref.Options
	}
	r.fact(unmarked, "version", version)
}
