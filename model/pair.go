package model

// pair is a certificate and a key that one backend or resource names together.
type pair struct {
	kind   ResourceKind
	mesh   string
	by     string
	client bool // client certificate and client key
}

// halves are the two secrets of a pair.
type halves struct{ certificate, key Ref }

// pairOf tells of which pair a reference names a half.
func pairOf(r Reference) (of pair, isKey, ok bool) {
	of = pair{kind: r.Kind, mesh: r.Mesh, by: r.By}
	switch r.Role {
	case "certificate":
		return of, false, true
	case "key":
		return of, true, true
	case "client certificate":
		of.client = true
		return of, false, true
	case "client key":
		of.client = true
		return of, true, true
	}
	return pair{}, false, false
}

// match tells the two halves of each pair of each other. Where a resource
// names two secrets for one half, the first counts.
func match(rows []Row, targets map[Ref]*target, refs []Reference) {
	named := map[pair]halves{}
	var order []pair
	for _, r := range refs {
		of, isKey, ok := pairOf(r)
		if !ok {
			continue
		}
		h, known := named[of]
		if !known {
			order = append(order, of)
		}
		switch {
		case isKey && h.key == Ref{}:
			h.key = r.Target()
		case !isKey && h.certificate == Ref{}:
			h.certificate = r.Target()
		}
		named[of] = h
	}
	for _, of := range order {
		h := named[of]
		certificate, key := rowOf(rows, targets, h.certificate), rowOf(rows, targets, h.key)
		if certificate == nil || key == nil || certificate == key {
			continue
		}
		introduce(certificate, key)
	}
}

func rowOf(rows []Row, targets map[Ref]*target, ref Ref) *Row {
	t := targets[ref]
	if t == nil || t.row < 0 {
		return nil
	}
	return &rows[t.row]
}

// introduce makes two rows partners. A secret may be a half of several pairs:
// the first that does not match counts, else the first.
func introduce(certificate, key *Row) {
	noCertificate, noKey := wrongHalf(certificate.Secret.Facts, true), wrongHalf(key.Secret.Facts, false)
	mismatch := noCertificate || noKey || differ(certificate.Secret.Facts, key.Secret.Facts)
	keyBlamed := !certificate.Secret.Modified.After(key.Secret.Modified)
	if noCertificate != noKey {
		keyBlamed = noKey
	}
	tell(certificate, key.Secret.Ref, mismatch, !keyBlamed)
	tell(key, certificate.Secret.Ref, mismatch, keyBlamed)
}

func tell(row *Row, partner Ref, mismatch, blamed bool) {
	if (row.Partner == Ref{}) || mismatch && !row.Mismatch {
		row.Partner, row.Mismatch = partner, mismatch
	}
	// One that is blamed for any of its pairs stays blamed.
	row.Blamed = row.Blamed || mismatch && blamed
}

// differ tells whether a certificate and a key are known to belong to
// different pairs. What cannot be told does not differ.
func differ(certificate, key Facts) bool {
	if len(certificate.Certificates) == 0 {
		return false
	}
	if key.Kind != PrivateKey && key.Kind != CertificateAndKey {
		return false
	}
	a, b := certificate.Certificates[0].Key, key.Key
	none := [32]byte{}
	return a.Public != none && b.Public != none && !a.Matches(b)
}

// wrongHalf tells whether what was learnt of a half cannot be that half at all:
// a private key where the certificate belongs, or text where the key does.
func wrongHalf(f Facts, certificate bool) bool {
	switch f.Kind {
	case Unlearnt, CertificateAndKey:
		return false
	case CACertificate, Certificate:
		return !certificate
	case PrivateKey:
		return certificate
	case Empty, PublicKey, JWT, JSON, VaultReference, Text, Binary:
	}
	return true
}
