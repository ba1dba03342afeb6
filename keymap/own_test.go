package keymap_test

import (
	"errors"
	"slices"
	"testing"

	"meshsecrets/keymap"
)

func TestOwnKeys(t *testing.T) {
	t.Parallel()
	type own = map[keymap.ID][]string
	for name, test := range map[string]struct {
		own  own
		want map[keymap.ID][]string // nil: refused
		why  string
	}{
		"none":                           {own{}, own{keymap.Edit: {"e"}}, ""},
		"one more":                       {own{keymap.Edit: {"w"}}, own{keymap.Edit: {"w", "e"}}, ""},
		"its own, first":                 {own{keymap.Delete: {"delete"}}, own{keymap.Delete: {"delete", "D"}}, ""},
		"swapped":                        {own{keymap.Edit: {"m"}, keymap.Reassign: {"e"}}, own{keymap.Edit: {"m"}, keymap.Reassign: {"e"}}, ""},
		"taken from one that has more":   {own{keymap.Back: {"h"}, keymap.OtherPane: {"tab"}}, own{keymap.Back: {"h", "esc", "q"}, keymap.OtherPane: {"tab", "l", "left", "right"}}, ""},
		"taken from one that has none":   {own{keymap.Back: {"h"}}, nil, "h is the key of other pane; give that one another"},
		"for one without keys":           {own{keymap.Recover: {"R"}}, own{keymap.Recover: {"R"}}, ""},
		"of an action that is apart":     {own{keymap.Open: {"enter", "ctrl+j"}, keymap.Accept: {"enter", "ctrl+j"}}, own{keymap.Open: {"enter", "ctrl+j"}, keymap.Accept: {"enter", "ctrl+j"}}, ""},
		"twice":                          {own{keymap.Open: {"o"}, keymap.Edit: {"o"}}, nil, "o is given to edit as well"},
		"a letter in forms":              {own{keymap.Save: {"s"}}, nil, "save is asked for where text is typed, and s is text there"},
		"a letter that quits":            {own{keymap.Quit: {"Q"}}, nil, "quit is asked for where text is typed, and Q is text there"},
		"a blank that suspends":          {own{keymap.Suspend: {"space"}}, nil, "suspend is asked for where text is typed, and space is text there"},
		"an anchored one":                {own{keymap.Edit: {"enter"}, keymap.Open: {"o"}}, nil, "enter stays with open"},
		"the quitting one":               {own{keymap.Reload: {"ctrl+c"}, keymap.Quit: {"ctrl+q"}}, nil, "ctrl+c stays with quit"},
		"a digit":                        {own{keymap.Edit: {"5"}}, nil, "5 stays with mesh"},
		"digits of one's own":            {own{keymap.NthMesh: {"f1"}}, nil, "mesh has no keys to choose"},
		"a command that takes a word":    {own{keymap.OpenNamed: {"o"}}, nil, "open NAME has no keys to choose"},
		"one that terminals send as tab": {own{keymap.Edit: {"ctrl+i"}}, nil, "ctrl+i is tab to most terminals"},
		"no key":                         {own{keymap.Edit: {"ctrl+"}}, nil, "one of the keys of edit is none; they look like r, R, ctrl+r, f5, pgdown"},
		"a capital with ctrl":            {own{keymap.Edit: {"ctrl+R"}}, nil, "one of the keys of edit is none; they look like r, R, ctrl+r, f5, pgdown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := keymap.Default().With(test.own)
			var fault *keymap.Fault
			switch {
			case test.want == nil && (!errors.As(err, &fault) || err.Error() != test.why):
				t.Errorf("the error is %v, want %s", err, test.why)
			case test.want != nil && err != nil:
				t.Error(err)
			}
			for id, want := range test.want {
				if keys := got.Get(id).Keys; !slices.Equal(keys, want) {
					t.Errorf("the keys of %s are %q, want %q", id, keys, want)
				}
			}
		})
	}
}

// What the map itself gives can be given again, action by action.
func TestOwnKeysCanBeThoseOfTheMap(t *testing.T) {
	t.Parallel()
	for _, a := range keymap.Default().All() {
		if a.ID == keymap.NthMesh || len(a.Keys) == 0 {
			continue
		}
		got, err := keymap.Default().With(map[keymap.ID][]string{a.ID: a.Keys})
		if err != nil || !slices.Equal(got.Get(a.ID).Keys, a.Keys) {
			t.Errorf("%s: %q, %v", a.ID, got.Get(a.ID).Keys, err)
		}
	}
}
