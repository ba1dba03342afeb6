package ui

import (
	"slices"
	"strings"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// making is what a form can make instead of taking it from somebody.
type making uint8

const (
	makesPassword    making = iota
	makesCA                 // its certificate here, its key in a secret of its own right after
	makesCertificate        // a certificate and its key in this one value
)

// makings are those that can be chosen, in their order. The two secrets of a CA
// are added, not edited: of a pair in use both halves would have to change at
// once.
func (f form) makings() []making {
	if f.edit {
		return []making{makesPassword, makesCertificate}
	}
	return []making{makesPassword, makesCA, makesCertificate}
}

// String is the word of the choice.
func (m making) String() string {
	return [...]string{makesPassword: "password", makesCA: "CA", makesCertificate: "certificate and key"}[m]
}

const makeWord = "generate it"

func (f form) makingRow(c *canvas) Line {
	var words []string
	for _, m := range f.makings() {
		words = append(words, m.String())
	}
	return c.options(slices.Index(f.makings(), f.make), words...)
}

// turned is the making that follows, or the one before.
func (f form) turned(step int) making {
	all := f.makings()
	return all[(slices.Index(all, f.make)+step+len(all))%len(all)]
}

// made fills the form with a new value. What stood there before is dropped, as
// when it is read from a file.
func (f form) made(fr Frame) (Screen, Result) {
	if f.fixed() {
		return f, Result{Say: f.unmoved()}
	}
	value, spare, err := f.makeIt(fr)
	if err != nil {
		return f, Result{Say: refused(sentenceOf(err.Error()) + " Nothing was generated.")}
	}
	defer value.Wipe()
	f.entry.wipe()
	f.spare.Wipe()
	f.entry, f.spare, f.maker, f.decode, f.refused = entryOf(value, fromHere), spare, f.mould(), false, ""
	said := "Generated; " + fr.saveKey() + " saves it."
	if spare.Len() > 0 {
		said = "Generated; " + fr.saveKey() + " saves it, and then asks for the name of its other half."
	}
	return f.checked(fr.Now), Result{Say: Message{Text: said}}
}

// mould is what a value is generated for. A CA bears the name of its mesh, a
// certificate that of its secret.
type mould struct {
	make       making
	mesh, name string
	key        bool // of a CA: its key is the first half
}

// mould is what a value would be generated for now.
func (f form) mould() mould {
	ref := f.ref()
	switch f.make {
	case makesCA:
		return mould{make: makesCA, mesh: ref.Mesh, key: f.readsKey()}
	case makesCertificate:
		return mould{make: makesCertificate, name: ref.Name}
	case makesPassword:
	}
	return mould{make: makesPassword}
}

// awaitsMaking tells that the value is to be generated and was not: what was typed
// before is not what the screen says, nor what was generated for something else.
func (f form) awaitsMaking() bool {
	switch {
	case f.fixed():
		return false
	case f.entry.from == fromHere:
		return f.maker != f.mould()
	}
	return f.from == byMaking
}

// makingDue says that the value is to be generated, and why once more.
func (f form) makingDue() check {
	const what = keyHere + " generates it"
	c := check{mark: unmarked, topic: "value", stop: true, key: keymap.Save}
	was, is := f.maker, f.mould()
	switch {
	case f.entry.from == fromHere && was.make == is.make && was.mesh != is.mesh:
		c.mark, c.text = look, "it was generated for "+secretsOf(was.mesh)+", and names it; "+what+" anew, once more saves it"
	case f.entry.from == fromHere && was.make == is.make && was.name != is.name:
		c.mark, c.text = look, "it was generated for "+or(model.Visible(was.name), "no name")+", and names it; "+what+" anew, once more saves it"
	case f.entry.from == fromHere:
		c.text = what + ", and what was generated before goes; once more saves it"
	default:
		c.text = what + ", and what was typed before goes; once more saves it"
	}
	return c
}

// secretsOf is a mesh within a sentence, or what is in none.
func secretsOf(mesh string) string {
	if mesh == "" {
		return "the global secrets"
	}
	return "mesh " + model.Visible(mesh)
}

// hasSpare tells that the value is the first half of a CA, whose other half is
// only here.
func (f form) hasSpare() bool { return f.spare.Len() > 0 && f.entry.from == fromHere }

// unspared lets go of the other half of a CA once its first half was replaced.
func (f form) unspared() form {
	if f.entry.from != fromHere {
		f.spare.Wipe()
		f.spare = model.Value{}
	}
	return f
}

// makeIt makes what is chosen, and of a CA the half that belongs in another
// secret.
func (f form) makeIt(fr Frame) (value, spare model.Value, err error) {
	random, ref := f.to.random, f.ref()
	switch f.make {
	case makesCA:
		pair, err := model.MakeCA(random, or(ref.Mesh, "global"), fr.Now)
		if err != nil {
			return model.Value{}, model.Value{}, err
		}
		if f.readsKey() {
			return pair.Key, pair.Certificate, nil
		}
		return pair.Certificate, pair.Key, nil
	case makesCertificate:
		pair, err := model.MakeCertificate(random, or(ref.Name, "localhost"), fr.Now)
		if err != nil {
			return model.Value{}, model.Value{}, err
		}
		defer pair.Wipe()
		return pair.Both(), model.Value{}, nil
	case makesPassword:
	}
	value, err = model.MakePassword(random)
	return value, model.Value{}, err
}

// readsKey tells whether who refers to the secret reads it as a key.
func (f form) readsKey() bool {
	return slices.ContainsFunc(f.target().Users, func(u model.Reference) bool {
		return strings.HasSuffix(u.Role, "key") && u.Role != "certificate and key"
	})
}

// otherHalf adds the other half of a CA whose first half was saved: the secret
// that who refers to the pair names, or one that is called alike.
func (f form) otherHalf(fr Frame, first *token) form {
	ref := f.target().Partner
	if ref == (model.Ref{}) {
		ref = model.Ref{Mesh: f.change.Ref().Mesh, Name: halfName(f.change.Ref().Name, f.readsKey())}
	}
	other := newFormOf(f.to, f.stock, ref)
	other.from, other.make, other.at = byMaking, makesCA, atName
	other.entry = entryOf(f.spare, fromHere)
	other.lone = lone{of: model.Visible(f.change.Ref().Name), what: f.halfWord(f.spare), undo: first}
	if !fr.Locked { // else nothing is kept that could be undone
		other.lone.saved = fr.Now
	}
	return other.checked(fr.Now)
}

// halfName is how the other half of a pair is called.
func halfName(name string, isKey bool) string {
	from, to := "cert", "key"
	if isKey {
		from, to = to, from
	}
	if at := strings.LastIndex(name, from); at >= 0 {
		return name[:at] + to + name[at+len(from):]
	}
	return name + "-" + to
}
