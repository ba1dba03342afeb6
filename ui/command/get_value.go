package command

import (
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// This file is the one place of the package where a value is printed: only get
// does so, and only with --reveal.

// readable tells whether bytes can be shown as text: valid UTF-8 with no control
// characters but line ends and tabs.
func readable(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return utf8.Valid(b)
}

// printRaw prints the bytes and nothing else. A terminal acts on what it is
// sent, so there they are made visible, and end with a line end.
func (e *errand) printRaw(v model.Value) {
	if out := e.process.Out; out == nil || !term.IsTerminal(out.Fd()) {
		_, _ = e.sheet.to.Write(v.Reveal())
		return
	}
	e.printLines(v, "")
}

// printLines prints a text line by line, made visible.
func (e *errand) printLines(v model.Value, before string) {
	text := model.VisibleLines(string(v.Reveal()))
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		_, _ = io.WriteString(e.sheet.to, before+line+"\n")
	}
}

// inBase64 is a value in base64 for a document, nil when it is not asked for.
func inBase64(g getting, v model.Value) *string {
	if !g.reveal {
		return nil
	}
	text := base64.StdEncoding.EncodeToString(v.Reveal())
	return &text
}

// printManifest prints it as it would be written in a file.
func (e *errand) printManifest(g getting, now model.Snapshot) {
	id := e.plane.Identity()
	form := environmentForm(id)
	switch g.form {
	case string(backend.Universal):
		form = model.UniversalForm
	case string(backend.Kubernetes):
		form = model.KubernetesForm
	}
	data, masked := model.Mask, !g.reveal
	if text := inBase64(g, now.Value); text != nil {
		data = *text
	} else if e.sheet.ascii {
		data = strings.Repeat("*", utf8.RuneCountInString(model.Mask))
	}
	_, _ = io.WriteString(e.sheet.to, model.WriteManifest(now.Secret, form, id.SystemNamespace, data))
	switch {
	case masked:
		_, _ = io.WriteString(e.process.Err, "The value is masked, so this cannot be applied; --reveal writes it in base64.\n")
	case form == model.KubernetesForm && len(now.Secret.Object.Annotations)+len(now.Secret.Object.Keys) > 0:
		_, _ = io.WriteString(e.process.Err, "Annotations and other keys stay masked: take them out before this is applied.\n")
	}
}
