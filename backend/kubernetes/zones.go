package kubernetes

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What tells of the zones that follow a control plane. Both kinds belong to
// the cluster.
const (
	zones        = "zones"
	zoneInsights = "zoneinsights"
)

// Zones tells of the zones that follow this control plane: none unless it is
// global. Of a zone whose insight may not be read, or is not there, only the
// name is known.
func (p *plane) Zones(ctx context.Context) ([]backend.Zone, error) {
	if p.identity.Mode == backend.ModeZone {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	kinds := []string{zones, zoneInsights}
	lists, failures := make([][]unstructured.Unstructured, len(kinds)), make([]error, len(kinds))
	together(len(kinds), func(i int) { lists[i], failures[i] = p.client.everything(ctx, listOf(kinds[i]), "") })
	if failures[0] != nil {
		return nil, failures[0]
	}
	if err := keep(failures[1]); err != nil {
		return nil, err
	}
	told := insights(lists[1])
	found := make([]backend.Zone, 0, len(lists[0]))
	for _, zone := range lists[0] {
		name := zone.GetName()
		if name == "" {
			return nil, p.client.unreadable(call{op: opList})
		}
		found = append(found, zoneOf(name, told))
	}
	return found, nil
}

// insights are the insights that can be read, by the names of their zones.
func insights(objects []unstructured.Unstructured) map[string]model.ZoneInsight {
	told := make(map[string]model.ZoneInsight, len(objects))
	for _, object := range objects {
		raw, err := object.MarshalJSON()
		if err != nil {
			continue
		}
		if insight, known := model.ReadZoneInsight(raw); known {
			told[object.GetName()] = insight
		}
	}
	return told
}

func zoneOf(name string, told map[string]model.ZoneInsight) backend.Zone {
	insight, known := told[name]
	return backend.Zone{
		Name: name, Version: insight.Version, Known: known, Online: insight.Online, Connected: insight.Connected,
		Sent: insight.Sent, Acknowledged: insight.Acknowledged, Rejected: insight.Rejected,
	}
}
