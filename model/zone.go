package model

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// ZoneInsight is what a global control plane tells of a zone that follows it:
// of the newest of the times at which the zone was connected.
type ZoneInsight struct {
	Version   string // of the zone's control plane; "" when it does not say
	Online    bool
	Connected time.Time // since when, or since when it was last
	Updated   time.Time // when anything was last sent to it, or answered
	// The answers of the zone about mesh secrets since then: how many were sent
	// to it, and how many of them it took or refused.
	Sent, Acknowledged, Rejected int
}

// ReadZoneInsight reads the insight of a zone, in whatever document it stands:
// of its own, as Universal gives it or a cluster keeps it, or in the zone's
// overview. False means that there is none, or none that can be read: how the
// zone takes what it is sent is not known then.
func ReadZoneInsight(raw []byte) (ZoneInsight, bool) {
	var document struct {
		subscriptions
		Spec    subscriptions `json:"spec"`
		Status  subscriptions `json:"status"`
		Insight subscriptions `json:"zoneInsight"`
	}
	if json.Unmarshal(raw, &document) != nil {
		return ZoneInsight{}, false
	}
	for _, found := range []subscriptions{document.subscriptions, document.Spec, document.Status, document.Insight} {
		if len(found.Subscriptions) > 0 {
			return found.newest().insight(), true
		}
	}
	return ZoneInsight{}, false
}

// subscriptions are the times at which a zone was connected, in their order.
type subscriptions struct {
	Subscriptions []subscription `json:"subscriptions"`
}

type subscription struct {
	Connected    time.Time  `json:"connectTime"`
	Disconnected *time.Time `json:"disconnectTime"`
	Status       struct {
		Updated time.Time          `json:"lastUpdateTime"`
		Stat    map[string]answers `json:"stat"`
	} `json:"status"`
	Version struct {
		KumaCp struct {
			Version string `json:"version"`
		} `json:"kumaCp"`
	} `json:"version"`
}

// answers are those about one kind of resource.
type answers struct {
	Sent         count `json:"responsesSent"`
	Acknowledged count `json:"responsesAcknowledged"`
	Rejected     count `json:"responsesRejected"`
}

// ofSecrets is the kind of mesh secrets in an insight.
const ofSecrets = "Secret"

// newest is the last one that began.
func (s subscriptions) newest() subscription {
	newest := s.Subscriptions[0]
	for _, other := range s.Subscriptions[1:] {
		if !other.Connected.Before(newest.Connected) {
			newest = other
		}
	}
	return newest
}

func (s subscription) insight() ZoneInsight {
	about := s.Status.Stat[ofSecrets]
	i := ZoneInsight{
		Version: s.Version.KumaCp.Version, Online: s.Disconnected == nil, Connected: s.Connected.UTC(), Updated: s.Status.Updated.UTC(),
		Sent: int(about.Sent), Acknowledged: int(about.Acknowledged), Rejected: int(about.Rejected),
	}
	if i.Version == "unknown" { // a control plane that was built by hand says so
		i.Version = ""
	}
	return i
}

// count is a number as an insight has it: as a text, seldom as a number. One
// that cannot be read is no zero: a zone would seem to have refused nothing.
type count int

// UnmarshalJSON reads one.
func (c *count) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if quoted, err := strconv.Unquote(text); err == nil {
		text = quoted
	}
	if text == "null" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no count", Visible(text))
	}
	*c = count(n)
	return nil
}
