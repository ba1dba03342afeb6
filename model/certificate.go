package model

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// Bounds of what is told of one certificate.
const (
	maxNames     = 64  // names, and parts of a subject
	maxNameRunes = 256 // of one of them
)

// attributes are the short words for the parts of a subject, by the last
// number of their object identifier under 2.5.4.
var attributes = map[int]string{
	3: "CN", 5: "SERIALNUMBER", 6: "C", 7: "L", 8: "ST", 9: "STREET", 10: "O", 11: "OU", 17: "POSTALCODE",
}

func (b *bundle) addCertificate(der []byte) {
	number := b.decoded[certificatePart]
	if number > MaxCertificates {
		return
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		b.trouble("the %s certificate cannot be read", Ordinal(number))
		return
	}
	b.parsed = append(b.parsed, c)
	b.facts.Certificates = append(b.facts.Certificates, certificateFacts(c))
}

func certificateFacts(c *x509.Certificate) CertificateFacts {
	return CertificateFacts{
		Subject:      distinguishedName(c.Subject),
		Issuer:       distinguishedName(c.Issuer),
		IssuedBy:     -1,
		Serial:       colons(c.SerialNumber),
		NotBefore:    c.NotBefore.UTC(),
		NotAfter:     c.NotAfter.UTC(),
		IsCA:         c.BasicConstraintsValid && c.IsCA,
		PathLength:   pathLength(c),
		CertSign:     c.KeyUsage&x509.KeyUsageCertSign != 0,
		CRLSign:      c.KeyUsage&x509.KeyUsageCRLSign != 0,
		KeyAgreement: c.KeyUsage&x509.KeyUsageKeyAgreement != 0,
		Names:        alternativeNames(c),
		Key:          keyFacts(c.PublicKey, c.RawSubjectPublicKeyInfo),
		SHA256:       sha256.Sum256(c.Raw),
	}
}

// pathLength is -1 when the certificate sets none.
func pathLength(c *x509.Certificate) int {
	if c.MaxPathLen > 0 || c.MaxPathLenZero {
		return c.MaxPathLen
	}
	return -1
}

// linkIssuers finds each certificate's issuer among the others of the value. A
// certificate that names itself is its own. Signatures are not checked.
func (b *bundle) linkIssuers() {
	for i, c := range b.parsed {
		if issues(c, c) {
			b.facts.Certificates[i].IssuedBy = i
			continue
		}
		for j, issuer := range b.parsed {
			if issues(issuer, c) {
				b.facts.Certificates[i].IssuedBy = j
				break
			}
		}
	}
}

// issues compares names, and key identifiers where both have one: after a
// rotation two CAs bear one name.
func issues(issuer, c *x509.Certificate) bool {
	if !bytes.Equal(issuer.RawSubject, c.RawIssuer) {
		return false
	}
	named := len(c.AuthorityKeyId) > 0 && len(issuer.SubjectKeyId) > 0
	return !named || bytes.Equal(issuer.SubjectKeyId, c.AuthorityKeyId)
}

// distinguishedName writes the parts of a name in the certificate's order,
// which is how it was made: "O=demo, not real, CN=payments demo CA".
func distinguishedName(name pkix.Name) string {
	var words []string
	for i, attribute := range name.Names {
		if i == maxNames {
			words = append(words, fmt.Sprintf("…(+%d)", len(name.Names)-i))
			break
		}
		key := attribute.Type.String()
		if t := attribute.Type; len(t) == 4 && t[0] == 2 && t[1] == 5 && t[2] == 4 && attributes[t[3]] != "" {
			key = attributes[t[3]]
		}
		text, _ := attribute.Value.(string)
		words = append(words, key+"="+Cap(text, maxNameRunes))
	}
	if len(words) == 0 {
		return "(no name)"
	}
	return strings.Join(words, ", ")
}

// alternativeNames lists DNS names, addresses, mail and URIs.
func alternativeNames(c *x509.Certificate) []string {
	var names []string
	left := len(c.DNSNames) + len(c.IPAddresses) + len(c.EmailAddresses) + len(c.URIs)
	add := func(name func() string) {
		switch {
		case len(names) < maxNames:
			names = append(names, Cap(name(), maxNameRunes))
		case len(names) == maxNames:
			names = append(names, fmt.Sprintf("…(+%d)", left))
		}
		left--
	}
	for _, name := range c.DNSNames {
		add(func() string { return name })
	}
	for _, address := range c.IPAddresses {
		add(address.String)
	}
	for _, mail := range c.EmailAddresses {
		add(func() string { return mail })
	}
	for _, uri := range c.URIs {
		add(uri.String)
	}
	return names
}

// colons writes a serial number as other tools do: "10:05".
func colons(serial *big.Int) string {
	raw := serial.Bytes()
	if len(raw) == 0 {
		raw = []byte{0}
	}
	digits := strings.ToUpper(hex.EncodeToString(raw))
	var b strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(digits[i : i+2])
	}
	return Cap(b.String(), maxNameRunes)
}
