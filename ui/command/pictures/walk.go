//go:build unix

package main

import (
	"context"
	"errors"
	"time"
)

// step is something that is done in the walk, and what is told of it.
type step struct {
	keys    []string // as a terminal sends them
	key     string   // what is told to be pressed; "" for what is typed
	says    string
	shows   []string // words that must come to be seen
	lasts   time.Duration
	picture string // the file of a picture of it; "" for none
	title   string
	about   string
}

const (
	// stroke is how long each letter stays that is typed.
	stroke = 70 * time.Millisecond
	escape = "\x1b"
	enter  = "\r"
)

// The film's own words.
const (
	filmFile  = "walk.svg"
	filmTitle = "A walk through the demo"
	filmAbout = "A terminal: the list of all secrets, then those of the mesh payments with marks for what is in use, missing, and expiring; " +
		"a token is found by a filter and revealed, with its claims explained; the used-by tree of a CA shows its mTLS backend, and that key and certificate match; " +
		"the token is reassigned to the mesh checkout, after checks and a typed phrase, and every step of it is done; last, the list of everything that is wrong."
)

// walk is what is pressed, in one run of the demo.
var walk = []step{
	{says: "every mesh and every secret of a control plane", shows: []string{"32 secrets, 2 missing", "read every 5s"}, lasts: 2500 * time.Millisecond},
	{keys: []string{"4"}, key: "4", says: "one mesh: what is in use, missing, or about to expire", shows: []string{"Secrets · payments"}, lasts: 1800 * time.Millisecond},
	{keys: []string{"j"}, key: "j", says: "the lines below the list say why a row has its mark", shows: []string{"▌ ●  payments-ca-cert"}, lasts: 2200 * time.Millisecond,
		picture: "browse.svg", title: "The secrets of a mesh",
		about: "Two panes: the meshes with the number of their secrets and their worst mark, and the eight secrets of the mesh payments with kind, expiry and who uses them. One is missing, and below the list stands what is known of the CA certificate at the bar."},
	{keys: []string{"u"}, key: "u", says: "who uses it: mesh, backend, certificate and key, and whether they match", shows: []string{"Used by · payments-ca-cert", "key and first certificate match"}, lasts: 3500 * time.Millisecond,
		picture: "used-by.svg", title: "Who uses a secret",
		about: "A tree from the mesh payments over its mTLS backend ca-2 to certificate and key, each with kind and expiry; below, what was checked of the pair, and which kinds of resources were read."},
	{keys: []string{escape}, key: "esc", says: "back", shows: []string{"Secrets · payments"}, lasts: 600 * time.Millisecond},
	{keys: letters("/stripe"), key: "/stripe", says: "find one by name", shows: []string{"stripe-webhook-token"}, lasts: 900 * time.Millisecond},
	{keys: []string{enter, enter}, key: "enter", says: "open it: the value is fetched now, and masked", shows: []string{"masked, x reveals it"}, lasts: 2 * time.Second},
	{keys: []string{"x"}, key: "x", says: "reveal it, for a minute (demo, not a real token)", shows: []string{"demo, not a real token", "revealed"}, lasts: 3 * time.Second},
	{keys: []string{"x"}, key: "x", says: "mask it again", shows: []string{"masked, x reveals it"}, lasts: 800 * time.Millisecond},
	{keys: []string{"m"}, key: "m", says: "reassign it: a secret cannot just change its mesh", shows: []string{"To which mesh?"}, lasts: 1500 * time.Millisecond},
	{keys: []string{enter}, key: "enter", says: "what was checked, and what will happen", shows: []string{"checks passed"}, lasts: 3 * time.Second},
	{keys: letters("stripe-webhook-token checkout"), says: "nothing is changed before this is typed", shows: []string{"stripe-webhook-token checkout"}, lasts: 1200 * time.Millisecond,
		picture: "reassign.svg", title: "Before a reassign",
		about: "What was checked before the secret stripe-webhook-token is moved from payments to checkout, the steps that will be taken, and the phrase that is typed to go on."},
	{keys: []string{enter}, key: "enter", says: "created there, read back, compared, and only then deleted here", shows: []string{"is in checkout now, byte for byte the same."}, lasts: 3500 * time.Millisecond},
	{keys: []string{escape, escape}, key: "esc", says: "back", shows: []string{"secrets, "}, lasts: 600 * time.Millisecond},
	{keys: []string{"p"}, key: "p", says: "all that is wrong, worst first, and which key mends it", shows: []string{"Problems"}, lasts: 4500 * time.Millisecond,
		picture: "problems.svg", title: "Problems",
		about: "A list of everything that is wrong with the demo's secrets, the worst first: missing ones, certificates and keys that do not match, expired and expiring ones; below it what fails by the one at the bar."},
}

// letters are keys of one letter each.
func letters(text string) []string {
	var keys []string
	for _, r := range text {
		keys = append(keys, string(r))
	}
	return keys
}

// draw runs the walk and draws all pictures, by the names of their files.
func draw(ctx context.Context) (map[string]string, error) {
	on, err := open(ctx, "--demo")
	if err != nil {
		return nil, err
	}
	pictures := map[string]string{}
	var scenes []scene
	for _, s := range walk {
		last, err := s.take(ctx, on, &scenes)
		if err != nil {
			return nil, errors.Join(err, on.close())
		}
		if s.picture != "" {
			pictures[s.picture] = still(last, s.title, s.about)
		}
	}
	pictures[filmFile] = film(joined(scenes), filmTitle, filmAbout)
	return pictures, on.close()
}

// take presses the keys of a step, and adds a scene for each.
func (s step) take(ctx context.Context, on *stage, scenes *[]scene) (shot, error) {
	keys := s.keys
	if len(keys) == 0 {
		keys = []string{""}
	}
	var last shot
	for i, key := range keys {
		var words []string
		lasts := stroke
		if i == len(keys)-1 {
			words, lasts = s.shows, s.lasts
		}
		var err error
		if last, err = on.press(ctx, key, words...); err != nil {
			return last, err
		}
		*scenes = append(*scenes, scene{last, s.key, s.says, lasts})
	}
	return last, nil
}
