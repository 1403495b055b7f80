package activity

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/fact"
	"bellhop/ui/phrase"
	"bellhop/ui/widget"
)

// retryOpen retries the run that is open from where it failed.
func (p *Page) retryOpen() {
	if d := p.right.run; d.ID == p.selected && !d.State.Active() && d.State != engine.Filtered {
		p.retry("")
	}
}

// retry runs the open run again from a step, or just what failed if step is "". It asks before it
// repeats what was done already, or may have been.
func (p *Page) retry(step string) {
	d := &p.right.run
	var again string
	switch {
	case step != "":
		from := slices.IndexFunc(d.steps, func(s engine.Placed) bool { return s.ID == step })
		again = p.titles(d, d.repeated(from))
	case d.State == engine.Succeeded:
		again = p.titles(d, d.repeated(d.startOf()))
	}
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

// replayMenu asks with what to replay, where the draft is another than what is published.
func (p *Page) replayMenu() {
	r := p.recipeOf[p.right.run.RecipeID]
	if !r.Changed || r.Published == 0 {
		p.replay(r.Published == 0 && r.ID != 0)
		return
	}
	widget.ShowMenuBelow(p.right.replay,
		fyne.NewMenuItem(lang.L("With the recipe as it is published"), func() { p.replay(false) }),
		fyne.NewMenuItem(lang.L("With the draft"), func() { p.replay(true) }))
}

// replay runs the open run's event again as a new run, which it opens.
func (p *Page) replay(draft bool) {
	id := p.right.run.ID
	var newID int64
	replay := func() {
		p.do(func(ctx context.Context) (err error) {
			if draft {
				newID, err = p.Desk.ReplayDraft(ctx, id)
			} else {
				newID, err = p.Desk.Replay(ctx, id)
			}
			return err
		}, func() {
			p.Navigator.Toast(lang.L("The event runs again, as a new run."))
			p.changed.add(newID)
			p.catchUp()
			p.Open(newID)
		})
	}
	again := p.titles(&p.right.run, p.right.run.repeated(0))
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

// check asks the app about what is in doubt, and shows what it says.
func (p *Page) check() {
	id := p.right.run.ID
	var found desk.Checked
	p.do(func(ctx context.Context) (err error) { found, err = p.Desk.CheckSent(ctx, id); return err }, func() {
		if p.right.run.ID == id {
			p.right.checked = &found
		}
	})
}

// settle says of one round what has become of it.
func (p *Page) settle(step, round string, arrived bool) {
	id := p.right.run.ID
	p.do(func(ctx context.Context) error { return p.Desk.Settle(ctx, id, step, round, arrived) }, p.settled)
}

func (p *Page) settled() {
	p.Navigator.Toast(lang.L("Noted. The run goes on once nothing is in doubt any more."))
}

// unblock lets the runs behind the open one go on.
func (p *Page) unblock() {
	id := p.right.run.ID
	p.do(func(ctx context.Context) error { return p.Desk.Unblock(ctx, id) }, func() {
		p.Navigator.Toast(lang.L("The runs behind it go on."))
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
				widget.NewMessage(p.Navigator.Dialogs(), lang.L("That did not work"), phrase.Error(err)).Show()
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
func (p *Page) titles(d *journal, positions []int) string {
	titles := make([]string, len(positions))
	for i, position := range positions {
		titles[i] = "“" + fact.Title(d.steps[position].Step, p.Catalog) + "”"
	}
	return strings.Join(titles, ", ")
}
