package ui

import (
	"strconv"
	"strings"

	"meshsecrets/model"
)

// usersCell is USED BY: who refers to the secret, then a note of what is wrong
// or only worth knowing. The words of the note go first when the room is
// small, then letters of the kind, never the name of the user.
func usersCell(r model.Row, w int, zone bool) Line {
	user, others := r.UsedBy()
	more := ""
	if others > 0 {
		more = " +" + strconv.Itoa(others)
	}
	look, note := r.Note()
	if !look && !zone && r.Secret.Synced() {
		// Its label says so, but here it can be changed like any other.
		note = ""
	}
	role := Plain
	if r.Mark == model.InUse && r.Trusted() {
		role = TrustMark
	}
	switch {
	case user == "" && note == "":
		return nil
	case user == "" && look:
		return Line{{Warning, "!"}, {Plain, " " + shorten(note, w-2)}}
	case user == "":
		return say(Plain, shorten(note, w))
	}
	if !look {
		return Line{{role, squeezeUser(user, w-width(more))}, {Plain, more}}
	}
	if full := user + more + " ! " + note; width(full) <= w {
		return Line{{role, user}, {Plain, more + " "}, {Warning, "!"}, {Plain, " " + note}}
	}
	return Line{{role, squeezeUser(user, w-width(more)-2)}, {Plain, more + " "}, {Warning, "!"}}
}

// squeezeUser shortens the kind in "ExternalService billing" and leaves the
// name whole as long as one letter of the kind is left.
func squeezeUser(user string, w int) string {
	if width(user) <= w {
		return user
	}
	kind, name, two := strings.Cut(user, " ")
	if room := w - width(name) - 1; two && room >= 2 {
		return shorten(kind, room) + " " + name
	}
	return shorten(user, w)
}
