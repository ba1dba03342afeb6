// Package audit writes down what this console changed: a line for what begins
// and one for what came of it, in a file of the person's own. A line holds who,
// when, where, what and how it went; never a value, what was learnt from one, or
// what a server said.
//
// Each line is one write at the end of the file, so that several consoles can
// share it, and what begins is on the disk before it begins: a crash leaves
// lines that can be read, and tells what was under way. Where nothing can be
// written, that is said once, and the work goes on.
package audit

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The bounds of the file: one that is full is kept beside it, with a number, and
// the oldest of those goes.
const (
	mostBytes = 10 << 20
	mostOld   = 4
)

// Log is the file. It is made when something is changed for the first time.
type Log struct {
	path string // "" when nobody knows where
	now  func() time.Time
	most int64

	mu      sync.Mutex
	file    *os.File
	told    bool
	notices []string
}

// New names the file; "" is none, which is said when there is something to
// write.
func New(path string, now func() time.Time) *Log { return &Log{path: path, now: now, most: mostBytes} }

// line is what is written, in this order.
type line struct {
	Time         string `json:"time"`
	Operation    string `json:"operation"`
	ControlPlane string `json:"controlPlane"`
	Environment  string `json:"environment"`
	Address      string `json:"address"`
	Namespace    string `json:"namespace,omitempty"`
	User         string `json:"user,omitempty"` // as the control plane knows us
	Verb         string `json:"verb"`
	Step         string `json:"step,omitempty"`
	Mesh         string `json:"mesh"` // "" for a global secret
	Name         string `json:"name"`
	ToMesh       string `json:"toMesh,omitempty"`
	Result       string `json:"result"`
}

// Observe writes a record down. What is changed inside this program, in the
// demo, is nobody's.
func (l *Log) Observe(r backend.Record) {
	if r.Entry.Inside {
		return
	}
	text, err := json.Marshal(line{
		Time: l.now().UTC().Format(time.RFC3339Nano), Operation: r.Operation,
		ControlPlane: model.Visible(r.Entry.Name), Environment: string(r.Entry.Environment), Address: model.Visible(r.Entry.Address),
		Namespace: model.Visible(r.Identity.SystemNamespace), User: model.Visible(r.Identity.User),
		Verb: r.Verb, Step: r.Step, Mesh: model.Visible(r.Ref.Mesh), Name: model.Visible(r.Ref.Name), ToMesh: model.Visible(r.To.Mesh),
		Result: string(r.Result),
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		err = l.write(append(text, '\n'), r.Result == backend.ResultBegun)
	}
	if err != nil {
		l.fail(err)
	}
}

// Notices gives what there is to say, once.
func (l *Log) Notices() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	said := l.notices
	l.notices = nil
	return said
}

// errNoPlace is what there is no file for.
var errNoPlace = errors.New("there is no home directory")

// fail says that nothing was written down, the first time.
func (l *Log) fail(err error) {
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
	if l.told {
		return
	}
	l.told = true
	if failed, is := errors.AsType[*fs.PathError](err); is {
		err = failed.Err
	}
	where := "in " + model.Visible(l.path)
	if l.path == "" {
		where = "in a file"
	}
	l.notices = append(l.notices, "Changes are not written down "+where+" ("+err.Error()+"). They are made all the same.")
}

// write appends a line. What begins is on the disk when it returns.
func (l *Log) write(text []byte, settle bool) error {
	if err := l.ready(); err != nil {
		return err
	}
	if err := appendTo(l.file, text); err != nil {
		return err
	}
	if settle {
		return l.file.Sync()
	}
	return nil
}

// ready opens the file, and puts one that is full aside.
func (l *Log) ready() error {
	if l.path == "" {
		return errNoPlace
	}
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	mine, err := l.file.Stat()
	if err != nil {
		return err
	}
	named, err := os.Lstat(l.path)
	moved := err != nil || !os.SameFile(mine, named) // by another console, or by hand
	if !moved && mine.Size() < l.most {
		return nil
	}
	if !moved {
		l.aside()
	}
	_ = l.file.Close()
	l.file = nil
	return l.open()
}

// aside renames a full file, and those that were full before.
func (l *Log) aside() {
	old := func(n int) string { return l.path + "." + strconv.Itoa(n) }
	for n := mostOld; n > 1; n-- {
		_ = os.Rename(old(n-1), old(n))
	}
	_ = os.Rename(l.path, old(1))
}

// open opens the file for its owner alone. A link is not followed: whoever could
// make one there could have lines written elsewhere.
func (l *Log) open() error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	if there, err := os.Lstat(l.path); err == nil && !there.Mode().IsRegular() {
		return errors.New("it is no file")
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_RDWR|noFollow, 0o600)
	if err != nil {
		return err
	}
	if err := mend(file); err != nil {
		_ = file.Close()
		return err
	}
	l.file = file
	return nil
}

// appendTo appends a line. Nobody takes it for one that was cut off while it
// is written.
func appendTo(file *os.File, text []byte) error {
	release, err := lock(file, false)
	if err != nil {
		return err
	}
	defer release()
	_, err = file.Write(text)
	return err
}

// mend makes a file that was there its owner's alone, and ends a line that a
// crash cut off, so that the next one stands by itself.
func mend(file *os.File) error {
	about, err := file.Stat()
	if err != nil {
		return err
	}
	if about.Mode().Perm()&0o077 != 0 {
		if err := file.Chmod(0o600); err != nil {
			return err
		}
	}
	release, err := lock(file, true)
	if err != nil {
		return err
	}
	defer release()
	if about, err = file.Stat(); err != nil || about.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, about.Size()-1); err != nil {
		return err
	}
	if last[0] != '\n' {
		_, err = file.WriteString("\n")
	}
	return err
}
