package model

import "strings"

// role holds the kind of a value to what it is read as.
func (i *inspection) role() {
	role := i.expects.Role
	switch {
	case i.Problem == problemTooLarge || i.EncodedTwice != Unlearnt:
		// What it is, is not known, or is told already.
	case strings.HasSuffix(role, "key"):
		i.asKey()
	case role == "CA" || strings.HasSuffix(role, "certificate"):
		i.asCertificate()
	}
}

// certificateAndKey is the role of one secret that holds both.
const certificateAndKey = "certificate and key"

// called names the secret within a sentence.
func (e Expectation) called() string {
	if e.Name == "" {
		return "the secret"
	}
	return Visible(e.Name)
}

func (i *inspection) asKey() {
	if i.Kind != PrivateKey && i.Kind != CertificateAndKey {
		read := "a private key"
		if i.expects.Role == certificateAndKey {
			read = "a certificate and its key"
		}
		i.add(Warn, "role", NoMend, "this is "+withArticle(i.Kind)+", but "+i.expects.called()+" is read as "+read)
	}
}

func (i *inspection) asCertificate() {
	name := i.expects.called()
	switch i.Kind {
	case PrivateKey:
		i.add(Warn, "role", NoMend, "this is a private key, but "+name+" is read as a certificate; who may see certificates would see the key")
	case CertificateAndKey:
		if i.expects.Role != "certificate" || i.expects.Backend != "" {
			i.add(Warn, "role", NoMend, "a private key stands beside the certificate, but "+name+
				" is read as a certificate alone; who may see certificates would see the key")
		}
		i.asAuthority()
	case Certificate, CACertificate:
		i.asAuthority()
	case Unlearnt, Empty, PublicKey, JWT, JSON, VaultReference, Text, Binary:
		i.add(Warn, "role", NoMend, "this is "+withArticle(i.Kind)+", but "+name+" is read as a certificate")
	}
}

// asAuthority holds certificates to the rules for CAs, where one is expected:
// those of ProvidedCA, in words for a person. One line is enough.
func (i *inspection) asAuthority() {
	backend := i.expects.Backend != "" && i.expects.Role == "certificate"
	if !backend && i.expects.Role != "CA" {
		return
	}
	for at, c := range i.Certificates {
		fault := c.authorityFault(backend)
		if fault == "" {
			continue
		}
		which := "this certificate"
		if len(i.Certificates) > 1 {
			which = "the " + Ordinal(at+1) + " certificate"
		}
		consequence := "; who is checked against it is refused"
		if backend {
			consequence = ". With it, mTLS backend " + Visible(i.expects.Backend) +
				" would be refused at the next change of mesh " + Visible(i.expects.Mesh)
		}
		i.add(Warn, "CA", NoMend, which+" "+fault+consequence)
		return
	}
}

// authorityFault says why a certificate will not do as a CA. Only mTLS
// backends look at key usages.
func (c CertificateFacts) authorityFault(usages bool) string {
	switch {
	case !c.IsCA:
		return "is not a CA"
	case usages && !c.CertSign:
		return "may not sign certificates"
	case usages && c.KeyAgreement:
		return "has the key usage keyAgreement, which a CA must not have"
	}
	return ""
}
