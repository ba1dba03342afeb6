package demo

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// truststore is the secret that shows what only Kubernetes has: without a
// label, with a second key, and with all of it once more in an annotation.
const (
	truststore     = "kafka-truststore"
	truststoreSize = 1204
	truststoreTeam = "data"
	truststoreMade = 88 // days before the start
)

// inCluster makes of the demo's secrets what they are in a cluster. What people
// make there has the label of its mesh and no other.
func inCluster(start time.Time, first, later []embedded.Secret) (made, changed []embedded.Secret, err error) {
	for _, all := range [][]embedded.Secret{first, later} {
		for i := range all {
			all[i].Labels = nil
			if all[i].Mesh == "" && all[i].Name != revocations {
				all[i].Managers = []string{ownManager}
			}
		}
	}
	store, err := kafkaTruststore(start)
	return append(first, store), later, err
}

// ownManager is the field manager of a control plane.
const ownManager = "kuma-cp"

func kafkaTruststore(start time.Time) (embedded.Secret, error) {
	var value []byte
	for i := 0; len(value) < truststoreSize; i++ {
		sum := sha256.Sum256([]byte("meshsecrets demo bytes " + truststore + " " + strconv.Itoa(i)))
		value = append(value, sum[:]...)
	}
	s := embedded.Secret{
		Mesh: "default", Name: truststore, Unlabelled: true,
		Value: value[:truststoreSize], Keys: map[string][]byte{"password": []byte("demo, not real")},
		Annotations: map[string]string{"team": truststoreTeam},
		Created:     start.Add(-truststoreMade * day),
	}
	applied, err := lastApplied(s)
	s.Annotations[model.LastApplied] = applied
	return s, err
}

// lastApplied is what kubectl apply writes beside what it is given: all of it.
func lastApplied(s embedded.Secret) (string, error) {
	data := map[string][]byte{"value": s.Value}
	for name, value := range s.Keys {
		data[name] = value
	}
	raw, err := json.Marshal(fields{
		"apiVersion": "v1", "kind": "Secret", "type": "system.kuma.io/secret", "data": data,
		"metadata": fields{"annotations": s.Annotations, "name": s.Name, "namespace": "kuma-system"},
	})
	return string(raw) + "\n", err
}
