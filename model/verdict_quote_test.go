package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What the TLS library says of a value quotes it: the BEGIN line is any text of
// its owner's choice. A verdict is shown on masked screens.
func TestNoVerdictQuotesTheValue(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-9f3a77 data in key input 'keyCertSign'"
	strange := "-----BEGIN " + canary + "-----\nZmFrZQ==\n-----END " + canary + "-----\n"
	pair := recordedShapes(t)["148-mtls-ec-ca"]
	for name, tt := range map[string]caPair{
		"certificate":       {strange, pair.key},
		"key":               {pair.cert, strange},
		"switched":          {pair.key, pair.cert},
		"certificate twice": {pair.cert, pair.cert},
	} {
		for _, isKey := range []bool{false, true} {
			trial := caTrial(tt, isKey)
			own, other := tt.cert, tt.key
			if isKey {
				own, other = other, own
			}
			trial.Readers[0] = trial.Readers[0].WithBytes([]byte(own), []byte(other))
			byBytes := Preflight(trial, demoNow)
			if len(refusals(byBytes)) == 0 || strings.Contains(fmt.Sprint(byBytes), "CANARY") {
				t.Errorf("%s, key %t: the verdict is %v", name, isKey, byBytes)
			}
			trial.Readers[0].Asked = false
			if byFacts := Preflight(trial, demoNow); !slices.Equal(byBytes, byFacts) {
				t.Errorf("%s, key %t: bytes give %v, facts give %v", name, isKey, byBytes, byFacts)
			}
		}
	}
}
