package model

import (
	"slices"
	"testing"
	"time"
)

func TestAllNotes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	in := func(days int) time.Time { return now.Add(time.Duration(days) * 24 * time.Hour) }
	for name, tt := range map[string]struct {
		row  Row
		want []string
	}{
		"nothing":       {Row{}, nil},
		"missing":       {Row{Mark: MissingSecret}, []string{"missing"}},
		"all at once":   {Row{Orphaned: true, System: true, Secret: Secret{Unlabelled: true}}, []string{"orphaned", "unlabelled", "system"}},
		"badly written": {Row{Secret: Secret{Facts: Facts{Kind: Text, BOM: true, TrailingNewline: true}}}, []string{"BOM", "ends with a newline"}},
		"expiring":      {Row{Secret: Secret{Facts: Facts{Kind: CACertificate, NotAfter: in(23)}}}, []string{"expiring"}},
		"expired":       {Row{Blamed: true, Secret: Secret{Facts: Facts{Kind: CACertificate, NotAfter: in(-1)}}}, []string{"mismatched", "expired"}},
		"not yet":       {Row{Secret: Secret{Facts: Facts{Kind: CACertificate, NotBefore: in(1), NotAfter: in(400)}}}, []string{"not valid yet"}},
		"long from now": {Row{Secret: Secret{Facts: Facts{Kind: CACertificate, NotAfter: in(400)}}}, nil},
		"from global":   {Row{Secret: Secret{Labels: map[string]string{LabelOrigin: "global"}}}, []string{"from global"}},
		"not resolved":  {Row{Secret: Secret{Facts: Facts{Kind: VaultReference}}}, []string{"not resolved"}},
	} {
		tt.row.examined()
		if got := tt.row.Notes(now); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
