package command

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"meshsecrets/backend"
	"meshsecrets/model"
	"meshsecrets/ui/command/audit"
	"meshsecrets/ui/command/config"
)

// settings are what the configuration file says, and what the command line says
// against it.
type settings struct {
	config.Config
	path string // of the file; "" when there is none to look for
}

// own is a folder of ours, by the variable that names where such folders are; ""
// when nobody knows. A relative path there counts for nothing, as everywhere.
func (p Process) own(variable string, fallback ...string) string {
	if base := p.getenv(variable); filepath.IsAbs(base) {
		return filepath.Join(base, "meshsecrets")
	}
	if p.Home == "" {
		return ""
	}
	return filepath.Join(append(append([]string{p.Home}, fallback...), "meshsecrets")...)
}

// readSettings reads the configuration file. That there is none is fine; one
// that cannot be read ends everything, as it may be what protects a control
// plane.
func readSettings(p Process) (settings, error) {
	s := settings{Config: config.Default()}
	folder := p.own("XDG_CONFIG_HOME", ".config")
	if folder == "" {
		return s, nil
	}
	s.path = filepath.Join(folder, "config.yaml")
	data, err := readWhole(s.path, config.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		s.Config, err = config.Parse(data)
	}
	var where *config.Error
	switch {
	case errors.As(err, &where):
		return s, refuse("%s: %s. Mend that, or move the file away.", s.at(where.Line), where.Text)
	case err != nil:
		return s, refuse("%s cannot be read (%s). Mend that, or move the file away.", model.Visible(s.path), reasonOf(err))
	}
	return s, nil
}

// at is a line of the file.
func (s settings) at(line int) string {
	if line == 0 {
		return model.Visible(s.path)
	}
	return model.Visible(s.path) + ", line " + strconv.Itoa(line)
}

// newAudit is where changes are written down.
func newAudit(p Process) *audit.Log {
	folder := p.own("XDG_STATE_HOME", ".local", "state")
	if folder == "" {
		return audit.New("", p.Now)
	}
	return audit.New(filepath.Join(folder, "audit.jsonl"), p.Now)
}

// errNotAFile is said of folders, pipes and devices: reading one may never end.
var errNotAFile = errors.New("it is no file")

// readWhole reads a file of at most limit bytes, and one byte more of a larger
// one.
func readWhole(path string, limit int64) ([]byte, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !about.Mode().IsRegular() {
		return nil, errNotAFile
	}
	file, err := os.Open(path) //nolint:gosec // the person's own configuration
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, limit+1))
}

// reasonOf is why a file cannot be used, without its path.
func reasonOf(err error) string {
	if failed, is := errors.AsType[*fs.PathError](err); is {
		err = failed.Err
	}
	return model.Visible(err.Error())
}

// against lets the command line hold against the file.
func (s settings) against(set *pflag.FlagSet, f flags) settings {
	if set == nil {
		return s
	}
	if set.Changed("no-reveal") {
		s.NoReveal = f.noReveal
		for i := range s.ControlPlanes {
			s.ControlPlanes[i].NoReveal = s.ControlPlanes[i].NoReveal && f.noReveal
		}
	}
	if set.Changed("theme") {
		s.Theme = f.theme
	}
	if set.Changed("mouse") {
		s.Mouse = f.mouse
	}
	// What is not given there is by the locale.
	s.ASCII = f.ascii || s.ASCII && !set.Changed("ascii")
	return s
}

// ruled is an entry with what holds for it, by the command line and the
// configuration. Whatever names it there counts: its name, or that with its
// environment or group before it.
func (d *directory) ruled(e backend.Entry) backend.Entry {
	e.ReadOnly, e.NoReveal = d.flags.readOnly, d.settings.NoReveal
	for _, p := range d.settings.ControlPlanes {
		if !called(e, p.Name) {
			continue
		}
		if p.ReadOnly && !d.flags.changed("read-only") {
			e.ReadOnly, e.WhyReadOnly = true, "set in config.yaml"
		}
		e.Protected = e.Protected || p.Protected
		e.NoReveal = e.NoReveal || p.NoReveal
	}
	return e
}

// called tells whether a name means an entry.
func called(e backend.Entry, name string) bool {
	return e.Key() == name || e.Name == name || inFile(e) && string(e.Environment)+"/"+e.Name == name
}

// strangers says which control planes the configuration names that are not
// there: a name that was misspelt protects nothing.
func (d *directory) strangers(entries []backend.Entry) []string {
	var said []string
	for _, p := range d.settings.ControlPlanes {
		if !slices.ContainsFunc(entries, func(e backend.Entry) bool { return called(e, p.Name) }) {
			said = append(said, d.settings.at(p.Line)+": no control plane here is called "+model.Visible(p.Name)+", so what is set for it holds for none.")
		}
	}
	return said
}
