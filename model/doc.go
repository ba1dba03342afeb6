// Package model is what the console knows: secrets, their values and facts,
// references, the rules of control planes, and what a change would do. It is
// the ground that the other packages stand on. It imports the standard library
// and a YAML parser, and does no input or output, reads no clock and starts no
// goroutine: what it says depends on what it is given, so every rule has a
// table for a test.
//
// Three rules hold the rest up.
//
// A [Value] cannot be printed. It hides its bytes from every verb, log and
// error, and refuses to be encoded; who asks for the bytes is on a list that a
// test holds.
//
// What came from outside is shown through [Visible] and no other way: names,
// labels, errors and values may hold what drives a terminal or deceives an eye.
//
// What is learnt from a value are [Facts], taken by an [Examiner] in bounded
// time. They can be kept, listed and shown, because no value can be made from
// them.
package model
