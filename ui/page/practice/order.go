package practice

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// orderList is the last orders, newest first. Choosing one shows its run.
type orderList struct {
	*widget.List
	orders []Sent
}

func newOrderList(p *Page) *orderList {
	l := &orderList{}
	l.List = widget.NewList(lang.L("Last orders"), func() int { return len(l.orders) },
		func() fyne.CanvasObject { return newOrderRow() },
		func(i int, o fyne.CanvasObject) {
			if i < len(l.orders) { // the list may ask for what is gone already
				o.(*orderRow).show(orderData{l.orders[i], when.Clock(l.orders[i].At, p.Now())})
			}
		},
		func(i int) {
			if run := l.orders[i].RunID; run != 0 {
				p.OnOpenRun(run)
			}
		})
	return l
}

func (l *orderList) fill(orders []Sent) {
	if !slices.Equal(l.orders, orders) {
		l.orders = orders
		l.Refresh()
	}
}

// orderData is what a row shows.
type orderData struct {
	Sent
	time string
}

// orderRow shows one order. Its parts are made when it is first shown, since the list makes rows only
// to measure them, again and again.
type orderRow struct {
	fynewidget.BaseWidget
	data          orderData
	title, second *widget.Text
	chip          *widget.Chip
	next          *widget.Icon
	box           *fyne.Container
}

var _ fyne.Widget = (*orderRow)(nil)

func newOrderRow() *orderRow {
	r := &orderRow{}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize is the same for all rows.
func (r *orderRow) MinSize() fyne.Size { return fyne.NewSize(160, 50) }

func (r *orderRow) show(data orderData) {
	r.parts()
	if r.data == data {
		return
	}
	r.data = data
	r.title.SetText(data.Name + ", " + data.Customer)
	kind := map[What]string{
		OrderCreated: lang.L("created"), OrderPaid: lang.L("paid"), PaymentMade: lang.L("payment"), PaymentFailed: lang.L("failed payment"),
	}[data.What]
	r.second.SetText(data.Total + " " + data.Currency + " · " + kind + " · " + data.time)
	switch {
	case data.Recovered && data.State == engine.Succeeded:
		r.chip.Set(theme.IconMoon, lang.L("Recovered"), theme.Brass)
	case data.RunID != 0:
		status.Set(r.chip, data.State, "")
	case data.Status == 0:
		r.chip.Set(theme.IconAlert, lang.L("Nobody was told"), theme.Neutral)
	case data.Status >= 200 && data.Status < 300:
		r.chip.Set(theme.IconCheck, lang.L("Answered {{.Status}}", map[string]any{"Status": strconv.Itoa(data.Status)}), theme.OK)
	default:
		r.chip.Set(theme.IconAlert, lang.L("Answered {{.Status}}", map[string]any{"Status": strconv.Itoa(data.Status)}), theme.Bad)
	}
	widget.SetVisible(r.next, data.RunID != 0)
	r.box.Refresh()
}

func (r *orderRow) parts() {
	if r.box != nil {
		return
	}
	r.title, r.second = widget.NewStrong(""), widget.NewCaption("")
	r.chip = widget.NewChip("", "", theme.Neutral)
	r.next = widget.NewIcon(theme.IconNext, theme.ColorMuted, 12)
	words := widget.Column(1, r.title, r.second)
	r.box = widget.Inset(widget.Row(theme.Space2, widget.Grow(words), r.chip, r.next), 6, theme.Space2)
}

// CreateRenderer is for Fyne.
func (r *orderRow) CreateRenderer() fyne.WidgetRenderer {
	r.parts()
	return fynewidget.NewSimpleRenderer(r.box)
}
