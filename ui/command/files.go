package command

import (
	"os"

	"meshsecrets/ui"
	"meshsecrets/ui/command/export"
)

// files is where the console writes manifests to: paths begin in the folder that
// it was started in.
func (p Process) files() ui.Exporter {
	folder, err := os.Getwd()
	if err != nil {
		folder = "" // it was removed; paths from the root and from home still lead somewhere
	}
	return export.Files{Folder: folder, Home: p.Home}
}
