package ui

import (
	"fmt"
	"strings"
	"time"

	"meshsecrets/model"
)

// drawChain explains every certificate of the value; certificates are not secret.
func drawChain(r *report, certs []model.CertificateFacts, now time.Time) {
	if len(certs) == 0 {
		return
	}
	r.gap()
	r.section(plainOr(len(certs) > 1, "Chain", "Certificate"), chainNote(certs))
	for i, c := range certs {
		r.gap()
		label := plainOr(len(certs) > 1, fmt.Sprintf("%d of %d", i+1, len(certs)), "subject")
		r.fact(unmarked, label, c.Subject)
		r.fact(unmarked, "issued by", issuer(c, i, len(certs)))
		drawValidity(r, c, now)
		r.fact(unmarked, "CA", authority(c))
		r.fact(unmarked, "names", strings.Join(c.Names, ", "))
		r.fact(unmarked, "key", c.Key.Algorithm+", serial "+c.Serial)
		r.colons("SHA-256", c.SHA256)
	}
}

func plainOr(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func chainNote(certs []model.CertificateFacts) string {
	cas := 0
	for _, c := range certs {
		if c.IsCA {
			cas++
		}
	}
	switch {
	case len(certs) == 1:
		return ""
	case cas == len(certs) && cas == 2:
		return "2 certificates, both CAs"
	case cas == len(certs):
		return fmt.Sprintf("%d certificates, all CAs", cas)
	}
	return fmt.Sprintf("%d certificates, %d of them CAs", len(certs), cas)
}

func issuer(c model.CertificateFacts, i, n int) string {
	switch c.IssuedBy {
	case i:
		return "itself"
	case -1:
		return c.Issuer + ", which is not here"
	}
	return fmt.Sprintf("%s, which is %d of %d", c.Issuer, c.IssuedBy+1, n)
}

func drawValidity(r *report, c model.CertificateFacts, now time.Time) {
	const form = "2006-01-02 15:04"
	text := c.NotBefore.UTC().Format(form) + " to " + c.NotAfter.UTC().Format(form) + " UTC"
	word, pressing := model.ExpiryWord(c.NotBefore, c.NotAfter, now)
	switch word {
	case "expired":
		text += ", ended " + model.AgeWord(now.Sub(c.NotAfter)) + " ago"
	case "not yet":
		text += ", not yet"
	default:
		text += ", ends " + word
	}
	mark := unmarked
	if pressing {
		mark = look
	}
	r.fact(mark, "valid", text)
}

func authority(c model.CertificateFacts) string {
	if !c.IsCA {
		return "no"
	}
	text := "yes, no path length"
	if c.PathLength >= 0 {
		text = fmt.Sprintf("yes, path length %d", c.PathLength)
	}
	switch {
	case c.CertSign && c.CRLSign:
		text += "; may sign certificates and revocation lists"
	case c.CertSign:
		text += "; may sign certificates"
	default:
		text += "; may not sign certificates"
	}
	if c.KeyAgreement {
		text += "; asks for key agreement, which a mesh refuses"
	}
	return text
}

// colons adds a digest in the form of other tools, wrapped after a colon.
func (r *report) colons(label string, sum [32]byte) {
	var b strings.Builder
	for i, c := range sum {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02X", c)
	}
	text := b.String()
	room := (r.w - 3 - labelWidth - 1) / 3 * 3
	for len(text) > room && room > 0 {
		r.fact(unmarked, label, text[:room])
		text, label = text[room:], ""
	}
	r.fact(unmarked, label, text)
}
