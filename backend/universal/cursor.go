package universal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"meshsecrets/model"
)

// The measures of a sweep. Pages overlap by one row, so that a list that
// shifted meanwhile is noticed.
const (
	pageSize   = 1000 // the most that a control plane gives
	stride     = pageSize - 1
	sideBySide = 4
	maxSweeps  = 3
	maxCursor  = 512      // bytes
	maxTotal   = 10 << 20 // secrets: beyond it an answer is not believed
)

// part is one of the two lists that a sweep of everything reads in turn.
type part uint8

const (
	ofSecrets part = iota
	ofGlobals
)

// cursor is where a sweep stands. All of it travels in Page.Next: nothing is
// kept between the pages, so leaving a list half-way costs nothing.
type cursor struct {
	Sweep     int    `json:"s"` // from 1
	Part      part   `json:"p"`
	Page      int    `json:"n"` // the next page of the part
	Total     int    `json:"t"` // of the part, as its first page said
	Other     int    `json:"g"` // of the other part, when everything is read
	Last      string `json:"l"` // digest of the last row read
	Unsettled bool   `json:"u"`
}

func (c cursor) encode() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // numbers and short strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decodeCursor reads what encode wrote. Anything else is refused: a cursor
// decides what is asked for.
func decodeCursor(text string) (cursor, bool) {
	if len(text) > maxCursor {
		return cursor{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return cursor{}, false
	}
	var c cursor
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if dec.Decode(&c) != nil || c.encode() != text {
		return cursor{}, false
	}
	sound := c.Sweep >= 1 && c.Sweep <= maxSweeps && c.Part <= ofGlobals &&
		c.Page >= 0 && c.Page <= pagesFor(c.Total) &&
		c.Total >= 0 && c.Total <= maxTotal && c.Other >= 0 && c.Other <= maxTotal
	return c, sound
}

// pagesFor is how many pages it takes to read total rows.
func pagesFor(total int) int {
	if total <= pageSize {
		return 1
	}
	return 1 + (total-pageSize+stride-1)/stride
}

// rowsOn is how many rows a page of a list of total rows has.
func rowsOn(page, total int) int {
	return min(pageSize, total-page*stride)
}

// digest stands for a row when two readings of it are compared.
func digest(s model.Secret) string {
	text := strconv.Quote(s.Ref.Mesh) + strconv.Quote(s.Ref.Name) +
		s.Created.UTC().Format(time.RFC3339Nano) + s.Modified.UTC().Format(time.RFC3339Nano)
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
