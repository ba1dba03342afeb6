package universal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Zones tells of the zones that follow this control plane: none unless it is
// global. A zone on its own lists itself.
func (p *plane) Zones(ctx context.Context) ([]backend.Zone, error) {
	if p.identity.Mode == backend.ModeZone {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	all, err := p.everything(ctx, call{op: opList, method: http.MethodGet, path: []string{"zones"}}, "Zone")
	if err != nil {
		return nil, err
	}
	zones := make([]backend.Zone, len(all))
	failed := make([]error, len(all))
	slots := make(chan struct{}, sideBySide)
	var wait sync.WaitGroup
	for i, found := range all {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			zones[i], failed[i] = p.zone(ctx, found.Name)
		})
	}
	wait.Wait()
	return zones, errors.Join(failed...)
}

// zone reads what the control plane tells of one zone. What may not be read, is
// not there or makes no sense is not known; an answer that may come later is an
// error. One of which an overview tells nothing never connected.
func (p *plane) zone(ctx context.Context, name string) (backend.Zone, error) {
	zone := backend.Zone{Name: name}
	var raw json.RawMessage
	err := p.document(ctx, call{op: opList, path: []string{"zones", name, "_overview"}}, &raw)
	for _, passing := range []error{backend.ErrUnavailable, backend.ErrBusy, backend.ErrUnauthorized} {
		if errors.Is(err, passing) {
			return zone, err
		}
	}
	if err != nil {
		return zone, nil //nolint:nilerr // said above
	}
	insight, known := model.ReadZoneInsight(raw)
	if !known {
		zone.Known = neverConnected(raw)
		return zone, nil
	}
	return backend.Zone{
		Name: name, Known: true, Version: insight.Version, Online: insight.Online, Connected: insight.Connected, Updated: insight.Updated,
		Sent: insight.Sent, Acknowledged: insight.Acknowledged, Rejected: insight.Rejected,
	}, nil
}

// neverConnected tells whether an overview is one, and knows of no time at which
// its zone was connected.
func neverConnected(raw json.RawMessage) bool {
	var overview struct {
		Type    string `json:"type"`
		Insight struct {
			Subscriptions []json.RawMessage `json:"subscriptions"`
		} `json:"zoneInsight"`
	}
	return json.Unmarshal(raw, &overview) == nil && overview.Type == "ZoneOverview" && len(overview.Insight.Subscriptions) == 0
}

// syncEvery is how often a global control plane sends its zones what changed; 0
// when it does not say. The newer way of sending waits for a pace of its own.
func (s settings) syncEvery() time.Duration {
	every := interval(s.Multizone.Global.KDS.RefreshInterval)
	if s.Experimental.Watchdog.Enabled {
		every = max(every, interval(s.Experimental.Watchdog.FlushInterval))
	}
	return every
}

// interval reads a time such as "1s". One that cannot be read is 0: it must not
// keep anybody from connecting.
func interval(raw json.RawMessage) time.Duration {
	text, err := strconv.Unquote(string(raw))
	if err != nil {
		return 0
	}
	every, err := time.ParseDuration(text)
	if err != nil || every < 0 {
		return 0
	}
	return every
}
