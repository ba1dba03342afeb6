package ui

// wrapped keeps long texts as they were wrapped: a dialog names all who refer to a
// secret, however many they are, and is laid out several times for each key. It may
// be shared by screens that are copies of each other: all of them would make the
// same.
type wrapped struct {
	texts map[wrapping][]string
}

type wrapping struct {
	text string
	w    int
}

const (
	wrappedLeast = 1000 // bytes of a text that is worth keeping
	wrappedMost  = 8    // texts that are kept; more come of other widths
)

// wrap is wrap, done once for a text and a width. What it gives is not to be
// changed.
func (k *wrapped) wrap(text string, w int) []string {
	if k == nil || len(text) < wrappedLeast {
		return wrap(text, w)
	}
	of := wrapping{text, w}
	if parts, known := k.texts[of]; known {
		return parts
	}
	if k.texts == nil || len(k.texts) >= wrappedMost {
		k.texts = map[wrapping][]string{}
	}
	k.texts[of] = wrap(text, w)
	return k.texts[of]
}
