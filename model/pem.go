package model

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

var (
	pemBegin = []byte("-----BEGIN ")
	pemEnd   = []byte("-----END ")
)

// part is what a PEM block holds, as far as it matters here.
type part uint8

const (
	otherPart part = iota
	certificatePart
	privatePart
	publicPart
	parts
)

func partOf(label string) part {
	switch {
	case label == "CERTIFICATE":
		return certificatePart
	case label == "PUBLIC KEY" || label == "RSA PUBLIC KEY":
		return publicPart
	case label == "PRIVATE KEY" || strings.HasSuffix(label, " PRIVATE KEY"):
		return privatePart
	}
	return otherPart
}

// bundle gathers what the PEM blocks of one value hold.
type bundle struct {
	facts   *Facts
	begun   [parts]int // blocks that begin
	decoded [parts]int // of these, those that could be decoded
	keys    int        // private keys so far; the first is told in facts.Key
	parsed  []*x509.Certificate
}

// learnPEM explains PEM, with text around it as control planes accept it. It
// tells whether there was any certificate or key, be it cut off.
func (f *Facts) learnPEM(value []byte) bool {
	if !bytes.Contains(value, pemBegin) {
		return false
	}
	b := bundle{facts: f}
	b.count(value)
	if b.begun[certificatePart]+b.begun[privatePart]+b.begun[publicPart] == 0 {
		return false
	}
	rest := value
	for range maxBlocks {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		b.add(block)
	}
	b.conclude(value)
	return true
}

// count reads the labels of all blocks that begin, so that one that is cut off
// is still told by its label.
func (b *bundle) count(value []byte) {
	for range maxBlocks {
		_, after, found := bytes.Cut(value, pemBegin)
		if !found {
			return
		}
		if label, _, ended := bytes.Cut(after[:min(len(after), 64)], []byte("-----")); ended {
			b.begun[partOf(string(label))]++
		}
		value = after
	}
}

func (b *bundle) add(block *pem.Block) {
	p := partOf(block.Type)
	b.decoded[p]++
	switch p {
	case certificatePart:
		b.addCertificate(block.Bytes)
	case privatePart:
		b.keys++
		if b.keys == 1 {
			b.facts.Key = b.privateKey(block)
		}
		clear(block.Bytes)
	case publicPart:
		if b.decoded[publicPart] == 1 && b.begun[privatePart] == 0 {
			b.facts.Key = b.publicKey(block)
		}
	case otherPart, parts:
	}
}

// trouble notes a problem; the first one counts.
func (b *bundle) trouble(format string, args ...any) {
	if b.facts.Problem == "" {
		b.facts.Problem = fmt.Sprintf(format, args...)
	}
}

func (b *bundle) conclude(value []byte) {
	f := b.facts
	certificates, private, public := b.begun[certificatePart], b.begun[privatePart], b.begun[publicPart]
	switch {
	case certificates > 0 && private > 0:
		f.Kind = CertificateAndKey
	case certificates > 0 && b.allCAs():
		f.Kind = CACertificate
	case certificates > 0:
		f.Kind = Certificate
	case private > 0:
		f.Kind = PrivateKey
	default:
		f.Kind = PublicKey
	}
	b.linkIssuers()
	f.narrow()
	b.damaged(value)
	switch {
	case certificates > MaxCertificates:
		b.trouble("it has more than %d certificates, and the rest is not explained", MaxCertificates)
	case private > 1:
		b.trouble("it has %d private keys, where one belongs", private)
	case f.Kind == PublicKey && public > 1:
		b.trouble("it has %d public keys, where one belongs", public)
	}
}

// damaged tells of blocks that begin and cannot be decoded.
func (b *bundle) damaged(value []byte) {
	for p := range parts {
		if b.begun[p] <= b.decoded[p] || p == otherPart {
			continue
		}
		switch {
		case bytes.HasPrefix(value, byteOrderMark) && bytes.HasPrefix(value[len(byteOrderMark):], pemBegin):
			b.trouble("the byte order mark hides the first PEM block from readers")
		case bytes.Count(value, pemEnd) < bytes.Count(value, pemBegin):
			b.trouble("the PEM block is cut off")
		default:
			b.trouble("a PEM block is damaged and cannot be decoded")
		}
	}
}

func (b *bundle) allCAs() bool {
	for i := range b.facts.Certificates {
		if !b.facts.Certificates[i].IsCA {
			return false
		}
	}
	return len(b.facts.Certificates) == min(b.begun[certificatePart], MaxCertificates)
}

// narrow takes the time in which every certificate of a chain is valid.
func (f *Facts) narrow() {
	for i := range f.Certificates {
		c := &f.Certificates[i]
		if c.NotBefore.After(f.NotBefore) {
			f.NotBefore = c.NotBefore
		}
		if f.NotAfter.IsZero() || c.NotAfter.Before(f.NotAfter) {
			f.NotAfter = c.NotAfter
		}
	}
}
