package model

import (
	"fmt"
	"strings"
)

// ReadManifests reads secrets from a text of one or several documents, each of
// either form. When one of them is no secret nothing is read: the error says
// which, and where in the whole text. The caller wipes the snapshots.
func ReadManifests(text []byte) ([]Snapshot, error) {
	parts := documents(string(text))
	var read []Snapshot
	for i, part := range parts {
		s, _, err := ReadManifest([]byte(part))
		if err == nil {
			read = append(read, s)
			continue
		}
		for _, before := range read {
			before.Wipe()
		}
		if len(parts) > 1 {
			err = fmt.Errorf("document %d of %d: %w", i+1, len(parts), err)
		}
		return nil, err
	}
	return read, nil
}

// documents are the parts of a text that separators stand between, without
// those that hold nothing. Before each stand as many empty lines as the text
// has there, so that its lines keep their numbers. Inside of a value a separator
// cannot stand at the beginning of a line.
func documents(text string) []string {
	var parts []string
	var part strings.Builder
	content, number := false, 0
	end := func() {
		if content {
			parts = append(parts, part.String())
		}
		part.Reset()
		part.WriteString(strings.Repeat("\n", number))
		content = false
	}
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		word, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch word {
		case "---", "...":
			end()
			// What follows a separator on its line belongs to the document.
			rest := strings.TrimPrefix(bare, word)
			content = strings.TrimSpace(rest) != "" && !strings.HasPrefix(strings.TrimSpace(rest), "#")
			line = "   " + strings.TrimPrefix(line, word)
		default:
			content = content || bare != "" && !strings.HasPrefix(bare, "#")
		}
		part.WriteString(line)
		number++
	}
	end()
	if len(parts) == 0 {
		return []string{text} // of which the reader says what is missing
	}
	return parts
}
