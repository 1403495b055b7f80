package reach

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// test takes a way into use and shows live whether it works, and then what to do next.
type test struct {
	page *Page
	way  engine.Way
	// began is when it was begun last; zero if it was not. What was found before is no answer.
	began time.Time
	// taken is true once the way is in use, and known once Bellhop has tried it: what is said then holds.
	taken, known bool
	calls        *ui.Loader[struct{}]

	link, call *line
	trouble    *widget.Banner
	again      *widget.Button
	works      *widget.Banner
	address    *addressRow
	next       *next
	object     fyne.CanvasObject
}

func newTest(p *Page, way engine.Way) *test {
	t := &test{page: p, way: way, link: newLine(), call: newLine()}
	t.calls = ui.NewLoader(p.Loop, p.try, func(struct{}, error) { // what is wrong stands in Reach
		t.known = true
		p.loader.Load()
		p.refresh()
	})
	t.again = widget.NewButton(lang.L("Try again"), t.try)
	t.trouble = widget.NewBanner(theme.Bad, "", "")
	t.trouble.Below = true
	t.works = widget.NewBanner(theme.OK, "", "")
	t.address = newAddressRow(p)
	t.next = newNext(p)
	t.object = widget.Column(theme.Space3, t.link.object, t.call.object, t.address.object, t.trouble, t.works, t.next.object)
	return t
}

// begin takes the way into use. failed is called if it cannot be.
func (t *test) begin(change func(*engine.Settings), failed func(err error)) {
	p := t.page
	t.began, t.taken, t.known = p.Now(), false, false
	p.do(func(ctx context.Context) error { return p.Desk.ChangeSettings(ctx, change) }, func(err error) {
		if err != nil {
			t.stop()
			failed(err)
			return
		}
		t.taken = true
		t.calls.LoadWith(p.try)
	})
}

// try tries once more.
func (t *test) try() {
	t.began, t.known = t.page.Now(), false
	t.calls.LoadWith(t.page.try)
	t.page.refresh()
}

// stop forgets what was begun.
func (t *test) stop() {
	t.calls.Stop()
	t.began, t.taken, t.known = time.Time{}, false, false
}

// worked says whether Bellhop has been reached this way since the test was begun.
func (t *test) worked() bool {
	r := t.page.book.reach
	return t.up() && r.Reachable() && (t.known || !r.Worked.Before(t.began))
}

// up says whether what carries deliveries here stands.
func (t *test) up() bool {
	r := t.page.book.reach
	return t.taken && r.Way == t.way && (t.way == engine.WayAddress || r.Link.State == engine.LinkUp)
}

// wrong says whether something has been found wrong since the test was begun.
func (t *test) wrong() bool {
	r := t.page.book.reach
	switch {
	case !t.taken || r.Way != t.way:
		return false
	case !t.up():
		return r.Link.Problem != "" || r.Link.State == engine.LinkRefused
	}
	return r.Problem != "" && (t.known || !r.Checked.Before(t.began))
}

func (t *test) refresh() {
	r := t.page.book.reach
	worked, wrong := t.worked(), t.wrong()
	switch {
	case t.up():
		t.link.set(theme.IconCheck, theme.OK, lang.L("Connected to ngrok"))
	case wrong:
		t.link.set(theme.IconAlert, theme.Bad, lang.L("Not connected to ngrok"))
	default:
		t.link.set(theme.IconClock, theme.Neutral, lang.L("Connecting to ngrok…"))
	}
	switch {
	case !t.up():
		t.call.set(theme.IconClock, theme.Neutral, lang.L("Then Bellhop calls its own address"))
	case wrong:
		t.call.set(theme.IconAlert, theme.Bad, lang.L("A call over the internet did not arrive"))
	default:
		t.call.set(theme.IconClock, theme.Neutral, lang.L("Bellhop calls its own address over the internet…"))
	}
	widget.SetVisible(t.link.object, t.way == engine.WayNgrok && !worked)
	widget.SetVisible(t.call.object, !worked) // what works says both
	widget.SetVisible(t.trouble, wrong && !worked)
	if wrong {
		t.trouble.Set(troubleWords(r))
		t.trouble.SetActions(t.page.fixes(r, t.again)...)
	}
	widget.SetVisible(t.works, worked)
	t.works.Set(worksWords(r))
	widget.SetVisible(t.address.object, t.up() && r.URL != "" && (worked || t.way == engine.WayNgrok)) // else one has just typed it
	t.address.set(r.URL)
	t.next.refresh(worked)
}

// worksWords say what it means that the test went well.
func worksWords(r engine.Reach) (tone theme.Tone, lead, text string) {
	switch {
	case r.Nearby():
		return theme.Warn, lang.L("It works, but only nearby."), lang.L("Only this computer and those in its network can call this address. Apps on the internet cannot send to it.")
	case r.OneWay:
		return theme.OK, lang.L("It works."), lang.L("Bellhop cannot call itself at this address, which some routers do not allow. But what an app sent from outside has arrived here.")
	case r.Way == engine.WayAddress && r.Plain():
		return theme.Warn, lang.L("It works, but not for every app."), plainWords()
	}
	return theme.OK, lang.L("It works."), lang.L("Bellhop called its own address over the internet, and the call arrived here.")
}

// addressRow is the public address, to be read and copied.
type addressRow struct {
	text   *widget.Text
	object *fyne.Container
}

func newAddressRow(p *Page) *addressRow {
	a := &addressRow{text: widget.NewLine("")}
	a.text.Monospace = true
	copyIt := widget.NewButton(lang.L("Copy"), func() { p.copied(a.text.Words()) })
	copyIt.Icon, copyIt.Name = theme.IconCopy, lang.L("Copy the address")
	a.object = widget.Row(theme.Space2, widget.Grow(widget.NewSunken(a.text)), copyIt)
	return a
}

func (a *addressRow) set(address string) { a.text.SetText(address) }
