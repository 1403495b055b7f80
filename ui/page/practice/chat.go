package practice

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

const (
	// mostMessages is how many messages are shown; older ones are what Activity is for.
	mostMessages = 40
	// mostLetters is how much of a message is shown.
	mostLetters = 1000
)

// chat is the pretend Slack: its channels, and the messages of one of them.
type chat struct {
	page *Page
	// channel is the one that is shown, and channels all that have a message, in the order of their
	// first.
	channel  string
	channels []string
	messages []Message
	// seen are the messages that were there before the last read; nil before the first.
	seen map[string]bool
	// fresh are the messages that came with the last read that brought any.
	fresh map[string]bool
	// follow is true while the last message is to be in sight: until one scrolls up.
	follow bool

	title  *widget.Text
	tabs   *fyne.Container
	bar    fyne.CanvasObject
	rows   []*bubble
	column *fyne.Container
	scroll *container.Scroll
	none   fyne.CanvasObject
	object *widget.Card
}

// chatColor is the pretend Slack's tile.
const chatColor = "#611F69"

func newChat(p *Page) *chat {
	c := &chat{page: p, fresh: map[string]bool{}, title: widget.NewCardTitle(lang.L("Pretend Slack"))}
	head := widget.Row(theme.Space3, widget.NewTile(widget.TileLook{Color: chatColor, Icon: theme.IconMessage, Name: lang.L("Pretend Slack")}), widget.Grow(c.title))
	c.tabs = widget.Row(theme.Space2)
	c.bar = container.NewHScroll(c.tabs)
	c.bar.Hide()
	c.column = widget.Column(theme.Space1)
	c.scroll = container.NewVScroll(container.New(pinned{c}, widget.Inset(c.column, 0, theme.Space2)))
	c.scroll.OnScrolled = func(at fyne.Position) {
		c.follow = at.Y >= c.scroll.Content.Size().Height-c.scroll.Size().Height-1
	}
	c.none = container.NewCenter(widget.Width(centred(lang.L("Nothing was said yet. Send a pretend order, and its message appears here.")), 300))
	top := widget.Column(0, widget.Inset(widget.Column(theme.Space2, head, c.bar), theme.Space4, theme.Space4), widget.NewLineH())
	c.object = widget.NewTightCard(widget.Border(top, nil, nil, nil, widget.Inset(container.NewStack(c.scroll, c.none), theme.Space2, 0)))
	return c
}

// show shows these messages, oldest first. New ones are marked until the next come.
func (c *chat) show(messages []Message) {
	if c.seen != nil && slices.Equal(messages, c.messages) {
		return
	}
	fresh := map[string]bool{}
	newest := ""
	for _, m := range messages {
		if c.seen != nil && !c.seen[m.ID] {
			fresh[m.ID] = true
			newest = m.Channel
		}
	}
	if len(fresh) > 0 {
		c.fresh = fresh
	}
	c.seen = map[string]bool{}
	c.channels = c.channels[:0]
	for _, m := range messages {
		c.seen[m.ID] = true
		if !slices.Contains(c.channels, m.Channel) {
			c.channels = append(c.channels, m.Channel)
		}
	}
	c.messages = messages
	switch {
	case newest != "":
		c.channel = newest // where something happens is where one looks
	case !slices.Contains(c.channels, c.channel) && len(messages) > 0:
		c.channel = messages[len(messages)-1].Channel
	}
	c.fill()
}

// fill shows the channel that is chosen.
func (c *chat) fill() {
	c.title.SetText(lang.L("Pretend Slack"))
	if c.channel != "" {
		c.title.SetText(c.channel)
	}
	for len(c.tabs.Objects) < len(c.channels) {
		i := len(c.tabs.Objects)
		c.tabs.Add(widget.NewChoice("", func() {
			c.channel = c.channels[i]
			c.fill()
		}))
	}
	for i, o := range c.tabs.Objects {
		widget.SetVisible(o, i < len(c.channels))
		if i < len(c.channels) {
			o.(*widget.Choice).Set(c.channels[i], c.channels[i] == c.channel)
		}
	}
	widget.SetVisible(c.bar, len(c.channels) > 1)
	var here []Message
	for _, m := range c.messages {
		if m.Channel == c.channel {
			here = append(here, m)
		}
	}
	here = here[max(len(here)-mostMessages, 0):]
	c.column.Objects = c.column.Objects[:0]
	for i, m := range here {
		if i == len(c.rows) {
			c.rows = append(c.rows, newBubble())
		}
		c.rows[i].show(m, when.Clock(m.At, c.page.Now()), c.fresh[m.ID])
		c.column.Objects = append(c.column.Objects, c.rows[i])
	}
	widget.SetVisible(c.none, len(here) == 0)
	c.follow = true
	c.object.Refresh()
	c.scroll.Refresh()
}

// bubble is one message: who, when, what.
type bubble struct {
	fynewidget.BaseWidget
	isFresh bool
	text    string

	ground *canvas.Rectangle
	time   *widget.Text
	words  *widget.Text
	chip   *widget.Chip
	box    *fyne.Container
}

var (
	_ fyne.Widget     = (*bubble)(nil)
	_ fyne.Accessible = (*bubble)(nil)
)

func newBubble() *bubble {
	b := &bubble{ground: &canvas.Rectangle{CornerRadius: theme.RadiusField}, time: widget.NewCaption(""), words: widget.NewText("")}
	b.time.Flow = widget.Whole
	b.chip = widget.NewChip("", lang.L("New"), theme.Primary)
	who := widget.NewStrong(lang.L("Bellhop"))
	who.Flow = widget.Whole
	tile := widget.NewTile(widget.TileLook{Color: botColor, Icon: theme.IconBell, Name: lang.L("Bellhop")})
	head := widget.Row(theme.Space2, who, b.time, b.chip)
	b.box = container.NewStack(b.ground, widget.Inset(widget.RowTop(theme.Space3, tile, widget.Grow(widget.Column(2, head, b.words))), theme.Space2, theme.Space2))
	b.ExtendBaseWidget(b)
	return b
}

// botColor is the tile of Bellhop's own app in Slack: brass.
const botColor = "#C8912B"

func (b *bubble) show(m Message, time string, fresh bool) {
	text := m.Text
	if r := []rune(text); len(r) > mostLetters {
		text = string(r[:mostLetters]) + "…"
	}
	b.text, b.isFresh = time+", "+text, fresh
	b.time.SetText(time)
	b.words.SetText(text)
	widget.SetVisible(b.chip, fresh)
	b.Refresh()
}

// AccessibilityLabel is the message and its time.
func (b *bubble) AccessibilityLabel() string { return b.text }

// AccessibilityRole says that it is text.
func (b *bubble) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (b *bubble) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return fynewidget.NewSimpleRenderer(b.box)
}

// Refresh shows changed fields, and the theme's colours as they are now.
func (b *bubble) Refresh() {
	b.paint()
	b.BaseWidget.Refresh()
}

func (b *bubble) paint() {
	b.ground.FillColor = color.Transparent
	if b.isFresh {
		b.ground.FillColor = theme.Color(theme.ColorPrimaryTint)
	}
	b.ground.Refresh()
}
