//go:build unix && !linux && !darwin

package command

// seal has nothing more to forbid here.
func seal() {}
