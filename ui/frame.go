package ui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

// chrome is the lines that the App draws itself: title, status, hints.
const chrome = 3

// frame is what a screen is handed.
func (a App) frame() Frame {
	return Frame{Width: a.width, Height: max(a.height-chrome, 0), Whole: a.height, Now: a.now, Keys: a.keys,
		RevealFor: cmp.Or(a.config.RevealFor, revealFor), LockAfter: a.config.LockAfter, Locked: a.locked}
}

// saveKey is the key that saves a form, for sentences.
func (f Frame) saveKey() string { return f.Keys.Get(keymap.Save).Label() }

func (a App) tooSmall() bool { return a.width < smallest || a.height < lowest }

// drawn is what was drawn last. The renderer compares what is drawn with what it
// has drawn for each frame that there could be, 120 times a second; two strings
// that are one and the same cost it nothing.
type drawn struct{ content string }

// same is the content, as the string that it was the last time if it is equal.
func (d *drawn) same(content string) string {
	if d == nil {
		return content
	}
	if d.content != content {
		d.content = content
	}
	return d.content
}

// View draws the whole terminal: line 1 says where, the body what, the last
// line what can be done.
func (a App) View() tea.View {
	view := tea.View{AltScreen: true, WindowTitle: "meshsecrets"}
	if a.config.Mouse && !a.gone {
		view.MouseMode = tea.MouseModeCellMotion
	}
	if a.gone || a.width <= 0 || a.height <= 0 {
		a.drawn.same("")
		return view
	}
	lines, cursor := a.draw()
	view.Content = a.drawn.same(a.theme.screen(lines))
	if cursor != nil {
		view.Cursor = tea.NewCursor(cursor.X, cursor.Y)
	}
	return view
}

func (a App) draw() ([]Line, *Point) {
	if a.tooSmall() {
		return a.drawTooSmall(), nil
	}
	if a.locked {
		return a.drawLocked(), nil
	}
	base := len(a.stack) - 1
	for base > 0 && a.boxed(base) {
		base--
	}
	lines, cursor, view := a.drawScreen(base)
	top := len(a.stack) - 1
	for i := base + 1; i <= top; i++ {
		lines, cursor = a.drawBox(lines, i)
	}
	hints := view.Hints
	if base < top || hints == nil {
		hints = a.hints(a.stack[top])
	}
	lines = append(lines, a.statusLines(&lines, view, cursor), hints.fit(a.width))
	return lines, cursor
}

// boxed tells whether the screen at i is drawn over the one below it.
func (a App) boxed(i int) bool {
	_, is := a.stack[i].(dialog)
	return is && a.width >= narrowDialog
}

// drawScreen draws line 1 and the body of one screen.
func (a App) drawScreen(i int) (lines []Line, cursor *Point, status View) {
	view := a.view(a.stack[i])
	body := view.Lines
	if over := len(body) - a.frame().Height; over > 0 {
		body = body[:a.frame().Height]
	}
	lines = make([]Line, 0, a.height)
	lines = append(lines, a.headline())
	for _, l := range body {
		lines = append(lines, l.fit(a.width))
	}
	for len(lines) < a.height-2 {
		lines = append(lines, blank().fit(a.width))
	}
	if view.Cursor != nil {
		cursor = &Point{view.Cursor.X, view.Cursor.Y + 1}
	}
	return lines, cursor, view
}

// view draws a screen; a dialog that has the whole window becomes a screen
// with a rule.
func (a App) view(s Screen) View {
	d, is := s.(dialog)
	if !is {
		return s.View(a.frame())
	}
	box := d.box(a.frame())
	lines, cursor := squeeze(box.Lines, box.Cursor, a.frame().Height-1, 2)
	view := View{Lines: append([]Line{rule(box.Title, box.Right, a.width)}, lines...)}
	if cursor != nil {
		view.Cursor = &Point{cursor.X, cursor.Y + 1}
	}
	return view
}

// drawBox lays a dialog over what is drawn, muted.
func (a App) drawBox(lines []Line, i int) ([]Line, *Point) {
	box, at, cursor := a.stack[i].(dialog).box(a.frame()).draw(a.width, a.height)
	under := make([]Line, len(lines))
	for y, l := range lines {
		under[y] = l
		if y > 0 {
			under[y] = l.resting()
		}
		if row := y - at.Y; row >= 0 && row < len(box) {
			under[y] = under[y].over(box[row], at.X, a.width)
		}
	}
	return under, cursor
}

func (a App) headline() Line {
	var right Line
	var known awareness
	for _, s := range a.stack {
		if f, ok := s.(fresh); ok {
			right = f.freshness(a.frame())
		}
		if k, ok := s.(aware); ok {
			known = k.aware()
		}
	}
	if left := a.locksIn(); left > 0 {
		right = say(Plain, "locks in "+spanWord((left+time.Second-1).Truncate(time.Second)))
	}
	if s := a.session(); s != nil {
		return s.headline(a.width, right, known)
	}
	return spread(Line{{Plain, " "}, {Title, "meshsecrets"}}, right, a.width)
}

// statusLines gives the status line. A message that is too long for it takes
// the line above too, but never that in which somebody types.
func (a App) statusLines(lines *[]Line, view View, cursor *Point) Line {
	m := a.message
	if m == (Message{}) {
		status := append(say(Plain, " "), view.Status...)
		return spread(status.shortened(a.width-1-width(view.Right)), say(Muted, view.Right), a.width)
	}
	indent := 1
	if m.Mark != "" {
		indent = 3
	}
	room := a.width - indent - 1
	if m.Right != "" && width(m.Text)+width(m.Right)+2 <= room {
		return spread(messageLine(m, m.Text), say(Muted, m.Right), a.width)
	}
	parts := wrap(m.Text, room)
	if len(parts) == 1 || cursor != nil && cursor.Y == len(*lines)-1 {
		return messageLine(m, shorten(m.Text, room)).fit(a.width)
	}
	(*lines)[len(*lines)-1] = messageLine(m, parts[0]).fit(a.width)
	rest := shorten(strings.Join(parts[1:], " "), room)
	line := Line{{Plain, strings.Repeat(" ", indent) + rest}}
	if m.Right != "" && width(rest)+width(m.Right)+2 <= room {
		return spread(line, say(Muted, m.Right), a.width)
	}
	return line.fit(a.width)
}

func messageLine(m Message, text string) Line {
	if m.Mark == "" {
		return Line{{Plain, " " + text}}
	}
	role := map[string]Role{"✗": Failure, "!": Warning, "◆": SystemMark}[m.Mark]
	return Line{{Plain, " "}, {role, m.Mark}, {Plain, " " + text}}
}

// hints is the last line: as many deeds as fit, in the screen's order; those
// that are pinned stay.
func (a App) hints(s Screen) Line {
	gap := "  "
	if a.width >= twoPanes {
		gap = "   "
	}
	var free, pinned []Line
	for _, d := range a.deeds(s) {
		switch {
		case d.Quiet:
		case d.Pin:
			pinned = append(pinned, a.hint(d))
		default:
			free = append(free, a.hint(d))
		}
	}
	taken := 1
	for _, h := range pinned {
		taken += h.width() + len(gap)
	}
	line := say(Plain, " ")
	for _, h := range free {
		if line.width()+h.width()+taken > a.width {
			break
		}
		line = append(append(line, h...), Span{Plain, gap})
	}
	for i, h := range pinned {
		line = append(line, h...)
		if i < len(pinned)-1 {
			line = append(line, Span{Plain, gap})
		}
	}
	return line.fit(a.width)
}

func (a App) hint(d Deed) Line {
	action := a.keys.Get(d.ID)
	word := action.Word
	if d.Word != "" {
		word = d.Word
	}
	label := action.Label()
	switch {
	case d.ID == keymap.Down:
		label += " " + a.keys.Get(keymap.Up).Label()
	case d.ID == keymap.Back && word == "quit" && action.Has("q"):
		label = "q"
	}
	return Line{{Accent, label}, {Muted, " " + word}}
}

// drawTooSmall says what the window lacks, in as much room as there is.
func (a App) drawTooSmall() []Line {
	text := []string{""}
	text = append(text, wrap(fmt.Sprintf("meshsecrets needs %d columns and %d rows; here are %d and %d.", smallest, lowest, a.width, a.height), max(min(a.width-2, 32), 1))...)
	last := "ctrl+c quits."
	if a.asks() {
		last = "It asks before it quits."
	}
	text = append(text, "", "Make the window larger.", last)
	lines := make([]Line, a.height)
	for y := range lines {
		if y < len(text) {
			lines[y] = Line{{Plain, " " + text[y]}}
		}
		lines[y] = lines[y].fit(a.width)
	}
	return lines
}
