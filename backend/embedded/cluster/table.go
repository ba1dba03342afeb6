package cluster

import (
	_ "embed" // the document below
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

// columns are those of a table of Secrets, as recorded.
//
//go:embed columns.json
var columns []byte

// encodeTable is a list as kubectl prints it. Kinds other than Secrets have
// their name and age only.
func encodeTable(s *Server, meta metav1.ListMeta, objects []*Object) ([]byte, error) {
	var defined []map[string]any
	if err := json.Unmarshal(columns, &defined); err != nil {
		return nil, err
	}
	rows := make([]map[string]any, 0, len(objects))
	for _, o := range objects {
		age := "<unknown>"
		if s != nil {
			age = duration.HumanDuration(s.now().Sub(o.Meta.CreationTimestamp.Time))
		}
		cells := []any{o.Meta.Name, o.Type, len(o.Data), age}
		if !o.isSecret() {
			cells = []any{o.Meta.Name, age}
		}
		rows = append(rows, map[string]any{"cells": cells, "object": partial(o)})
	}
	if len(objects) > 0 && !objects[0].isSecret() {
		defined = []map[string]any{defined[0], defined[len(defined)-1]}
	}
	return encodeJSON(map[string]any{
		"kind": asTable, "apiVersion": metaVersion, "metadata": meta, "columnDefinitions": defined, "rows": rows,
	})
}
