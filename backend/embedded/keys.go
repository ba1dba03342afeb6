package embedded

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"time"
)

// authorityLife is how long a builtin CA holds: ten years.
const authorityLife = 3650 * 24 * time.Hour

// SigningKey is the RSA key of every embedded control plane, 2048 bits. It is
// built from a rule that anybody can follow, so it protects nothing; searching
// for primes at each start would take longer than all the rest.
func SigningKey() *rsa.PrivateKey {
	p := fixedPrime("rsa p ", 1196)
	q := fixedPrime("rsa q ", 1626)
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	const exponent = 65537
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         new(big.Int).ModInverse(big.NewInt(exponent), phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute() // else each signature would do it again
	return key
}

// fixedPrime is the number that the text hashes to, made large and odd, plus
// the distance to the next prime.
func fixedPrime(text string, distance int64) *big.Int {
	var raw []byte
	for i := range 4 {
		sum := sha256.Sum256([]byte("meshsecrets demo bytes " + text + strconv.Itoa(i)))
		raw = append(raw, sum[:]...)
	}
	raw[0] |= 0xC0
	raw[len(raw)-1] |= 1
	return new(big.Int).Add(new(big.Int).SetBytes(raw), big.NewInt(distance))
}

// PKCS1 is a key as control planes write theirs: PEM, PKCS#1.
func PKCS1(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// subject is whom a CA is for.
type subject struct{ organisation, unit, common, uri string }

// authority makes the certificate of a CA that signs itself.
func authority(key *rsa.PrivateKey, s subject, from time.Time) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: s.common},
		NotBefore:             from,
		NotAfter:              from.Add(authorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if s.organisation != "" {
		template.Subject.Organization = []string{s.organisation}
		template.Subject.OrganizationalUnit = []string{s.unit}
	}
	if s.uri != "" {
		uri, err := url.Parse(s.uri)
		if err != nil {
			return nil, fmt.Errorf("identity of a CA: %w", err)
		}
		template.URIs = []*url.URL{uri}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making a CA: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
