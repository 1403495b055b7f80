package practice

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// amounts of orders that can be sent at once.
var amounts = []int{1, 3, 10}

// shop is the pretend shop: the order to send, and what became of the last ones.
type shop struct {
	page   *Page
	total  *widget.Entry
	field  *widget.FormField
	times  []*widget.Choice
	kinds  []*widget.Choice
	count  int
	paid   bool
	send   *widget.Button
	orders *orderList
	none   fyne.CanvasObject
	object *widget.Card
}

func newShop(p *Page) *shop {
	s := &shop{page: p, count: amounts[0]}
	s.total = widget.NewEntry(lang.L("Total of the order"))
	s.total.PlaceHolder = lang.L("Any amount")
	s.total.OnSubmitted = func(string) { s.sendOrders() }
	s.total.OnChanged = func(string) { s.field.SetError("") }
	s.field = widget.NewFormField(lang.L("Total"), false, s.total, "")
	created := widget.NewChoice(lang.L("Order created"), nil)
	paid := widget.NewChoice(lang.L("Order paid"), nil)
	s.kinds = []*widget.Choice{created, paid}
	created.OnTapped = func() { s.choose(false) }
	paid.OnTapped = func() { s.choose(true) }
	for _, n := range amounts {
		s.times = append(s.times, widget.NewChoice(strconv.Itoa(n), func() { s.chooseCount(n) }))
	}
	s.choose(false)
	s.chooseCount(s.count)
	s.send = widget.NewFilledButton(theme.IconShop, "", s.sendOrders)
	s.nameSend()
	s.orders = newOrderList(p)
	s.none = container.NewCenter(widget.Width(centred(lang.L("The orders that you send appear here, with what became of each.")), 300))

	head := widget.Row(theme.Space3, widget.NewTile(widget.TileLook{Color: shopColor, Icon: theme.IconShop, Name: lang.L("Pretend shop")}),
		widget.Grow(widget.NewCardTitle(lang.L("Pretend shop"))))
	choices := widget.Column(theme.Space3, labelled(lang.L("What happens"), s.kinds...), labelled(lang.L("How many"), s.times...))
	form := widget.Column(theme.Space3, head, s.field, choices, s.send, widget.NewStrong(lang.L("Last orders")))
	top := widget.Inset(form, theme.Space4, theme.Space4)
	list := widget.Inset(container.NewStack(s.orders.List, s.none), 0, theme.Space2)
	s.object = widget.NewTightCard(widget.Border(top, nil, nil, nil, list))
	return s
}

// shopColor is the pretend shop's tile: the colour of the shop that it stands for.
const shopColor = "#4B7F28"

// labelled puts choices side by side behind what they are about.
func labelled(label string, choices ...*widget.Choice) fyne.CanvasObject {
	parts := []fyne.CanvasObject{widget.Width(widget.NewStrong(label), 110)}
	for _, c := range choices {
		parts = append(parts, c)
	}
	return widget.Row(theme.Space2, parts...)
}

func centred(text string) *widget.Text {
	t := widget.NewHelp(text)
	t.Alignment = fyne.TextAlignCenter
	t.Refresh()
	return t
}

func (s *shop) choose(paid bool) {
	s.paid = paid
	s.kinds[0].Set(s.kinds[0].Text, !paid)
	s.kinds[1].Set(s.kinds[1].Text, paid)
}

func (s *shop) chooseCount(n int) {
	s.count = n
	for i, c := range s.times {
		c.Set(c.Text, amounts[i] == n)
	}
	if s.send != nil {
		s.nameSend()
	}
}

func (s *shop) nameSend() {
	s.send.SetText(lang.N("Send {{.N}} pretend orders", s.count, map[string]any{"N": s.count}))
}

var isAmount = regexp.MustCompile(`^[0-9]{1,7}(\.[0-9]{1,2})?$`)

func (s *shop) sendOrders() {
	if s.send.Disabled() {
		return
	}
	total := strings.ReplaceAll(strings.TrimSpace(s.total.Text), ",", ".")
	if total != "" && !isAmount.MatchString(total) {
		s.field.SetError(lang.L("Write an amount such as 189.00, or nothing for any."))
		return
	}
	order, count := Order{Total: total, Paid: s.paid}, s.count
	s.page.do(func(ctx context.Context) error {
		for range count {
			if err := s.page.Accounts.SendOrder(ctx, order); err != nil {
				return err
			}
		}
		return nil
	}, func() {})
}

func (s *shop) show(orders []Sent) {
	s.orders.fill(orders)
	widget.SetVisible(s.none, len(orders) == 0)
}
