package reach

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// step is one card of a guided set-up: its number and title, and below them what to do while it is its turn.
type step struct {
	number int
	title  string
	mark   *widget.Chip
	name   *widget.Text
	done   *widget.Text
	change *widget.Button
	body   fyne.CanvasObject
	object *widget.Card
}

// markWidth is the width of the place for a step's number, in pixels before scaling.
const markWidth = 30

// newStep makes a step. onChange goes back to it once it is done, by a link with the word change.
func (p *Page) newStep(number int, title, change string, body fyne.CanvasObject, onChange func()) *step {
	s := &step{number: number, title: title, body: body}
	s.mark = widget.NewChip("", fmt.Sprint(number), theme.Neutral)
	s.name = widget.NewCardTitle(title)
	s.done = widget.NewMuted("")
	s.done.Alignment = fyne.TextAlignTrailing
	s.change = widget.NewLink(change, onChange)
	s.change.Name = lang.L("{{.Change}}: {{.Step}}", map[string]any{"Change": change, "Step": title})
	head := widget.Row(theme.Space3, widget.Width(container.NewCenter(s.mark), markWidth), widget.Grow(s.name), widget.Grow(s.done), s.change)
	s.object = widget.NewCard(p.follow(widget.Column(theme.Space4, head, body)))
	s.set(0, "")
	return s
}

// set shows the step while step number current has its turn; summary says what came of it once it is done.
func (s *step) set(current int, summary string) {
	finished := s.number < current
	widget.SetVisible(s.body, s.number == current)
	widget.SetVisible(s.change, finished)
	widget.SetVisible(s.done, finished && summary != "")
	s.done.SetText(summary)
	switch {
	case finished:
		s.mark.Set(theme.IconCheck, "", theme.OK)
		s.name.SetColor(theme.ColorText)
	case s.number == current:
		s.mark.Set("", fmt.Sprint(s.number), theme.Primary)
		s.name.SetColor(theme.ColorText)
	default:
		s.mark.Set("", fmt.Sprint(s.number), theme.Neutral)
		s.name.SetColor(theme.ColorMuted)
	}
	s.object.Refresh()
}

// line is one thing that a test finds out: a glyph and words.
type line struct {
	icon   *widget.Icon
	words  *widget.Text
	object *fyne.Container
}

func newLine() *line {
	l := &line{icon: widget.NewIcon("", theme.ColorMuted, 16), words: widget.NewText("")}
	l.object = widget.Row(theme.Space2, l.icon, widget.Grow(l.words))
	return l
}

func (l *line) set(icon theme.IconName, tone theme.Tone, words string) {
	l.icon.Set(icon, tone.Foreground())
	l.words.SetText(words)
}
