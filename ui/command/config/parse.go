package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"meshsecrets/keymap"
)

// Error is what is wrong with a configuration, and where.
type Error struct {
	Line int // counted from 1; 0 when it is about the whole
	Text string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return "line " + strconv.Itoa(e.Line) + ": " + e.Text
}

func wrong(n *yaml.Node, format string, args ...any) error {
	return &Error{Line: n.Line, Text: fmt.Sprintf(format, args...)}
}

// Parse reads a configuration. What is not set in it is as in Default. The error
// is an *Error.
func Parse(data []byte) (Config, error) {
	c := Default()
	if len(data) > MaxSize {
		return c, &Error{Text: fmt.Sprintf("it is larger than %d KiB, which no configuration needs", MaxSize>>10)}
	}
	var document, second yaml.Node
	from := yaml.NewDecoder(bytes.NewReader(data))
	err := from.Decode(&document)
	if errors.Is(err, io.EOF) {
		return c, nil
	}
	if err != nil {
		if at := brokenAt(data); at > 0 {
			return c, &Error{Line: at, Text: "from here on it is not YAML"}
		}
		return c, &Error{Text: "it is not YAML"}
	}
	if err := from.Decode(&second); !errors.Is(err, io.EOF) {
		return c, wrong(&second, "there is a second document; one is all there can be")
	}
	return c, c.take(document.Content[0])
}

// mostLines is how many lines of what is not YAML are looked through for the
// place.
const mostLines = 300

// brokenAt is the line from which on a text cannot be read, 0 when that would
// take too long to find: the one after the last that ends a text which can. What
// the reader says of the place is often a line or more off, and what it says of
// the fault may quote the text.
func brokenAt(data []byte) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	if len(lines) > mostLines {
		return 0
	}
	end, whole := 0, 0
	for i, line := range lines {
		end += len(line)
		var document yaml.Node
		if err := yaml.Unmarshal(data[:end], &document); err == nil {
			whole = i + 1
		}
	}
	return whole + 1
}

// setters take the options, by their names.
var setters = map[string]func(*Config, *yaml.Node) error{
	"theme":             (*Config).theme,
	"reveal-timeout":    func(c *Config, n *yaml.Node) error { return span(n, &c.RevealTimeout, shown) },
	"idle-lock":         func(c *Config, n *yaml.Node) error { return span(n, &c.IdleLock, idle) },
	"clipboard-timeout": func(c *Config, n *yaml.Node) error { return span(n, &c.ClipboardTimeout, shown) },
	"no-reveal":         func(c *Config, n *yaml.Node) error { return truth(n, &c.NoReveal) },
	"mouse":             func(c *Config, n *yaml.Node) error { return truth(n, &c.Mouse) },
	"ascii":             func(c *Config, n *yaml.Node) error { return truth(n, &c.ASCII) },
	"keys":              (*Config).keys,
	"control-planes":    (*Config).planes,
}

func (c *Config) take(n *yaml.Node) error {
	return each(n, "option", keysOf(setters), func(name, value *yaml.Node) error {
		return setters[name.Value](c, value)
	})
}

// keysOf are the names in a table, sorted.
func keysOf[T any](table map[string]T) []string {
	var names []string
	for name := range table {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// each goes through a mapping. Known are the names there can be, all when it is
// nil; what calls them in an error. A mapping that is empty sets nothing.
func each(n *yaml.Node, what string, known []string, take func(name, value *yaml.Node) error) error {
	if n.ShortTag() == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return wrong(n, "names and values are expected here, as in  theme: dark")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		switch {
		case name.Kind != yaml.ScalarNode:
			return wrong(name, "the name of the %s cannot be read", what)
		case known != nil && !slices.Contains(known, name.Value):
			return wrong(name, "there is no %s%s; there are %s", what, quoted(name.Value), strings.Join(known, ", "))
		case seen[name.Value]:
			return wrong(name, "%s%s stands here twice", what, quoted(name.Value))
		}
		seen[name.Value] = true
		if err := take(name, value); err != nil {
			return err
		}
	}
	return nil
}

// plain is what may be quoted of a file: tokens are longer.
var plain = regexp.MustCompile(`^[a-zA-Z0-9._@/:-][a-zA-Z0-9._@/: -]{0,31}$`)

// quoted is a name after a blank, or nothing when it may be no name at all.
func quoted(name string) string {
	if !plain.MatchString(name) {
		return " of that name"
	}
	return " " + name
}

func (c *Config) theme(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode || !slices.Contains(Themes(), n.Value) {
		return wrong(n, "theme is one of %s", strings.Join(Themes(), ", "))
	}
	c.Theme = n.Value
	return nil
}

func truth(n *yaml.Node, to *bool) error {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		return wrong(n, "this is either true or false")
	}
	*to = strings.EqualFold(n.Value, "true")
	return nil
}

// bounds are what a time can be.
type bounds struct {
	least, most time.Duration
	off         bool // 0 switches it off
	words       string
}

var (
	shown = bounds{5 * time.Second, 10 * time.Minute, false, "a time from 5s to 10m, such as 45s"}
	idle  = bounds{30 * time.Second, 24 * time.Hour, true, "a time from 30s to 24h, such as 10m, or 0 for never"}
)

func span(n *yaml.Node, to *time.Duration, b bounds) error {
	d, err := time.ParseDuration(n.Value)
	within := err == nil && (b.least <= d && d <= b.most || b.off && d == 0)
	if n.Kind != yaml.ScalarNode || !within || d%time.Second != 0 {
		return wrong(n, "this is %s", b.words)
	}
	*to = d
	return nil
}

// suggested is how many letters a name must begin like what was written.
const suggested = 2

// instead asks whether one of the names was meant that begin most like what was
// written, and says where all are.
func instead(written string, known []string) string {
	for most := len(written); most >= suggested; most-- {
		alike := slices.DeleteFunc(slices.Clone(known), func(name string) bool {
			return len(name) < most || !strings.EqualFold(name[:most], written[:most])
		})
		if len(alike) > 0 {
			return "did you mean " + strings.Join(alike[:min(len(alike), 3)], " or ") + "? All names are in the README"
		}
	}
	return "all names are in the README"
}

// keys gives actions keys of one's own.
func (c *Config) keys(n *yaml.Node) error {
	own, at := map[keymap.ID][]string{}, map[keymap.ID]*yaml.Node{}
	var known []string
	for _, a := range keymap.Default().All() {
		known = append(known, string(a.ID))
	}
	err := each(n, "action", nil, func(name, value *yaml.Node) error {
		if !slices.Contains(known, name.Value) {
			return wrong(name, "there is no action%s; %s", quoted(name.Value), instead(name.Value, known))
		}
		id := keymap.ID(name.Value)
		list := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			list = value.Content
		}
		for _, key := range list {
			if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!null" {
				return wrong(key, "a key is expected here, such as R or ctrl+r")
			}
			own[id] = append(own[id], key.Value)
		}
		at[id] = name
		return nil
	})
	if err != nil {
		return err
	}
	c.Keys, err = keymap.Default().With(own)
	var fault *keymap.Fault
	if errors.As(err, &fault) {
		return wrong(at[fault.ID], "%s", fault.Text)
	}
	return err
}

// planes takes what is set for single control planes.
func (c *Config) planes(n *yaml.Node) error {
	return each(n, "control plane", nil, func(name, value *yaml.Node) error {
		p := ControlPlane{Name: name.Value, Line: name.Line}
		marks := map[string]*bool{"read-only": &p.ReadOnly, "protected": &p.Protected, "no-reveal": &p.NoReveal}
		err := each(value, "option", keysOf(marks), func(name, value *yaml.Node) error { return truth(value, marks[name.Value]) })
		c.ControlPlanes = append(c.ControlPlanes, p)
		return err
	})
}
