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
// global. One of which nothing is told never connected. Of a zone whose insight
// may not be read only the name is known.
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
		one, has := told[name]
		if !has {
			one.Known = failures[1] == nil
		}
		one.Name = name
		found = append(found, one)
	}
	return found, nil
}

// insights are what is told of zones, by their names. Of one whose insight cannot
// be read nothing is known.
func insights(objects []unstructured.Unstructured) map[string]backend.Zone {
	told := make(map[string]backend.Zone, len(objects))
	for _, object := range objects {
		var zone backend.Zone
		if raw, err := object.MarshalJSON(); err == nil {
			zone = zoneOf(raw)
		}
		told[object.GetName()] = zone
	}
	return told
}

func zoneOf(raw []byte) backend.Zone {
	insight, known := model.ReadZoneInsight(raw)
	return backend.Zone{
		Version: insight.Version, Known: known, Online: insight.Online, Connected: insight.Connected, Updated: insight.Updated,
		Sent: insight.Sent, Acknowledged: insight.Acknowledged, Rejected: insight.Rejected,
	}
}
