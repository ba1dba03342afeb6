// Package editor changes a value in the program that a person likes to edit
// with, $VISUAL or $EDITOR.
//
// That program reads and writes files, so the value lies in one while it is
// edited. What keeps it to the person, and off the disk:
//
//   - The file lies in a folder of its own (0700, the file 0600) on a file
//     system in memory. Where there is none, nothing is written unless the
//     person has said that the disk is all right.
//   - vim and nvim are told to keep no swap, backup, undo and viminfo files;
//     other programs keep theirs beside the file, in the folder.
//   - The folder goes on every way out, signals among them. What a killed
//     program left is swept away at the next start: a lock tells folders that
//     are in use from those that are not.
//
// Nothing here can promise that the bytes were never swapped out, nor what the
// person's own settings make an editor keep elsewhere.
package editor
