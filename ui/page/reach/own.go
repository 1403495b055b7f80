package reach

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// own is the set-up of an address that somebody else passes on to this computer.
type own struct {
	page    *Page
	address *widget.Entry
	frame   *widget.FormField
	save    *widget.Button
	test    *test
	tested  *widget.Card
	finish  fyne.CanvasObject
	object  fyne.CanvasObject
	// told is how tall the page was when it was last scrolled to what the test says.
	told float32
}

func newOwn(p *Page) *own {
	o := &own{page: p, address: widget.NewEntry(lang.L("Address"))}
	o.address.PlaceHolder = "https://hooks.example.com"
	o.address.OnChanged = func(string) { o.problem("") }
	o.address.OnSubmitted = func(string) { o.submit() }
	o.frame = widget.NewFormField(lang.L("Your address"), false, p.follow(o.address), lang.L("Beginning with https://. What follows it, Bellhop adds for each recipe."))
	o.save = widget.NewFilledButton("", lang.L("Save and test"), o.submit)
	local := newAddressRow(p)
	local.set(p.Local)
	p.follow(local.object)
	o.test = newTest(p, engine.WayAddress)
	o.finish = widget.Row(0, widget.Spacer(), widget.NewFilledButton("", lang.L("Done"), p.finish))
	o.tested = widget.NewCard(p.follow(widget.Column(theme.Space3, o.test.object, o.finish)))
	o.object = widget.Column(theme.Space4,
		widget.NewText(lang.L("Whatever passes things on to this computer has to send them here, unchanged:")), local.object,
		widget.NewCard(widget.Column(theme.Space3,
			advice("Cloudflare Tunnel", lang.L("Make a public hostname in your tunnel, of type HTTP, with the address above as its service.")),
			advice("Tailscale Funnel", lang.L("Run “tailscale funnel {{.Port}}” on this computer. Your address is then the one it prints.", map[string]any{"Port": port(p.Local)})),
			advice(lang.L("Own server, or router"), lang.L("Let a web server with a certificate, such as Caddy or nginx, pass on everything to the address above without changing anything. If it runs on another computer, Bellhop must listen for that: change the address it listens at in Settings.")))),
		widget.NewCard(widget.Column(theme.Space4, o.frame, widget.Row(0, widget.Spacer(), p.follow(o.save)))),
		o.tested)
	return o
}

// advice is what to do for one of the ways in.
func advice(name, text string) fyne.CanvasObject {
	words := widget.NewHelp(text)
	return widget.RowTop(theme.Space3, widget.Width(widget.NewStrong(name), 168), widget.Grow(words))
}

// port is what stands after the last colon of an address.
func port(address string) string { return address[strings.LastIndex(address, ":")+1:] }

func (o *own) content() fyne.CanvasObject { return o.object }

// begin shows the set-up.
func (o *own) begin() {
	o.test.stop()
	o.address.SetText("")
	if s := o.page.book.settings; s.Way == engine.WayAddress {
		o.address.SetText(s.Address)
	}
	o.page.goTo(o)
	o.page.Navigator.Dialogs().Canvas().Focus(o.address)
}

func (o *own) problem(sentence string) {
	o.frame.SetError(sentence)
	o.address.Mark(sentence != "")
}

func (o *own) submit() {
	if o.page.busy {
		return
	}
	address := strings.TrimSpace(o.address.Text)
	if address == "" {
		o.problem(lang.L("Write the address first, such as https://hooks.example.com."))
		return
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	address = strings.TrimRight(address, "/")
	if o.address.Text != address {
		o.address.SetText(address)
	}
	o.test.begin(func(s *engine.Settings) { s.Way, s.Address = engine.WayAddress, address },
		func(err error) { o.problem(phrase.Error(err)) })
}

func (o *own) refresh() {
	o.test.refresh()
	widget.SetVisible(o.tested, !o.test.began.IsZero())
	widget.SetVisible(o.finish, o.test.worked())
	o.reveal()
	widget.SetEnabled(o.save, !o.page.busy)
}

// reveal scrolls to what the test says, each time that it says something else.
func (o *own) reveal() {
	tall := o.object.MinSize().Height
	if o.tested.Visible() && tall != o.told {
		o.page.Loop.Post(o.page.body.ScrollToBottom) // once it has its size
	}
	o.told = tall
}
