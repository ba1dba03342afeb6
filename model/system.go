package model

import (
	"slices"
	"strconv"
	"strings"
)

// SystemInfo explains a secret that a control plane makes for itself. Its
// sentences are made visible.
type SystemInfo struct {
	Kind    string   // the word of the KIND column when the name decides it ("signing key"), else ""
	Serial  int      // of a signing key; 0 when its name ends in no number, -1 for every other secret
	Highest bool     // of a signing key: new tokens are signed with it
	Unsure  bool     // of a signing key: not all were read, so there may be a higher one
	What    string   // what it is for
	Without []string // what no longer holds without it, one item each
	Breaks  string   // the same as sentences, for a confirmation
	Changed string   // what no longer holds with another value, as sentences
	Rotate  string   // how it is replaced, "" when there is nothing to say
	Instead string   // Rotate as the alternative to deleting it
}

// What stands in the middle of the names of a builtin backend's secrets:
// <mesh>.ca-builtin-cert-<backend>.
const (
	builtinCertificate = ".ca-builtin-cert-"
	builtinKey         = ".ca-builtin-key-"
)

// family is a kind of system secret. Its texts hold {name}, {mesh}, {serial},
// {next} (the name of the next signing key, where that is known) and {rest} (what follows the
// prefix).
type family struct {
	prefix string // of the name; "<mesh>" stands for the mesh
	exact  bool   // the prefix is the whole name
	global bool
	kind   string // SystemInfo.Kind; signing keys are those that have one

	what     string
	older    string   // what, for a signing key that is not the highest
	without  []string // the first holds always, the others only for the highest signing key
	breaks   []string // likewise
	changed  string   // SystemInfo.Changed
	rotate   string
	instead  string
	reserved string // what a new secret of this name would do, after its name
}

const (
	signingKey      = "signing key"
	rotateByKumactl = "To rotate, make {next} with kumactl generate signing-key and apply it: the highest number signs, the others still check."
	insteadOfKey    = "To rotate, make {next} with kumactl generate signing-key and apply it instead: the highest number signs, the others still check."
	keysByKumactl   = "kumactl generate signing-key makes such keys; apply them with it, or with kubectl."
	asItsOwn        = "the control plane would take it for its own."
	nextKey         = "the key of the next free number"
	withoutUnsure   = "whether new tokens are signed with it is not known, as not all keys were read"
	unsureSigner    = "Whether new tokens are signed with it is not known, as not all keys were read."
	halfOfPair      = "Certificate and key belong together: when only one of them is missing, it is made anew and does not match the other."
	halfOfBuiltin   = "Certificate and key belong together: once mTLS is switched off and on, a missing one is made anew and does not match the other."
)

// families are the secrets that control planes make, up to Kuma 2.14.
// A control plane takes every name that begins with a signing key's prefix for
// such a key, so these prefixes end without a dash.
var families = []family{
	{
		prefix: "dataplane-token-signing-key-<mesh>", kind: signingKey,
		what:  "Every data plane token of mesh {mesh} is signed and checked with this key.",
		older: "Data plane tokens of mesh {mesh} that were signed with serial {serial} are checked with this key.",
		without: []string{
			"tokens of serial {serial} stop working at once",
			"no new token can be issued; changing the mesh does not bring the key back",
		},
		breaks: []string{
			"Every data plane token of serial {serial}, at once.",
			"No new token can be issued: changing the mesh does not bring the key back.",
		},
		rotate: rotateByKumactl, instead: insteadOfKey,
		changed:  "Every data plane token of serial {serial}, at once: it was signed with the present one.",
		reserved: "it would be the signing key of mesh {mesh} at once, and a wrong value stops its tokens. " + keysByKumactl,
	},
	{
		prefix: "user-token-signing-key", global: true, kind: signingKey,
		what:  "Every user token is signed and checked with this key.",
		older: "User tokens that were signed with serial {serial} are checked with this key.",
		without: []string{
			"user tokens of serial {serial} are refused at once, perhaps your own",
			"no new token can be issued; only a restart of the control plane makes a new key",
		},
		breaks: []string{
			"Every user token of serial {serial}, at once, perhaps your own.",
			"No new token can be issued: only a restart of the control plane makes a new key.",
		},
		rotate: rotateByKumactl, instead: insteadOfKey,
		changed:  "Every user token of serial {serial}, at once, perhaps your own: it was signed with the present one.",
		reserved: "it would be the signing key of all user tokens at once, and a wrong value stops them. " + keysByKumactl,
	},
	{
		prefix: "zone-token-signing-key", global: true, kind: signingKey,
		what:  "Every zone token is signed and checked with this key.",
		older: "Zone tokens that were signed with serial {serial} are checked with this key.",
		without: []string{
			"zones with tokens of serial {serial} cannot connect",
			"no new token can be issued; only a restart of the control plane makes a new key",
		},
		breaks: []string{
			"Zones with tokens of serial {serial}: they could not connect.",
			"No new token can be issued: only a restart of the control plane makes a new key.",
		},
		rotate: rotateByKumactl, instead: insteadOfKey,
		changed:  "Zones with tokens of serial {serial}: they could not connect, as those were signed with the present key.",
		reserved: "it would be the signing key of all zone tokens at once, and a wrong value stops them. " + keysByKumactl,
	},
	{
		prefix: "zone-ingress-token-signing-key", global: true, kind: signingKey,
		what:     "Control planes up to 2.5 sign and check zone ingress tokens with this key; later ones do not read it.",
		without:  []string{"on such a control plane, tokens of serial {serial} stop working"},
		breaks:   []string{"On control planes up to 2.5, every zone ingress token of serial {serial}."},
		changed:  "On control planes up to 2.5, every zone ingress token of serial {serial}.",
		reserved: asItsOwn,
	},
	{
		prefix: "zone-token-signing-public-key", global: true,
		what:     "Zone tokens are checked with this public key. It comes from the global control plane.",
		without:  []string{"zone tokens can no longer be checked on this zone"},
		breaks:   []string{"Zone tokens can no longer be checked on this zone."},
		rotate:   "To rotate, apply the next signing key on the global control plane.",
		instead:  "To rotate, apply the next signing key on the global control plane instead.",
		changed:  "Zone tokens can no longer be checked on this zone, unless the new value belongs to the key that signs them.",
		reserved: asItsOwn,
	},
	{
		prefix: "admin-user-token", exact: true, global: true,
		what:     "The token of the first administrator, as the control plane made it.",
		without:  []string{"this copy of the token is lost; the token itself stays valid"},
		breaks:   []string{"Nothing stops working: only this copy is lost, and the token itself stays valid."},
		changed:  "Nothing stops working: this is a copy of the token, and only the copy is lost.",
		reserved: asItsOwn,
	},
	{
		prefix: "envoy-admin-ca", exact: true, global: true,
		what:     "The control plane reaches the admin interface of data planes through this CA.",
		without:  []string{"it is used until the control plane restarts, which then makes a new CA"},
		breaks:   []string{"Nothing at once: it is used until the control plane restarts, which then makes a new CA."},
		changed:  "Nothing at once: the present CA is used until the control plane restarts, which then takes the new value.",
		reserved: asItsOwn,
	},
	{
		prefix: "inter-cp-ca", exact: true, global: true,
		what:     "The instances of the control plane trust each other through this CA.",
		without:  []string{"it is used until the control plane restarts, which then makes a new CA"},
		breaks:   []string{"Nothing at once: it is used until the control plane restarts, which then makes a new CA."},
		changed:  "Nothing at once: the present CA is used until the control plane restarts, which then takes the new value.",
		reserved: asItsOwn,
	},
	{
		prefix:   "<mesh>" + builtinCertificate,
		what:     "The CA certificate of the builtin mTLS backend {rest} of mesh {mesh}.",
		without:  []string{"backend {rest} has no CA; a control plane refuses the deletion while the backend is enabled"},
		breaks:   []string{"The CA of mTLS backend {rest}.", halfOfBuiltin},
		changed:  "The CA of mTLS backend {rest}, unless both halves are replaced and belong together.",
		reserved: "it would be the CA certificate of the builtin mTLS backend {rest}, which makes its own.",
	},
	{
		prefix:   "<mesh>" + builtinKey,
		what:     "The CA key of the builtin mTLS backend {rest} of mesh {mesh}.",
		without:  []string{"backend {rest} has no CA; a control plane refuses the deletion while the backend is enabled"},
		breaks:   []string{"The CA of mTLS backend {rest}.", halfOfBuiltin},
		changed:  "The CA of mTLS backend {rest}, unless both halves are replaced and belong together.",
		reserved: "it would be the CA key of the builtin mTLS backend {rest}, which makes its own.",
	},
}

// gatewayCopy is what a control plane on Kubernetes keeps for a listener of
// the Gateway API, as gapi-<namespace>-<name>.
var gatewayCopy = family{
	prefix:  "gapi-",
	what:    "A copy of the certificate and key of a Gateway, which the control plane keeps in step.",
	without: []string{"the listener has no certificate until the control plane makes the copy again"},
	breaks:  []string{"The Gateway's listener, until the control plane makes the copy again."},
	changed: "The Gateway's listener has the new value until the control plane puts its own copy back.",
	rotate:  "To replace it, change the Secret that the Gateway names.",
	instead: "To replace it, change the Secret that the Gateway names instead.",
}

// ownedByMesh is whatever else belongs to a Mesh as an object of a cluster: a
// control plane that is newer than these tables may make more for itself.
var ownedByMesh = family{
	what:    "The control plane made it for mesh {mesh}, and deletes it together with that.",
	without: []string{"what the control plane does then is not known here"},
	breaks:  []string{"What the control plane does without it is not known here."},
	changed: "What the control plane does with another value is not known here.",
}

// generatedIdentity is the CA that a control plane makes for a MeshIdentity.
var generatedIdentity = family{
	what:    "A half of the CA that the control plane made for a MeshIdentity of mesh {mesh}.",
	without: []string{"the control plane makes it anew, and the new half does not match the other"},
	breaks:  []string{"The CA of a MeshIdentity.", halfOfPair},
	changed: "The CA of a MeshIdentity, unless both halves are replaced and belong together.",
}

// ClassifySystem tells whether a secret is one that the control plane made for
// itself, by its name and scope, or on Kubernetes by what owns it. Elsewhere
// secrets of generated identities have names that anybody could give: only the
// references tell them, so Inventory.System knows those and this function does
// not. It takes every signing key for the highest; Inventory.System knows
// better.
func ClassifySystem(s Secret) (SystemInfo, bool) {
	f, rest, ok := systemFamily(s)
	if !ok {
		return SystemInfo{}, false
	}
	return f.explain(s.Ref, rest, signers{highest: serialOf(rest)}), true
}

// systemFamily finds a secret's family, and what follows the prefix in its
// name.
//
// A name that begins with gapi- is taken for a Gateway's copy only when the
// value is known to be a certificate and a key, and when the control plane has
// not marked the secret as one of Universal, where there is no Gateway API:
// the name alone is one that a person may choose.
func systemFamily(s Secret) (*family, string, bool) {
	if f, rest, ok := familyOf(s.Ref); ok {
		return f, rest, true
	}
	rest, isCopy := strings.CutPrefix(s.Ref.Name, gatewayCopy.prefix)
	if isCopy && !s.Ref.Global() && strings.Contains(rest, "-") &&
		s.Facts.Kind == CertificateAndKey && s.Labels[LabelEnv] != "universal" {
		return &gatewayCopy, rest, true
	}
	f := familyOfOwners(s.Object.Owners)
	return f, "", f != nil
}

// familyOfOwners finds the family of a secret by what owns it, as "Mesh
// payments". Other owners are those of people: a secret that an operator keeps
// belongs to that.
func familyOfOwners(owners []string) *family {
	for _, owner := range owners {
		kind, _, _ := strings.Cut(owner, " ")
		switch {
		case kind == string(KindMeshIdentity):
			return &generatedIdentity
		case kind == string(KindMesh):
			return &ownedByMesh
		}
	}
	return nil
}

// familyOfUsers finds the family of a secret that nothing but a reference
// tells: who implies it is whom the control plane made it for.
func familyOfUsers(users []Reference) *family {
	for _, u := range users {
		if u.Implied && u.Kind == KindGateway {
			return &gatewayCopy
		}
	}
	return &generatedIdentity
}

func familyOf(ref Ref) (*family, string, bool) {
	for i := range families {
		if rest, ok := families[i].holds(ref); ok {
			return &families[i], rest, true
		}
	}
	return nil, "", false
}

// holds tells whether a secret of this name and scope is of the family. It
// builds no string: it is asked for every secret.
func (f *family) holds(ref Ref) (rest string, ok bool) {
	if f.global != ref.Global() {
		return "", false
	}
	before, after, hasMesh := strings.Cut(f.prefix, "<mesh>")
	rest, ok = strings.CutPrefix(ref.Name, before)
	if ok && hasMesh {
		rest, ok = strings.CutPrefix(rest, ref.Mesh)
	}
	if ok && after != "" {
		rest, ok = strings.CutPrefix(rest, after)
	}
	if f.exact && rest != "" {
		return "", false
	}
	return rest, ok
}

// serialOf reads a signing key's number from what follows its prefix. As for
// the control plane, what is no number counts as 0.
func serialOf(rest string) int {
	serial, err := strconv.Atoi(strings.TrimPrefix(rest, "-"))
	if err != nil || serial < 0 {
		return 0
	}
	return serial
}

// signers are the signing keys beside one, itself among them.
type signers struct {
	highest int  // of their serials
	some    bool // there may be others, which were not read
}

// explain fills in the texts of the family. What a key that was not read would
// contradict is not said: whoever makes the next key by a number that is taken
// replaces the one that signs.
func (f *family) explain(ref Ref, rest string, beside signers) SystemInfo {
	info := SystemInfo{Kind: f.kind, Serial: -1}
	what, without, breaks := f.what, f.without, f.breaks
	if f.kind == signingKey {
		info.Serial = serialOf(rest)
		signs := info.Serial >= beside.highest
		info.Highest, info.Unsure = signs && !beside.some, signs && beside.some
		if !info.Highest {
			what = firstWord(f.older, f.what)
			without, breaks = without[:1], breaks[:1]
		}
		if info.Unsure && len(f.without) > 1 {
			what += " " + unsureSigner
			without, breaks = slices.Concat(without, []string{withoutUnsure}), slices.Concat(breaks, []string{unsureSigner})
		}
	}
	fill := f.filler(ref, rest, beside)
	info.What = fill.Replace(what)
	for _, item := range without {
		info.Without = append(info.Without, fill.Replace(item))
	}
	info.Breaks = fill.Replace(strings.Join(breaks, " "))
	info.Changed = fill.Replace(f.changed)
	info.Rotate = fill.Replace(f.rotate)
	info.Instead = fill.Replace(f.instead)
	return info
}

func (f *family) filler(ref Ref, rest string, beside signers) *strings.Replacer {
	next := strings.TrimSuffix(ref.Name, rest) + "-" + strconv.Itoa(beside.highest+1)
	if beside.some {
		next = nextKey
	}
	return strings.NewReplacer(
		"{name}", Visible(ref.Name), "{mesh}", Visible(ref.Mesh), "{serial}", strconv.Itoa(serialOf(rest)),
		"{next}", Visible(next), "{rest}", Visible(rest),
	)
}

// ReservedName tells whether the control plane would take a new secret of this
// name for one of its own, and why it is refused then, in visible sentences.
func ReservedName(ref Ref) (string, bool) {
	f, rest, ok := familyOf(ref)
	if !ok {
		return "", false
	}
	return f.filler(ref, rest, signers{}).Replace("{name} is reserved: " + f.reserved), true
}

// IsSigningKey tells whether the control plane takes a secret for a key that
// signs tokens.
func IsSigningKey(ref Ref) bool {
	f, _, ok := familyOf(ref)
	return ok && f.kind == signingKey
}

// IsRevocations tells whether a secret lists revoked tokens. People make
// these, so they are no system secrets, but control planes read them. That of
// a mesh is a secret of the mesh up to 2.9 and a global one since.
func IsRevocations(ref Ref) bool {
	switch ref.Name {
	case "user-token-revocations", "zone-token-revocations", "zone-ingress-token-revocations":
		return ref.Global()
	}
	of, ok := strings.CutPrefix(ref.Name, "dataplane-token-revocations-")
	return ok && (ref.Global() || of == ref.Mesh)
}
