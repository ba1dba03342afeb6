package ui

import (
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// clusterStates are those that only a control plane on Kubernetes has.
func clusterStates() []state {
	const mayNot = "you may not list secrets in namespace kong-mesh-system"
	forever := func(op string) func(*cluster) {
		return holding(op, func() chan struct{} { return make(chan struct{}) })
	}
	on := func(set func(*cluster), s state) state {
		s.entry = func(_ *stateful, e *backend.Entry) { e.Connect = asCluster(e.Connect, set) }
		return s
	}
	named := func(name, want, word string) state {
		return state{name: name, want: want, reach: func(s *stateful) { s.openByName(word) }}
	}
	slowly := func(s state) state {
		reach := s.reach
		s.reach = func(d *stateful) { reach(d); d.wait(time.Second) }
		return s
	}
	notLive := state{name: "cluster, not live", want: "browse", reach: func(s *stateful) {
		s.press("4", "j")
		s.app.session().plane.(*cluster).push(s.world, backend.Batch{}, errWatchBroken)
	}}
	learning := keysOf("cluster, facts of all", "browse", append(append([]string{":"}, letters("learn facts")...), "enter")...)
	return []state{
		on(dressed, keysOf("cluster", "browse", "2", "j")),
		on(forever("learn"), slowly(keysOf("cluster, facts being read", "browse", "4"))),
		on(forever("learn"), learning),
		on(deny("learn", mayNot), keysOf("cluster, no facts", "browse", "4")),
		on(deny("list", mayNot), keysOf("cluster, not listed", "browse")),
		on(deny("list", mayNot), keysOf("cluster, not listed, meshes", "browse", "tab")),
		on(deny("resources Mesh", "you may not list meshes.kuma.io"), keysOf("cluster, meshes not read", "browse", "tab")),
		on(forever("resources"), slowly(keysOf("cluster, resources being read", "browse", "j"))),
		on(forever("resources"), slowly(keysOf("cluster, used by while resources are read", "usedBy", "j", "u"))),
		on(forever("get"), slowly(atSecret("cluster, used by while facts are read", "usedBy", "0", "payments-ca-cert", "u"))),
		on(nil, notLive),
		on(forever("locate"), named("finding", "finding", "nowhere")),
		on(func(c *cluster) {
			c.locates = func() []model.Ref { return []model.Ref{{Name: "twice"}, {Mesh: "m", Name: "twice"}} }
		}, named("finding several", "finding", "twice")),
		on(deny("locate nowhere", "you may not get secrets in namespace kong-mesh-system"), named("finding forbidden", "finding", "nowhere")),
		named("finding none", "finding", "nowhere"),
		named("found by name", "secret", "psp-ca"),
		on(dressed, atSecret("secret of a cluster", "secret", "2", "session-cookie-key", "enter")),
		on(dressed, atSecret("manifest of a cluster", "manifest", "2", "session-cookie-key", "y", "x")),
		on(dressed, atSecret("edit refused", "refusal", "0", "smtp-password", "e")),
		on(dressed, atSecret("edit of what is exposed", "form", "2", "session-cookie-key", "e")),
	}
}

func letters(text string) []string {
	var keys []string
	for _, r := range text {
		keys = append(keys, string(r))
	}
	return keys
}
