//go:build unix

package editor_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/model"
	"meshsecrets/ui/command/editor"
	"meshsecrets/ui/command/terminaltest"
)

const canary = "CANARY-edited, not a real secret"

// write makes a program that stands for a person in an editor.
func write(t *testing.T, name, script string) string {
	t.Helper()
	return terminaltest.Script(t, t.TempDir(), name, script)
}

// find is the editor that the words name.
func find(t *testing.T, words string) editor.Program {
	t.Helper()
	p, err := editor.Find(func(name string) string { return map[string]string{"EDITOR": words}[name] })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onDisk is a place for this test alone; what is not in memory there has to be
// allowed.
func onDisk(t *testing.T) editor.Places {
	t.Helper()
	return editor.Places{Disk: t.TempDir()}
}

func open(t *testing.T, places editor.Places, p editor.Program) *editor.Edit {
	t.Helper()
	e, err := editor.Open(t.Context(), p, places, "db-password", model.NewValue([]byte(canary)), 100, true)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// left are the files under a place.
func left(t *testing.T, places editor.Places) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(places.Disk, func(path string, _ os.DirEntry, err error) error {
		if path != places.Disk {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEdit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script string
		want   string // what is read
		fails  string // the error of the run
		unread error  // the error of the reading
	}{
		"changed":                {script: `printf 'changed\r\n\000' >"$1"`, want: "changed\r\n\x00"},
		"left as it is":          {script: `:`, want: canary},
		"replaced by a new file": {script: `printf new >"$1~"; mv "$1~" "$1"`, want: "new"},
		"emptied":                {script: `: >"$1"`, want: ""},
		"files beside it":        {script: `cp "$1" "$1.swp"; cp "$1" .save; printf x >"$1"`, want: "x"},
		"ends with an error":     {script: `printf changed >"$1"; exit 3`, want: "changed", fails: "fake-editor ended with an error (exit 3)"},
		"killed":                 {script: `kill -9 $$`, want: canary, fails: "fake-editor was killed"},
		"takes the file away":    {script: `rm "$1"`, unread: editor.ErrGone},
		"puts a link there":      {script: `rm "$1"; ln -s /etc/hostname "$1"`, unread: editor.ErrNoFile},
		"puts a folder there":    {script: `rm "$1"; mkdir "$1"`, unread: editor.ErrNoFile},
		"is killed after saving": {script: `printf saved >"$1"; kill -9 $$`, fails: "fake-editor was killed", want: "saved"},
		"writes too much":        {script: `head -c 101 /dev/zero >"$1"`, unread: editor.ErrTooLarge},
		"writes all it may":      {script: `head -c 100 /dev/zero >"$1"`, want: strings.Repeat("\x00", 100)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			places := onDisk(t)
			e := open(t, places, find(t, write(t, "fake-editor", c.script)))
			err := e.Run()
			if c.fails != "" && (err == nil || err.Error() != c.fails) || c.fails == "" && err != nil {
				t.Fatalf("the run says %v, want %q", err, c.fails)
			}
			got, err := e.Read()
			if !errors.Is(err, c.unread) || string(got.Reveal()) != c.want {
				t.Errorf("read %q, %v; want %q, %v", got.Reveal(), err, c.want, c.unread)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			if files := left(t, places); len(files) > 0 {
				t.Errorf("left behind: %v", files)
			}
		})
	}
}

// Arguments in $EDITOR come before the file, with quotes as in a shell.
func TestArguments(t *testing.T) {
	t.Parallel()
	path := write(t, "fake editor", `for a; do printf '<%s>' "${a##*/}"; done >"$PWD/said"; cat "$PWD/said" >"$3"`)
	e := open(t, onDisk(t), find(t, "'"+path+`' --wait "two words"`))
	if err := e.Run(); err != nil {
		t.Fatal(err)
	}
	got, err := e.Read()
	if want := "<--wait><two words><secret-db-password>"; err != nil || string(got.Reveal()) != want {
		t.Errorf("%q, %v; want %q", got.Reveal(), err, want)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// Only this user gets at the file, and it is where it was allowed.
func TestPrivate(t *testing.T) {
	t.Parallel()
	places := onDisk(t)
	program := find(t, write(t, "fake-editor", `:`))
	if _, err := editor.Open(t.Context(), program, places, "x", model.NewValue([]byte(canary)), 100, false); !errors.Is(err, editor.ErrOnDisk) {
		t.Errorf("without a file system in memory: %v", err)
	}
	if files := left(t, places); len(files) > 0 {
		t.Errorf("written all the same: %v", files)
	}
	e := open(t, places, program)
	for _, path := range left(t, places) {
		info, err := os.Lstat(path)
		if want := map[bool]os.FileMode{true: 0o700, false: 0o600}[info.IsDir()]; err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has %o, want %o", path, info.Mode().Perm(), want)
		}
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// vim and nvim are told to keep nothing; also when they are called vi. What
// knows none of that is left alone.
func TestDiscreet(t *testing.T) {
	t.Parallel()
	vim := write(t, "vim.basic", ":")
	vi := filepath.Join(t.TempDir(), "vi")
	if err := os.Symlink(vim, vi); err != nil {
		t.Fatal(err)
	}
	keeps := "-n -i NONE --cmd set nomodeline -c set nobackup nowritebackup noundofile noswapfile nofixendofline"
	gvim := filepath.Join(t.TempDir(), "gvim")
	if err := os.Symlink(vim, gvim); err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		gvim: "-f " + keeps, write(t, "mvim", ":"): "-f " + keeps, vi: "-f " + keeps, vi + " -g": "-f " + keeps + " -g", write(t, "nvim", ":") + " -R": keeps + " -R", write(t, "nano", ":") + " -w": "-w",
	} {
		if got := strings.Join(find(t, words).Args, " "); got != want {
			t.Errorf("%s: %q, want %q", filepath.Base(words), got, want)
		}
	}
}

func TestFindRefuses(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]error{
		"no-such-program-anywhere": editor.ErrNoProgram, filepath.Join(t.TempDir(), "nothing"): editor.ErrNoProgram,
		`"unclosed`: editor.ErrCutShort, `'un balanced`: editor.ErrCutShort, `vim \`: editor.ErrCutShort,
	} {
		_, err := editor.Find(func(name string) string { return map[string]string{"VISUAL": words}[name] })
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// A life that ends while the editor runs ends the editor, and leaves nothing.
func TestEnded(t *testing.T) {
	t.Parallel()
	places := onDisk(t)
	started := filepath.Join(t.TempDir(), "started")
	program := find(t, write(t, "fake-editor", `trap 'printf late >"$1"; exit 0' TERM; : >'`+started+`'; while :; do sleep 0.05; done`))
	life, end := context.WithCancel(t.Context())
	e, err := editor.Open(life, program, places, "x", model.NewValue([]byte(canary)), 100, true)
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error)
	go func() { ran <- e.Run() }()
	for {
		if _, err := os.Stat(started); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	end()
	if err := <-ran; !errors.Is(err, context.Canceled) {
		t.Errorf("the run says %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if files := left(t, places); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

// Sweeping takes what a killed program left, and nothing that is in use or
// somebody else's.
func TestSweep(t *testing.T) {
	t.Parallel()
	places := onDisk(t)
	used := open(t, places, find(t, write(t, "fake-editor", ":")))
	holds := left(t, places)
	for name, mode := range map[string]os.FileMode{"meshsecrets-in-editor-1": 0o700, "meshsecrets-in-editor-2": 0o755, "meshsecrets-in-editor-old": 0o700, "meshsecrets-3": 0o700, "others": 0o700} {
		if err := os.Mkdir(filepath.Join(places.Disk, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(places.Disk, "meshsecrets-in-editor-1", "value"), []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	if swept := places.Sweep(); swept != 1 {
		t.Errorf("swept %d, want 1", swept)
	}
	stays := holds
	for _, name := range []string{"meshsecrets-in-editor-2", "meshsecrets-in-editor-old", "meshsecrets-3", "others"} {
		stays = append(stays, filepath.Join(places.Disk, name))
	}
	slices.Sort(stays)
	if got := left(t, places); !slices.Equal(got, stays) {
		t.Errorf("left %v, want %v", got, stays)
	}
	if err := used.Close(); err != nil {
		t.Error(err)
	}
}

// The real vim, where it is installed, gives back what was typed and no more,
// and keeps nothing in its own files.
func TestVim(t *testing.T) {
	if _, err := exec.LookPath("vim"); err != nil {
		t.Skip("vim is not installed")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	settings := "set backup undofile backupdir=" + home + " undodir=" + home + " directory=" + home + "\n"
	if err := os.WriteFile(filepath.Join(home, ".vimrc"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	e := open(t, onDisk(t), find(t, `vim --not-a-term -c "normal yyAchanged" -c wq`))
	if err := e.Run(); err != nil {
		t.Fatal(err)
	}
	got, err := e.Read()
	if err != nil || string(got.Reveal()) != canary+"changed" {
		t.Errorf("vim left %d bytes, %v", got.Len(), err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if files := left(t, editor.Places{Disk: home}); len(files) != 1 {
		t.Errorf("vim kept %v", files)
	}
}
