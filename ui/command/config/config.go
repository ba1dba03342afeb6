// Package config reads what a person set for the console: which control planes
// are read-only or protected, how long values and an idle screen stay, how it
// looks, and keys of one's own.
//
// It turns bytes into a Config and does no input or output. It is strict: what
// is not known is refused, with its line, because a mark like protected that was
// misspelt would protect nothing. It quotes nothing but short plain words: what
// stands in a file by mistake may be a token.
package config

import (
	"time"

	"meshsecrets/keymap"
)

// MaxSize is how large a configuration can be, in bytes.
const MaxSize = 64 << 10

// Config is what a person set, or the defaults.
type Config struct {
	Theme            string        // one of Themes
	RevealTimeout    time.Duration // how long a value stays revealed
	IdleLock         time.Duration // without a key for so long, every value is dropped; 0 for never
	ClipboardTimeout time.Duration // how long a copied value stays in the clipboard
	NoReveal         bool          // on no control plane a value is shown
	Mouse            bool          // click to choose, turn the wheel to move
	ASCII            bool          // draw with ASCII characters only, whatever the locale
	Keys             keymap.Map
	ControlPlanes    []ControlPlane
}

// ControlPlane is what holds for the control planes of a name.
type ControlPlane struct {
	Name                          string
	Line                          int // where it stands
	ReadOnly, Protected, NoReveal bool
}

// Themes are the names of the themes, the default one first.
func Themes() []string { return []string{"auto", "dark", "light", "high-contrast", "colour-blind"} }

// Default is what holds where nothing is set.
func Default() Config {
	return Config{
		Theme: "auto", RevealTimeout: time.Minute, IdleLock: 10 * time.Minute, ClipboardTimeout: 45 * time.Second,
		Keys: keymap.Default(),
	}
}
