package model

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// changing is a small control plane that changes at random. Its names are few,
// so that what refers to secrets, pairs and signing keys meet often.
type changing struct {
	random   *rand.Rand
	meshes   map[string]Mesh
	unread   bool // meshes may not be listed
	secrets  map[Ref]Secret
	policies map[string][]Reference
}

func newChanging(seed uint64) *changing {
	return &changing{random: rand.New(rand.NewPCG(seed, 7)), meshes: map[string]Mesh{}, secrets: map[Ref]Secret{}, policies: map[string][]Reference{}}
}

func oneOf[T any](c *changing, all ...T) T { return all[c.random.IntN(len(all))] }

func (c *changing) mesh() string { return oneOf(c, "a", "b", "c") }

// ref is a name of any sort: global or not, a half of a pair, a signing key.
func (c *changing) ref() Ref {
	mesh := oneOf(c, "", "a", "b", "c")
	return Ref{mesh, oneOf(c, "s", "t", "t-1", "t-l", "t-i", "cert", "key", "cert-2", "key-2", "gapi-shop-edge", "user-token-revocations",
		"user-token-signing-key-1", "user-token-signing-key-12", "dataplane-token-signing-key-"+mesh+"-1",
		"dataplane-token-signing-key-"+mesh+"-3", "dataplane-token-signing-key-"+mesh, mesh+".ca-builtin-cert-ca", mesh+".ca-builtin-key-ca")}
}

func (c *changing) facts() Facts {
	soon := time.Duration(c.random.IntN(900)-100) * day
	return oneOf(c, Facts{}, Facts{Kind: Text}, Facts{Kind: Text, TrailingNewline: true}, Facts{Kind: JWT, NotAfter: frameTime.Add(soon)},
		certificateOf("one", CACertificate, soon), certificateOf("two", Certificate, soon), keyOf("one"), keyOf("two"),
		Facts{Kind: CertificateAndKey, NotBefore: frameTime.Add(soon), NotAfter: frameTime.Add(soon + year)})
}

func (c *changing) secret(ref Ref) Secret {
	s := secretOf(ref.Mesh, ref.Name, c.facts())
	s.Modified = s.Created.Add(time.Duration(c.random.IntN(3)) * time.Hour)
	if c.random.IntN(4) == 0 {
		s.Labels = map[string]string{LabelEnv: oneOf(c, "universal", "kubernetes")}
	}
	return s
}

// policy is what one resource of a mesh refers to, often a pair.
func (c *changing) policy(by string) []Reference {
	of := Reference{Kind: oneOf(c, KindMesh, KindExternalService, KindMeshIdentity), By: by, Mesh: c.mesh(), Enabled: c.random.IntN(2) == 0}
	if c.random.IntN(4) == 0 {
		return builtin(Reference{Kind: KindMesh, By: "ca", Mesh: of.Mesh, Enabled: of.Enabled})
	}
	var refs []Reference
	for _, role := range []string{"certificate", "key", "client certificate", "client key", "CA"} {
		for range c.random.IntN(3) {
			r := of
			r.Role, r.Implied, r.Secret = role, c.random.IntN(5) == 0, oneOf(c, "cert", "key", "cert-2", "key-2", "s", c.ref().Name)
			refs = append(refs, r)
		}
	}
	return refs
}

// around is what an inventory is told of meshes and references.
func (c *changing) around() ([]Mesh, []Reference) {
	var refs []Reference
	for _, by := range slices.Sorted(maps.Keys(c.policies)) {
		refs = append(refs, c.policies[by]...)
	}
	if c.unread {
		return nil, refs
	}
	meshes := []Mesh{}
	for _, name := range slices.Sorted(maps.Keys(c.meshes)) {
		meshes = append(meshes, c.meshes[name])
	}
	return meshes, refs
}

// step changes something, and tells the inventory what.
func (c *changing) step(i Inventory) (Inventory, string) {
	about := oneOf(c, "mesh", "meshes read or not", "policy", "policy gone", "reference gone", "secrets", "secret gone", "mesh emptied", "facts learnt", "ghost filled", "half changed")
	switch by := fmt.Sprint("by-", c.random.IntN(5)); about {
	case "mesh":
		mesh := c.mesh()
		if _, there := c.meshes[mesh]; there && c.random.IntN(2) == 0 {
			delete(c.meshes, mesh)
		} else {
			c.meshes[mesh] = Mesh{Name: mesh, EnabledBackend: oneOf(c, "", "ca"), Missing: c.random.IntN(8) == 0}
		}
		return i.About(c.around()), about
	case "meshes read or not":
		c.unread = c.random.IntN(4) == 0
		return i.About(c.around()), about
	case "policy":
		c.policies[by] = c.policy(by)
		return i.About(c.around()), about
	case "policy gone":
		delete(c.policies, by)
		return i.About(c.around()), about
	case "reference gone":
		if refs := c.policies[by]; len(refs) > 0 {
			n := c.random.IntN(len(refs))
			c.policies[by] = slices.Delete(slices.Clone(refs), n, n+1)
		}
		return i.About(c.around()), about
	case "mesh emptied":
		mesh, gone := c.mesh(), []Ref{}
		for ref := range c.secrets {
			if ref.Mesh == mesh {
				gone = append(gone, ref)
				delete(c.secrets, ref)
			}
		}
		return i.Changed(nil, gone), about
	case "secret gone":
		ref := oneOf(c, append(slices.SortedFunc(maps.Keys(c.secrets), Ref.Compare), c.ref())...)
		delete(c.secrets, ref)
		return i.Changed(nil, []Ref{ref}), about
	}
	var changed []Secret
	for range 1 + c.random.IntN(4) {
		s := c.secret(c.ref())
		for _, row := range i.In(Scope{All: true}).All() {
			half := about == "half changed" && row.Partner != Ref{}
			fills := about == "ghost filled" && row.Ghost()
			learns := about == "facts learnt" && !row.Ghost() && !row.Secret.Facts.Learnt()
			if (half || fills || learns) && c.random.IntN(3) == 0 {
				s.Ref = row.Secret.Ref
			}
		}
		if old, there := c.secrets[s.Ref]; there && about == "facts learnt" {
			facts := s.Facts
			s, s.Facts = old, facts
		}
		changed = slices.DeleteFunc(changed, func(o Secret) bool { return o.Ref == s.Ref })
		changed = append(changed, s)
		c.secrets[s.Ref] = s
	}
	return i.Changed(changed, nil), about
}

// told is all that an inventory says.
type told struct {
	meshes      []MeshSummary
	all, global MeshSummary
	rows        map[Scope][]Row
	systems     map[Ref]SystemInfo
	found       map[Ref]Row
	looks       map[Scope]int
}

func toldBy(i Inventory) told {
	w := told{i.Meshes, i.All, i.Global, map[Scope][]Row{}, map[Ref]SystemInfo{}, map[Ref]Row{}, map[Scope]int{}}
	for _, scope := range []Scope{{All: true}, {Global: true}, {Mesh: "a"}, {Mesh: "b"}, {Mesh: "c"}} {
		w.looks[scope] = i.In(scope).Looks(frameTime)
		for _, row := range i.In(scope).All() {
			w.rows[scope] = append(w.rows[scope], *row)
			if info, is := i.System(*row); is {
				w.systems[row.Secret.Ref] = info
			}
			w.found[row.Secret.Ref], _ = i.Find(row.Secret.Ref)
		}
	}
	return w
}

// TestChangesMakeWhatAFirstReadingMakes holds the one promise of Changed and
// About: whatever came, and in whatever order, the inventory is the one that
// would be taken of everything from scratch. Inventories from before stay as
// they were.
func TestChangesMakeWhatAFirstReadingMakes(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for seed := range uint64(16) {
		c := newChanging(seed)
		now := TakeInventory(nil, nil, nil)
		if seed%2 == 0 {
			now = Inventory{}.About(c.around())
		} else {
			c.unread = true
		}
		got := toldBy(now)
		for step := range 100 {
			before, was := now, got
			next, about := c.step(now)
			now = next
			meshes, refs := c.around()
			want := toldBy(TakeInventory(meshes, slices.Collect(maps.Values(c.secrets)), refs))
			if got = toldBy(now); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, step %d, %s:\n got %+v\nwant %+v", seed, step, about, got, want)
			}
			if !reflect.DeepEqual(toldBy(before), was) {
				t.Fatalf("seed %d, step %d, %s: the inventory from before is another", seed, step, about)
			}
			note(met, about, was, got)
		}
	}
	for _, must := range []string{
		"mesh: orphaned", "mesh: no longer orphaned", "policy: missing", "policy gone: not looked for", "ghost filled: no longer missing",
		"half changed: mismatch", "half changed: no longer mismatch", "facts learnt: mismatch", "secret gone: missing",
		"secrets: another expiry", "secret gone: another expiry", "reference gone: no longer mismatch", "mesh emptied: no longer a mesh", "secret gone: another key signs", "meshes read or not: orphaned",
		"secrets: alike", "secret gone: no longer alike", "policy: alike",
	} {
		if !met[must] {
			t.Errorf("never met %q, so it was not tried", must)
		}
	}
}

// note remembers what a step brought about.
func note(met map[string]bool, about string, was, is told) {
	for ref, row := range is.found {
		before, there := was.found[ref]
		for word, of := range map[string]func(Row) bool{
			"orphaned": func(r Row) bool { return r.Orphaned }, "missing": Row.Ghost, "mismatch": func(r Row) bool { return r.Mismatch },
			"alike": func(r Row) bool { return r.Alike != "" },
		} {
			met[about+": "+word] = met[about+": "+word] || of(row) && (!there || !of(before))
			met[about+": no longer "+word] = met[about+": no longer "+word] || there && of(before) && !of(row)
		}
		if info, is := is.systems[ref]; is && info.Highest && !was.systems[ref].Highest && there {
			met[about+": another key signs"] = true
		}
	}
	for ref, row := range was.found {
		if _, there := is.found[ref]; !there && row.Ghost() {
			met[about+": not looked for"] = true
		}
	}
	if len(is.meshes) < len(was.meshes) {
		met[about+": no longer a mesh"] = true
	}
	if !is.all.expires.Equal(was.all.expires) {
		met[about+": another expiry"] = true
	}
}
