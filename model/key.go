package model

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"strconv"
	"strings"
)

// maxPrivateKey bounds a private key that is read, in bytes of DER: one of RSA
// 8192 has 4,680. Reading a longer one takes too long while somebody types.
const maxPrivateKey = 4800

// derSequence is the first byte of every certificate and key in DER.
const derSequence = 0x30

// Problems of keys.
const (
	problemEncrypted = "the private key is encrypted, and a control plane cannot decrypt it"
	problemLargeKey  = "the private key is larger than RSA 8192 and is not explained"
	problemKey       = "the private key cannot be read"
	problemPublicKey = "the public key cannot be read"
	problemDER       = "it is a certificate in DER, and control planes read PEM alone"
)

// privateKey explains a block that holds a private key.
func (b *bundle) privateKey(block *pem.Block) KeyFacts {
	if encoding, encrypted := encryption(block); encrypted {
		b.trouble(problemEncrypted)
		return KeyFacts{Encoding: encoding, Encrypted: true}
	}
	if len(block.Bytes) > maxPrivateKey {
		b.trouble(problemLargeKey)
		return KeyFacts{}
	}
	facts, ok := privateKeyFacts(block.Bytes, block.Type)
	if !ok {
		b.trouble(problemKey)
	}
	return facts
}

// encryption tells whether a block is an encrypted key, in the old form, which
// says so in its headers, or in that of PKCS#8.
func encryption(block *pem.Block) (encoding string, encrypted bool) {
	if block.Type == "ENCRYPTED PRIVATE KEY" {
		return "PKCS#8", true
	}
	_, named := block.Headers["DEK-Info"]
	if !named && !strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return "", false
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		return "PKCS#1", true
	case "EC PRIVATE KEY":
		return "SEC 1", true
	}
	return "", true
}

// privateKeyFacts tries the three encodings, as TLS libraries do, that of the
// label first.
func privateKeyFacts(der []byte, label string) (KeyFacts, bool) {
	order := []string{"PKCS#8", "PKCS#1", "SEC 1"}
	switch label {
	case "RSA PRIVATE KEY":
		order = []string{"PKCS#1", "PKCS#8", "SEC 1"}
	case "EC PRIVATE KEY":
		order = []string{"SEC 1", "PKCS#8", "PKCS#1"}
	}
	for _, encoding := range order {
		if public, ok := publicHalf(der, encoding); ok {
			facts := keyFacts(public, nil)
			facts.Encoding = encoding
			return facts, true
		}
	}
	return KeyFacts{}, false
}

func publicHalf(der []byte, encoding string) (crypto.PublicKey, bool) {
	var private any
	var err error
	switch encoding {
	case "PKCS#1":
		private, err = x509.ParsePKCS1PrivateKey(der)
	case "SEC 1":
		private, err = x509.ParseECPrivateKey(der)
	default:
		private, err = x509.ParsePKCS8PrivateKey(der)
	}
	if err != nil {
		return nil, false
	}
	key, ok := private.(interface{ Public() crypto.PublicKey })
	if !ok {
		return nil, false
	}
	return key.Public(), true
}

func (b *bundle) publicKey(block *pem.Block) KeyFacts {
	facts, ok := publicKeyFacts(block.Bytes)
	if !ok {
		b.trouble(problemPublicKey)
	}
	return facts
}

func publicKeyFacts(der []byte) (KeyFacts, bool) {
	if public, err := x509.ParsePKIXPublicKey(der); err == nil {
		facts := keyFacts(public, der)
		facts.Encoding = "PKIX"
		return facts, true
	}
	if public, err := x509.ParsePKCS1PublicKey(der); err == nil {
		facts := keyFacts(public, nil)
		facts.Encoding = "PKCS#1"
		return facts, true
	}
	return KeyFacts{}, false
}

// keyFacts names a public key. pkix is its PKIX form where that is at hand.
func keyFacts(public crypto.PublicKey, pkix []byte) KeyFacts {
	facts := KeyFacts{Algorithm: algorithm(public)}
	if der, err := x509.MarshalPKIXPublicKey(public); err == nil {
		pkix = der
	}
	if pkix != nil {
		facts.Public = sha256.Sum256(pkix)
	}
	return facts
}

func algorithm(public crypto.PublicKey) string {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(key.N.BitLen())
	case *ecdsa.PublicKey:
		return "EC " + key.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	case *ecdh.PublicKey:
		return "X25519"
	}
	return ""
}

// rsaBits is the length of an RSA key, or 0 for other keys.
func (k KeyFacts) rsaBits() int {
	digits, isRSA := strings.CutPrefix(k.Algorithm, "RSA ")
	if !isRSA {
		return 0
	}
	bits, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return bits
}

// learnDER explains a key or certificate without PEM around it: signing keys
// of old control planes are stored so.
func (f *Facts) learnDER(value []byte) bool {
	if !wholeDER(value) {
		return false
	}
	if c, err := x509.ParseCertificate(value); err == nil {
		f.Kind, f.Problem = Certificate, problemDER
		f.Certificates = []CertificateFacts{certificateFacts(c)}
		if f.Certificates[0].IsCA {
			f.Kind = CACertificate
		}
		if issues(c, c) {
			f.Certificates[0].IssuedBy = 0
		}
		f.narrow()
		return true
	}
	if len(value) > maxPrivateKey {
		return false
	}
	if key, ok := privateKeyFacts(value, "RSA PRIVATE KEY"); ok {
		f.Kind, f.Key = PrivateKey, key
		f.Key.Encoding += ", DER"
		return true
	}
	if key, ok := publicKeyFacts(value); ok {
		f.Kind, f.Key = PublicKey, key
		f.Key.Encoding += ", DER"
		return true
	}
	return false
}

// wholeDER tells whether the value is one DER sequence and nothing else, by
// its length alone. It spares most binary values the parsers.
func wholeDER(value []byte) bool {
	if len(value) < 2 || value[0] != derSequence {
		return false
	}
	if value[1] < 0x80 {
		return len(value) == 2+int(value[1])
	}
	digits := int(value[1] & 0x7f)
	if digits == 0 || digits > 3 || len(value) < 2+digits {
		return false
	}
	length := 0
	for _, c := range value[2 : 2+digits] {
		length = length<<8 | int(c)
	}
	return len(value) == 2+digits+length
}
