package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// body draws everything below line 2, and tells the line where the value's
// section begins, -1 when it is not revealed.
func (s secret) body(f Frame) ([]Line, int) {
	r := &report{canvas{w: f.Width}}
	if f.Whole > lowest+4 {
		r.gap()
	}
	s.overtaken(r)
	s.facts(r, f.Now)
	s.exposed(r)
	s.shield(r)
	drawChain(r, s.row.Secret.Facts.Certificates, f.Now)
	s.explained(r, f.Now)
	at := len(r.lines) + 1
	s.drawValue(r, f)
	if !s.shown {
		at = -1
	}
	return r.lines, at
}

func (s secret) facts(r *report, now time.Time) {
	row, facts := s.row, s.row.Secret.Facts
	if name := model.Visible(row.Secret.Ref.Name); width(name) > r.w/2 {
		r.fact(unmarked, "name", name)
	}
	if row.Orphaned {
		r.fact(look, "orphaned", "mesh "+model.Visible(row.Secret.Ref.Mesh)+" does not exist: "+s.to.orphanWord())
	}
	for i, u := range row.Users {
		label := ""
		mark := unmarked
		if i == 0 {
			label, mark = "in use", markSpan(row.Mark)
			if row.Mark == model.Referenced {
				label = "referenced"
			}
		}
		r.fact(mark, label, "by "+u.UserLine())
	}
	if row.System {
		r.fact(Span{SystemMark, "◆"}, "system", "made by the control plane for itself")
	}
	if facts.Learnt() {
		r.fact(unmarked, "kind", s.kind())
		if info, is := s.stock.inventory.System(row); is && info.Serial >= 0 {
			r.fact(unmarked, "serial", info.SerialLine())
		}
		s.problems(r, facts, s.comes)
		s.expiry(r, now, s.comes)
		s.verdicts(r, s.comes)
	} else if len(row.Users) > 0 && s.failed == nil {
		r.fact(unmarked, "suitable", "not known: nobody has looked at its value yet")
	}
	s.standing(r)
	if len(row.Users) == 0 && !row.System && !row.Secret.Ref.Global() {
		r.fact(unmarked, "used by", s.stock.unusedLong())
	}
	if facts.Learnt() {
		r.fact(unmarked, "size", model.BytesWord(facts.Size)+", fingerprint "+facts.Fingerprint)
	}
	r.fact(unmarked, "made", madeAt(row.Secret, now))
	s.object(r)
	if row.Secret.Synced() && s.to.id.Federated {
		r.fact(unmarked, "from", "the global control plane; it is changed there")
	}
}

// kind is what the value is; of a signing key its purpose and serial.
func (s secret) kind() string {
	facts := s.row.Secret.Facts
	info, is := s.stock.inventory.System(s.row)
	if !is || info.Kind == "" || facts.Key.Algorithm == "" {
		return facts.Describe()
	}
	return info.Kind + ", " + facts.Key.Algorithm
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func madeAt(s model.Secret, now time.Time) string {
	if s.Created.IsZero() {
		return ""
	}
	text := model.AgeWord(now.Sub(s.Created)) + " ago"
	if s.Object.MadeBy != "" {
		text += " by " + model.Visible(s.Object.MadeBy)
	}
	text += ", " + instant(s.Created)
	if s.Changed() {
		return text + ", changed " + model.AgeWord(now.Sub(s.Modified)) + " ago"
	}
	return text + ", not changed since"
}

func labelWords(labels map[string]string) []string {
	words := make([]string, 0, len(labels))
	for k, v := range labels {
		words = append(words, model.Visible(k)+"="+model.Visible(v))
	}
	slices.Sort(words)
	return words
}

// shield explains a system secret: what hangs on it, and what to do instead.
func (s secret) shield(r *report) {
	info, is := s.stock.inventory.System(s.row)
	if !is {
		return
	}
	r.gap()
	r.section("Shield", "edit and delete need  "+model.UnlockPhrase)
	r.gap()
	r.para(info.What + " Without it:")
	r.gap()
	for _, item := range info.Without {
		r.para("-  " + item)
	}
	r.gap()
	r.para(strings.TrimSpace(info.Rotate + " A system secret cannot be reassigned."))
}

// explained is what is read from the value itself, so it stands here only
// while the value is revealed.
func (s secret) explained(r *report, now time.Time) {
	if !s.shown {
		return
	}
	switch s.row.Secret.Facts.Kind { //nolint:exhaustive // the other kinds hold nothing to explain
	case model.JWT:
		drawClaims(r, s.value, now)
	case model.VaultReference:
		drawVaultReference(r, s.value)
	}
}

func (s secret) drawValue(r *report, f Frame) {
	r.gap()
	if s.failed != nil && errors.Is(s.failed, backend.ErrForbidden) {
		s.drawForbidden(r)
		return
	}
	if !s.shown {
		note := "masked, " + f.Keys.Get(keymap.Reveal).Label() + " reveals it"
		switch {
		case s.to.veiled():
			note = "masked; revealing is switched off"
		case s.loading != nil && s.reveal:
			note = "reading"
		}
		r.section("Value", note)
		r.gap()
		r.lines = append(r.lines, say(Muted, "   "+model.Mask))
		return
	}
	lines, how := s.laid.laidOut(s.value, s.row.Secret.Facts, r.w)
	left := max(int(s.until.Sub(f.Now).Round(time.Second).Seconds()), 0)
	r.section("Value", fmt.Sprintf("%s, masked again in %ds", revealedWord(how), left))
	r.lines = append(r.lines, lines...)
}

// revealedWord says how a value is shown: "revealed as hex", "revealed, 3 lines".
func revealedWord(how string) string {
	if strings.HasPrefix(how, "as ") {
		return "revealed " + how
	}
	return "revealed, " + how
}

func (s secret) drawForbidden(r *report) {
	r.section("Value", "not readable")
	r.gap()
	text := "You may list secrets here, but not read this one (403)."
	if s.stock.unlisted {
		text = "You may not read this one (403)."
	}
	r.hang(Span{Failure, "✗"}, text)
	r.gap()
	r.fact(unmarked, "you are", model.Visible(s.to.id.User))
	r.fact(unmarked, "you need", s.needed())
	r.gap()
	r.para("Kind, expiry and pair stay unknown until then. ctrl+r asks again.")
}
