// Package clipboard puts names and values where other programs can paste them,
// and takes values away again.
//
// There are two ways. Where the console runs on the machine that somebody sits
// at, a program of that machine's desktop is started (wl-copy, xclip, xsel,
// pbcopy, clip.exe): without a shell, the text on its standard input and never
// among its arguments, for at most a few seconds. Over SSH, and where there is no
// such program, the text goes to the terminal as an OSC 52 sequence, in one write
// between two frames of the screen, from bytes that are overwritten afterwards.
//
// A value is taken away only if it is still there, where that can be told: the
// programs that also paste are asked, and what they print goes into a keyed digest
// and nowhere else. The value itself is not kept for that. Where they fail, and do
// not say that no text is there, it is taken away unseen. A terminal is never
// asked, because few answer and what they answer would come in as keys; nor can
// clip.exe tell.
//
// Nothing here reaches the histories that clipboard managers keep; wl-copy is
// told that the text is sensitive, which some of them heed.
//
// Of the libraries that could do this, the one that is in the program already
// (with the text field) looks for its programs when it is loaded, holds values in
// strings, waits for ever, and neither clears nor hints.
package clipboard
