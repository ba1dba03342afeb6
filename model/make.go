package model

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"slices"
	"time"
)

// passwordLength is how many signs a made password has: each is one of 64, so
// it has 192 bits.
const passwordLength = 32

// passwordSigns need no quoting in shells, URLs or connection strings.
const passwordSigns = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// MakePassword makes a password of 32 letters, digits, "-" and "_" from random
// bytes. The caller wipes it.
func MakePassword(random io.Reader) (Value, error) {
	made := make([]byte, passwordLength)
	defer clear(made)
	if _, err := io.ReadFull(random, made); err != nil {
		return Value{}, fmt.Errorf("no random bytes: %w", err)
	}
	for n, b := range made {
		made[n] = passwordSigns[b%byte(len(passwordSigns))]
	}
	return NewValue(made), nil
}

// How long what is made is valid, from a little before now: clocks differ.
const (
	madeCAFor          = 10 * year
	madeCertificateFor = 1 * year
	clocksDiffer       = 5 * time.Minute
)

// KeyPair is a certificate and its private key, both in PEM. The caller wipes it.
type KeyPair struct{ Certificate, Key Value }

// Wipe overwrites both.
func (p *KeyPair) Wipe() {
	p.Certificate.Wipe()
	p.Key.Wipe()
}

// Both is the certificate and its key in one value, as a MeshGateway reads
// them. The caller wipes it.
func (p KeyPair) Both() Value {
	both := slices.Concat(p.Certificate.Reveal(), p.Key.Reveal())
	defer clear(both)
	return NewValue(both)
}

// MakeCA makes a CA with a key of its own (EC P-256), as an mTLS backend or a
// MeshIdentity of a mesh takes it: it may sign certificates, nothing else, for
// ten years. It is for tests and demos: its key was in this program's memory.
func MakeCA(random io.Reader, mesh string, now time.Time) (KeyPair, error) {
	return makePair(random, x509.Certificate{
		Subject:  pkix.Name{CommonName: mesh + " CA"},
		NotAfter: now.Add(madeCAFor), NotBefore: now.Add(-clocksDiffer),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		URIs:     []*url.URL{{Scheme: "spiffe", Host: mesh}},
	})
}

// MakeCertificate makes a certificate that is its own issuer, with a key of its
// own (EC P-256), for servers of a name and for clients, for one year.
func MakeCertificate(random io.Reader, name string, now time.Time) (KeyPair, error) {
	return makePair(random, x509.Certificate{
		Subject:  pkix.Name{CommonName: name},
		NotAfter: now.Add(madeCertificateFor), NotBefore: now.Add(-clocksDiffer),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:              []string{name, "localhost"},
	})
}

// makePair signs a certificate with its own new key.
func makePair(random io.Reader, like x509.Certificate) (KeyPair, error) {
	key, err := makeKey(random)
	if err != nil {
		return KeyPair{}, err
	}
	serial := make([]byte, 16)
	if _, err = io.ReadFull(random, serial); err != nil {
		return KeyPair{}, fmt.Errorf("no random bytes: %w", err)
	}
	serial[0] = serial[0]&0x7f | 0x40 // positive, and always as long
	like.SerialNumber = new(big.Int).SetBytes(serial)
	// Without a source of its own the signature's nonce comes of key and message.
	certificate, err := x509.CreateCertificate(nil, &like, &like, key.Public(), key)
	if err != nil {
		return KeyPair{}, fmt.Errorf("the certificate cannot be made: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	defer clear(der)
	if err != nil {
		return KeyPair{}, fmt.Errorf("the key cannot be written: %w", err)
	}
	return KeyPair{inPEM("CERTIFICATE", certificate), inPEM("PRIVATE KEY", der)}, nil
}

// makeKey makes a key from random bytes. Of some there is none: those are tried
// again, which in practice never happens.
func makeKey(random io.Reader) (crypto.Signer, error) {
	raw := make([]byte, 32)
	defer clear(raw)
	for range 8 {
		if _, err := io.ReadFull(random, raw); err != nil {
			return nil, fmt.Errorf("no random bytes: %w", err)
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("no key can be made of these random bytes")
}

func inPEM(kind string, der []byte) Value {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	defer clear(text)
	return NewValue(text)
}
