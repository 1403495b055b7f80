package reach

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// choose says why Bellhop should be reachable, and offers the ways.
type choose struct {
	page   *Page
	object fyne.CanvasObject
	not    *widget.Button
	notNow *widget.Text
}

func newChoose(p *Page) *choose {
	c := &choose{page: p}
	why := widget.NewText(lang.L("Apps like Shopify tell of a new order by sending it to an address on the internet. This computer has none, so what they send cannot arrive here yet. Choose how it should:"))
	c.notNow = widget.NewHelp("")
	ngrok, _ := c.way(theme.IconGlobe, lang.L("With ngrok"), lang.L("Recommended"),
		widget.NewHelp(lang.L("A service that gives this computer an address of its own, which stays the same. A free account is enough for most shops. Takes five minutes; nothing to set up at your router.")),
		lang.L("Set up with ngrok"), true, func() { p.ngrok.begin() })
	own, _ := c.way(theme.IconLink, lang.L("I have an address of my own"), "",
		widget.NewHelp(lang.L("You or somebody for you runs a server, a Cloudflare Tunnel, a Tailscale Funnel or a router that passes on to this computer what arrives at an address.")),
		lang.L("Use my address"), false, func() { p.own.begin() })
	later, not := c.way(theme.IconClock, lang.L("Not now"), "", c.notNow, lang.L("Not now"), false, func() {
		if p.choosing {
			p.finish()
			return
		}
		p.Navigator.Back()
	})
	c.not = not
	apart := func(o fyne.CanvasObject) fyne.CanvasObject { return widget.Inset(o, 0, theme.Space1) }
	ways := container.NewGridWithColumns(3, apart(ngrok), apart(own), apart(later))
	c.object = widget.Column(theme.Space5, why, widget.Inset(ways, 0, -theme.Space1))
	return c
}

// way is the card of one way, and its button.
func (c *choose) way(icon theme.IconName, title, chip string, about fyne.CanvasObject, deed string, first bool, onTapped func()) (fyne.CanvasObject, *widget.Button) {
	heading := widget.NewParts(widget.Part{Text: title, Bold: true})
	heading.SizeName = theme.SizeCardTitle
	do := widget.NewButton(deed, onTapped)
	if first {
		do = widget.NewFilledButton("", deed, onTapped)
	}
	c.page.follow(do)
	mark := widget.Row(theme.Space2, widget.NewIcon(icon, theme.ColorBrass, 26), widget.Spacer())
	if chip != "" {
		mark.Add(widget.NewChip(theme.IconCheck, chip, theme.OK))
	}
	words := widget.Column(theme.Space2, mark, heading, about)
	return widget.NewCard(widget.Border(words, do, nil, nil, widget.Sized(widget.Spacer(), 0, theme.Space3))), do
}

func (c *choose) content() fyne.CanvasObject { return c.object }

func (c *choose) refresh() {
	text := lang.L("What goes on without: schedules, recipes that look for what is new by themselves, and recipes you start by hand. Some apps are asked every hour for what they could not deliver.")
	if asking := count(c.page.book.waiting, func(w waiting) bool { return w.asks }); asking > 0 {
		text = lang.L("What goes on without: schedules, recipes that look for what is new by themselves, and recipes you start by hand.") + " " +
			lang.N("{{.Count}} of your recipes ask their app every hour for what it could not deliver.", asking, map[string]any{"Count": asking})
	}
	c.notNow.SetText(text)
}

// count says of how many recipes something is true.
func count(list []waiting, is func(waiting) bool) int {
	n := 0
	for _, w := range list {
		if is(w) {
			n++
		}
	}
	return n
}
