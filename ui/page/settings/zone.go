package settings

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/assets/zones"
	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// zone is a time zone to choose.
type zone struct {
	// name is the IANA name; "" is the computer's.
	name string
	// place is the city, and country where that is; it may be empty.
	place, country string
	// sought is what a search looks in.
	sought string
}

// allZones returns the world's time zones by their cities.
var allZones = sync.OnceValue(func() []zone {
	var all []zone
	for line := range strings.Lines(zones.List) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, country, _ := strings.Cut(line, "\t")
		city := name[strings.LastIndex(name, "/")+1:]
		z := zone{name: name, place: strings.ReplaceAll(city, "_", " "), country: country}
		z.sought = strings.ToLower(strings.Join([]string{z.place, z.country, z.name}, " "))
		all = append(all, z)
	}
	slices.SortFunc(all, func(a, b zone) int { return strings.Compare(a.place, b.place) })
	return all
})

// zoneWords says a time zone as people know it: "Lisbon (UTC+0)", with the offset that its clocks have now.
func zoneWords(name string, now time.Time) string {
	if name == "" {
		return lang.L("The computer’s ({{.Offset}})", map[string]any{"Offset": offset(now.In(time.Local))})
	}
	place := strings.ReplaceAll(name[strings.LastIndex(name, "/")+1:], "_", " ")
	location, err := time.LoadLocation(name)
	if err != nil || place == "UTC" {
		return place
	}
	return fmt.Sprintf("%s (%s)", place, offset(now.In(location)))
}

// offset says how far a time's clocks are ahead of UTC: "UTC+5:30".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	minutes := seconds / 60
	if minutes%60 == 0 {
		return fmt.Sprintf("UTC%s%d", sign, minutes/60)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, minutes/60, minutes%60)
}

// zone chooses the time zone.
func (p *Page) zone() *row {
	var r *row
	o := newOpener(lang.L("Time zone"), nil)
	o.onOpen = func() {
		p.chooseZone(o, func(chosen string) {
			p.choose(r, func(s *engine.Settings) { s.TimeZone = chosen })
		})
	}
	r = p.newRow(lang.L("Time zone"), lang.L("Schedules, dates and times go by it."), widget.Width(o, controlWidth))
	p.onShow(func() { o.show(zoneWords(p.book.settings.TimeZone, p.Now())) })
	return r
}

// opener looks as a Select does, and opens something to choose from that is larger than a menu.
type opener struct {
	widget.Select
	onOpen func()
}

func newOpener(name string, onOpen func()) *opener {
	o := &opener{onOpen: onOpen}
	o.Name = name
	o.ExtendBaseWidget(o)
	return o
}

// Tapped opens it.
func (o *opener) Tapped(*fyne.PointEvent) { o.onOpen() }

// TypedKey opens it by the keys that open a Select.
func (o *opener) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		o.onOpen()
	default:
		o.Select.TypedKey(key)
	}
}

func (o *opener) show(words string) {
	if o.Selected != words {
		o.Selected = words
		o.Refresh()
	}
}

// zoneList is the list of time zones to search in.
type zoneList struct {
	shown  []zone
	search *widget.Entry
	list   *widget.List
	none   *widget.Text
}

// chooseZone lets the user search for a time zone. The keyboard goes back to where it came from.
func (p *Page) chooseZone(from fyne.Focusable, done func(name string)) {
	var d *widget.Dialog
	hide := func() {
		d.Hide()
		p.Navigator.Dialogs().Canvas().Focus(from)
	}
	choose := func(z zone) {
		hide()
		done(z.name)
	}
	l := &zoneList{none: widget.NewHelp(lang.L("No place is called that. Try the largest city near you, or the country."))}
	l.search = widget.NewSearchEntry(lang.L("Search a city or country"), func(string) {
		l.filter()
		l.list.ScrollToTop()
		l.list.Refresh()
	})
	l.search.OnSubmitted = func(string) {
		if len(l.shown) > 0 {
			choose(l.shown[0])
		}
	}
	l.search.OnEscape = hide
	now := p.Now()
	l.list = widget.NewList(lang.L("Time zones"), func() int { return len(l.shown) },
		func() fyne.CanvasObject {
			return widget.Inset(widget.Row(theme.Space2, widget.Grow(widget.NewLine("")), widget.NewCaption("")), theme.Space1, theme.Space2)
		},
		func(i int, o fyne.CanvasObject) {
			if i < len(l.shown) {
				l.shown[i].show(o.(*fyne.Container).Objects[0].(*fyne.Container), now)
			}
		},
		func(i int) { choose(l.shown[i]) })
	l.filter()
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("Time zone"),
		widget.Column(theme.Space3, l.search, l.none, widget.Sized(l.list, 0, 320)),
		widget.NewButton(lang.L("Cancel"), hide))
	d.Show()
	p.Navigator.Dialogs().Canvas().Focus(l.search)
}

// show fills a row of the list.
func (z zone) show(row *fyne.Container, now time.Time) {
	row.Objects[0].(*fyne.Container).Objects[0].(*widget.Text).SetText(zoneWords(z.name, now))
	country := row.Objects[1].(*widget.Text)
	country.Flow = widget.Whole
	country.SetText(z.country)
	row.Refresh()
}

// filter shows what has all words of the search in its names; without a search the computer's is first.
func (l *zoneList) filter() {
	words := strings.Fields(strings.ToLower(l.search.Text))
	l.shown = nil
	if len(words) == 0 {
		l.shown = append(l.shown, zone{})
	}
	var begin, hold []zone
	for _, z := range allZones() {
		fits := true
		for _, w := range words {
			fits = fits && strings.Contains(z.sought, w)
		}
		switch {
		case !fits:
		case len(words) > 0 && strings.HasPrefix(strings.ToLower(z.place), words[0]):
			begin = append(begin, z)
		default:
			hold = append(hold, z)
		}
	}
	l.shown = append(l.shown, slices.Concat(begin, hold)...)
	widget.SetVisible(l.none, len(l.shown) == 0)
}
