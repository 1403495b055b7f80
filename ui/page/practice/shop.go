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
	what   What
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
	for what, name := range []string{lang.L("Order created"), lang.L("Order paid"), lang.L("Payment"), lang.L("Failed payment")} {
		s.kinds = append(s.kinds, widget.NewChoice(name, func() { s.choose(What(what)) }))
	}
	for _, n := range amounts {
		s.times = append(s.times, widget.NewChoice(strconv.Itoa(n), func() { s.chooseCount(n) }))
	}
	s.choose(OrderCreated)
	s.chooseCount(s.count)
	s.send = widget.NewFilledButton(theme.IconShop, "", s.sendOrders)
	s.nameSend()
	s.orders = newOrderList(p)
	s.none = container.NewCenter(widget.Width(centred(lang.L("The orders that you send appear here, with what became of each.")), 300))

	head := widget.Row(theme.Space3, widget.NewTile(widget.TileLook{Color: shopColor, Icon: theme.IconShop, Name: lang.L("Pretend shop")}),
		widget.Grow(widget.NewCardTitle(lang.L("Pretend shop"))))
	choices := widget.Column(theme.Space3, labelled(lang.L("What happens"), s.kinds[:PaymentMade]...),
		labelled(lang.L("Or at Stripe"), s.kinds[PaymentMade:]...), labelled(lang.L("How many"), s.times...))
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

func (s *shop) choose(what What) {
	s.what = what
	for i, c := range s.kinds {
		c.Set(c.Text, What(i) == what)
	}
	if s.send != nil {
		s.nameSend()
	}
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
	n := map[string]any{"N": s.count}
	if s.what >= PaymentMade {
		s.send.SetText(lang.N("Send {{.N}} pretend payments", s.count, n))
		return
	}
	s.send.SetText(lang.N("Send {{.N}} pretend orders", s.count, n))
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
	order, count := Order{Total: total, What: s.what}, s.count
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
