package activity

import (
	"cmp"
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

const (
	// bulkPage is how many runs are read at a time to find out which are meant, and bulkPiece how many are
	// changed before the progress is shown anew.
	bulkPage  = 1000
	bulkPiece = 200
)

// many is something that is done with many runs.
type many struct {
	// states are those it is for.
	states []engine.State
	// newestFirst is for cancelling: of runs that go one after the other none is to get its turn just
	// before it is cancelled.
	newestFirst bool
	do          func(ctx context.Context, filter engine.RunFilter) (desk.Bulk, error)
	// title asks, given the number; yes is its button; doing and done say how far it is.
	title func(n int) string
	text  string
	yes   string
	doing string
	done  func(n int) string
}

func number(n int) map[string]any { return map[string]any{"Count": n} }

func (p *Page) retryMany() many {
	return many{
		states: []engine.State{engine.Failed, engine.Held},
		do:     p.Desk.RetryAll,
		title:  func(n int) string { return lang.N("Retry {{.Count}} runs?", n, number(n)) },
		text:   lang.L("Each goes on with what failed. What was done before stays done, and is not repeated."),
		yes:    lang.L("Retry"), doing: lang.L("Retrying…"),
		done: func(n int) string { return lang.N("{{.Count}} runs are tried again.", n, number(n)) },
	}
}

func (p *Page) replayMany(draft bool) many {
	text := lang.L("Their events run again, each as a new run. What their steps did before is done a second time.")
	if draft {
		text = lang.L("Their events run again with the draft, each as a new run, for real. What their steps did before is done a second time.")
	}
	return many{
		states: []engine.State{engine.Succeeded, engine.Filtered, engine.Failed, engine.Held, engine.Unsure, engine.Cancelled},
		do: func(ctx context.Context, filter engine.RunFilter) (desk.Bulk, error) {
			return p.Desk.ReplayAll(ctx, filter, draft)
		},
		title: func(n int) string { return lang.N("Replay {{.Count}} runs?", n, number(n)) },
		text:  text, yes: lang.L("Replay"), doing: lang.L("Replaying…"),
		done: func(n int) string { return lang.N("{{.Count}} events run again.", n, number(n)) },
	}
}

func (p *Page) cancelMany() many {
	return many{
		states: []engine.State{engine.Queued, engine.Running, engine.Waiting}, newestFirst: true,
		do:    p.Desk.CancelAll,
		title: func(n int) string { return lang.N("Cancel {{.Count}} runs?", n, number(n)) },
		text:  lang.L("What their steps did until now stays done; nothing more is sent."),
		yes:   lang.L("Cancel the runs"), doing: lang.L("Cancelling…"),
		done: func(n int) string { return lang.N("{{.Count}} runs are cancelled.", n, number(n)) },
	}
}

// manyMenu is what can be done with all runs that the list shows.
func (p *Page) manyMenu() []*fyne.MenuItem {
	item := func(title string, m many) *fyne.MenuItem {
		i := fyne.NewMenuItem(title, func() { p.begin(m) })
		i.Disabled = len(p.meant(m.states)) == 0
		return i
	}
	items := []*fyne.MenuItem{
		item(lang.L("Retry all that failed…"), p.retryMany()),
		item(lang.L("Replay all…"), p.replayMany(false)),
	}
	if r := p.recipeOf[p.shelf.recipe]; r.Changed && r.Published != 0 {
		items = append(items, item(lang.L("Replay all with the draft…"), p.replayMany(true)))
	}
	return append(items, item(lang.L("Cancel all that are not over…"), p.cancelMany()))
}

// meant returns those of states that the list is for.
func (p *Page) meant(states []engine.State) []engine.State {
	if len(p.shelf.states) == 0 {
		return states
	}
	return slices.DeleteFunc(slices.Clone(states), func(s engine.State) bool { return !slices.Contains(p.shelf.states, s) })
}

// begin finds out which runs are meant and asks. Those that come in after that are not among them.
func (p *Page) begin(m many) {
	if p.busy {
		return
	}
	p.busy = true
	filter := engine.RunFilter{RecipeID: p.shelf.recipe, States: p.meant(m.states), Recovered: p.shelf.recovered}
	if p.shelf.query != "" { // the words are looked for in what was read, and in no more
		for _, r := range p.shelf.shown() {
			filter.IDs = append(filter.IDs, r.ID)
		}
		if len(filter.IDs) == 0 {
			filter.IDs = []int64{0}
		}
	}
	p.Loop.Go(func() {
		ids, err := p.find(context.Background(), filter)
		p.Loop.Post(func() {
			p.busy = false
			switch {
			case err != nil:
				widget.NewMessage(p.Navigator.Dialogs(), lang.L("That did not work"), phrase.Error(err)).Show()
			case len(ids) == 0:
				p.Navigator.Toast(lang.L("There are no such runs."))
			default:
				p.askMany(m, ids, func() { p.doMany(m, filter.States, ids) })
			}
		})
	})
}

// askMany asks before many runs are changed. It does not say "Cancel" for leaving it: that is what is done
// with runs.
func (p *Page) askMany(m many, ids []int64, do func()) {
	var d *widget.Dialog
	d = widget.NewDialog(p.Navigator.Dialogs(), m.title(len(ids)), widget.NewText(p.aboutMany(len(ids))+m.text),
		widget.NewButton(lang.L("Leave them"), func() { d.Hide() }),
		widget.NewFilledButton("", m.yes, func() {
			d.Hide()
			do()
		}))
	d.Show()
}

// aboutMany says what was left out of what is asked for.
func (p *Page) aboutMany(n int) string {
	about := ""
	if r, ok := p.recipeOf[p.shelf.recipe]; ok {
		about = lang.L("They are runs of “{{.Recipe}}”.", map[string]any{"Recipe": r.Name}) + " "
	}
	if n >= desk.MaxBulk {
		about += lang.L("There are more; these are the newest. Ask again for the others.") + " "
	}
	return about
}

// find returns the ids of the runs that a filter chooses, newest first.
func (p *Page) find(ctx context.Context, filter engine.RunFilter) ([]int64, error) {
	var ids []int64
	for len(ids) < desk.MaxBulk {
		filter.Limit = min(bulkPage, desk.MaxBulk-len(ids))
		page, err := p.Desk.Runs(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			ids = append(ids, r.ID)
		}
		if len(page) < filter.Limit {
			break
		}
		filter.Before = page[len(page)-1].ID
	}
	return ids, nil
}

// doMany works in pieces, and shows how far it is. Stopping leaves the rest as it is.
func (p *Page) doMany(m many, states []engine.State, ids []int64) {
	if !m.newestFirst {
		slices.Reverse(ids)
	}
	ctx, stop := context.WithCancel(context.Background())
	bar := fynewidget.NewProgressBar()
	bar.Max = float64(len(ids))
	far := widget.NewMuted("")
	d := widget.NewDialog(p.Navigator.Dialogs(), m.doing, widget.Column(theme.Space2, bar, far), widget.NewButton(lang.L("Stop"), stop))
	tell := func(n int) {
		bar.SetValue(float64(n))
		far.SetText(lang.L("{{.N}} of {{.All}}", map[string]any{"N": n, "All": len(ids)}))
	}
	tell(0)
	d.Show()
	p.Loop.Go(func() {
		var sum desk.Bulk
		var err error
		gone := 0
		for piece := range slices.Chunk(ids, bulkPiece) {
			if ctx.Err() != nil {
				break
			}
			var b desk.Bulk
			b, err = m.do(ctx, engine.RunFilter{IDs: piece, States: states, Limit: len(piece)})
			sum.Done, sum.Skipped, sum.Why = sum.Done+b.Done, sum.Skipped+b.Skipped, cmp.Or(sum.Why, b.Why)
			if gone += len(piece); err != nil {
				break
			}
			p.Loop.Post(func() { tell(gone) })
		}
		stopped := ctx.Err() != nil
		stop()
		p.Loop.Post(func() {
			d.Hide()
			p.didMany(m, sum, len(ids), stopped, err)
		})
	})
}

// didMany says what came of it.
func (p *Page) didMany(m many, sum desk.Bulk, all int, stopped bool, err error) {
	p.reload()
	p.run.Load()
	p.left.list.focus()
	text := m.done(sum.Done)
	left := all - sum.Done
	switch {
	case err != nil && !stopped:
		widget.NewMessage(p.Navigator.Dialogs(), lang.L("That did not work"), join(phrase.Error(err), text)).Show()
		return
	case left == 0:
		p.Navigator.Toast(text)
		return
	case stopped:
		text = join(text, lang.L("You stopped it; the others are as they were."))
	case sum.Why != "":
		text = join(text, lang.L("{{.N}} were left as they are. The first of them: {{.Why}}", map[string]any{"N": left, "Why": sum.Why}))
	default:
		text = join(text, lang.L("{{.N}} had gone on meanwhile and were left alone.", map[string]any{"N": left}))
	}
	widget.NewMessage(p.Navigator.Dialogs(), m.yes, text).Show()
}
