package ui

import "meshsecrets/model"

// Facts come apart from lists where a list would need every value for them.
// They belong to one version of a secret: a change makes it unlearnt again.

// withFacts is a secret with the facts of an older reading of the same version.
func withFacts(now, before model.Secret) model.Secret {
	if now.Facts.Learnt() || !before.Facts.Learnt() || now.Version != before.Version || now.Version == (model.Version{}) {
		return now
	}
	return taught(now, before)
}

// taught is a secret with what another reading of it learnt from its value.
func taught(s, from model.Secret) model.Secret {
	s.Facts = from.Facts
	s.Object.Keys, s.Object.Immutable = from.Object.Keys, from.Object.Immutable
	return s
}

// remembered is a list that was read anew, with the facts of the one before
// where nothing changed.
func remembered(before, now []model.Secret) []model.Secret {
	var known map[model.Ref]int
	for i := range now {
		if now[i].Facts.Learnt() {
			continue
		}
		if known == nil {
			known = places(before)
		}
		if at, found := known[now[i].Ref]; found {
			now[i] = withFacts(now[i], before[at])
		}
	}
	return now
}

func places(secrets []model.Secret) map[model.Ref]int {
	at := make(map[model.Ref]int, len(secrets))
	for i := range secrets {
		at[secrets[i].Ref] = i
	}
	return at
}

// learnt works facts in. A secret that is of another version by now stays as it
// is: what was learnt is of a value that it no longer has, or has not yet.
func (s stock) learnt(lessons []model.Secret) stock {
	if len(lessons) == 0 {
		return s
	}
	by := make(map[model.Ref]*model.Secret, len(lessons))
	for i := range lessons {
		by[lessons[i].Ref] = &lessons[i]
	}
	secrets := make([]model.Secret, len(s.secrets))
	copy(secrets, s.secrets)
	for i := range secrets {
		lesson, found := by[secrets[i].Ref]
		if found && lesson.Facts.Learnt() && lesson.Version == secrets[i].Version {
			secrets[i] = taught(secrets[i], *lesson)
			s.stale = true
		}
	}
	s.secrets = secrets
	return s
}
