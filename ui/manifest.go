package ui

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// manifest shows a secret as it would be written in a file, in the form of
// either environment, its value masked until it is asked for.
type manifest struct {
	to      *session
	row     model.Row
	form    model.Form
	value   model.Value
	shown   bool
	until   time.Time
	loading *request
	top     int
}

// openManifest opens it in the form of the control plane's environment.
func openManifest(to *session, row model.Row) Screen {
	return manifest{to: to, row: row, form: to.form()}
}

// form is that of the control plane's environment.
func (s *session) form() model.Form {
	if s.id.SystemNamespace != "" {
		return model.KubernetesForm
	}
	return model.UniversalForm
}

func (m manifest) inForm() model.Form { return m.form }

func (m manifest) session() *session { return m.to }

func (m manifest) one() (model.Row, bool) { return m.row, true }

func (m manifest) close() {
	m.loading.stop()
	m.value.Wipe()
}

// masked masks it, and reveals nothing that is still being read.
func (m manifest) masked() Screen {
	m.loading.stop()
	next := m.mask()
	next.loading = nil
	return next
}

func (m manifest) mask() manifest {
	m.value.Wipe()
	m.value, m.shown = model.Value{}, false
	return m
}

// Deeds are the other form, the value, and back.
func (m manifest) Deeds(Frame) []Deed {
	other := "Kubernetes form"
	if m.form == model.KubernetesForm {
		other = "Universal form"
	}
	word := "reveal"
	if m.shown {
		word = "mask"
	}
	deeds := append([]Deed{{ID: keymap.SwitchForm, Word: other}, {ID: keymap.Reveal, Word: word}}, moves()...)
	deeds = append(deeds, copyDeeds("")...)
	return append(deeds, standing("back")...)
}

// Do does one of them.
func (m manifest) Do(f Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		m.top = scrolled(p.ID, m.top, f.Height-1, len(m.lines(f)))
		return m, Result{}
	}
	switch p.ID {
	case keymap.SwitchForm:
		m.form = model.UniversalForm + model.KubernetesForm - m.form
		m.top = 0
	case keymap.Back:
		if m.shown && p.Key == "esc" {
			return m.mask(), Result{}
		}
		return m, Result{Close: true}
	case keymap.Reveal:
		if m.shown {
			return m.mask(), Result{}
		}
		m.loading.stop()
		var run tea.Cmd
		m.loading, run = readSecret(m.to, f, m.row.Secret.Ref)
		return m, Result{Run: run}
	}
	return m, Result{}
}

// Update takes the value and masks it again after its time.
func (m manifest) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[held]:
		if msg.to != m.loading {
			return m, Result{}
		}
		m.loading = nil
		if msg.err != nil {
			return m, Result{Say: explain(msg.err, m.to)}
		}
		msg.value.wipeRest()
		m.value, m.shown, m.until = msg.value.Value, true, f.maskAt()
	case tick:
		if m.shown && !f.Now.Before(m.until) {
			return m.mask(), Result{Say: maskedAgain(f, keymap.Reveal)}
		}
	}
	return m, Result{}
}

// text is the manifest as it is written, with the value when that is shown.
func (m manifest) text() string {
	data := model.Mask
	if m.shown {
		data = base64.StdEncoding.EncodeToString(m.value.Reveal())
	}
	return model.WriteManifest(m.row.Secret, m.form, m.namespace(), data)
}

// namespace is that of the control plane, or the one that they have mostly.
func (m manifest) namespace() string {
	if namespace := m.to.id.SystemNamespace; namespace != "" {
		return namespace
	}
	return "kuma-system"
}

func (m manifest) lines(f Frame) []Line {
	lines := []Line{blank()}
	for raw := range strings.SplitSeq(strings.TrimSuffix(m.text(), "\n"), "\n") {
		lines = append(lines, textLines(raw, f.Width)...)
	}
	for _, note := range m.notes() {
		lines = append(lines, blank())
		for _, part := range wrap(note, f.Width-2) {
			lines = append(lines, say(Plain, " "+part))
		}
	}
	return lines
}

// notes say what the text is not good for.
func (m manifest) notes() []string {
	var notes []string
	o, kubernetes := m.row.Secret.Object, m.form == model.KubernetesForm
	if kubernetes && m.shown && len(o.Annotations)+len(o.Keys) > 0 {
		notes = append(notes, "Annotations and other keys stay masked: what they hold is not shown here.")
	}
	if kubernetes && m.row.Secret.Unlabelled {
		notes = append(notes, "The secret has no kuma.io/mesh label: the one here is the mesh that it counts for.")
	}
	if !m.shown {
		notes = append(notes, "A masked manifest cannot be applied: dots are not base64.")
	}
	return notes
}

// state is the form and whether the value is shown, in room cells where that is
// possible. Until when it is shown is never left out.
func (m manifest) state(f Frame, room int) string {
	form := "Universal form"
	if m.form == model.KubernetesForm {
		form = "Kubernetes form"
	}
	if !m.shown {
		return form + ", value masked"
	}
	until := fmt.Sprintf("masked again in %ds", max(int(m.until.Sub(f.Now).Seconds()), 0))
	for _, before := range []string{form + ", value revealed, ", form + ", "} {
		if width(before+until) <= room {
			return before + until
		}
	}
	return until
}

// View draws the manifest.
func (m manifest) View(f Frame) View {
	title := "Manifest · " + model.Visible(m.row.Secret.Ref.Name)
	lines := m.lines(f)
	room := f.Height - 1
	top := max(min(m.top, len(lines)-room), 0)
	view := View{Lines: []Line{rule(title, m.state(f, f.Width-width(title)-8), f.Width)}}
	view.Lines = append(view.Lines, lines[top:min(top+room, len(lines))]...)
	if len(lines) > room {
		view.Right = fmt.Sprintf("lines %d to %d of %d", top+1, min(top+room, len(lines)), len(lines))
	}
	return view
}
