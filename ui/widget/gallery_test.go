package widget_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

var (
	shopify = widget.TileLook{Color: "#5E8E3E", Letter: "S", Name: "Shopify"}
	slack   = widget.TileLook{Color: "#4A154B", Letter: "#", Name: "Slack"}
	filter  = widget.TileLook{Icon: theme.IconFilter, Name: "Filter"}
	yellow  = widget.TileLook{Color: "#FFE01B", Letter: "M", Name: "Mailchimp"}
)

// gallery shows every widget.
func gallery(fyne.App) fyne.CanvasObject {
	disabled := widget.NewButton("Cannot now", nil)
	disabled.Disable()
	off := widget.NewFilledButton("", "Publish…", nil)
	off.Disable()
	danger := widget.NewButton("Remove…", nil)
	danger.Style = widget.Danger
	focused := widget.NewButton("Has the keyboard", nil)
	focused.FocusGained()
	hovered := widget.NewButton("Pointer here", nil)
	hovered.MouseIn(nil)
	buttons := widget.Row(theme.Space2, widget.NewFilledButton(theme.IconPlus, "New recipe", nil),
		widget.NewButton("Show the 6 runs", nil), focused, hovered, disabled, off, danger,
		widget.NewQuietButton(theme.IconBack, "Recipes", nil), widget.NewMenuButton("More", nil), widget.NewLink("Make it reachable…", nil))
	chips := widget.Row(theme.Space2, widget.NewChip(theme.IconCheck, "4 min ago", theme.OK), widget.NewChip(theme.IconAlert, "Failed 12 min ago", theme.Bad),
		widget.NewChip("", "Off", theme.Neutral), widget.NewChip(theme.IconMoon, "Recovered", theme.Brass), widget.NewChip(theme.IconClock, "Waiting", theme.Warn),
		widget.NewChip("", "Live · 2 changes not published", theme.Primary))
	all := widget.NewChoice("All", nil)
	all.Selected = true
	choices := widget.Row(theme.Space2, all, widget.NewChoice("Failed 1", nil), widget.NewChoice("Waiting", nil), widget.NewChoice("Filtered", nil))
	field := widget.NewEntry("Channel")
	field.SetText("#orders")
	broken := widget.NewFormField("Link in the message", false, widget.NewSearchEntry("Find “189.00” or “email”", nil), "")
	broken.SetError("Empty in 3 of the last 10 orders.")
	fields := container.NewGridWithColumns(2, widget.NewFormField("Channel", true, field, "Where the message goes."), broken)
	tabs := widget.NewTabs(nil, "What was sent", "What came back", "Attempts (3)")
	return widget.NewSurface(theme.ColorBackground, widget.NewPage(
		widget.NewPageHeader("Gallery", widget.Width(widget.NewSearchEntry("Search recipes, orders, messages…", nil), 260), widget.NewFilledButton(theme.IconPlus, "New recipe", nil)),
		widget.Column(theme.Space3,
			widget.NewBanner(theme.Brass, "While you were away", "(9 h 12 min) 6 Shopify orders came in. Bellhop fetched them and ran all 6. Nothing was lost, nothing ran twice.", widget.NewButton("Show the 6 runs", nil)),
			widget.NewBanner(theme.Bad, "Slack didn’t find the channel “#ordrs”.", "The channel may have been renamed, or Bellhop is not in it.", widget.NewFilledButton("", "Try again", nil), widget.NewButton("Open step 3", nil)),
			buttons, chips, choices,
			recipeRow("Tell the team about big orders", true, shopify, filter, slack),
			recipeRow("New subscribers into HubSpot", false, yellow, slack, shopify, slack, filter, filter),
			fields, tabs,
			widget.NewCard(widget.NewKeyValues(widget.KeyValue{Key: "Order name", Value: "#1042"}, widget.KeyValue{Key: "Customer", Value: "Ana Silva, with a long name that goes on and on until it has to wrap into the next line of the card because the card is at its end"})),
			widget.NewCodeView("{\n  \"ok\": false,\n  \"error\": \"channel_not_found\"\n}", 4),
			container.NewCenter(widget.NewToast("Saved. The recipe is on.")),
		)))
}

func recipeRow(name string, on bool, looks ...widget.TileLook) fyne.CanvasObject {
	var bars []widget.Bar
	for i := range 12 {
		bars = append(bars, widget.Bar{Count: i, Failed: i / 10})
	}
	words := widget.Column(2, widget.NewCardTitle(name), widget.NewMuted("When a new order arrives in Shopify, and its total is over 100, send a message "+strings.Repeat("and then more ", 4)))
	state := widget.Column(theme.Space1, widget.Row(0, widget.NewChip(theme.IconCheck, "4 min ago", theme.OK)), widget.NewCaption("23 today"))
	return widget.NewTapCard(name, widget.Row(theme.Space4, widget.Width(widget.NewTileRow(looks...), 150), widget.Grow(words), widget.NewBars("Runs", bars...),
		widget.Width(state, 150), widget.NewToggle(name, on, nil), widget.NewMenuButton("More", nil)), nil)
}

func TestLookAtGallery(t *testing.T) {
	uitest.Render(t, "gallery", 1072, 1000, gallery)
	uitest.Render(t, "empty", 800, 400, func(fyne.App) fyne.CanvasObject {
		return widget.NewSurface(theme.ColorBackground, widget.NewEmptyState(theme.IconBell, "When something happens, Bellhop takes care of it",
			"Pick what you need. You can try everything with pretend accounts first: no sign-up, nothing real is sent.",
			widget.NewFilledButton(theme.IconPlay, "Try it now", nil), widget.NewButton("Start from scratch", nil)))
	})
	uitest.Render(t, "icons", 500, 300, func(fyne.App) fyne.CanvasObject {
		grid := container.NewGridWithColumns(10)
		for _, name := range theme.Icons() {
			grid.Add(container.NewCenter(widget.NewIcon(name, theme.ColorText, 24)))
		}
		return widget.NewSurface(theme.ColorBackground, grid)
	})
}
