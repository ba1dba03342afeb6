package ui

import (
	"strconv"
	"strings"

	"meshsecrets/model"
)

// unseenHere is what no control plane tells: it stands under every answer.
const unseenHere = "Names in files, scripts, other systems and data plane configurations are not seen from here."

// saysNone says that nobody names the secret, or why that is not known.
func (u usedBy) saysNone(t *trustText) {
	switch row, there := u.stock.inventory.Find(u.ref); {
	case !u.stock.looked && u.stock.unseen != "":
		t.say(Span{Failure, "✗"}, "Who refers to secrets could not be read: "+u.stock.unseen)
		t.say(unmarked, "It is tried again by itself.")
	case !u.stock.looked:
		t.say(unmarked, "Who refers to secrets is still being read.")
	case u.mesh == "":
		u.saysGlobal(t)
	case len(u.stock.read) == 0:
		t.say(unmarked, "Whether anything refers to it is not known: nothing that can name a secret was read"+model.WholeWord(u.stock.unread)+".")
	case !there && u.stock.whole:
		t.say(unmarked, "Nothing refers to "+model.Visible(u.ref.Name)+", and it is no longer there.")
	case there && row.Orphaned:
		t.say(unmarked, "Mesh "+model.Visible(u.mesh)+" does not exist, and no reference was found: "+u.to.orphanWord()+".")
	default:
		found := "No reference was found"
		if missed := hidden(u.stock.unread); len(missed) > 0 {
			found += ", but " + plural(len(missed), "kind", "kinds") + " of resources may name it and could not be read" + model.WholeWord(missed)
		}
		t.say(unmarked, found+".")
		u.saysSystem(t)
		t.gap()
		t.say(unmarked, "That does not say that it may be deleted: names in files, scripts, other systems and data plane configurations are not seen from here.")
	}
}

func (u usedBy) saysGlobal(t *trustText) {
	t.say(unmarked, "It belongs to no mesh, and meshes and policies name secrets of their own mesh only.")
	u.saysSystem(t)
	t.gap()
	t.say(unmarked, "That does not say that it may be deleted: control planes, people and other systems use global secrets by their name, which is not seen from here.")
}

// saysSystem says what the control plane itself uses the secret for.
func (u usedBy) saysSystem(t *trustText) {
	row, _ := u.stock.inventory.Find(u.ref)
	if info, is := u.stock.inventory.System(row); is {
		t.gap()
		t.say(Span{SystemMark, "◆"}, "The control plane uses it itself. "+info.What)
	}
}

// whatWasRead says what the answer is worth.
func (u usedBy) whatWasRead(t *trustText, f Frame) {
	if !u.stock.looked || u.mesh == "" {
		return
	}
	when := u.stock.when(f.Now)
	t.head("What was read", "")
	if !u.drawn() {
		u.kindsRead(t, when)
	} else {
		u.kindsDrawn(t, when, f.Width)
	}
	u.kindsUnread(t)
	if u.whole && len(u.trust.Idle) > 0 {
		t.say(unmarked, `So "not referenced" does not say that nobody uses a secret.`)
	}
}

// kindsDrawn says in one sentence what the drawn tree was grown from.
func (u usedBy) kindsDrawn(t *trustText, when string, w int) {
	text := ""
	if len(u.stock.read) > 0 {
		text = kindList(u.stock.read) + ": all of " + model.Visible(u.mesh) + when + "."
	}
	if text != "" && w >= twoPanes {
		t.say(unmarked, text)
		text = ""
	}
	t.say(unmarked, strings.TrimSpace(text+" "+unseenHere))
}

// kindsRead lists the kinds, for a secret that none of them names.
func (u usedBy) kindsRead(t *trustText, when string) {
	wide := 0
	for _, kind := range u.stock.read {
		wide = max(wide, len(kind))
	}
	for _, kind := range u.stock.read {
		n := u.stock.counts.Of(kind, u.mesh)
		t.add(Line{{Plain, " ✓ " + pad(string(kind), wide+3) + strconv.Itoa(n) + when}})
	}
}

// kindsUnread names the kinds that were not read, and why.
func (u usedBy) kindsUnread(t *trustText) {
	for _, kinds := range notRead(u.stock.unread) {
		mark := look
		if kinds.why == model.NotHere { // there are none, so that needs no look
			mark = unmarked
		}
		t.say(mark, kinds.sentence()+".")
	}
}

// blanks are n of them.
func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
