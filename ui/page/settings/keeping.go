package settings

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// Keeper says how much is kept, and for how long. It is called off the UI goroutine.
type Keeper interface {
	// Keeping returns the settings by their names: keep_done_days, keep_trouble_days, size_budget_mb, backups
	// and backups_mb.
	Keeping(ctx context.Context) (map[string]int, error)
	// Keep changes one of them.
	Keep(ctx context.Context, name, number string) error
	Stock(ctx context.Context) (Stock, error)
	// BackUp makes a backup now, among the daily ones.
	BackUp(ctx context.Context) error
}

// Stock is what there is now.
type Stock struct {
	// Bytes is the size of the data.
	Bytes int64
	// Backups is how many backups there are, and Backup when the newest was made; zero if there is none.
	Backups int
	Backup  time.Time
}

const numberWidth = 110

// keeping is the section of how much is kept.
func (p *Page) keeping() fyne.CanvasObject {
	return p.section(lang.L("What is kept"), lang.L("Old runs are removed, so that Bellhop does not fill your disk."),
		p.number("keep_done_days", 1, lang.L("Days that runs are kept"), lang.L("Runs that went well.")),
		p.number("keep_trouble_days", 1, lang.L("Days that trouble is kept"), lang.L("Runs that failed, or wait for you.")),
		p.sized(),
		p.number("backups", 0, lang.L("Daily backups"), lang.L("How many are kept; 0 makes none.")),
		p.number("backups_mb", 0, lang.L("Room for backups, in MB"), lang.L("All together. The newest is always kept.")),
		p.backUp())
}

// number makes a field for a number of what is kept.
func (p *Page) number(name string, least int, label, help string) fyne.CanvasObject {
	_, r := p.numberRow(name, least, label, help)
	return r.object
}

func (p *Page) numberRow(name string, least int, label, help string) (*text, *row) {
	t := p.newText(label, "")
	r := p.newRow(label, help, widget.Width(t.entry, numberWidth))
	t.say, t.rest = r.say, r.rest
	t.keep = func(typed string, done func(string, error)) {
		n, err := strconv.Atoi(typed)
		if err != nil || n < least {
			done("", engine.Errorf(engine.Invalid, "%s", lang.L("Write a whole number, {{.Least}} or more.", map[string]any{"Least": least})))
			return
		}
		p.do(func(ctx context.Context) error { return p.Keeper.Keep(ctx, name, strconv.Itoa(n)) }, func(err error) {
			if err == nil {
				p.book.keeping[name] = n
			}
			done(strconv.Itoa(n), err)
		})
	}
	p.onShow(func() { t.show(strconv.Itoa(p.book.keeping[name])) })
	return t, r
}

// sized chooses how large the data may become, and says how large it is.
func (p *Page) sized() fyne.CanvasObject {
	_, r := p.numberRow("size_budget_mb", 1, lang.L("Room for runs, in MB"), "")
	p.onShow(func() {
		r.setHelp(lang.L("The oldest go sooner when it is full. Used now: {{.Size}}.", map[string]any{"Size": size(p.book.stock.Bytes)}))
	})
	return r.object
}

// backUp says when the newest backup was made, and makes one.
func (p *Page) backUp() fyne.CanvasObject {
	button := widget.NewButton(lang.L("Back up now"), nil)
	r := p.newRow(lang.L("Newest backup"), "", button)
	button.OnTapped = func() {
		button.Disable()
		var stock Stock
		p.do(func(ctx context.Context) (err error) {
			if err = p.Keeper.BackUp(ctx); err != nil {
				return err
			}
			stock, err = p.Keeper.Stock(ctx)
			return err
		}, func(err error) {
			button.Enable()
			if err == nil {
				p.book.stock = stock
				p.fill()
			}
			r.say(err)
		})
	}
	p.onShow(func() {
		if p.book.stock.Backup.IsZero() {
			r.setHelp(lang.L("There is none yet."))
			return
		}
		r.setHelp(lang.N("{{.Time}}. There are {{.Count}} in the data folder.", p.book.stock.Backups,
			map[string]any{"Time": when.Day(p.book.stock.Backup, p.Now()), "Count": p.book.stock.Backups}))
	})
	return r.object
}

// size says bytes as people do: "3 MB", "1.4 GB".
func size(bytes int64) string {
	const mega = 1 << 20
	switch mb := float64(bytes) / mega; {
	case mb < 1:
		return lang.L("less than 1 MB")
	case mb < 1000:
		return lang.L("{{.N}} MB", map[string]any{"N": phrase.Number(mb, 0)})
	default:
		return lang.L("{{.N}} GB", map[string]any{"N": phrase.Number(mb/1024, 1)})
	}
}
