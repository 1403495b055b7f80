package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// railWidth is the navigation's width in pixels before scaling.
const railWidth = 208

// rail is the navigation at the left: the brand, the pages, and how Bellhop is.
type rail struct {
	items  *fyne.Container
	status *statusPanel
	object fyne.CanvasObject
}

func newRail() *rail {
	r := &rail{items: widget.Column(2), status: newStatusPanel()}
	bell := canvas.NewImageFromResource(theme.Bell())
	bell.FillMode = canvas.ImageFillContain
	bell.SetMinSize(fyne.NewSquareSize(22))
	brand := widget.Inset(widget.Row(9, bell, widget.Grow(widget.NewSubtitle("Bellhop"))), theme.Space1, 9)
	top := widget.Column(theme.Space4, brand, r.items)
	inside := container.New(layout.NewCustomPaddedLayout(13, theme.Space4, theme.Space3, theme.Space3),
		widget.Border(top, r.status.panel, nil, nil, widget.Spacer()))
	r.object = widget.Width(widget.Border(nil, nil, nil, widget.NewLineV(),
		widget.NewSurface(theme.ColorSurface, inside)), railWidth)
	return r
}

func (r *rail) add(item *widget.NavItem) { r.items.Add(item) }

// statusPanel says at the bottom of the rail how Bellhop is, in words.
type statusPanel struct {
	dot   *widget.Dot
	title *widget.Text
	note  *widget.Text
	deed  *widget.Button
	deeds *fyne.Container
	panel *widget.Panel
}

func newStatusPanel() *statusPanel {
	s := &statusPanel{dot: widget.NewDot(theme.Neutral), title: widget.NewParts(), note: widget.NewHelp(""), deed: widget.NewLink("", nil)}
	s.title.SizeName, s.note.SizeName = theme.SizeCaption, theme.SizeCaption
	s.title.Flow = widget.Cut
	s.deeds = widget.Row(0, s.deed)
	s.panel = widget.NewPanel(widget.Column(3, widget.Row(6, s.dot, widget.Grow(s.title)), s.note, s.deeds))
	s.panel.Hide()
	return s
}

func (s *statusPanel) set(status Status) {
	s.dot.SetTone(status.Tone)
	s.title.Parts = []widget.Part{{Text: status.State, Bold: true}}
	if status.Detail != "" {
		s.title.Parts = append(s.title.Parts, widget.Part{Text: " · " + status.Detail})
	}
	s.title.Refresh()
	s.note.SetText(status.Note)
	s.deed.OnTapped = status.OnDeed
	s.deed.SetText(status.Deed)
	widget.SetVisible(s.deeds, status.Deed != "")
	s.panel.Refresh()
	s.panel.Show()
}
