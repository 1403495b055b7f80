package reach

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// near is the part of a limit from which on it is worth a warning.
const near = 0.8

// usage is what came this month, beside what ngrok's free plan carries if the account is on it.
type usage struct {
	page            *Page
	requests, bytes *counter
	note            *widget.Text
	warning         *widget.Text
	account         *fyne.Container
	object          fyne.CanvasObject
}

// counter is one number, with a bar where there is a limit.
type counter struct {
	words  *widget.Text
	gauge  *widget.Gauge
	object *fyne.Container
}

func newCounter() *counter {
	c := &counter{words: widget.NewLine(""), gauge: widget.NewGauge("")}
	c.object = widget.Column(theme.Space2, c.words, c.gauge)
	return c
}

func (c *counter) set(words string, limited bool, part float64) {
	c.words.SetText(words)
	widget.SetVisible(c.gauge, limited)
	tone := theme.Primary
	switch {
	case part >= 1:
		tone = theme.Bad
	case part >= near:
		tone = theme.Warn
	}
	c.gauge.Set(words, part, tone)
}

func newUsage(p *Page) *usage {
	u := &usage{page: p, requests: newCounter(), bytes: newCounter(), note: widget.NewHelp(""), warning: widget.NewText("")}
	u.warning.Color = theme.ColorWarn
	u.account = widget.Row(0, widget.NewLink(lang.L("See what counts at ngrok"), func() { p.open(ngrokAccount) }))
	p.follow(u.account)
	u.object = widget.NewCard(widget.Column(theme.Space3, widget.NewCardTitle(lang.L("This month")),
		widget.Row(theme.Space5, widget.Grow(u.requests.object), widget.Grow(u.bytes.object)), u.warning, u.note, u.account))
	return u
}

func (u *usage) refresh() {
	r := u.page.book.reach
	free := isFree(r.Link)
	requests, bytes := lang.N("{{.N}} requests", int(r.Month.Requests), map[string]any{"N": number(r.Month.Requests)}),
		lang.L("{{.Size}} of data", map[string]any{"Size": amount(r.Month.Bytes)})
	if free {
		requests = lang.L("{{.N}} of about {{.Limit}} requests", map[string]any{"N": number(r.Month.Requests), "Limit": number(freeRequests)})
		bytes = lang.L("{{.Size}} of about {{.Limit}} of data", map[string]any{"Size": amount(r.Month.Bytes), "Limit": amount(freeBytes)})
	}
	u.requests.set(requests, free, part(r.Month.Requests, freeRequests))
	u.bytes.set(bytes, free, part(r.Month.Bytes, freeBytes))
	most := max(part(r.Month.Requests, freeRequests), part(r.Month.Bytes, freeBytes))
	widget.SetVisible(u.warning, free && most >= near)
	u.warning.SetText(lang.L("This is close to what the free plan carries in a month. When that is used up, nothing arrives until the next month begins, or until you choose another plan at ngrok."))
	note := lang.L("Counted here. It begins anew on the first of each month.")
	if free {
		note = lang.L("Counted here; the limits are about those of ngrok’s free plan. What holds is ngrok’s own count.")
	}
	u.note.SetText(note)
	widget.SetVisible(u.account, free)
}
