package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cell is what the problem means, for a cell of the list: in full, or in the
// few words that a narrow window has room for. It is made visible.
func (p Problem) Cell(narrow bool) string {
	wide, short := p.cells()
	if narrow {
		return short
	}
	return wide
}

// Tight is the cell where there is hardly room: of who names a missing secret,
// the name comes before the kind.
func (p Problem) Tight() string {
	if p.Trouble != TroubleMissing || p.row == nil {
		return p.Cell(true)
	}
	u := p.row.Users[0]
	_, more := p.row.UsedBy()
	if u.OfBackend() {
		return p.Cell(true)
	}
	text := Visible(u.By)
	if more > 0 {
		text += " +" + strconv.Itoa(more)
	}
	return text + " (" + string(u.Kind) + ")"
}

// cells gives both widths of the cell.
func (p Problem) cells() (wide, short string) {
	switch p.Trouble {
	case TroubleMissing:
		return p.missingCells()
	case TroubleMismatched:
		if p.detail != "" {
			return "it " + p.detail, "key and cert"
		}
		return "does not match " + p.other() + p.namesBoth(), "with " + p.other()
	case TroubleHalfReplaced:
		return "does not match " + p.other() + ", though the control plane makes both", "with " + p.other()
	case TroubleInterrupted:
		word := p.state()
		return "reassign: " + word, word
	case TroubleExpiring, TroubleExpired, TroubleNotYet:
		when := p.when()
		short = when
		if p.row.heeded() {
			short += ", in use"
		}
		return when + p.usedBy(), short
	case TroubleUnsuitable, TroubleNotCA, TroubleDamaged, TroubleWeak, TroubleChain:
		return p.detail, p.shortDetail()
	case TroubleEmpty:
		return "it has no value" + p.usedBy(), "no value"
	case TroubleSame, TroubleSameKey, TroubleCopied:
		return p.sameCells()
	case TroubleTwin:
		return p.named(p.Other) + ": they differ only in signs that look alike", p.named(p.Other)
	case TroubleStrange:
		return p.detail + " is in its name, and belongs in no name", p.detail
	case TroubleEncoded:
		return "it looks like base64 of " + p.detail, p.detail
	case TroubleBackend:
		return "mTLS backend " + p.detail + " is enabled, and there is none of that name", p.detail
	case TroubleUnset:
		return p.by.unset("", p.Broken), "mTLS " + Visible(p.by.By)
	case TroubleOrphaned:
		return "mesh " + Visible(p.Ref.Mesh) + " does not exist", "no such mesh"
	case TroubleDeleting, TroubleOnZone, TroubleAnnotated, TroubleUnlabelled, TroubleEmptyLabel, TroubleNewline, TroubleCRLF,
		TroubleBOM, TroubleVault, TroubleIgnored, TroubleImmutable:
	}
	fixed := fixedCells[p.Trouble]
	return fixed[0], fixed[1]
}

// fixedCells are the cells of troubles that depend on nothing else.
var fixedCells = map[Trouble][2]string{
	TroubleDeleting:   {"it was deleted, and finalizers hold it", "held"},
	TroubleOnZone:     {"not from the global control plane; the zone keeps its own", "not from global"},
	TroubleAnnotated:  {"the whole value, in the clear", "the whole value"},
	TroubleUnlabelled: {"lists by mesh leave it out", "no mesh label"},
	TroubleEmptyLabel: {"the control plane finds it in no mesh", "in no mesh"},
	TroubleNewline:    {"the value ends with a newline", "at the end"},
	TroubleCRLF:       {"the lines end with CR LF", "at line ends"},
	TroubleBOM:        {"the value begins with a byte order mark", "at the beginning"},
	TroubleVault:      {"a Kong vault reference, stored as it is", "vault reference"},
	TroubleIgnored:    {`"config" stands where "conf" belongs, and is not read`, `"config"`},
	TroubleImmutable:  {"cannot be edited: delete and add", "cannot be edited"},
}

// missingCells say who names what is not there, and what comes of that.
func (p Problem) missingCells() (wide, short string) {
	u, more := p.users()[0], 0
	if p.row != nil {
		short, more = p.row.UsedBy()
	}
	if more > 0 {
		short += " +" + strconv.Itoa(more)
		return u.resource() + " and " + CountWord(more) + " more name it: " + u.leaving(), short
	}
	return u.resource() + " names it: " + u.leaving(), short
}

// leaving says in a few words what the resource does without the secret.
func (r Reference) leaving() string {
	switch {
	case r.OfBackend() && !r.Enabled:
		return "it is not enabled"
	case r.OfBackend(), r.Kind == KindMeshIdentity:
		return "it cannot issue certificates"
	}
	switch r.Kind {
	case KindExternalService, KindMeshExternalService:
		return "its endpoints are left out"
	case KindMeshGateway, KindGateway:
		return firstWord(r.Detail, "its listener") + " is left out"
	case KindMesh, KindMeshIdentity, KindMeshOPA, KindOPAPolicy:
	}
	return "what it does then is not known"
}

// resource names who refers, within a sentence: "mTLS backend ca-2",
// "ExternalService psp".
func (r Reference) resource() string {
	if r.OfBackend() {
		return "mTLS backend " + Visible(r.By)
	}
	return string(r.Kind) + " " + Visible(r.By)
}

// users are those who refer to the secret, the enabled mTLS backend first; to
// one that is missing, those who need it.
func (p Problem) users() []Reference {
	if p.row == nil {
		return nil
	}
	if !p.row.Ghost() {
		return p.row.Users
	}
	return slices.DeleteFunc(slices.Clone(p.row.Users), func(r Reference) bool { return !expected(r) })
}

// User is the first who uses the secret, else the first who names it, if anybody
// does.
func (p Problem) User() (Reference, bool) {
	users := p.users()
	if len(users) == 0 {
		return Reference{}, false
	}
	return users[max(slices.IndexFunc(users, Reference.uses), 0)], true
}

// sufferer is the first who fails by the problem, else the first who may, else
// User.
func (p Problem) sufferer() (Reference, bool) {
	users := p.users()
	at := slices.IndexFunc(users, func(u Reference) bool { return p.row.suffers(u, p.Trouble) })
	if at < 0 {
		at = slices.IndexFunc(users, func(u Reference) bool {
			found := p.row.Secret.Facts.misreadBy(u)
			return found.is && found.trouble == p.Trouble
		})
	}
	if at < 0 {
		return p.User()
	}
	return users[at], true
}

func (p Problem) other() string { return Visible(p.Other.Name) }

// namesBoth says who names the two halves that do not match.
func (p Problem) namesBoth() string {
	for _, u := range p.users() {
		if _, _, half := pairOf(u); half {
			return "; " + u.resource() + " names both"
		}
	}
	return ""
}

// usedBy says who uses the secret, after something else.
func (p Problem) usedBy() string {
	u, is := p.User()
	switch {
	case is && u.moot():
		return "; " + u.resource() + " names it, and does not use it"
	case is && u.Guessed:
		return "; " + u.resource() + " may name it, in a place that is not known"
	case is && p.row.Mark == InUse:
		return "; in use by " + u.resource()
	case is:
		return "; named by " + u.resource() + ", not enabled"
	case p.row.System:
		return "; a system secret"
	case p.Ref.Global():
		return ""
	}
	return "; no reference found"
}

// when says how far away an expiry is: "in 2d", "12d ago", "from 2026-11-21".
func (p Problem) when() string {
	f := p.row.Secret.Facts
	if p.Trouble == TroubleExpired {
		return AgeWord(p.of.now.Sub(f.NotAfter)) + " ago"
	}
	if p.Trouble == TroubleNotYet {
		return "from " + f.NotBefore.UTC().Format(time.DateOnly)
	}
	return "in " + AgeWord(f.NotAfter.Sub(p.of.now))
}

// state is how far a reassign came.
func (p Problem) state() string {
	switch {
	case p.Interrupted.Problem != "":
		return Unreadable.String()
	case !p.Interrupted.Looked:
		return "not finished"
	}
	return p.Interrupted.State.String()
}

// shortDetail is what a narrow cell has of a longer detail.
func (p Problem) shortDetail() string {
	f := &p.row.Secret.Facts
	chain := strconv.Itoa(len(f.Certificates))
	switch key, _, feeble := f.feeble(); {
	case p.Trouble == TroubleWeak && feeble:
		return key.Algorithm
	case p.Trouble == TroubleChain:
		return "chain of " + chain
	case p.Trouble == TroubleNotCA && len(f.Certificates) > 1:
		return "in a chain of " + chain
	}
	return briefly(p.detail)
}

// briefly is the heart of a sentence on what is wrong with a value: what it is
// not, where that is told, else the first of what it is.
func briefly(detail string) string {
	what, wanted, two := strings.Cut(detail, ", where ")
	if wanted = strings.TrimSuffix(strings.TrimSuffix(wanted, " belong"), " belongs"); two && !strings.HasPrefix(wanted, "one ") {
		return "not " + wanted
	}
	what, _, _ = strings.Cut(what, ", ")
	for _, subject := range []string{"it ", "the private key ", "the public key "} {
		what = strings.TrimPrefix(what, subject)
	}
	return what
}

func (p Problem) sameCells() (wide, short string) {
	as := p.named(p.Other)
	if p.More == 0 {
		return "as " + as + ": when one is replaced, the other stays", "as " + as
	}
	more := " and " + CountWord(p.More) + " more"
	return "as " + as + more + ": when one is replaced, the others stay", "as " + as + " +" + CountWord(p.More)
}

// named names another secret or mesh, with its mesh where that is another one.
func (p Problem) named(o Ref) string {
	switch {
	case o.Name == "":
		return "mesh " + Visible(o.Mesh)
	case o.Mesh != p.Ref.Mesh:
		return Visible(o.Name) + " of " + Visible(o.MeshWord())
	}
	return Visible(o.Name)
}
