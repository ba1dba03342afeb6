package model

import (
	"slices"
	"strings"
	"time"
)

// Attention says whether a word of a TrustLeaf needs a look.
type Attention uint8

// Calm is the zero Attention. LookAfter belongs after the word, as after an
// expiry, LookBefore before it. Pressing is LookAfter for what is past or only
// days away.
const (
	Calm Attention = iota
	LookAfter
	Pressing
	LookBefore
)

// TrustWord is a part of what is said of a line of the tree. Short is said
// where there is no room for Text; it may be "". Both are made visible.
type TrustWord struct {
	Text, Short string
	Look        Attention
}

func calm(text string) TrustWord { return TrustWord{Text: text, Short: text} }

// pressingExpiry is how long before its end something presses.
const pressingExpiry = 7 * day

// Title names the user: "mTLS backend ca-2", "ExternalService psp". It is made
// visible.
func (u TrustUser) Title() string {
	if u.Backend != nil {
		return "mTLS backend " + Visible(u.Name)
	}
	return string(u.Kind) + " " + Visible(u.Name)
}

// Words say how the user stands: "provided, enabled", "listener 8443, TLS ends
// here".
func (u TrustUser) Words() []TrustWord {
	switch {
	case u.Backend != nil:
		return u.backendWords()
	case len(u.Groups) == 1 && u.Groups[0].Detail != "":
		return u.Groups[0].Words()
	case len(u.Groups) == 0:
		return []TrustWord{calm("names no secret")}
	case u.Kind == KindMeshIdentity && u.Groups[0].implied():
		return []TrustWord{{Text: "its CA is made by the control plane", Short: "makes its CA itself"}}
	}
	return nil
}

func (u TrustUser) backendWords() []TrustWord {
	words := []TrustWord{calm(Visible(firstWord(u.Backend.Type, "no type")))}
	state := "not enabled"
	if u.Enabled {
		state = "enabled"
	}
	words = append(words, calm(state))
	switch u.Backend.Mode {
	case "":
	case "PERMISSIVE":
		words = append(words, TrustWord{Text: "PERMISSIVE: takes plaintext too", Short: "PERMISSIVE"})
	default:
		words = append(words, calm(Visible(u.Backend.Mode)))
	}
	if none := u.Backend.Lacks; none != "" {
		fault := TrustWord{Text: "has no " + none, Short: "no " + none, Look: LookBefore}
		if u.Enabled {
			fault.Text += ": nothing can be issued"
		}
		return append(words, fault)
	}
	if len(u.Groups) == 0 {
		words = append(words, TrustWord{Text: "names no secret"})
	}
	return words
}

// Words say what a part of a resource does.
func (g TrustGroup) Words() []TrustWord {
	words := []TrustWord{calm(Visible(g.Detail))}
	if len(g.Places) > 0 && g.Places[0].Unused == "" {
		words = append(words, TrustWord{Text: "TLS ends here"})
	}
	return words
}

func (g TrustGroup) implied() bool {
	return len(g.Places) > 0 && len(g.Places[0].Leaves) > 0 && g.Places[0].Leaves[0].Reference.Implied
}

// MeshWords say in a few words whether and how data planes of the mesh trust
// each other.
func (t Trust) MeshWords() []TrustWord {
	m := t.Mesh
	backend, there := m.enabled()
	var words []TrustWord
	switch {
	case m.Missing:
		return []TrustWord{{Text: "there is no such mesh", Short: "no such mesh", Look: LookBefore}}
	case !t.Known:
		return []TrustWord{{Text: "the mesh was not read", Short: "not read"}}
	case m.EnabledBackend != "" && !there:
		return []TrustWord{calm("mTLS on, with " + Visible(m.EnabledBackend)), {Text: "which is none of its backends", Short: "not there", Look: LookBefore}}
	case m.EnabledBackend != "":
		words = []TrustWord{calm("mTLS on"), calm("with " + Visible(m.EnabledBackend))}
	case len(m.Backends) > 0:
		words = []TrustWord{calm("mTLS off")}
	}
	switch {
	case len(m.Identities) == 0 && len(words) == 0 && m.IdentitiesUnread:
		return []TrustWord{{Text: "no mTLS backend", Short: "no mTLS"}, {Text: "MeshIdentity " + m.identitiesMissed(), Short: "identity " + m.identitiesMissed()}}
	case len(m.Identities) == 0 && len(words) == 0:
		return []TrustWord{{Text: "no mTLS backend, no MeshIdentity", Short: "no mTLS, no identity"}}
	case len(m.Identities) == 0:
	case len(words) == 0:
		words = []TrustWord{calm("identity from MeshIdentity " + Visible(m.Identities[0]) + more(len(m.Identities)-1))}
	default:
		words = append(words, TrustWord{Text: "and MeshIdentity " + Visible(m.Identities[0]) + more(len(m.Identities)-1), Short: "MeshIdentity"})
	}
	if there && backend.Lacks != "" {
		words = append(words, TrustWord{Text: "no " + backend.Lacks, Short: "no " + backend.Lacks, Look: LookBefore})
	}
	if m.ignores() {
		words = append(words, TrustWord{Text: `"config" is not read`, Short: `"config"`, Look: LookBefore})
	}
	if there && backend.Mode == "PERMISSIVE" {
		words = append(words, TrustWord{Text: "plaintext is taken too", Short: "PERMISSIVE"})
	}
	return words
}

// Words say what is in place where a secret is named: nothing for places that
// are known.
func (p TrustPlace) Words() []TrustWord {
	switch {
	case p.Unused == notRead: // nobody means that
		return []TrustWord{{Text: p.Unused, Short: "not read", Look: LookBefore}}
	case p.Unused != "":
		return []TrustWord{{Text: p.Unused, Short: "not used"}}
	case p.Guessed == "":
		return nil
	}
	return []TrustWord{{Text: "a guess, from " + Visible(p.Guessed), Short: "a guess"}}
}

// Words say how the secret of a leaf is, at a moment.
func (l TrustLeaf) Words(now time.Time) []TrustWord {
	switch {
	case !l.There && l.Reference.Implied:
		return []TrustWord{{Text: "made by the control plane when it needs it", Short: "not made yet"}}
	case !l.There && l.Reference.Ignored:
		return []TrustWord{{Text: "no such secret is listed, and none is needed here", Short: "not listed"}}
	case !l.There && l.Reference.Guessed:
		return []TrustWord{{Text: "no such secret is listed; perhaps none is meant", Short: "not listed"}}
	case !l.There:
		return []TrustWord{calm("…")}
	case l.Row.Ghost():
		return []TrustWord{l.missing()}
	}
	words := l.Row.trustWords(now)
	facts := &l.Row.Secret.Facts
	if !facts.Learnt() {
		return words
	}
	if fault := l.fault(); fault != "" {
		return append(words, TrustWord{Text: fault, Short: fault, Look: LookBefore})
	}
	match := l.Pair.match()
	if match == matchNo && facts.Kind != Empty && (l.Pair.Both || l.Pair.keyBlamed() == l.isKey()) {
		words = append(words, TrustWord{Text: "mismatched", Short: "mismatched", Look: LookBefore})
	} else {
		words = append(words, l.Row.amiss()...)
	}
	if match == matchYes {
		words = append(words, l.matching()...)
	}
	if l.Issuer != "" {
		words = append(words, TrustWord{Text: "issued by " + Visible(l.Issuer)})
	}
	return words
}

// matching is said beside the key alone: once a pair.
func (l TrustLeaf) matching() []TrustWord {
	switch {
	case l.Pair.Both:
		return []TrustWord{{Text: "key and certificate match", Short: "they match"}}
	case l.isKey():
		return []TrustWord{{Text: "matches " + Visible(l.Pair.Certificate.Secret.Ref.Name), Short: "matches"}}
	}
	return nil
}

func (l TrustLeaf) isKey() bool {
	return l.Pair.Key != nil && l.Pair.Key.Secret.Ref == l.Row.Secret.Ref
}

// TrustWords say what a secret that nothing refers to is, at a moment.
func (r Row) TrustWords(now time.Time) []TrustWord { return append(r.trustWords(now), r.amiss()...) }

// amiss is what a list says is most wrong with the secret, apart from what is
// told of each place that names it, and of the mesh.
func (r *Row) amiss() []TrustWord {
	for _, t := range noted {
		switch {
		case t == TroubleOrphaned, t == TroubleUnsuitable, t == TroubleNotCA, t == TroubleMismatched, t == TroubleHalfReplaced:
		case r.troubles.has(t):
			note := r.noteOf(t)
			return []TrustWord{{Text: note, Short: note, Look: LookBefore}}
		}
	}
	return nil
}

func (r *Row) trustWords(now time.Time) []TrustWord {
	facts := &r.Secret.Facts
	if !facts.Learnt() {
		return []TrustWord{calm("…")}
	}
	kind := r.KindWord()
	if facts.Kind == PrivateKey {
		kind = strings.TrimSpace("private key " + facts.Key.Algorithm)
	}
	var words []TrustWord
	if !r.troubles.has(TroubleEmpty) { // that is a fault, and says the kind too
		words = append(words, calm(kind))
	}
	if n := len(facts.Certificates); n > 1 {
		words = append(words, calm("chain of "+CountWord(n)))
	}
	if word, look := r.Expiry(now); word != "" {
		end := calm(word)
		switch {
		case look && facts.NotAfter.Sub(now) < pressingExpiry && !facts.NotAfter.IsZero():
			end.Look = Pressing
		case look:
			end.Look = LookAfter
		}
		words = append(words, end)
	}
	return words
}

// fault says why a value cannot be what it is read as, in two or three words.
func (l TrustLeaf) fault() string {
	as := l.Reference.reading()
	for _, m := range l.Row.Secret.Facts.misfits(as) {
		switch m.why {
		case otherKind:
			return "not " + as.wanted()
		case keyShown:
			return "not a certificate"
		case keyBeside:
			if l.Reference.Kind != KindMeshIdentity {
				return "a key beside it"
			}
		case notAuthority:
			return "not a CA"
		case mayNotSign:
			return "may not sign"
		case agreesOnKeys:
			return "asks for key agreement"
		case otherPair: // the pair says so
			return ""
		}
	}
	if l.Row.Secret.Facts.unreadable(as) != "" {
		return "cannot be read"
	}
	return ""
}

// missing says what a missing secret keeps from working.
func (l TrustLeaf) missing() TrustWord {
	what := l.Reference.undone(l.Unchecked)
	switch {
	case l.Reference.Ignored:
		return TrustWord{Text: "missing, and not used here", Short: "missing"}
	case what == "":
		return TrustWord{Text: "missing: what that does is not known here", Short: "missing"}
	}
	return TrustWord{Text: "missing: " + what + " until it is added", Short: "missing: " + what}
}

// undone says in a few words what is not done without the secret, "" when that
// is not known.
func (r Reference) undone(unchecked bool) string {
	switch {
	case r.Guessed, r.Apart:
		return ""
	case r.checked(unchecked) && r.Enabled:
		return "mesh changes are refused"
	case r.checked(unchecked):
		return "the backend cannot be enabled"
	case r.OfBackend() && !r.Enabled:
		return "the backend cannot issue certificates"
	}
	switch r.Kind {
	case KindExternalService, KindMeshExternalService:
		return "its endpoints are left out"
	case KindMeshGateway, KindGateway:
		return "the listener is left out"
	case KindMesh, KindMeshIdentity:
		return "no certificate is issued"
	case KindMeshOPA, KindOPAPolicy:
	}
	return ""
}

// Lacking says what a missing secret does, a sentence for each who names it,
// and what it is to hold; wanted is "" when that is not known.
func (t Trust) Lacking(ref Ref) (sentences []string, wanted string) {
	for _, u := range t.Users {
		u.leaves(func(l *TrustLeaf) {
			if l.Reference.Target() != ref || !l.Row.Ghost() {
				return
			}
			if text := l.Reference.lacking(l.Unchecked); !slices.Contains(sentences, text) {
				sentences = append(sentences, text)
			}
			wanted = firstWord(wanted, toHold(l.Reference.reading()))
		})
	}
	return sentences, wanted
}

// lacking says what is so without the secret.
func (r Reference) lacking(unchecked bool) string {
	switch {
	case r.Guessed, r.Apart:
		return "What " + r.User() + " does without it is not known here."
	case r.checked(unchecked) && r.Enabled:
		return "The control plane refuses changes of mesh " + Visible(r.Mesh) + ", and nothing can be issued."
	case r.checked(unchecked):
		return "mTLS backend " + Visible(r.By) + " cannot be enabled, and changes of mesh " + Visible(r.Mesh) + " are refused."
	case r.OfBackend():
		return r.failing() + "."
	}
	switch r.Kind {
	case KindExternalService, KindMeshExternalService:
		return "The control plane took the " + string(r.Kind) + ". It leaves the endpoints out, and says so only in its log."
	case KindMeshGateway, KindGateway:
		return "The control plane took the " + string(r.Kind) + ". It leaves the listener out, and says so only in its log."
	case KindMeshIdentity:
		return "The control plane took the MeshIdentity. It issues no certificate, and says so only in its status."
	case KindMesh, KindMeshOPA, KindOPAPolicy:
	}
	return "What " + r.User() + " does without it is not known here."
}

// toHold names what a secret that is read so has to hold.
func toHold(as reading) string {
	switch as {
	case readsKey:
		return "the private key alone"
	case readsBoth:
		return "one certificate and its key, the certificate first"
	case readsSigner:
		return "a CA certificate that may sign, or a chain of such"
	case readsAuthority, readsCertificate:
		return as.wanted() + ", or several"
	case readsAnything:
	}
	return ""
}
