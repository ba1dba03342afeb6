package ui

import (
	"slices"
	"strings"
	"time"

	"meshsecrets/model"
)

// verdicts are what the value would do to those who refer to the secret, by the
// facts of the other secrets that are at hand: see halves for those of its pair.
func (f form) verdicts(facts model.Facts, now time.Time) []model.Verdict {
	if facts.Kind == model.Empty {
		return nil // it is not saved
	}
	trial := f.trial(facts)
	if f.edit {
		trial.Was = f.before.Secret.Facts
	}
	return model.Preflight(trial, now)
}

func checkOfVerdict(v model.Verdict) check {
	return check{mark: levelMark(v.Level), topic: v.Topic, text: v.Line(), warns: v.Level == model.Warn, harms: v.Harms()}
}

// besideTopic is a text as it stands beside its topic: "pair  matches ca-key".
func besideTopic(topic, text string) string {
	if topic == "pair" {
		return strings.TrimPrefix(text, "it ")
	}
	return text
}

// toldBy tells whether a verdict says the same, and what comes of it.
func toldBy(verdicts []model.Verdict, text string) bool {
	return slices.ContainsFunc(verdicts, func(v model.Verdict) bool { return v.What == text })
}

// harms tells whether somebody is refused or fails once the value is saved.
func (f form) harms() bool {
	return slices.ContainsFunc(f.checks, func(c check) bool { return c.harms })
}
