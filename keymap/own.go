package keymap

import (
	"regexp"
	"slices"
	"unicode/utf8"
)

// Fault is why keys of somebody's own cannot be had.
type Fault struct {
	ID   ID // the action whose keys they were to be
	Text string
}

func (f *Fault) Error() string { return f.Text }

// anchored keys stay with their actions: they are what every terminal program
// has, and sentences all over the console name them.
var anchored = []string{"ctrl+c", "enter", "esc"}

// keyName is how Bubble Tea names a key.
var keyName = regexp.MustCompile(`^((ctrl\+)?(alt\+)?(shift\+)?(backspace|delete|down|end|home|insert|left|pgdown|pgup|right|space|tab|up|f([1-9]|1[0-2]))` +
	`|(ctrl\+)?(alt\+)?[^A-Z\s[:cntrl:]]|(alt\+)?[A-Z]|ctrl\+c|enter|esc)$`)

// twins are keys that most terminals send as another one.
var twins = map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc"}

// With gives actions keys of somebody's own, which come first. The keys that
// they had go on working, so that what sentences say stays true; an action that
// is given keys itself may lose one of its old ones to another. What would leave
// two actions of one screen with one key is refused, with a *Fault.
func (m Map) With(own map[ID][]string) (Map, error) {
	for _, a := range m.actions {
		if err := a.takes(own[a.ID]); err != nil {
			return Map{}, err
		}
	}
	next := Map{actions: slices.Clone(m.actions)}
	for i, a := range m.actions {
		keys := slices.Clone(own[a.ID])
		for _, old := range a.Keys {
			if !slices.Contains(keys, old) && !m.claimed(own, a, old) {
				keys = append(keys, old)
			}
		}
		next.actions[i].Keys = keys
	}
	for _, a := range m.actions {
		for _, key := range own[a.ID] {
			if err := m.free(own, a, key); err != nil {
				return Map{}, err
			}
		}
	}
	return next, nil
}

// takes refuses keys that an action cannot have, wherever they are free.
func (a Action) takes(own []string) error {
	if len(own) > 0 && (a.Takes && len(a.Keys) == 0 || a.ID == NthMesh) {
		return &Fault{a.ID, string(a.ID) + " has no keys to choose"}
	}
	for i, key := range own {
		switch other, twin := twins[key]; {
		case twin:
			return &Fault{a.ID, key + " is " + other + " to most terminals"}
		case !keyName.MatchString(key):
			return &Fault{a.ID, "one of the keys of " + string(a.ID) + " is none; they look like r, R, ctrl+r, f5, pgdown"}
		case slices.Contains(own[:i], key):
			return &Fault{a.ID, key + " is given twice"}
		case prints(key) && (a.Section == Form || a.ID == Quit || a.ID == Suspend):
			return &Fault{a.ID, string(a.ID) + " is asked for where text is typed, and " + key + " is text there"}
		}
	}
	return nil
}

// prints tells whether a key is text where text is typed.
func prints(key string) bool { return key == "space" || utf8.RuneCountInString(key) == 1 }

// apart tells that two actions are never offered together: the console's own map
// gives them one key.
func (m Map) apart(a, b Action) bool {
	return slices.ContainsFunc(m.Get(a.ID).Keys, func(key string) bool { return m.Get(b.ID).Has(key) })
}

// claimed tells whether another action was given a key that this one had. An
// action that was not given keys itself loses none: that is refused.
func (m Map) claimed(own map[ID][]string, a Action, key string) bool {
	if len(own[a.ID]) == 0 {
		return false
	}
	return slices.ContainsFunc(m.actions, func(b Action) bool {
		return b.ID != a.ID && slices.Contains(own[b.ID], key) && !m.apart(a, b)
	})
}

// free refuses a key that another action has, one that could be offered beside
// this one.
func (m Map) free(own map[ID][]string, a Action, key string) error {
	for _, b := range m.actions {
		if b.ID == a.ID || m.apart(a, b) {
			continue
		}
		switch {
		case slices.Contains(own[b.ID], key):
			return &Fault{a.ID, key + " is given to " + string(b.ID) + " as well"}
		case b.Has(key) && (slices.Contains(anchored, key) || b.ID == NthMesh):
			return &Fault{a.ID, key + " stays with " + string(b.ID)}
		case b.Has(key) && len(own[b.ID]) == 0:
			return &Fault{a.ID, key + " is the key of " + string(b.ID) + "; give that one another"}
		}
	}
	return nil
}
