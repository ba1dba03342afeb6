package command

import (
	"errors"
	"reflect"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// run runs a command and all that it answers with.
func run(command tea.Cmd) []tea.Msg {
	if command == nil {
		return nil
	}
	msg := command()
	batch, several := msg.(tea.BatchMsg)
	if !several {
		return []tea.Msg{msg}
	}
	var all []tea.Msg
	for _, c := range batch {
		all = append(all, run(c)...)
	}
	return all
}

func TestGuardedCommands(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	c := &crash{quit: func() { asked <- struct{}{} }}
	say := func(s string) tea.Cmd { return func() tea.Msg { return s } }
	wrong := func() tea.Msg { panic(errors.New(secret)) }

	if got := c.command(nil); got != nil {
		t.Error("no command became one")
	}
	if got := run(c.command(tea.Batch(say("a"), say("b")))); len(got) != 2 || got[0] != "a" || got[1] != "b" {
		t.Errorf("a batch answered %v", got)
	}
	if got := run(c.command(say("one"))); len(got) != 1 || got[0] != "one" {
		t.Errorf("a command answered %v", got)
	}
	if c.happened.Load() {
		t.Fatal("nothing went wrong yet")
	}
	nested := tea.Batch(say("a"), tea.Batch(say("b"), wrong))
	if got := run(c.command(nested)); len(got) != 3 || got[0] != "a" || got[1] != "b" || got[2] != nil {
		t.Errorf("a batch with a mistake in it answered %v", got)
	}
	<-asked
	if !c.happened.Load() {
		t.Error("the mistake was not noticed")
	}
}

// Commands one after the other have no exported form, so the program's own way
// of telling them is tried: what they answer is still a list of commands.
func TestGuardedSequence(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	c := &crash{quit: func() { asked <- struct{}{} }}
	sequence := tea.Sequence(func() tea.Msg { return "a" }, func() tea.Msg { panic(secret) })
	before, after := sequence(), c.command(sequence)()
	if typeOf(before) != typeOf(after) {
		t.Fatalf("a %s became a %s", typeOf(before), typeOf(after))
	}
	for _, each := range commands(after) {
		each()
	}
	<-asked
}

func typeOf(msg tea.Msg) string { return reflect.TypeOf(msg).String() }

func commands(msg tea.Msg) []tea.Cmd {
	return reflect.ValueOf(msg).Convert(reflect.TypeFor[[]tea.Cmd]()).Interface().([]tea.Cmd)
}
