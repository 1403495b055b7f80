package recipes

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/widget"
)

// maxTemplates is how many templates the welcome shows; the menu has all.
const maxTemplates = 3

// templateWidth is the width of a template's card, in pixels before scaling.
const templateWidth = 264

// newWelcome makes the page that is shown while there is no recipe.
func newWelcome(p *Page) fyne.CanvasObject {
	bell := canvas.NewImageFromResource(theme.Bell())
	bell.FillMode = canvas.ImageFillContain
	bell.SetMinSize(fyne.NewSquareSize(64))
	help := widget.NewText(lang.L("Pick what you need. You can try everything with pretend accounts first: no sign-up, nothing real is sent."))
	help.Alignment, help.Color = fyne.TextAlignCenter, theme.ColorMuted
	help.Refresh()

	cards := widget.RowTop(theme.Space4)
	for i, t := range p.Templates {
		if i < maxTemplates {
			cards.Add(widget.Width(newTemplate(p, t, i == 0), templateWidth))
		}
	}
	others := widget.Row(theme.Space3,
		widget.NewButton(lang.L("Start from scratch"), func() { p.add(engine.Definition{Name: lang.L("New recipe")}) }),
		widget.NewButton(lang.L("Open a recipe file…"), p.importFile))
	column := widget.Column(0,
		container.NewCenter(bell),
		widget.Inset(widget.NewHeadline(lang.L("When something happens, Bellhop takes care of it")), theme.Space4, 0),
		help,
		container.New(layout.NewCustomPaddedLayout(theme.Space7, theme.Space6, 0, 0), container.NewCenter(cards)),
		container.NewCenter(others))
	return container.NewVScroll(container.New(layout.NewCustomPaddedLayout(64, theme.Space6, theme.Space6, theme.Space6),
		container.NewHBox(layout.NewSpacer(), widget.Width(column, maxTemplates*templateWidth+(maxTemplates-1)*theme.Space4), layout.NewSpacer())))
}

// newTemplate makes a template's card. first is the one that stands out.
func newTemplate(p *Page, t Template, first bool) fyne.CanvasObject {
	looks := []widget.TileLook{tile.Operation(p.Catalog, t.Definition.Trigger.Use)}
	for _, s := range t.Definition.Walk() {
		looks = append(looks, tile.Operation(p.Catalog, s.Use))
	}
	use := widget.NewButton(lang.L("Use this recipe"), func() { p.add(t.Definition) })
	if t.Practice {
		use = widget.NewButton(lang.L("Try it now, pretend shop"), p.OnTryPractice)
		use.Icon = theme.IconPlay
	}
	use.Name = use.Text + ": " + t.Title
	if first {
		use.Style = widget.Filled
	}
	help := widget.NewHelp(t.Help)
	return widget.NewCard(widget.Column(theme.Space2,
		widget.NewTileRow(looks...), widget.NewStrong(t.Title), widget.Sized(help, 0, 56), widget.Row(0, use)))
}
