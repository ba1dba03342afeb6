package command

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// roff is a manual page under construction, in the few macros of man(7) that
// every reader of such pages knows.
type roff struct{ text strings.Builder }

// manPage is the page of a command, from what its help says.
func manPage(c *cobra.Command, date string) string {
	var r roff
	name := pageName(c)
	r.macro("TH", quotedRoff(strings.ToUpper(name)), "1", quotedRoff(date), "meshsecrets", quotedRoff("User Commands"))
	r.macro("SH", "NAME")
	r.line(name + " - " + c.Short)
	r.macro("SH", "SYNOPSIS")
	r.macro("B", escaped(c.UseLine()))
	r.macro("SH", "DESCRIPTION")
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	r.paragraphs(about)
	if !c.HasParent() {
		r.macro("SH", "COMMANDS")
		for _, sub := range pagesOf(c) {
			r.macro("TP")
			r.macro("B", escaped(sub.Name()))
			r.line(sub.Short)
		}
	}
	r.macro("SH", "OPTIONS")
	c.Flags().VisitAll(r.option)
	if c.Example != "" {
		r.macro("SH", "EXAMPLES")
		r.examples(c.Example)
	}
	r.exits(c)
	r.macro("SH", quotedRoff("SEE ALSO"))
	r.line(strings.Join(others(c), ", "))
	return r.text.String()
}

// others are the pages that a page names.
func others(c *cobra.Command) []string {
	var names []string
	for _, page := range append([]*cobra.Command{c.Root()}, pagesOf(c.Root())...) {
		if page != c {
			names = append(names, pageName(page)+"(1)")
		}
	}
	return names
}

// macro writes a line that is an instruction; its arguments are escaped already.
func (r *roff) macro(name string, args ...string) {
	r.text.WriteString("." + strings.Join(append([]string{name}, args...), " ") + "\n")
}

// line writes a line of text, which must not be taken for an instruction.
func (r *roff) line(text string) {
	text = escaped(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	r.text.WriteString(text + "\n")
}

// escaped is text as roff reads it: a plain "-" would be a hyphen, which nobody
// can copy as an option.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
}

// quotedRoff is an argument that may hold blanks, or nothing.
func quotedRoff(text string) string {
	return `"` + strings.ReplaceAll(escaped(text), `"`, `\(dq`) + `"`
}

// paragraphs writes text whose paragraphs stand apart by empty lines.
func (r *roff) paragraphs(text string) {
	for i, part := range strings.Split(text, "\n\n") {
		if i > 0 {
			r.macro("PP")
		}
		for line := range strings.SplitSeq(part, "\n") {
			r.line(line)
		}
	}
}

// option writes a flag and what it does.
func (r *roff) option(f *pflag.Flag) {
	if f.Hidden {
		return
	}
	name, usage := pflag.UnquoteUsage(f)
	flag := `\fB` + escaped("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		flag = `\fB` + escaped("-"+f.Shorthand) + `\fR, ` + flag
	}
	switch {
	case f.NoOptDefVal != "" && f.Value.Type() == "string":
		flag += "[=" + escaped(f.NoOptDefVal) + "]"
	case name != "":
		flag += ` \fI` + escaped(name) + `\fR`
	}
	r.macro("TP")
	r.text.WriteString(flag + "\n")
	r.line(usage)
}

// examples writes each command line as it is typed, and under it what it does.
func (r *roff) examples(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if does, is := strings.CutPrefix(line, "      "); is {
			r.line(strings.TrimSpace(does))
			continue
		}
		r.macro("TP")
		r.macro("B", quotedRoff(strings.TrimSpace(line)))
	}
}

// exits writes the exit codes, where a command tells its own.
func (r *roff) exits(c *cobra.Command) {
	text, is := c.Annotations[annotationExits]
	if !is {
		return
	}
	r.macro("SH", quotedRoff("EXIT STATUS"))
	_, codes, _ := strings.Cut(text, "Exit codes:\n")
	for line := range strings.SplitSeq(codes, "\n") {
		switch code, meaning, entry := strings.Cut(strings.TrimPrefix(line, "  "), "  "); {
		case line == "":
			r.macro("PP")
		case entry && len(code) == 1:
			r.macro("TP")
			r.macro("B", code)
			r.line(meaning)
		default:
			r.line(strings.TrimSpace(line))
		}
	}
}
