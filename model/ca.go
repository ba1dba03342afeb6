package model

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
)

// Violation is one rule that is broken, in the words of a control plane.
type Violation struct {
	Field  string // "cert", "cert[1]"
	Reason string
}

// ProvidedCA holds a certificate chain and a key to the rules that a control
// plane has for an mTLS backend of type "provided", and gives what is broken in
// the control plane's order and words. None means that it is accepted, which
// an expired CA is too.
//
// Fields are relative to the backend's conf. The texts of a pair that does not
// parse are those of Go's TLS library, which control planes use as well: some
// quote the value, so they are not for a screen.
func ProvidedCA(cert, key []byte) []Violation {
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return []Violation{{"cert", "not a valid TLS key pair: " + err.Error()}}
	}
	var broken []Violation
	for i, der := range pair.Certificate {
		field := fmt.Sprintf("cert[%d]", i)
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			return append(broken, Violation{field, "not a valid x509 certificate: " + err.Error()})
		}
		for _, reason := range signingFaults(parsed) {
			broken = append(broken, Violation{field, reason})
		}
	}
	return broken
}

func signingFaults(c *x509.Certificate) []string {
	var reasons []string
	if !c.IsCA {
		reasons = append(reasons, "basic constraint 'CA' must be set to 'true' (see X509-SVID: 4.1. Basic Constraints)")
	}
	if c.KeyUsage&x509.KeyUsageCertSign == 0 {
		reasons = append(reasons, "key usage extension 'keyCertSign' must be set (see X509-SVID: 4.3. Key Usage)")
	}
	if c.KeyUsage&x509.KeyUsageKeyAgreement != 0 {
		reasons = append(reasons, "key usage extension 'keyAgreement' must NOT be set (see X509-SVID: Appendix A. X.509 Field Reference)")
	}
	return reasons
}
