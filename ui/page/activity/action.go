package activity

import (
	"context"
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/widget"
)

// retryOpen retries the run that is open from where it failed.
func (p *Page) retryOpen() {
	if d := p.right.run; d.ID == p.selected && !d.State.Active() && d.State != engine.Filtered {
		p.retry("")
	}
}

// retry runs the open run again from a step, or from the one that failed if step is "". It asks
// before it repeats what was done already, or may have been.
func (p *Page) retry(step string) {
	d := p.right.run
	from := startOf(d)
	for i, s := range d.Definition.Steps {
		if s.ID == step {
			from = i
		}
	}
	again := p.titles(d, repeated(d, from))
	switch {
	case d.State == engine.Unsure:
		p.ask(lang.L("Send it again?"), lang.L("It was sent, but the answer was lost. If it arrived, it will be there twice."),
			lang.L("Send again"), func() { p.retryNow(step) })
	case again != "":
		p.ask(lang.L("Do it again?"), lang.L("This was done already and will be done a second time: {{.Steps}}.", map[string]any{"Steps": again}),
			lang.L("Do it again"), func() { p.retryNow(step) })
	default:
		p.retryNow(step)
	}
}

func (p *Page) retryNow(step string) {
	id := p.right.run.ID
	p.do(func(ctx context.Context) error { return p.Desk.Retry(ctx, id, step) }, func() {
		p.Navigator.Toast(lang.L("Bellhop tries again."))
	})
}

// replay runs the open run's event again as a new run, which it opens.
func (p *Page) replay() {
	id := p.right.run.ID
	var newID int64
	replay := func() {
		p.do(func(ctx context.Context) (err error) { newID, err = p.Desk.Replay(ctx, id); return err }, func() {
			p.Navigator.Toast(lang.L("The event runs again, as a new run."))
			p.changed.add(newID)
			p.catchUp()
			p.Open(newID)
		})
	}
	again := p.titles(p.right.run, repeated(p.right.run, 0))
	if again == "" {
		replay()
		return
	}
	p.ask(lang.L("Run the whole event again?"),
		lang.L("This was done already and will be done a second time: {{.Steps}}.", map[string]any{"Steps": again}),
		lang.L("Replay"), replay)
}

func (p *Page) cancel() {
	id := p.right.run.ID
	p.do(func(ctx context.Context) error { return p.Desk.Cancel(ctx, id) }, func() {
		p.Navigator.Toast(lang.L("The run is cancelled."))
	})
}

// do does something off the UI goroutine, one thing at a time; then is called when it is done.
func (p *Page) do(work func(ctx context.Context) error, then func()) {
	if p.busy {
		return
	}
	p.busy = true
	p.right.showActions()
	p.Loop.Go(func() {
		err := work(context.Background())
		p.Loop.Post(func() {
			p.busy = false
			p.right.showActions()
			if err != nil {
				widget.NewMessage(p.Navigator.Dialogs(), lang.L("That did not work"), engine.ErrorMessage(err)).Show()
				return
			}
			then()
			p.run.Load()
			p.left.list.focus() // the button that was pressed may be gone
		})
	})
}

func (p *Page) ask(title, text, yes string, onYes func()) {
	widget.NewConfirm(p.Navigator.Dialogs(), title, text, yes, false, onYes).Show()
}

// titles names steps of a run, as a list in words.
func (p *Page) titles(d desk.RunDetail, ids []string) string {
	var titles []string
	for _, s := range d.Definition.Steps {
		for _, id := range ids {
			if s.ID == id {
				titles = append(titles, "“"+stepTitle(s, p.Catalog)+"”")
			}
		}
	}
	return strings.Join(titles, ", ")
}
