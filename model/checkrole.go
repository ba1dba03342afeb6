package model

// role holds the kind of a value to what it is read as. What it is when it was
// encoded before is not known, and told already. Of the rules for CAs one line
// is enough.
func (i *inspection) role() {
	if i.EncodedTwice != Unlearnt {
		return
	}
	as, authority := i.expects.reading(), false
	for _, m := range i.misfits(as) {
		switch m.why {
		case otherKind, keyShown, keyBeside:
			i.misread(m, as)
		case notAuthority, mayNotSign, agreesOnKeys:
			if !authority {
				i.add(Warn, "CA", NoMend, m.subject(i.Facts)+" "+m.words(i.Facts, as)+i.refusedCA(as))
			}
			authority = true
		}
	}
}

// reading is how those who are expected read the value.
func (e Expectation) reading() reading { return readingAs(e.Role, e.Backend != "") }

// certificateAndKey is the role of one secret that holds both.
const certificateAndKey = "certificate and key"

// called names the secret within a sentence.
func (e Expectation) called() string {
	if e.Name == "" {
		return "the secret"
	}
	return Visible(e.Name)
}

// misread tells of a value that is not of the kind that it is read as.
func (i *inspection) misread(m misfit, as reading) {
	const shown = "; who may see certificates would see the key"
	name := i.expects.called()
	switch {
	case m.why == keyShown:
		i.add(Warn, "role", NoMend, "this is a private key, but "+name+" is read as a certificate"+shown)
	case m.why == keyBeside && as == readsCertificate && i.expects.Role == "certificate":
		// An identity may have both in one.
	case m.why == keyBeside:
		i.add(Warn, "role", NoMend, "a private key stands beside the certificate, but "+name+" is read as a certificate alone"+shown)
	case as == readsAuthority || as == readsSigner:
		i.add(Warn, "role", NoMend, "this is "+withArticle(i.Kind)+", but "+name+" is read as "+readsCertificate.wanted())
	default:
		i.add(Warn, "role", NoMend, "this is "+withArticle(i.Kind)+", but "+name+" is read as "+as.wanted())
	}
}

// refusedCA is what comes of a CA that will not do.
func (i *inspection) refusedCA(as reading) string {
	if as == readsSigner {
		return ". With it, mTLS backend " + Visible(i.expects.Backend) +
			" would be refused at the next change of mesh " + Visible(i.expects.Mesh)
	}
	return "; who is checked against it is refused"
}
