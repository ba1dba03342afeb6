package model

import "fmt"

// Describe is the kind in full: "CA certificate, chain of 2, EC P-256",
// "private key, EC P-256, PKCS#8, not encrypted", "JWT, RS256", "JSON, an
// object of 5". It is "" when nobody has looked.
func (f Facts) Describe() string {
	text := f.ShortDescribe()
	switch f.Kind {
	case PrivateKey, CertificateAndKey:
		return text + f.Key.encodingWords()
	case PublicKey:
		if f.Key.Encoding != "" {
			return text + ", " + f.Key.Encoding
		}
	case Unlearnt, Empty, CACertificate, Certificate, JWT, JSON, VaultReference, Text, Binary:
	}
	return text
}

// ShortDescribe is the kind for the facts under a list, where how a key is
// written does not matter: "private key, EC P-256".
func (f Facts) ShortDescribe() string {
	switch f.Kind {
	case Unlearnt:
		return ""
	case CACertificate:
		return "CA certificate" + f.chainWords()
	case Certificate:
		return "certificate" + f.chainWords()
	case CertificateAndKey:
		return "certificate and key" + f.chainWords()
	case PrivateKey:
		return "private key" + commaThen(f.Key.Algorithm)
	case PublicKey:
		return "public key" + commaThen(f.Key.Algorithm)
	case JWT:
		return "JWT" + commaThen(f.Algorithm)
	case JSON:
		return "JSON" + commaThen(f.Shape)
	case VaultReference:
		return "Kong vault reference"
	case Empty, Text, Binary:
	}
	return f.Kind.String()
}

// chainWords tells how many certificates there are, and the first one's key.
func (f Facts) chainWords() string {
	if len(f.Certificates) == 0 {
		return ""
	}
	text := ""
	if len(f.Certificates) > 1 {
		text = fmt.Sprintf(", chain of %d", len(f.Certificates))
	}
	return text + commaThen(f.Certificates[0].Key.Algorithm)
}

func (k KeyFacts) encodingWords() string {
	switch {
	case k.Encrypted:
		return commaThen(k.Encoding) + ", encrypted"
	case k.Encoding == "":
		return ""
	}
	return ", " + k.Encoding + ", not encrypted"
}

func commaThen(word string) string {
	if word == "" {
		return ""
	}
	return ", " + word
}
