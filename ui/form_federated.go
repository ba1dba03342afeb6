package ui

// checkFederated warns of making a secret on a zone that follows a global
// control plane: where it belongs is there.
func (f form) checkFederated() []check {
	text := f.to.id.AboutNewSecrets()
	if f.edit || text == "" {
		return nil
	}
	return []check{{mark: look, topic: "zone", text: text, warns: true}}
}
