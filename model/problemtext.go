package model

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Meaning says in sentences what the problem is, what fails now and what will
// fail when. It is made visible.
func (p Problem) Meaning() []string {
	switch p.Trouble {
	case TroubleMissing:
		u := p.users()[0]
		return []string{p.namesNothing(u) + ".", p.effect()}
	case TroubleMismatched:
		if p.detail != "" {
			return []string{"It " + p.detail + ".", p.effect()}
		}
		return []string{"It does not match " + p.other() + p.namesBoth() + ".", p.effect()}
	case TroubleHalfReplaced:
		return []string{
			"It does not match " + p.other() + ". The control plane makes both together, so one was replaced: by somebody, or by it after one was deleted.",
			"The control plane does not say so anywhere: an identity still counts as ready. " + p.effect(),
		}
	case TroubleInterrupted:
		return p.interruptedMeaning()
	case TroubleExpiring, TroubleExpired, TroubleNotYet:
		return p.timeMeaning()
	case TroubleUnsuitable, TroubleNotCA, TroubleEmpty, TroubleDamaged, TroubleWeak, TroubleChain:
		return p.valueMeaning()
	case TroubleOrphaned:
		return p.orphanedMeaning()
	case TroubleDeleting:
		return []string{"It was deleted, and is there until its finalizers are done (" + p.detail + "). Whoever set them has to let go first."}
	case TroubleBackend:
		return []string{"Mesh " + Visible(p.Ref.Mesh) + " enables mTLS backend " + p.detail +
			", and has none of that name: nothing can be issued. A control plane refuses such a mesh, so it was told not to look, or was not there."}
	case TroubleUnset:
		return []string{p.by.resource() + " has no " + p.by.Role + p.detail + ".", p.effectOn(*p.by)}
	case TroubleTwin:
		if p.row != nil && p.row.Ghost() {
			return []string{"A secret of this name is referred to and is missing, and " + p.other() + " is there: perhaps that one is meant."}
		}
		return []string{"Its name differs from " + p.named(p.Other) + " only in signs that look alike, so that one may be taken for the other.",
			"Nothing fails by that. Look at both before you change one."}
	case TroubleStrange:
		return []string{"Its name holds " + p.detail + ". No control plane takes that in a name, so it came in another way, and it may look like a name that it is not."}
	case TroubleSame, TroubleSameKey, TroubleCopied:
		return p.sameMeaning()
	case TroubleEncoded:
		return []string{"The value looks like base64 of " + p.detail + ", as if it was encoded before it was given to the control plane, which encodes once more. Who uses it gets the base64."}
	case TroubleOnZone, TroubleAnnotated, TroubleUnlabelled, TroubleEmptyLabel, TroubleNewline, TroubleCRLF, TroubleBOM, TroubleVault,
		TroubleIgnored, TroubleImmutable:
	}
	return fixedMeanings[p.Trouble]
}

// sameMeaning names those that hold the same.
func (p Problem) sameMeaning() []string {
	const rest = "When one of them is replaced, the rest stays as it was."
	others := p.namedOthers()
	if p.Trouble == TroubleCopied {
		return []string{"The secrets of its name hold the same: " + others + ".", "They may be copies on purpose: nothing fails by that. " + rest}
	}
	first := "Its value is also that of " + others + ", as far as size and fingerprint tell."
	if p.Trouble == TroubleSameKey {
		first = "Its private key is also that of " + others + "."
	}
	return []string{first, "Nothing fails by that. " + rest}
}

// fixedMeanings are the sentences of troubles that depend on nothing else.
var fixedMeanings = map[Trouble][]string{
	TroubleOnZone: {
		"It was created on this zone and not on the global control plane. Whether that has a secret of the same name is not seen from here.",
		"If it has, the zone keeps its own and global only counts a refusal: the zones then disagree.",
	},
	TroubleAnnotated: {
		"The annotation of kubectl apply holds the whole value in the clear, for whoever may read annotations or backups.",
		"Saving the secret drops the annotation; replace the value too, since it may have been read.",
	},
	TroubleUnlabelled: {
		"It belongs to mesh default for want of a label. Lists by mesh leave it out, and the control plane finds it by its name all the same.",
		"The label kuma.io/mesh=default, set with kubectl, puts it right.",
	},
	TroubleEmptyLabel: {
		"Its label kuma.io/mesh is there and empty. Kubernetes' admission takes that for default, the control plane for no mesh: it does not find the secret.",
		"The label kuma.io/mesh=default, set with kubectl, puts it right.",
	},
	TroubleNewline:   {"The value ends with a newline, as echo makes it. Readers of a password or token often take it as part of the value, and are refused."},
	TroubleCRLF:      {"The lines end with CR LF, as on Windows. That is kept byte for byte, and readers often take the CR as part of the value."},
	TroubleBOM:       {"The value begins with a byte order mark, as some editors write it. Most readers take it as part of the value, and find no PEM behind it."},
	TroubleVault:     {"A control plane does not resolve a Kong vault reference: who uses this secret gets the reference itself, not what it points to."},
	TroubleIgnored:   {`A backend carries "config", which manuals print, where "conf" belongs. Control planes do not read it, so what it names is not used.`},
	TroubleImmutable: {"Kubernetes refuses every change of its value. To replace it, delete it and add it again, or reassign it."},
}

// Brief is the meaning in one sentence, for where there is little room.
func (p Problem) Brief() string {
	if p.Trouble == TroubleMissing {
		u := p.users()[0]
		if u.Kind == KindMeshGateway {
			return p.namesNothing(u) + ": the listener is left out."
		}
		return p.namesNothing(u) + ": " + u.leaving() + "."
	}
	return p.Meaning()[0]
}

// namesNothing says who names a secret that is not there.
func (p Problem) namesNothing(u Reference) string {
	text := u.resource() + " of mesh " + Visible(p.Ref.Mesh) + " names this secret"
	switch {
	case u.Detail != "":
		text += " for " + u.Detail
	case u.Role != "":
		text += " as " + Visible(u.Role)
	}
	return text + ", and no such secret exists"
}

// effect says what fails now and what will fail when, because the secret cannot
// be used as it is.
func (p Problem) effect() string {
	u, is := p.sufferer()
	if !is {
		return "No reference to it was found in what was read."
	}
	return p.effectOn(u)
}

// effectOn is effect for one who refers to it.
func (p Problem) effectOn(u Reference) string {
	mesh := "the next update of mesh " + Visible(p.Ref.Mesh) + " is refused"
	if p.unchecked() {
		mesh = "as the mesh has skipValidation, its updates are not refused"
	}
	provided := u.checked(false)
	const silent = "The control plane accepted the "
	switch {
	case u.Guessed:
		return "What that does is not known here."
	case u.Ignored, u.moot() && p.Trouble != TroubleMissing:
		return "It is " + u.unusedWords() + "."
	case provided && u.Enabled:
		return "Nothing can be issued, and " + mesh + "; data planes keep the certificates that they have until those expire."
	case u.OfBackend() && u.Enabled:
		return "Nothing can be issued; data planes keep the certificates that they have until those expire."
	case provided:
		return "The backend is not enabled, so nothing fails now; " + mesh + "."
	case u.OfBackend():
		return "The backend is not enabled, so nothing fails now; it could not issue certificates."
	case u.Kind == KindMeshIdentity && p.Trouble == TroubleMissing:
		return silent + string(u.Kind) + "; it cannot issue certificates and says so only in its status."
	case u.Kind == KindMeshGateway && p.Trouble == TroubleMissing:
		return silent + string(u.Kind) + "; it leaves the listener out and says so only in its log."
	case (u.Kind == KindExternalService || u.Kind == KindMeshExternalService) && p.Trouble == TroubleMissing:
		return silent + string(u.Kind) + "; it leaves its endpoints out and says so only in its log."
	}
	return capital(u.failing()) + "; the control plane says so only in its log or status."
}

// valueMeaning says that the value will not do.
func (p Problem) valueMeaning() []string {
	what := p.detail
	switch {
	case p.Trouble == TroubleEmpty:
		what = "it has no value"
	case p.Trouble == TroubleUnsuitable && (strings.HasPrefix(what, "is ") || strings.HasPrefix(what, "holds ")):
		what = "it " + what
	}
	first := capital(what) + "."
	u, is := p.sufferer()
	switch {
	case p.Trouble == TroubleUnsuitable && p.row.System && !is:
		return []string{first, "The control plane takes every secret of such a name for a signing key. As the one with the highest number signs, tokens cannot be issued while it is that."}
	case !is && p.Trouble == TroubleWeak && p.row.forgeable():
		return []string{first, "Nothing fails by that, but " + forged + "."}
	case !is:
		return []string{first, p.effect()}
	case p.Trouble == TroubleUnsuitable && strings.HasSuffix(p.detail, besideAlone):
		return []string{first, "Nothing fails by that, but who may see certificates sees the key."}
	case p.Trouble == TroubleWeak || p.Trouble == TroubleChain:
		return []string{first, "The control plane accepts it; " + u.doubt() + "."}
	case p.Trouble == TroubleNotCA && u.reading() != readsSigner:
		return []string{first, "The control plane accepts it; " + u.doubt() + "."}
	case p.Trouble == TroubleNotCA && u.checked(p.unchecked()):
		return []string{first, "The next update of mesh " + Visible(p.Ref.Mesh) + " is refused, and " + u.mistrust() + "."}
	case p.Trouble == TroubleNotCA:
		return []string{first, capital(u.mistrust()) + "."}
	}
	return []string{first, p.effect()}
}

// timeMeaning says when the value begins or ends to be valid, and what that
// does.
func (p Problem) timeMeaning() []string {
	f := p.row.Secret.Facts
	const clock = ", by this machine's clock."
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" }
	first := "It expires on " + at(f.NotAfter) + clock
	fails := "From then on "
	if p.Trouble == TroubleExpired {
		first, fails = "It expired on "+at(f.NotAfter)+clock, "The control plane accepts it all the same; "
	}
	if p.Trouble == TroubleNotYet {
		first, fails = "It is valid only from "+at(f.NotBefore)+clock, "The control plane accepts it all the same; until then "
	}
	u, is := p.User()
	switch {
	case !is && p.row.System:
		return []string{first, "The control plane made it for itself, and does not renew it by itself."}
	case !is:
		return []string{first, p.effect()}
	case u.Guessed:
		return []string{first, "Whether " + u.resource() + " uses it is not known: it may name it, in a place that is not known."}
	}
	if f.besideOnly(p.of.now) && p.Trouble != TroubleExpiring {
		return []string{first, "That is one that stands beside the first certificate; the first signs, and is valid."}
	}
	second := fails + u.mistrust() + "."
	if p.Trouble == TroubleExpiring && u.OfBackend() && u.Backend == "provided" {
		second += " A provided CA is not renewed by the control plane."
	}
	return []string{first, second}
}

// orphanedMeaning does not say that nobody uses the secret: a mesh that is not
// there now may be made again, and what refers to the secret with it.
func (p Problem) orphanedMeaning() []string {
	first := "Its mesh does not exist now; who refers to it may come back with the mesh."
	if p.of.standing.Kubernetes {
		return []string{first, "It can be reassigned to a mesh that exists."}
	}
	return []string{first, "It can be read, but not changed or deleted until mesh " + Visible(p.Ref.Mesh) + " is made again."}
}

// interruptedMeaning says where a reassign was to lead and how far it came.
func (p Problem) interruptedMeaning() []string {
	i := p.Interrupted
	switch {
	case i.Problem != "":
		return []string{"What was found is none of this program's: " + strings.TrimSuffix(i.Problem, ".") + ". Nothing is done with it."}
	case !i.Looked:
		return []string{"A reassign from " + Visible(i.Plan.From.Mesh) + " to " + Visible(i.Plan.To.Mesh) + " was begun and not finished."}
	}
	first := "A reassign from " + Visible(i.Plan.From.Mesh) + " to " + Visible(i.Plan.To.Mesh) + " was interrupted: " + i.State.String() + "."
	if p.Broken {
		return []string{first, "Who asks for the secret does not find it, or finds another one."}
	}
	return []string{first, "Who asks for the secret finds it."}
}

// unchecked tells that the mesh switches off the check of its CAs.
func (p Problem) unchecked() bool { return p.of.unchecked[p.Ref.Mesh] }

// fewMost is how many of those that hold the same are named where nobody says how
// much room there is.
const fewMost = 4

// namedOthers names the first of those that hold the same.
func (p Problem) namedOthers() string {
	most := p.most
	if most == 0 {
		most = fewMost
	}
	var names []string
	others := p.others()
	for n, row := range others {
		if n == most && len(others) > most+1 {
			return strings.Join(names, ", ") + " and " + CountWord(len(others)-n) + " more"
		}
		names = append(names, p.named(row.Secret.Ref))
	}
	return list(names)
}

// capital makes a clause begin a sentence. What begins with a name stays.
func capital(clause string) string {
	r, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(r)) + clause[size:]
}
