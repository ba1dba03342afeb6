package command

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// printFacts prints what is known of a secret, each thing on a line of its own
// that says what it is.
func (e *errand) printFacts(g getting, k known, around backend.Around) {
	now, secret := e.process.Now(), k.now.Secret
	fact := func(label, text string) {
		if text != "" {
			e.sheet.title("%s: %s", label, text)
		}
	}
	fact("name", model.Visible(secret.Ref.Name))
	if secret.Ref.Global() {
		fact("mesh", "none, it is a global secret")
	} else {
		fact("mesh", model.Visible(secret.Ref.Mesh))
	}
	fact("control plane", e.about())
	fact("kind", secret.Facts.Describe())
	fact("size", counted(secret.Facts.Size, "byte", "bytes"))
	fact("expires", expiryLine(secret.Facts, now))
	fact("made", madeLine(secret, now))
	fact("notes", strings.Join(e.notesOf(k.row), ", "))
	fact("problem", secret.Facts.Problem)
	e.printUse(k, around, fact)
	for _, v := range e.verdicts(k, secret.Facts, model.Facts{}) {
		if v.Level == model.Pass {
			fact("check", v.Alone())
		} else {
			fact("look", v.Comes())
		}
	}
	if info, is := k.inventory.System(k.row); is {
		fact("system", info.What)
	}
	for _, key := range slices.Sorted(maps.Keys(secret.Labels)) {
		fact("label", model.Visible(key)+"="+model.Visible(secret.Labels[key]))
	}
	e.printObject(secret.Object, fact)
	for i, c := range secret.Facts.Certificates {
		fact(fmt.Sprintf("certificate %d of %d", i+1, len(secret.Facts.Certificates)), certificateLine(c))
	}
	if !g.reveal {
		fact("value", "not shown; --reveal shows it")
		return
	}
	fact("value", counted(k.now.Value.Len(), "byte", "bytes")+", shown from the next line on")
	e.printLines(k.now.Value, "")
}

// printUse says who refers to the secret, or what was read to say that nobody
// does.
func (e *errand) printUse(k known, around backend.Around, fact func(label, text string)) {
	label := k.row.Mark.String()
	for _, u := range k.row.Users {
		fact(label, "by "+u.UserLine())
	}
	switch {
	case len(k.row.Users) > 0:
	case k.ref.Global():
		fact("used by", "resources name secrets of their own mesh only, so who uses a global secret cannot be read")
	case len(around.Read) == 0:
		fact("used by", "not known; nothing that can name a secret was read"+model.WholeWord(around.Unread))
	default:
		fact("used by", "no reference found in the "+counted(len(around.Read), "kind", "kinds")+
			" of resources that could be read; that does not prove that nothing uses it")
	}
	for _, group := range groupUnread(around.Unread) {
		if k.ref.Global() {
			break // none of them could name it
		}
		fact(group[0].Missed(), kindWords(group)+" ("+model.Visible(group[0].Why)+")")
	}
}

// printObject says what a secret has only as an object of Kubernetes. Of
// annotations and other keys the names are told and never what they hold.
func (e *errand) printObject(o model.Object, fact func(label, text string)) {
	for _, key := range o.Keys {
		fact("other key", model.Visible(key.Name)+", "+counted(key.Size, "byte", "bytes")+", not shown")
	}
	for _, name := range o.Annotations {
		fact("annotation", model.Visible(name)+", not shown")
	}
	if o.Applied {
		fact("annotation", model.LastApplied+", which holds a whole value in the clear")
	}
	for _, owner := range o.Owners {
		fact("belongs to", model.Visible(owner))
	}
	for _, finalizer := range o.Finalizers {
		fact("held by", model.Visible(finalizer))
	}
	if o.Immutable {
		fact("immutable", "its value cannot be changed")
	}
}

const toTheMinute = "2006-01-02 15:04 UTC"

func expiryLine(f model.Facts, now time.Time) string {
	word, _ := model.ExpiryWord(f.NotBefore, f.NotAfter, now)
	switch {
	case word == "":
		return ""
	case f.NotAfter.After(now) && f.NotBefore.After(now):
		return "not valid before " + f.NotBefore.UTC().Format(toTheMinute)
	}
	return word + ", " + f.NotAfter.UTC().Format(toTheMinute)
}

func madeLine(s model.Secret, now time.Time) string {
	if s.Created.IsZero() {
		return ""
	}
	text := model.AgeWord(now.Sub(s.Created)) + " ago, " + s.Created.UTC().Format(toTheMinute)
	if s.Changed() {
		text += ", changed " + model.AgeWord(now.Sub(s.Modified)) + " ago"
	}
	return text
}

// certificateLine is a certificate in one line. Certificates are not secret.
func certificateLine(c model.CertificateFacts) string {
	parts := []string{c.Subject, "issued by " + c.Issuer, c.Key.Algorithm, "until " + c.NotAfter.UTC().Format(toTheMinute)}
	if c.IsCA {
		parts = append(parts, "a CA")
	}
	if len(c.Names) > 0 {
		parts = append(parts, "names "+strings.Join(c.Names, " "))
	}
	return strings.Join(parts, "; ")
}

// The document that get prints with -o json or -o yaml. Its names stay as they
// are; there may come more.
type (
	secretDocument struct {
		planeEntry
		Secret   detailEntry   `json:"secret"`
		Complete bool          `json:"complete"`
		NotRead  []unreadEntry `json:"notRead"`
		Notes    []string      `json:"notes"`
	}
	detailEntry struct {
		secretEntry
		Description  string             `json:"description"`
		Problem      string             `json:"problem,omitempty"`
		Labels       map[string]string  `json:"labels"`
		Certificates []certificateEntry `json:"certificates,omitempty"`
		Verdicts     []verdictEntry     `json:"verdicts"`
		Value        *string            `json:"value,omitempty"` // base64, only with --reveal
	}
	certificateEntry struct {
		Subject   string   `json:"subject"`
		Issuer    string   `json:"issuer"`
		Serial    string   `json:"serial"`
		NotBefore string   `json:"notBefore"`
		NotAfter  string   `json:"notAfter"`
		CA        bool     `json:"ca"`
		Key       string   `json:"key"`
		Names     []string `json:"names"`
		SHA256    string   `json:"sha256"`
	}
	verdictEntry struct {
		Level string `json:"level"`
		What  string `json:"what"`
		Then  string `json:"then,omitempty"`
	}
)

// secretDocument is a secret for another program.
func (e *errand) secretDocument(g getting, k known, around backend.Around) secretDocument {
	secret, blind := k.now.Secret, notSeen(around)
	detail := detailEntry{
		secretEntry: e.secretEntry(k.row), Description: secret.Facts.Describe(), Problem: secret.Facts.Problem,
		Labels: map[string]string{}, Verdicts: []verdictEntry{}, Value: inBase64(g, k.now.Value),
	}
	for key, text := range secret.Labels {
		detail.Labels[model.Visible(key)] = model.Visible(text)
	}
	for _, c := range secret.Facts.Certificates {
		detail.Certificates = append(detail.Certificates, certificateEntry{
			c.Subject, c.Issuer, c.Serial, instantOf(c.NotBefore), instantOf(c.NotAfter), c.IsCA, c.Key.Algorithm,
			append([]string{}, c.Names...), hex.EncodeToString(c.SHA256[:]),
		})
	}
	for _, v := range e.verdicts(k, secret.Facts, model.Facts{}) {
		detail.Verdicts = append(detail.Verdicts, verdictEntry{levelWord(v.Level), v.Alone(), v.Then})
	}
	return secretDocument{
		planeEntry: e.planeEntry(), Secret: detail, Complete: len(blind) == 0,
		NotRead: unreadEntries(around.Unread), Notes: append([]string{}, blind...),
	}
}

// levelWord is how much a finding weighs, for another program.
func levelWord(l model.Level) string {
	switch l {
	case model.Pass:
		return "pass"
	case model.Inform:
		return "note"
	case model.Warn:
		return "warning"
	case model.Stop:
		return "error"
	}
	return ""
}
