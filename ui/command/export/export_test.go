//go:build unix

package export

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"meshsecrets/model"
)

const text = "# demo, not real\ndata: CANARY-export-not-real\n"

func value() model.Value { return model.NewValue([]byte(text)) }

// names are those of everything in a folder.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestFile(t *testing.T) {
	t.Parallel()
	f := Files{Folder: "/work here", Home: "/home/jo"}
	for path, want := range map[string]string{
		"":               "/work here",
		"a.yaml":         "/work here/a.yaml",
		"./b/../a.yaml":  "/work here/a.yaml",
		"../a.yaml":      "/a.yaml",
		"/tmp//a.yaml":   "/tmp/a.yaml",
		"~":              "/home/jo",
		"~/a.yaml":       "/home/jo/a.yaml",
		"~ana/a.yaml":    "/work here/~ana/a.yaml",
		"a/~/b":          "/work here/a/~/b",
		"$HOME/a `b`":    "/work here/$HOME/a `b`",
		"~/../ana/a.yml": "/home/ana/a.yml",
	} {
		if got := f.File(path); got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"a.yaml", "~/b.yaml", ".hidden"} {
		f := Files{Folder: t.TempDir(), Home: t.TempDir()}
		if err := f.Write(t.Context(), path, value()); err != nil {
			t.Fatal(err)
		}
		full := f.File(path)
		got, err := os.ReadFile(full)
		if err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
		info, err := os.Lstat(full)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != 0o600 {
			t.Errorf("the mode of %s is %v, want 0600", path, info.Mode())
		}
		if got := names(t, filepath.Dir(full)); got != filepath.Base(path) {
			t.Errorf("beside it stands %s", got)
		}
	}
}

// What has the name keeps it, whatever it is.
func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	const before = "fake text from before\n"
	for name, c := range map[string]struct {
		make func(full string) error
		want string
	}{
		"a file":                    {func(full string) error { return os.WriteFile(full, []byte(before), 0o644) }, " is there already, and nothing is overwritten. Name another file."},
		"a folder":                  {func(full string) error { return os.Mkdir(full, 0o700) }, " is a folder. Name a file in it."},
		"a link to a file":          {func(full string) error { return os.Symlink("other", full) }, " is a link, and links are not followed. Name another file."},
		"a link that leads nowhere": {func(full string) error { return os.Symlink("nowhere", full) }, " is a link, and links are not followed. Name another file."},
		"a pipe":                    {func(full string) error { return syscall.Mkfifo(full, 0o600) }, " is there already, and nothing is overwritten. Name another file."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Files{Folder: t.TempDir()}
			if err := os.WriteFile(filepath.Join(f.Folder, "other"), []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
			full := f.File("a.yaml")
			if err := c.make(full); err != nil {
				t.Fatal(err)
			}
			was, _ := os.Lstat(full)
			err := f.Write(t.Context(), "a.yaml", value())
			if err == nil || err.Error() != full+c.want {
				t.Errorf("the answer is %v", err)
			}
			if now, _ := os.Lstat(full); !os.SameFile(was, now) || was.Mode() != now.Mode() || was.Size() != now.Size() {
				t.Error("it is not what it was")
			}
			if other, _ := os.ReadFile(filepath.Join(f.Folder, "other")); string(other) != before {
				t.Errorf("the other file holds %q", other)
			}
			if got := names(t, f.Folder); got != "a.yaml other" {
				t.Errorf("there are %s", got)
			}
		})
	}
}

// Whoever takes the name in the very moment before keeps it too, by both ways to
// give a name.
func TestTheNameIsTakenMeanwhile(t *testing.T) {
	t.Parallel()
	for way, c := range map[string]struct {
		make  func(folder string) (*draft, error)
		place func(*draft, string) error
	}{
		"as it is here":           {newDraft, (*draft).place},
		"with a name of its own":  {named, (*draft).place},
		"by a second name for it": {named, (*draft).link},
	} {
		for what, take := range map[string]func(full string) error{
			"a file": func(full string) error { return os.WriteFile(full, nil, 0o600) },
			"a link": func(full string) error { return os.Symlink("nowhere", full) },
		} {
			t.Run(way+", "+what, func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				full := filepath.Join(folder, "a.yaml")
				d, err := c.make(folder)
				if err != nil {
					t.Fatal(err)
				}
				if err := take(full); err != nil {
					t.Fatal(err)
				}
				if err := c.place(d, full); !errors.Is(err, fs.ErrExist) {
					t.Errorf("the answer is %v", err)
				}
				if err := d.discard(os.Remove); err != nil {
					t.Error(err)
				}
				if got := names(t, folder); got != "a.yaml" {
					t.Errorf("there are %s", got)
				}
			})
		}
	}
	f := Files{Folder: t.TempDir()}
	f.fault = func(at step) error {
		if at == toPlace {
			return os.WriteFile(f.File("a.yaml"), nil, 0o600)
		}
		return nil
	}
	err := f.Write(t.Context(), "a.yaml", value())
	if err == nil || err.Error() != f.File("a.yaml")+" is there already, and nothing is overwritten. Name another file." {
		t.Errorf("the answer is %v", err)
	}
}

// A draft with a name of its own becomes the file, and leaves nothing beside it.
func TestANamedDraft(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, place := range map[string]func(*draft, string) error{"a.yaml": (*draft).place, "b.yaml": (*draft).link} {
		d, err := named(folder)
		if err != nil {
			t.Fatal(err)
		}
		if err := (Files{}).fill(d.file, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(place(d, filepath.Join(folder, name)), d.discard(os.Remove)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(filepath.Join(folder, name))
		if err != nil || info.Mode() != 0o600 || info.Size() != int64(len(text)) {
			t.Errorf("%v, %v", info, err)
		}
	}
	if got := names(t, folder); got != "a.yaml b.yaml" {
		t.Errorf("there are %s", got)
	}
}

// Whichever step fails, nothing is left, and the sentence says neither the text
// nor less than where.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	for way, make := range ways() {
		for at := range toRemove {
			for _, fault := range []error{syscall.ENOSPC, &fs.PathError{Op: "write", Path: "x", Err: syscall.EIO}, errors.New("fake fault")} {
				failed := false
				f := Files{Folder: t.TempDir(), draft: make}
				f.fault = func(now step) error {
					if now != at {
						return nil
					}
					failed = true
					return fault
				}
				err := f.Write(t.Context(), "a.yaml", value())
				if !failed || err == nil {
					t.Errorf("%s: step %d does not fail: %v", way, at, err)
					continue
				}
				if got := names(t, f.Folder); got != "" {
					t.Errorf("%s: step %d leaves %s", way, at, got)
				}
				if !strings.HasPrefix(err.Error(), f.File("a.yaml")+" could not be written: ") || strings.Contains(err.Error(), "CANARY") {
					t.Errorf("%s: step %d says %v", way, at, err)
				}
			}
		}
	}
}

// ways are those in which a file begins.
func ways() map[string]func(string) (*draft, error) {
	return map[string]func(string) (*draft, error){"as it is here": newDraft, "with a name of its own": named}
}

// What cannot be taken away again is named, in every step, and never called gone.
func TestWhatIsLeftIsSaid(t *testing.T) {
	t.Parallel()
	for way, make := range ways() {
		for at := range toRemove {
			f := Files{Folder: t.TempDir(), draft: make}
			f.fault = func(now step) error {
				if now == at || now == toRemove {
					return errors.New("fake fault")
				}
				return nil
			}
			err := f.Write(t.Context(), "a.yaml", value())
			if err == nil {
				t.Errorf("%s: step %d does not fail", way, at)
				continue
			}
			said := strings.Contains(err.Error(), " could not be taken away (fake fault). Remove it: the manifest may be in it.")
			left := names(t, f.Folder)
			if said != (left != "") || said && !strings.Contains(err.Error(), filepath.Join(f.Folder, left)+" could not be taken away") {
				t.Errorf("%s: step %d leaves %q and says %v", way, at, left, err)
			}
		}
	}
}

// A file that is written and has a second name, which stays, is told as that.
func TestASecondNameStays(t *testing.T) {
	t.Parallel()
	err := sentence("/srv/a.yaml", nil, refusal("/srv/.meshsecrets-export-1 could not be taken away."))
	if err == nil || err.Error() != "/srv/a.yaml is written. /srv/.meshsecrets-export-1 could not be taken away." {
		t.Errorf("the answer is %v", err)
	}
}

// The next export takes away what a kill left in the folder, and nothing that is
// in use or that is not ours.
func TestSweep(t *testing.T) {
	t.Parallel()
	f := Files{Folder: t.TempDir(), draft: named}
	killed, err := named(f.Folder)
	if err != nil {
		t.Fatal(err)
	}
	busy, err := named(f.Folder)
	if err != nil {
		t.Fatal(err)
	}
	_ = killed.file.Close() // as a kill does
	for _, name := range []string{prefix, prefix + "1a", "meshsecrets-export-1"} {
		if err := os.WriteFile(f.File(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("meshsecrets-export-1", f.File(prefix+"12")); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(t.Context(), "a.yaml", value()); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Base(busy.name), prefix, prefix + "1a", prefix + "12", "a.yaml", "meshsecrets-export-1"}
	slices.Sort(want)
	if got := names(t, f.Folder); got != strings.Join(want, " ") {
		t.Errorf("there are %s, want %s", got, want)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	f := Files{Folder: t.TempDir(), Home: "/home/jo"}
	if err := os.WriteFile(f.File("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		over  bool // no time is left
		fault error
		want  string
	}{
		{"no/such/a.yaml", false, nil, "There is no folder " + f.Folder + "/no/such. Make it first, or correct the path."},
		{"file/a.yaml", false, nil, f.Folder + "/file is no folder. Correct the path."},
		{"new/", false, nil, f.Folder + "/new is a folder. Name a file in it."},
		{"", false, nil, f.Folder + " is a folder. Name a file in it."},
		{"a\x1b[2J.yaml", true, nil, "It was not written: there was no time left."},
		{"a.yaml", false, syscall.ENOENT, "No file can be made in " + f.Folder + ". Name one in another folder."},
		{"a.yaml", false, &os.LinkError{Op: "link", Err: syscall.EPERM}, "Nothing is written in " + f.Folder + ": the file system there cannot tell in the same step whether the name is free. Name a file in another folder."},
		{"a.yaml", false, &os.LinkError{Op: "link", Err: syscall.EACCES}, "You may not write in " + f.Folder + ". Name a file in another folder."},
		{"a.yaml", false, fs.ErrPermission, "You may not write in " + f.Folder + ". Name a file in another folder."},
		{"a.yaml", false, syscall.EROFS, f.Folder + "/a.yaml could not be written: read-only file system."},
		{"a\x1b[2J.yaml", false, syscall.ENOSPC, f.Folder + "/a␛[2J.yaml could not be written: the disk is full."},
	} {
		f.fault = func(step) error { return c.fault }
		life, end := context.WithCancel(t.Context())
		if c.over {
			end()
		}
		err := f.Write(life, c.path, value())
		end()
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v\nwant %s", c.path, err, c.want)
		}
	}
}

// A folder that one may look into and not write in.
func TestAFolderThatIsClosed(t *testing.T) {
	t.Parallel()
	f := Files{Folder: t.TempDir()}
	for folder, mode := range map[string]os.FileMode{filepath.Dir(f.Folder): 0o755, f.Folder: 0o555} {
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(f.Folder, 0o700) })
	want := "You may not write in " + f.Folder + ". Name a file in another folder."
	asNobody(t, func() {
		if _, err := os.Stat(f.Folder); err != nil {
			t.Fatal(err)
		}
		if err := f.Write(t.Context(), "a.yaml", value()); err == nil || err.Error() != want {
			t.Errorf("the answer is %v", err)
		}
	})
}
