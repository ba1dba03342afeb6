package keymap

import "slices"

// Default is the console's map, from the habits people bring from k9s,
// lazygit, vim and less.
func Default() Map {
	return Map{actions: slices.Concat(moving(), looking(), changing(), marking(), filling(), program())}
}

// moving are the actions that move through lists and texts, and between them.
func moving() []Action {
	return []Action{
		{ID: Down, Keys: []string{"j", "down"}, Word: "down", Help: "row down", Section: Move, Beside: Up, Both: "row"},
		{ID: Up, Keys: []string{"k", "up"}, Word: "up", Help: "row up", Section: Move},
		{ID: Top, Keys: []string{"g", "home"}, Word: "first", Help: "first row", Section: Move, Beside: Bottom, Both: "first, last"},
		{ID: Bottom, Keys: []string{"G", "end"}, Word: "last", Help: "last row", Section: Move},
		{ID: HalfDown, Keys: []string{"ctrl+d"}, Word: "half a page down", Help: "half a page down", Section: Move, Beside: HalfUp, Both: "half a page"},
		{ID: HalfUp, Keys: []string{"ctrl+u"}, Word: "half a page up", Help: "half a page up", Section: Move},
		{ID: PageDown, Keys: []string{"ctrl+f", "pgdown"}, Word: "page down", Help: "a page down", Section: Move, Beside: PageUp, Both: "a page"},
		{ID: PageUp, Keys: []string{"ctrl+b", "pgup"}, Word: "page up", Help: "a page up", Section: Move},
		{ID: OtherPane, Keys: []string{"tab", "h", "l", "left", "right"}, Word: "other pane", Help: "other pane", Section: Move},
		{ID: AllMeshes, Keys: []string{"0"}, Word: "all meshes", Help: "all meshes", What: "the secrets of all meshes", Section: Move, Beside: NthMesh, Both: "all, n-th mesh"},
		{ID: NthMesh, Keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, Word: "mesh", Help: "n-th mesh", Section: Move},
	}
}

// looking are the actions that show something.
func looking() []Action {
	return []Action{
		{ID: Open, Keys: []string{"enter"}, Word: "open", Help: "open", What: "look at it", Section: Look},
		{ID: OpenNamed, Word: "open by name", Help: "open by name", What: "a secret by its name, or MESH/NAME", Section: Look, Takes: true},
		{ID: OpenMesh, Word: "mesh by name", Help: "mesh by name", What: "the secrets of a mesh, or of all or global", Section: Look, Takes: true},
		{ID: LearnFacts, Word: "learn facts", Help: "learn facts", What: "of all meshes: kind, expiry and size", Section: Look},
		{ID: Filter, Keys: []string{"/"}, Word: "filter", Help: "filter (!word: not)", What: "show only what matches", Section: Look},
		{ID: Sort, Keys: []string{"s"}, Word: "sort", Help: "sort by a column", What: "by name, kind, used by, expires, size or age", Section: Look, Takes: true, Beside: Reverse, Both: "sort, reverse"},
		{ID: Reverse, Keys: []string{"S"}, Word: "reverse", Help: "turn the order round", What: "turn the order of the list round", Section: Look},
		{ID: Reveal, Keys: []string{"x"}, Word: "reveal", Help: "reveal or mask", What: "show its value, or mask it", Section: Look, Reveals: true},
		{ID: CopyName, Keys: []string{"c"}, Word: "copy name", Help: "copy name", What: "its name, to the clipboard", Section: Look, Beside: CopyValue, Both: "copy name, value"},
		{ID: CopyValue, Keys: []string{"C"}, Word: "copy value", Help: "copy value", What: "its value, which is cleared again", Section: Look, Reveals: true},
		{ID: UsedBy, Keys: []string{"u"}, Word: "used by", Help: "used by", What: "who names it, and the trust of its mesh", Section: Look},
		{ID: Problems, Keys: []string{"p"}, Word: "problems", Help: "problems", What: "all that is wrong, the worst first", Section: Look},
		{ID: Manifest, Keys: []string{"y"}, Word: "manifest", Help: "manifest, masked", What: "its manifest, the value masked", Section: Look},
		{ID: SwitchForm, Keys: []string{"Y"}, Word: "other form", Help: "other form", What: "the manifest's other form", Section: Look},
		{ID: Export, Word: "export", Help: "export", What: "its manifest, to a file", Section: Look},
	}
}

// changing are the actions that change the control plane.
func changing() []Action {
	return []Action{
		{ID: Add, Keys: []string{"a"}, Word: "add", Help: "add", What: "a secret", Section: Change, Writes: true},
		{ID: Edit, Keys: []string{"e"}, Word: "edit", Help: "edit", What: "its value", Section: Change, Writes: true, Beside: EditOutside, Both: "edit, in $EDITOR"},
		{ID: EditOutside, Keys: []string{"E"}, Word: "in $EDITOR", Help: "edit in $EDITOR", What: "its value, in $EDITOR", Section: Change, Writes: true, Reveals: true},
		{ID: Reassign, Keys: []string{"m"}, Word: "reassign", Help: "reassign", What: "move it to another mesh", Section: Change, Writes: true, Dangerous: true, OnMarks: true},
		{ID: Delete, Keys: []string{"D", "delete"}, Word: "delete", Help: "delete", What: "asks first", Section: Change, Writes: true, Dangerous: true, OnMarks: true},
		{ID: TakeBack, Keys: []string{"z"}, Word: "take back", Help: "take back", What: "the reassign that was just made", Section: Change, Writes: true},
		{ID: Undo, Keys: []string{"z"}, Word: "undo", Help: "undo the last change", What: "the last change made here; asks first", Section: Change, Writes: true},
		{ID: Recover, Word: "recover", Help: "recover", What: "finish or take back interrupted reassigns", Section: Change},
		{ID: Resend, Word: "resend", Help: "resend", What: "have the zones sent it once more", Section: Change, Writes: true},
	}
}

// marking are the actions that mark secrets, to act on several at once.
func marking() []Action {
	return []Action{
		{ID: Mark, Keys: []string{"space"}, Word: "mark", Help: "mark", What: "it, to act on several at once", Section: Marking},
		{ID: MarkAll, Keys: []string{"ctrl+a"}, Word: "mark all", Help: "mark all shown", What: "secrets that are shown", Section: Marking, Beside: ClearMarks, Both: "mark all, clear"},
		{ID: ClearMarks, Keys: []string{"ctrl+\\"}, Word: "clear", Help: "clear the marks", What: "those that are not shown too", Section: Marking},
	}
}

// filling are the actions that fill in forms, choices and lines.
func filling() []Action {
	return []Action{
		{ID: NextField, Keys: []string{"tab"}, Word: "next field", Help: "next field", Section: Form, Beside: PrevField, Both: "next, previous field"},
		{ID: PrevField, Keys: []string{"shift+tab"}, Word: "previous field", Help: "previous field", Section: Form},
		{ID: Left, Keys: []string{"left"}, Word: "left", Help: "choice to the left", Section: Form, Beside: Right, Both: "choice"},
		{ID: Right, Keys: []string{"right"}, Word: "right", Help: "choice to the right", Section: Form},
		{ID: Save, Keys: []string{"ctrl+s"}, Word: "save", Help: "save", Section: Form, Writes: true},
		{ID: RevealTyped, Keys: []string{"ctrl+x"}, Word: "reveal", Help: "reveal or mask", Section: Form, Reveals: true},
		{ID: Accept, Keys: []string{"enter"}, Word: "do it", Help: "do it", Section: Form},
		{ID: Complete, Keys: []string{"tab"}, Word: "complete", Help: "complete", Section: Form},
		{ID: Leave, Keys: []string{"esc"}, Word: "leave", Help: "leave", Section: Form},
		{ID: Keep, Keys: []string{"enter"}, Word: "keep", Help: "keep the filter", Section: Form},
		{ID: ClearFilter, Keys: []string{"esc"}, Word: "clear", Help: "clear the filter", Section: Form},
	}
}

// program are the actions that are about the console itself.
func program() []Action {
	return []Action{
		{ID: Planes, Word: "control planes", Help: "control planes", What: "choose another one", Section: Program},
		{ID: Commands, Keys: []string{":"}, Word: "commands", Help: "commands", Section: Program, Beside: Help, Both: "commands, help"},
		{ID: Help, Keys: []string{"?"}, Word: "help", Help: "help", What: "the keys of this screen", Section: Program},
		{ID: Reload, Keys: []string{"ctrl+r"}, Word: "reload", Help: "reload", What: "read the control plane again", Section: Program, Beside: Redraw, Both: "reload, redraw"},
		{ID: Redraw, Keys: []string{"ctrl+l"}, Word: "redraw", Help: "redraw", What: "draw the screen again", Section: Program},
		{ID: Back, Keys: []string{"esc", "q"}, Word: "back", Help: "back", What: "to where you came from", Section: Program},
		{ID: Quit, Keys: []string{"ctrl+c"}, Word: "quit", Help: "quit", What: "leave the console", Section: Program, Beside: Suspend, Both: "quit, suspend"},
		{ID: Suspend, Keys: []string{"ctrl+z"}, Word: "suspend", Help: "suspend", What: "to the shell; fg comes back", Section: Program},
	}
}
