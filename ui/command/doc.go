// Package command is the program around the console: its commands and flags,
// the control planes that can be chosen, the terminal and how it is left, and
// the exit codes. It is the only package that names the backends.
//
// One file each: root is the console's command and flags its flags, directory
// the control planes and clusters those of the kubeconfig, login runs the
// programs that log in, console runs the screens and guard stands around them,
// settings what the configuration file and the command line set together, jobs
// whether a shell waits that the console can be suspended to,
// attend passes signals on, serve is serve-demo, version is version, usage says
// what is wrong with a command line, terminal asks about the terminal, and harden
// keeps memory off the disk.
//
// What works without the screens: list, get, create, edit, delete, problems,
// reassign and recover are the commands; list_table, get_print, problems_print
// and recover_show what they print, and entry the documents of list and get.
// target is the one control plane that they work on, place where on it, errand
// such a piece of work and what is typed for it, and sheet prints. survey reads
// a whole list, known one secret with those who refer to it.
//
// What changes something: input reads values from files and pipes, checks says
// what is found about them, write asks for consent, makes the change and says
// what came of it; steps takes the steps of a reassign, and ended says what came
// of them. get_value is the one place where a value is printed.
//
// completion and completes tell shells what can be typed, man and roff write the
// manual pages: both from the commands themselves.
//
// Package config below reads what a person set, audit writes down what was
// changed, and clipboard copies; clip sees to it that no value is left there.
// Package export writes manifests to files, for files to hand to the screens;
// recording tells from the environment whether the terminal is recorded.
//
// own_editor lends the terminal to the person's own editor, for the screens and
// for edit, which edit_outside opens again when what was typed is refused; package editor below keeps the value in memory and removes its file.
//
// No flag takes a value or a token: everybody on a machine can read the
// command lines of everybody else.
package command
