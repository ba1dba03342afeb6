package ui

import (
	"strings"
	"time"

	"meshsecrets/model"
)

// inFile is the manifest as it is written to a file: who reads that has no
// screen beside it that says what it is good for, so comments do.
func (m manifest) inFile() model.Value {
	var heading strings.Builder
	for _, note := range append(m.whereabouts(), m.notes()...) {
		heading.WriteString("# " + note + "\n")
	}
	if m.shown {
		return model.ManifestWith(heading.String(), m.row.Secret, m.form, m.namespace(), m.value)
	}
	return model.NewValue([]byte(heading.String() + m.text()))
}

// whereabouts say where the value is: here, or got from where.
func (m manifest) whereabouts() []string {
	ref := m.row.Secret.Ref
	if m.shown {
		return []string{"The value of " + model.Visible(ref.Name) + " stands here in plain: base64 is no encryption."}
	}
	where := "--global"
	if !ref.Global() {
		where = "--mesh " + typable(ref.Mesh, "MESH")
	}
	form := "universal"
	if m.form == model.KubernetesForm {
		form = "kubernetes"
	}
	return []string{
		"The value of " + model.Visible(ref.Name) + " is left out. It is got, with the flags that name the control plane, by",
		"  meshsecrets get " + typable(ref.Name, "NAME") + " " + where + " --reveal -o manifest --form " + form,
	}
}

// typable is a name as it can be typed in any shell, or what stands for one: a
// control plane may send names that a shell would act on.
func typable(name, other string) string {
	for i, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '.' && c != '_') {
			return other
		}
	}
	return name
}

// View is drawn as a box.
func (e exporting) View(Frame) View { return View{} }

// exportWide is the outer width of the dialog: of paths much is in sight.
// exportTall is its height within, so that it does not jump when the value is
// chosen.
const (
	exportWide = 76
	exportTall = 10
)

func (e exporting) box(f Frame) Box {
	wide := min(exportWide, f.Width)
	c := &canvas{w: wide - 2}
	room := c.w - 3 - formLabel - 1
	c.gap()
	text, x := e.path.line(room)
	if e.typing() {
		c.typedAt(3 + formLabel + x)
	}
	e.draw(c, exportPath, "path", Line{text})
	c.add(Line{{Plain, strings.Repeat(" ", 3+formLabel)}, {Muted, e.meant(room)}})
	e.draw(c, exportForm, "form", c.options(int(e.form), "Universal", "Kubernetes"))
	e.draw(c, exportValue, "value", e.choice(c))
	c.gap()
	e.says(c, f.Now)
	for c.gap(); len(c.lines) < exportTall; {
		c.gap()
	}
	return Box{Title: "Export " + e.name(), Right: e.note(f.Now), Wide: wide, Lines: c.lines, Cursor: c.cursor}
}

func (e exporting) draw(c *canvas, at exportSpot, label string, content Line) {
	bar := noBar
	if e.at == at && !e.waits() {
		bar = actingBar
	}
	c.add(append(Line{{Plain, " "}, bar.span(), {Plain, " "}, {Muted, pad(label, formLabel)}}, content...))
}

// meant is the file that is typed, or where paths begin, in w cells.
func (e exporting) meant(w int) string {
	word := "is "
	if e.target() == "" {
		word = "begins in "
	}
	return word + shortenMiddle(e.means(), w-len(word))
}

func (e exporting) choice(c *canvas) Line {
	if e.to.veiled() {
		return c.options(0, "masked")
	}
	if e.holds() {
		return c.options(0, "with the value")
	}
	return c.options(map[bool]int{true: 1}[e.whole], "masked", "with the value")
}

// says what will be in the file, and who can read that.
func (e exporting) says(c *canvas, now time.Time) {
	switch {
	case e.hangs(now):
		c.hang(look, "The file system does not answer. The file may come yet, and is not waited for any more.")
		return
	case e.whole:
		c.hang(look, "The value is written to the disk in plain: base64 is no encryption. Who reads the file, or a backup of it, has the value.")
	case e.to.veiled():
		c.para("The value is left out: revealing is switched off for " + model.Visible(e.to.entry.Name) + ".")
	default:
		c.para("The value is left out; a comment in the file says how it is got.")
	}
	c.para("The file is new and yours alone; nothing is overwritten.")
}

// note is where the secret is, or what is waited for.
func (e exporting) note(now time.Time) string {
	ref := e.row.Secret.Ref
	switch {
	case e.reading != nil && now.Sub(e.reading.began) >= hesitation:
		return "reading"
	case e.writing != nil && now.Sub(e.writing.began) >= hesitation:
		return "writing"
	case ref.Global():
		return "global secret"
	}
	return "mesh " + model.Visible(ref.Mesh)
}
