package reach

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// meter shows a way that is set up: whether deliveries arrive, how much comes, who depends on it.
type meter struct {
	page   *Page
	checks *ui.Loader[struct{}]
	// moved tells that the address is another than a few days ago.
	moved *widget.Banner
	// checking is true while Bellhop tries because the user asked.
	checking bool

	state   *widget.Chip
	way     *widget.Text
	address *addressRow
	worked  *widget.Text
	plain   *widget.Text
	trouble *widget.Banner
	test    *widget.Button
	again   *widget.Button
	usage   *usage
	who     *who
	object  fyne.CanvasObject
}

func newMeter(p *Page) *meter {
	m := &meter{page: p, usage: newUsage(p), who: newWho(p)}
	m.checks = ui.NewLoader(p.Loop, p.try, func(struct{}, error) { // what is wrong stands in Reach
		m.checking = false
		p.loader.Load()
		p.refresh()
	})
	m.state = widget.NewChip("", "", theme.Neutral)
	m.way = widget.NewMuted("")
	m.way.Alignment = fyne.TextAlignTrailing
	m.address = newAddressRow(p)
	m.worked = widget.NewHelp("")
	m.plain = widget.NewText(plainWords())
	m.plain.Color = theme.ColorWarn
	m.trouble = widget.NewBanner(theme.Bad, "", "")
	m.trouble.Below = true
	m.moved = widget.NewBanner(theme.Warn, "", "")
	m.test, m.again = widget.NewButton("", m.check), widget.NewButton(lang.L("Try again"), m.check)
	change := widget.NewButton(lang.L("Change"), nil)
	change.OnTapped = func() { widget.ShowMenuBelow(change, m.menu()...) }
	off := widget.NewButton(lang.L("Turn off…"), m.turnOff)
	off.Style = widget.Danger
	m.object = widget.Column(theme.Space4,
		m.trouble, m.moved,
		widget.NewCard(p.follow(widget.Column(theme.Space3,
			widget.Row(theme.Space3, m.state, widget.Grow(m.way)), m.address.object, m.worked, m.plain,
			widget.Row(theme.Space2, m.test, change, widget.Spacer(), off)))),
		m.usage.object, m.who.object)
	return m
}

func (m *meter) content() fyne.CanvasObject { return m.object }

// menu is what can be changed.
func (m *meter) menu() []*fyne.MenuItem {
	p := m.page
	another := fyne.NewMenuItem(lang.L("Another way…"), func() {
		p.choosing = true
		p.goTo(p.home())
	})
	if p.book.settings.Way == engine.WayAddress {
		return []*fyne.MenuItem{fyne.NewMenuItem(lang.L("The address…"), p.own.begin), another}
	}
	return []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("The address…"), func() { p.ngrok.beginAt(stepAddress) }),
		fyne.NewMenuItem(lang.L("The token…"), func() { p.ngrok.beginAt(stepToken) }),
		another,
	}
}

// check tries now.
func (m *meter) check() {
	m.checking = true
	m.page.refresh()
	m.checks.LoadWith(m.page.try)
}

// turnOff asks first, and says what stops.
func (m *meter) turnOff() {
	p := m.page
	text := lang.L("What apps send to the address does not arrive any more. You can turn it on again at any time.")
	if all := p.book.waiting; len(all) > 0 {
		text = lang.N("{{.Count}} recipes stop getting deliveries: {{.Recipes}}.", len(all), map[string]any{"Count": len(all), "Recipes": names(all)})
		asking := slices.DeleteFunc(slices.Clone(all), func(w waiting) bool { return !w.asks })
		if len(asking) > 0 {
			text += " " + lang.N("{{.Count}} of them go on by asking their app every hour.", len(asking), map[string]any{"Count": len(asking)})
		}
		text += " " + lang.L("You can turn it on again at any time.")
	}
	widget.NewConfirm(p.Navigator.Dialogs(), lang.L("Turn it off?"), text, lang.L("Turn off"), true, func() {
		p.do(func(ctx context.Context) error {
			return p.Desk.ChangeSettings(ctx, func(s *engine.Settings) { s.Way, s.Address = engine.WayNone, "" })
		}, func(err error) {
			if err != nil {
				widget.NewMessage(p.Navigator.Dialogs(), lang.L("It is not turned off."), phrase.Error(err)).Show()
			}
		})
	}).Show()
}

// mostNamed is how many recipes are named in a sentence.
const mostNamed = 4

// names lists recipes in a sentence.
func names(list []waiting) string {
	var all []string
	for _, w := range list[:min(len(list), mostNamed)] {
		all = append(all, "“"+w.name+"”")
	}
	text := strings.Join(all, ", ")
	if left := len(list) - mostNamed; left > 0 {
		text += " " + lang.N("and {{.Count}} more", left, map[string]any{"Count": left})
	}
	return text
}

func (m *meter) refresh() {
	p := m.page
	r, now := p.book.reach, p.Now()
	look := status.OfReach(r, now)
	m.state.Set(look.Icon, look.Word, look.Tone)
	m.way.SetText(wayWords(p.book.settings, r))
	widget.SetVisible(m.address.object, r.URL != "")
	m.address.set(r.URL)
	widget.SetVisible(m.worked, r.URL != "") // else there is nothing to call
	m.worked.SetText(workedWords(r, when.Ago(r.Worked, now)))
	widget.SetVisible(m.plain, r.Way == engine.WayAddress && r.Plain() && !r.Nearby())
	wrong := status.Unreachable(r)
	widget.SetVisible(m.trouble, wrong)
	widget.SetVisible(m.test, !wrong) // there is a button beside what is wrong
	if wrong {
		m.trouble.Set(troubleWords(r))
		m.trouble.SetActions(p.fixes(r, m.again)...)
	}
	widget.SetVisible(m.moved, r.Before != "" && r.Before != r.URL)
	m.moved.Set(theme.Warn, lang.L("The address is a new one."),
		lang.L("Before, it was {{.Address}}. Apps that were told that one must be told the new one of their recipe, below; Bellhop tells those it can tell by itself.", map[string]any{"Address": r.Before}))
	m.test.SetText(lang.L("Test now"))
	m.again.SetText(lang.L("Try again"))
	if m.checking {
		m.test.SetText(lang.L("Testing…"))
		m.again.SetText(lang.L("Trying…"))
	}
	for _, b := range []*widget.Button{m.test, m.again} {
		widget.SetEnabled(b, !m.checking)
	}
	m.usage.refresh()
	m.who.refresh()
}

// wayWords name the way that is in use.
func wayWords(s engine.Settings, r engine.Reach) string {
	switch {
	case s.Way == engine.WayAddress:
		return lang.L("An address of your own")
	case r.Link.Plan != "":
		return lang.L("With ngrok, plan “{{.Plan}}”", map[string]any{"Plan": r.Link.Plan})
	}
	return lang.L("With ngrok")
}

// workedWords say when a call last came through, and what that means.
func workedWords(r engine.Reach, ago string) string {
	words := map[string]any{"When": ago}
	switch {
	case r.OneWay:
		return lang.L("Bellhop cannot call itself at this address, which some routers do not allow, but calls from outside arrive (last: {{.When}}).", words)
	case r.Worked.IsZero():
		return lang.L("Bellhop calls this address every ten minutes to see whether calls arrive. None has yet.")
	case r.Nearby():
		return lang.L("Bellhop’s own call of this address last arrived: {{.When}}. Only this computer and those in its network can call it; apps on the internet cannot.", words)
	}
	return lang.L("A call over the internet last arrived: {{.When}}. Bellhop calls this address itself every ten minutes.", words)
}

// plainWords say what does not work at an address that begins with http://.
func plainWords() string {
	return lang.L("The address begins with http://. Apps such as Shopify, Stripe and Slack deliver only where it begins with https://, and what others send can be read on its way.")
}
