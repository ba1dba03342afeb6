//go:build !linux && !darwin

package export

func newDraft(folder string) (*draft, error) { return named(folder) }

func (d *draft) place(full string) error { return d.link(full) }
