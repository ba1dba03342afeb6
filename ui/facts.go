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
func remembered(before model.Inventory, now []model.Secret) []model.Secret {
	for i := range now {
		if now[i].Facts.Learnt() {
			continue
		}
		if row, found := before.Find(now[i].Ref); found {
			now[i] = withFacts(now[i], row.Secret)
		}
	}
	return now
}

// learnt works facts in. A secret that is of another version by now stays as it
// is: what was learnt is of a value that it no longer has, or has not yet.
func (s stock) learnt(lessons []model.Secret) stock {
	if s = s.taken(); !s.settled {
		return s
	}
	var changed []model.Secret
	for _, lesson := range lessons {
		row, found := s.inventory.Find(lesson.Ref)
		if found && !row.Ghost() && lesson.Facts.Learnt() && lesson.Version == row.Secret.Version {
			changed = append(changed, taught(row.Secret, lesson))
		}
	}
	if len(changed) > 0 {
		s.inventory = s.inventory.Changed(changed, nil)
	}
	return s
}
