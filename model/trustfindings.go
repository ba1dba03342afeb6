package model

import (
	"strings"
	"time"
)

// PairFinding is one line about a certificate and its key. Text is made
// visible.
type PairFinding struct {
	Level Level
	Text  string
}

// PairReport is what is said about a certificate and the key that are named
// together.
type PairReport struct {
	User        string // who names them, "mTLS backend ca-2"
	Findings    []PairFinding
	Consequence []string // what is wrong does, a paragraph each; none when nothing is
}

// Pairs reports on every certificate and key that are named together and of
// which one is this secret, once for each who names them.
func (t Trust) Pairs(ref Ref, now time.Time) []PairReport {
	var reports []PairReport
	for _, u := range t.Users {
		told := map[halves]bool{}
		u.leaves(func(l *TrustLeaf) {
			h := l.Pair.halves()
			if !l.Pair.is() || told[h] || h.certificate != ref && h.key != ref {
				return
			}
			told[h] = true
			reports = append(reports, l.Pair.report(u, t.Mesh, now))
		})
	}
	return reports
}

// report gathers what is found. What is broken comes with little beside it:
// that a certificate is fine otherwise helps nobody then.
func (p TrustPair) report(u TrustUser, mesh Mesh, now time.Time) PairReport {
	r := PairReport{User: u.Title()}
	if missing := p.missing(); missing != "" {
		r.add(Stop, missing)
		return r
	}
	certificate, key := p.Certificate.Secret, p.Key.Secret
	if !certificate.Facts.Learnt() || !key.Facts.Learnt() {
		r.add(Inform, "what they hold is not read yet")
		return r
	}
	match := p.match()
	switch match {
	case matchYes:
		r.add(Pass, "key and first certificate match")
	case matchUnknown:
		r.add(Inform, "whether key and certificate match cannot be told")
	case matchNo:
		r.add(Stop, p.differing(now))
		r.Consequence = p.consequence(u, mesh)
	}
	faulty := r.authorities(certificate.Facts, p.reading(), match == matchNo)
	switch {
	case !faulty || match == matchNo || u.Backend == nil:
	case p.By.checked(mesh.SkipsValidation):
		r.Consequence = append(r.Consequence, "The control plane would refuse the next change of mesh "+Visible(mesh.Name)+".")
	default:
		r.Consequence = append(r.Consequence, capital(p.By.mistrust())+".")
	}
	r.ends(certificate.Facts.Certificates, match == matchNo, now)
	return r
}

func (r *PairReport) add(level Level, text string) {
	r.Findings = append(r.Findings, PairFinding{level, text})
}

// missing says which half is not there.
func (p TrustPair) missing() string {
	for _, half := range []struct {
		row  *Row
		what string
	}{{p.Certificate, "certificate"}, {p.Key, "key"}} {
		switch {
		case half.row == nil:
			return "no secret is named as the " + half.what + ", or it is not made yet"
		case half.row.Ghost():
			return "the " + half.what + ", " + Visible(half.row.Secret.Ref.Name) + ", is missing"
		}
	}
	return ""
}

// differing says that the halves do not match, and which was changed when.
func (p TrustPair) differing(now time.Time) string {
	if p.Both {
		if f := p.Certificate.Secret.Facts; f.Kind != CertificateAndKey {
			return "it is read as a certificate and its key, but is " + withArticle(f.Kind)
		}
		return "key and first certificate do not match"
	}
	certificate, key := p.Certificate.Secret, p.Key.Secret
	switch {
	case wrongHalf(certificate.Facts, true):
		return Visible(certificate.Ref.Name) + " is read as the certificate, but is " + withArticle(certificate.Facts.Kind)
	case wrongHalf(key.Facts, false):
		return Visible(key.Ref.Name) + " is read as the key, but is " + withArticle(key.Facts.Kind)
	}
	text := "key and first certificate do not match"
	if key.Modified.IsZero() || certificate.Modified.IsZero() {
		return text
	}
	was := func(t time.Time) string { return AgeWord(now.Sub(t)) + " ago" }
	return text + ": the key was changed " + was(key.Modified) + ", the certificate " + was(certificate.Modified)
}

// notMatching is what control planes say of a key that does not belong to the
// certificate.
const notMatching = `"not a valid TLS key pair: tls: private key does not match public key"`

// consequence says what halves that do not match do, and what mends it.
func (p TrustPair) consequence(u TrustUser, mesh Mesh) []string {
	var out []string
	checked := p.By.checked(mesh.SkipsValidation)
	switch {
	case u.Backend == nil && u.Kind == KindMeshIdentity:
		out = append(out, "It cannot issue certificates, and says so only in its status.")
	case u.Backend == nil:
		out = append(out, "What connects with them fails; the control plane says so only in its log.")
	case !checked:
		out = append(out, p.By.failing()+".")
	case u.Enabled:
		out = append(out, "Nothing can be issued, and the control plane would refuse the next change of mesh "+Visible(mesh.Name)+".")
	default:
		out = append(out, "The control plane would refuse the next change of mesh "+Visible(mesh.Name)+", switching mTLS on included.")
	}
	parses := !p.Both && !wrongHalf(p.Certificate.Secret.Facts, true) && !wrongHalf(p.Key.Secret.Facts, false)
	if checked && parses {
		last := len(out) - 1
		out[last] = strings.TrimSuffix(out[last], ".") + ":"
		out = append(out, notMatching)
	}
	switch {
	case p.Both:
		return append(out, "Put back the old value, or one of a certificate and its own key.")
	case p.keyBlamed():
		return append(out, "Put back the old key, or a certificate made for this one.")
	}
	return append(out, "Put back the old certificate, or the key that belongs to this one.")
}

// reading is how the certificate is read.
func (p TrustPair) reading() reading {
	of := p.By
	if of.Role == "key" {
		of.Role = "certificate"
	}
	return of.reading()
}

// authorities holds the certificates of a mesh's CA to the rules for those, and
// tells whether one is broken.
func (r *PairReport) authorities(f Facts, as reading, broken bool) (faulty bool) {
	n := len(f.Certificates)
	if n == 0 || as != readsSigner && as != readsAuthority {
		return false
	}
	faults := f.authorityMisfits(as)
	level := Stop
	if as != readsSigner {
		level = Warn // nobody is known to refuse it
	}
	for _, m := range faults {
		r.add(level, which(m.at, n)+" "+m.words(f, as))
	}
	if len(faults) > 0 {
		return true
	}
	can := "is a CA"
	if n > 1 {
		can = "are CAs"
	}
	if as == readsSigner {
		can += " and may sign"
	}
	switch n {
	case 1:
		r.add(Pass, "the certificate "+can)
	case 2:
		r.add(Pass, "both certificates "+can)
	default:
		r.add(Pass, "all "+CountWord(n)+" certificates "+can)
	}
	if !broken && as == readsSigner {
		r.add(Pass, "no certificate asks for key agreement")
	}
	return false
}

// which names one of several certificates within a sentence.
func which(at, of int) string {
	if of == 1 {
		return "the certificate"
	}
	return "the " + nth(at) + " certificate"
}

// nth is a number in a chain, counted from 0, as a word where it is small.
func nth(at int) string {
	small := []string{"first", "second", "third"}
	if at < len(small) {
		return small[at]
	}
	return Ordinal(at + 1)
}

// endsMost is how many certificates of a chain have their end told.
const endsMost = 3

// ends says when each certificate expires. Beside something broken only what
// presses is told.
func (r *PairReport) ends(certificates []CertificateFacts, broken bool, now time.Time) {
	if len(certificates) == 0 {
		return
	}
	level := Pass
	var parts []string
	for at, c := range certificates {
		word, look := ExpiryWord(c.NotBefore, c.NotAfter, now)
		if look {
			level = Warn
		}
		if at >= endsMost && !look {
			continue
		}
		name := which(at, len(certificates))
		if at > 0 {
			name = strings.TrimSuffix(name, " certificate")
		}
		parts = append(parts, name+" "+ending(word, at == 0, c, now))
	}
	if broken && level == Pass {
		return
	}
	r.add(level, strings.Join(parts, "; "))
}

// ending says when a certificate ends, in a sentence.
func ending(word string, first bool, c CertificateFacts, now time.Time) string {
	switch {
	case word == "expired":
		return "expired " + AgeWord(now.Sub(c.NotAfter)) + " ago"
	case word == "not yet":
		return "is valid only from " + c.NotBefore.UTC().Format("2006-01-02 15:04") + " UTC"
	case word == "":
		return "does not expire"
	case first:
		return "expires " + word
	}
	return word
}
