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
//
// [References] finds who names a secret: by tables of the places that are known,
// by rules for what control planes make by themselves, and by a bounded walk
// through everything else, which is told as a guess. A [Sight] is what is kept of
// a resource after that.
//
// An [Inventory] is the store of all this, and does not change: what comes in
// makes another one, in which only the rows that it touches are new. [Rows]
// stand on shelves, of which the two inventories share all others, so a change
// costs the same among a hundred secrets and a hundred thousand, and a screen
// can go on drawing the one before (TestChangesMakeWhatAFirstReadingMakes). What
// grows with time, as the number of those that expire soon, is counted by the
// shelf when it is asked for; names that look alike are found by an index of
// their skeletons, of which a change copies a thousandth.
//
// A [Filter] is words and facets; a facet is a row of one table ([Facets]), and
// what is not known passes neither it nor its opposite: who uses a secret is not
// while a kind was not read ([Filter.Without]). A [Sort] gives the numbers of
// [Rows] in another order, and leaves the rows where they stand.
//
// A [Trust] is how one mesh hangs together: a tree of who names which secret,
// grown from an [Inventory] and references, with the words that stand beside
// each line. It holds no width and no clock, so a screen only draws it.
//
// What a value must be for those who read it stands in one place, fit.go, and
// whose value does not matter, as TLS is off for one, in unused.go;
// which CA a Mesh does not say where control planes look, in unset.go. A
// [Trial] holds a value to them before it is saved, before it is moved, and when
// one looks at it; [Preflight] tells what comes of it and when. [CheckValue] and
// [Inventory.CheckSame] tell what is odd about the bytes, whoever reads them,
// and [Diagnose] everything that is wrong in an [Inventory], the worst first.
// They are held to what control planes really answered.
//
// Every write is a [Change]. [Change.Refuse] says what may not be done, whoever
// wants it: taking a secret from an mTLS backend, moving or imitating one of the
// control plane's own ([ClassifySystem], [ReservedName]). [Change.Confirmation]
// says what is typed for the rest, and [Reference.Without] what stops working. What
// was not read to know that, or only in part, is [Unread].
package model
