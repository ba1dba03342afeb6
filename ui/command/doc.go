// Package command is the program around the console: its commands and flags,
// the control planes that can be chosen, the terminal and how it is left, and
// the exit codes. It is the only package that names the backends.
//
// One file each: root is the console's command and flags its flags, directory
// the control planes and clusters those of the kubeconfig, login runs the
// programs that log in, console runs the screens and guard stands around them,
// serve is serve-demo, version is version, usage says what is wrong with a
// command line, terminal asks about the terminal, and harden keeps memory off
// the disk.
//
// No flag takes a value or a token: everybody on a machine can read the
// command lines of everybody else.
package command
