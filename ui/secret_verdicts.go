package ui

import (
	"time"

	"meshsecrets/model"
)

// problems are what is odd about how the value is written, and what is not said
// by a verdict with its consequence.
func (s secret) problems(r *report, facts model.Facts, verdicts []model.Verdict) {
	what := facts.Problem
	if facts.Size == 0 {
		what = or(what, "it has no value")
	}
	switch {
	case toldBy(verdicts, what):
	case facts.Size == 0:
		r.fact(look, "problem", what+", so whoever uses it gets nothing; edit it to give it one")
	case facts.Problem != "":
		r.fact(look, "problem", what)
	}
	if facts.Kind == model.VaultReference {
		r.fact(look, "resolved", "no: a control plane stores it as it is, so whoever uses this secret gets the reference itself, not what it points to")
	}
	if facts.Kind == model.Text && facts.TrailingNewline {
		r.fact(look, "newline", "the value ends with a newline, which readers of a password often take as part of it")
	}
	if facts.CRLF {
		r.fact(look, "lines", "they end with CR LF, kept byte for byte")
	}
	if facts.BOM {
		r.fact(look, "begins", "with a byte order mark, which most readers take as part of the value")
	}
	if facts.EncodedTwice != model.Unlearnt {
		r.fact(look, "base64", "the value itself looks like base64 of "+facts.EncodedTwice.String())
	}
}

// expiry says when the value ends, and who minds that it has.
func (s secret) expiry(r *report, now time.Time, verdicts []model.Verdict) {
	facts := s.row.Secret.Facts
	word, pressing := s.row.Expiry(now)
	if word == "" {
		return
	}
	mark := unmarked
	if pressing {
		mark = look
	}
	minds := ""
	for _, v := range verdicts {
		if v.Topic == word && v.Then != "" {
			minds = "; " + v.Then
		}
	}
	switch word {
	case "expired":
		r.fact(mark, "expired", model.AgeWord(now.Sub(facts.NotAfter))+" ago, on "+instant(facts.NotAfter)+minds)
	case "not yet":
		r.fact(mark, "valid", "not yet: from "+instant(facts.NotBefore)+minds)
	default:
		r.fact(mark, "expires", word+", on "+instant(facts.NotAfter))
	}
}

// verdicts are what comes of the value as it is. What of time they say stands
// with the expiry.
func (s secret) verdicts(r *report, verdicts []model.Verdict) {
	for _, v := range verdicts {
		switch v.Topic {
		case "expired", "not yet", "expires":
			continue
		}
		mark := unmarked
		if v.Level == model.Warn {
			mark = look
		}
		r.fact(mark, v.Topic, besideTopic(v.Topic, v.Comes()))
	}
	r.fact(unmarked, s.same.Topic, s.same.Text)
}
