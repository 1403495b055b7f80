package editor

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// address is where a webhook trigger's deliveries go, what to do with it, and whether they can arrive.
type address struct {
	page *Page
	app  string
	// shown wraps: an address on the internet is longer than most fields.
	shown  *widget.Text
	frame  *widget.FormField
	note   *widget.Banner
	object fyne.CanvasObject
}

func newAddress(p *Page, e draft.Element) *address {
	a := &address{page: p, app: e.Connector.Title, shown: widget.NewText("")}
	a.shown.Monospace = true
	copyIt := widget.NewButton(lang.L("Copy"), func() {
		fyne.CurrentApp().Clipboard().SetContent(a.text())
		p.Navigator.Toast(lang.L("The address is copied. Paste it where {{.App}} asks for it.", map[string]any{"App": a.app}))
	})
	copyIt.Icon, copyIt.Name = theme.IconCopy, lang.L("Copy the address")
	a.frame = widget.NewFormField(lang.L("Address for the webhook"), false, widget.Row(theme.Space2, widget.Grow(widget.NewSunken(a.shown)), copyIt), "")
	a.note = widget.NewBanner(theme.Neutral, "", "")
	a.note.Below = true
	a.note.Hide()
	box := widget.Column(theme.Space2, a.frame)
	if p.OnDeliveries != nil {
		box.Add(widget.Row(0, widget.NewLink(lang.L("My webhook does not arrive?"), p.OnDeliveries)))
	}
	box.Add(a.note)
	a.object = box
	a.refresh(e)
	return a
}

func (a *address) text() string {
	if len(a.page.addresses) == 0 {
		return ""
	}
	return a.page.addresses[0]
}

func (a *address) refresh(e draft.Element) {
	a.shown.SetText(a.text())
	p := a.page
	words := map[string]any{"App": a.app, "Event": e.Operation.Title}
	practice := p.practice[e.Connection]
	a.frame.SetHelp(p.addressHelp(e.Operation, words, practice))
	widget.SetVisible(a.note, false)
	if p.Reach == nil || practice {
		return // what a practice account sends never leaves this computer
	}
	asks, show := e.Operation.CatchUp != nil, lang.L("See why")
	switch {
	case p.reach.Way == engine.WayNone && asks:
		show = lang.L("Make it reachable")
		a.note.Set(theme.Neutral, lang.L("{{.App}} cannot send to this computer yet.", words),
			lang.L("Until it can, Bellhop asks {{.App}} every hour what is new, so nothing is missed. Make Bellhop reachable, and the recipe starts the moment it happens.", words))
	case p.reach.Way == engine.WayNone:
		show = lang.L("Make it reachable")
		a.note.Set(theme.Neutral, lang.L("Apps on the internet cannot send here yet.", words),
			lang.L("So far only programs on this computer can. Make Bellhop reachable, and an address that works from everywhere is shown here."))
	case !status.Unreachable(p.reach):
		return
	case asks:
		a.note.Set(theme.Warn, lang.L("What {{.App}} sends does not arrive now.", words),
			lang.L("Until it does, Bellhop asks {{.App}} every hour what is new, so nothing is missed.", words))
	default:
		a.note.Set(theme.Warn, lang.L("What {{.App}} sends does not arrive now.", words),
			lang.L("Most apps send again for some hours what did not arrive."))
	}
	if p.OnReach != nil {
		a.note.SetActions(widget.NewButton(show, p.OnReach))
	}
	a.note.Show()
}

// addressHelp says what to do with the address. practice says that it is for a pretend account.
func (p *Page) addressHelp(o engine.Operation, words map[string]any, practice bool) string {
	far := o.Connection == engine.Required && p.Reach != nil && !practice // the app is on the internet
	switch {
	case practice:
		return lang.L("The practice account knows it already. What it sends never leaves this computer.")
	case far && p.reach.URL == "":
		return lang.L("It works on this computer only: there is no use in pasting it at {{.App}} yet.", words)
	case far && o.Webhook.Subscription != nil && o.Webhook.Subscription.Unsubscribe != nil:
		return lang.L("Bellhop tells {{.App}} this address by itself once the recipe is on, and removes it there when the recipe is off for hours or deleted.", words)
	case far && o.Webhook.Subscription != nil:
		return lang.L("Bellhop tells {{.App}} this address by itself once the recipe is on.", words)
	case o.Connection == engine.Required:
		return lang.L("In {{.App}}, make a webhook for “{{.Event}}” and paste this address. Deliveries start the recipe once it is on.", words)
	}
	return lang.L("In the other app's settings for webhooks, make a new one and paste this address. Deliveries start the recipe once it is on.")
}
