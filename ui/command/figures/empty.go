//go:build linux

package main

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// nothing is a program that shows one line and does nothing, at Bubble Tea's own
// pace of frames.
type nothing struct{}

func (n nothing) Init() tea.Cmd                       { return nil }
func (n nothing) Update(tea.Msg) (tea.Model, tea.Cmd) { return n, nil }
func (n nothing) View() tea.View {
	v := tea.NewView(emptyWord)
	v.AltScreen = true
	return v
}

const emptyWord = "nothing happens here"

// empty runs it until it is killed.
func empty(ctx context.Context, pace int) error {
	_, err := tea.NewProgram(nothing{}, tea.WithContext(ctx), tea.WithFPS(pace)).Run()
	return err
}
