// Package ui is the console's screens. Six laws hold here, each kept by a test:
//
//  1. Arrows point down: main → ui/command → ui → backend → model, and
//     ui → keymap. (TestImports)
//  2. A screen is a value. It takes a key or a message and returns the next
//     screen and a Result. (TestAKeyThatIsNotOfferedChangesNothing,
//     TestAnEntryIsAValue)
//  3. What the user sees next is decided in the same Update as the key. No
//     command ever navigates, so a key can never overtake a screen. Two
//     screens that wait for nothing but an answer are exchanged by it, in their
//     place: one that looks for a secret by its name becomes the secret, and an
//     edit whose secret must not be edited becomes its refusal.
//     (TestKeysThatArriveTogetherActOnWhatTheFirstOneOpened)
//  4. Commands do input and output, nothing else; their answers name the
//     request they answer, and an answer that nobody waits for any more is
//     wiped and dropped. (TestAsk, TestAnAnswerThatCrossesItsStopOnTheWayIsWiped)
//  5. A value is a model.Value from the decoder to the screen: present draws
//     it, and a written list names the few that send it back. (TestOnlyListedFilesReveal
//     in package model)
//  6. A change of several steps keeps its state in the control plane, not
//     here: the next step is decided from what is there. (the tests of
//     backend.Gate.Advance, which fail at every call once)
//
// What is read of a control plane comes through several requests at the same
// time: pages of the list, who refers to secrets, facts, changes. Browse works
// all of it into one stock, step by step and beside the screen, so that rows
// are there as soon as the first page is, and no key waits for the others. Once
// the list is whole the stock's inventory holds it, and each change goes there;
// only a list that is being read is kept beside it, in pages.
//
// Secrets, and who refers to them, are followed by two open questions where a
// control plane pushes changes (follow, lookOn). Where it does not, one poll
// brings both; whoever may not watch has them listed at a pace, and is told.
//
// The steps of a reassign are a move: it hands the gate's progress from one step
// to the next, for a screen, a batch or a recovery. Which steps are to come is
// asked of the plan, so nothing here knows their order; what a mesh, or the
// safety copy, is said to hold is what was last seen there.
//
// Marks belong to secrets and not to rows, and only those that are shown are
// acted on (TestAMarkThatIsNotShownIsNeverActedOn). Several secrets are
// reassigned one after the other, each by the screen of one reassign, so that
// at any moment the value of at most one is here.
//
// Reassigns that were begun and not finished are looked for beside that, at each
// connect and reload, whoever began them. They are counted in line 1 and listed
// (recovery); nothing is done with one before a person decided (decision), and
// then what is there is looked at once more. It goes on where every reassign
// takes its steps.
//
// What is asked before a change is made is one consent: nothing, a choice, the
// name, or a word before the name where a system secret is unlocked or policies
// lose what they name. Dialogs and screens differ in what they say above it
// (TestGuards); the gate holds the rules whatever a screen asked.
//
// Marked secrets are deleted one after the other (removals) after one consent
// that names them all; those that take a consent of their own are left out.
//
// Every change that comes to its end is told with what takes it back (bygone).
// The list of its control plane keeps the last of them in memory (past), and z
// opens the dialog that undoes the newest (undoing): it reads what is there,
// refuses when that is not what the change left, and goes through the gate as
// any change. A reassign is taken back by a reassign. All of it is wiped when
// the list is closed, and when nobody is there (TestWhatIsKeptToUndo).
//
// What a value does to those who refer to its secret is model's Preflight,
// wherever it is told: under a value that is typed (form_preflight.go), on the
// screen of a secret (secret_verdicts.go), and among the findings before a
// reassign. The bytes of other secrets are not read for it, but for a reassign.
// When somebody would fail, the consent is at least a choice
// (TestAHarmfulValueAsksOnceMore).
//
// Who names a secret, and all that a mesh names, is one tree (usedBy) that
// package model grows and this package only draws. It is about the same stock
// as the list below it and is told whenever something was worked in there; what
// it has to learn of values it asks for itself and hands down to the list, so
// that both show the same.
//
// All that is wrong is one list (problems) over the same stock. Package model
// finds it and says what it means; that is done beside the screen, as it costs
// by the number of secrets. It asks the list below for the facts of all meshes,
// and is told how far that is (factsWanted, factsProgress).
//
// App is the only tea.Model. It owns the stack of screens, the terminal's
// size, the clock and the theme, and hands them in with each Frame. A screen
// says what can be done now (Deeds); the App finds the deed of a key among
// those, so hints, help, commands and keys cannot disagree, and read-only takes
// the writing deeds away in one place (rails), as no-reveal does those that show
// a value.
//
// A person's own editor (E) has the terminal while it runs, and the console
// stands still. It is an edit as every other: a form below it hands the value
// over, takes back what was typed, and checks, asks and saves (form_editor.go).
// Nothing locks meanwhile, and who ends the editor counts as having pressed a
// key; what was open there longer than the console may be idle is not saved
// unasked. (TestEditorIsTheSameEdit, TestEditorIsNotIdle)
//
// What is copied goes to a Clipboard, which is not this package's: a value is read
// anew for it, handed over and wiped. The App alone counts how long it may stay
// there, and has it taken out when that is over, before it stands still (suspended, or
// behind an editor), and when it locks (copying.go); after the console's end whoever ran it does so.
//
// A manifest goes to a file by an Exporter, which is not this package's either: the
// dialog (exporting) asks where, in which form and whether with the value, and holds
// none itself, but of a secret that no mesh has any more. Before the first value is put on a terminal that is recorded the App
// says so once (recorded.go), for all keys in one place.
//
// Without a key for long enough the App locks: it covers the screens, and closes
// those that hold a value, except while that is being written or is nowhere else
// (holder, keeper, TestEveryScreenLocks). What is nowhere else is asked about before
// anything drops it, also when the write that makes it so is still under way: a value
// on its way between two meshes, and the other half of a CA whose first half is saved
// (form_lone.go, TestTheOnlyKeyIsNotDroppedUnasked); where the answer of a write was
// lost, saving again looks first what is there (form_lost.go). Screens go on taking
// answers meanwhile. The mouse does nothing that keys do not: a click presses them
// until the bar is there.
package ui
