// Package command is the program around the console: its commands and flags,
// the control planes that can be chosen, the terminal and how it is left, and
// the exit codes. It is the only package that names the backends.
//
// One file each: root is the console's command and flags its flags, directory
// the control planes and clusters those of the kubeconfig, login runs the
// programs that log in, console runs the screens and guard stands around them,
// attend passes signals on, serve is serve-demo, version is version, usage says
// what is wrong with a command line, terminal asks about the terminal, and harden
// keeps memory off the disk.
//
// What works without the screens: problems, reassign and recover are the
// commands, problems_print and recover_show what the first and the last list;
// target is the one control plane that they work on, errand such a piece of work
// and what is typed for it, steps takes the steps of a reassign, ended says what
// came of them, and sheet prints.
//
// No flag takes a value or a token: everybody on a machine can read the
// command lines of everybody else.
package command
