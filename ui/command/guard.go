package command

import (
	"reflect"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
)

// guard stands around the console and turns a panic, in it or in one of its
// commands, into an orderly end. Bubble Tea would print what was panicked
// with, which may hold a value, and would not wait for its reader of keys.
type guard struct {
	tea.Model
	crash *crash
}

// crash is whether a panic happened.
type crash struct {
	happened atomic.Bool
	quit     func() // asks the program to end; set before it runs
}

// catch is deferred around what may panic. What was panicked with is dropped
// here.
func (c *crash) catch() {
	if recover() == nil {
		return
	}
	if c.happened.CompareAndSwap(false, true) {
		go c.quit() // it waits for the program, which may be what calls us
	}
}

// Init guards the first command.
func (g guard) Init() tea.Cmd { return g.crash.command(g.Model.Init()) }

// Update hands a message on; after a panic it takes none.
func (g guard) Update(msg tea.Msg) (next tea.Model, run tea.Cmd) {
	next = g
	if g.crash.happened.Load() {
		return g, nil
	}
	defer g.crash.catch()
	model, command := g.Model.Update(msg)
	return guard{model, g.crash}, g.crash.command(command)
}

// View draws the console; after a panic nothing.
func (g guard) View() (view tea.View) {
	view = tea.View{AltScreen: true}
	if g.crash.happened.Load() {
		return view
	}
	defer g.crash.catch()
	return g.Model.View()
}

// command guards a command, and those that it answers with to be run beside
// or after each other.
func (c *crash) command(run tea.Cmd) tea.Cmd {
	if run == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer c.catch()
		return c.answer(run())
	}
}

// answer guards commands that come as an answer. One of the two kinds has no
// exported name, so both are known by their form.
func (c *crash) answer(msg tea.Msg) tea.Msg {
	several := reflect.ValueOf(msg)
	if msg == nil || several.Kind() != reflect.Slice || several.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return msg
	}
	guarded := reflect.MakeSlice(several.Type(), several.Len(), several.Len())
	for i := range several.Len() {
		run, _ := several.Index(i).Interface().(tea.Cmd)
		guarded.Index(i).Set(reflect.ValueOf(c.command(run)))
	}
	return guarded.Interface()
}

// filter lets the console see quits from outside first, except after a panic.
func (c *crash) filter(console func(tea.Model, tea.Msg) tea.Msg) func(tea.Model, tea.Msg) tea.Msg {
	return func(model tea.Model, msg tea.Msg) tea.Msg {
		if c.happened.Load() {
			return msg
		}
		if g, is := model.(guard); is {
			model = g.Model
		}
		return console(model, msg)
	}
}
