package recipes

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// do works off the UI goroutine, and shows the error or goes on.
func (p *Page) do(failed string, work func(ctx context.Context) error, then func()) {
	p.Loop.Go(func() {
		// What was begun is finished, also when the page is left meanwhile.
		err := work(context.Background())
		p.Loop.Post(func() {
			if err != nil {
				p.tell(failed, err)
				return
			}
			then()
		})
	})
}

// tell says in a dialog what did not work.
func (p *Page) tell(title string, err error) {
	widget.NewMessage(p.Navigator.Dialogs(), title, phrase.Error(err)).Show()
}

// switchTo turns a recipe on or off. The toggle shows it at once, and goes back if it cannot be.
func (p *Page) switchTo(r row, on bool) {
	p.switching[r.id] = on
	p.fill()
	definition := p.recipe(r.id).Draft
	p.Loop.Go(func() {
		ring := ""
		err := p.Desk.Switch(context.Background(), r.id, on)
		if err == nil && on {
			ring, _ = p.Desk.Ring(context.Background(), r.id, definition) // only a warning: it is on in any case
		}
		p.Loop.Post(func() {
			delete(p.switching, r.id)
			var problems engine.Problems
			switch {
			case errors.As(err, &problems):
				p.notReady(r, problems)
			case err != nil:
				p.tell(lang.L("“{{.Recipe}}” cannot be switched.", named(r)), err)
			case ring != "":
				widget.NewMessage(p.Navigator.Dialogs(), lang.L("“{{.Recipe}}” starts itself", named(r)), ring).Show()
			}
			if err != nil {
				p.redraw(r.id)
			}
			p.loader.Load()
		})
	})
}

// redraw draws a recipe's card again: its toggle shows what it was set to, not what the row says.
func (p *Page) redraw(id int64) {
	p.fill()
	for i, r := range p.rows {
		if r.id == id {
			p.list.RefreshItem(i)
		}
	}
}

// notReady says what a recipe lacks, and offers to see to it.
func (p *Page) notReady(r row, problems engine.Problems) {
	var d *widget.Dialog
	open := widget.NewFilledButton("", lang.L("Open the recipe"), func() {
		d.Hide()
		p.OnOpen(r.id)
	})
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("“{{.Recipe}}” is not ready yet", named(r)), problemList(problems),
		widget.NewButton(lang.L("Not now"), func() { d.Hide() }), open)
	d.Show()
}

// problemList shows problems below each other: the place in the file, if it is one, and the sentence.
func problemList(problems engine.Problems) fyne.CanvasObject {
	const most = 20
	list := widget.Column(theme.Space3)
	for i, problem := range problems {
		if i == most {
			list.Add(widget.NewHelp(lang.L("… and {{.N}} more", map[string]any{"N": len(problems) - most})))
			break
		}
		item := widget.Column(2)
		if problem.Line > 0 {
			item.Add(widget.NewMuted(lang.L("Line {{.Line}}, column {{.Column}}", map[string]any{"Line": problem.Line, "Column": problem.Column})))
		}
		sentence := phrase.Of(engine.Problem{Message: problem.Message, Suggestion: problem.Suggestion}.String())
		item.Add(widget.NewText(sentence))
		list.Add(item)
	}
	if len(list.Objects) < 4 {
		return list
	}
	return widget.Sized(container.NewVScroll(list), 0, 260)
}

// menu is what can be done with a recipe.
func (p *Page) menu(r row) []*fyne.MenuItem {
	items := []*fyne.MenuItem{fyne.NewMenuItem(lang.L("Open"), func() { p.OnOpen(r.id) })}
	if r.byHand {
		items = append(items, fyne.NewMenuItem(lang.L("Run now…"), func() { p.runNow(r) }))
	}
	id := r.id
	if p.OnTryOut != nil {
		items = append(items, fyne.NewMenuItem(lang.L("Try it out…"), func() { p.OnTryOut(id) }))
	}
	if p.OnRuns != nil {
		items = append(items, fyne.NewMenuItem(lang.L("Show its runs"), func() { p.OnRuns(id) }))
	}
	if r.asks && r.on {
		items = append(items, fyne.NewMenuItem(lang.L("Catch up now"), func() { p.catchUp(r) }))
	}
	if r.webhook && p.OnDeliveries != nil {
		items = append(items, fyne.NewMenuItem(lang.L("My webhook does not arrive?"), func() { p.OnDeliveries(id) }))
	}
	if r.webhook {
		items = append(items, fyne.NewMenuItem(lang.L("Copy address"), func() { p.copyAddress(r) }))
	}
	return append(items,
		fyne.NewMenuItem(lang.L("Duplicate"), func() { p.duplicate(r) }),
		fyne.NewMenuItem(lang.L("Export…"), func() { p.export(r) }),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Delete…"), func() { p.remove(r) }))
}

// newMenu is the ways to begin a recipe.
func (p *Page) newMenu() []*fyne.MenuItem {
	items := []*fyne.MenuItem{fyne.NewMenuItem(lang.L("Start from scratch"), func() { p.add(engine.Definition{Name: lang.L("New recipe")}) })}
	for _, t := range p.Templates {
		items = append(items, fyne.NewMenuItem(t.Title, func() { p.add(t.Definition) }))
	}
	return append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(lang.L("Open a recipe file…"), p.importFile))
}

// add makes a recipe and opens it.
func (p *Page) add(definition engine.Definition) {
	var r engine.Recipe
	p.do(lang.L("The recipe cannot be made."), func(ctx context.Context) (err error) {
		r, err = p.Desk.AddRecipe(ctx, definition)
		return err
	}, func() { p.OnOpen(r.ID) })
}

// catchUp fetches what was missed, such as while the computer slept. What comes of it are runs.
func (p *Page) catchUp(r row) {
	p.Navigator.Toast(lang.L("Bellhop asks what was missed…"))
	p.do(lang.L("It cannot be asked what was missed."), func(ctx context.Context) error { return p.Desk.CatchUp(ctx, r.id) }, func() {
		p.Navigator.Toast(lang.L("Bellhop has asked. What was missed runs now and is called “Recovered” in Activity."))
		p.loader.Load()
	})
}

func (p *Page) copyAddress(r row) {
	var addresses []string
	p.do(lang.L("The address cannot be copied."), func(ctx context.Context) (err error) {
		addresses, err = p.Desk.Addresses(ctx, p.recipe(r.id))
		return err
	}, func() {
		fyne.CurrentApp().Clipboard().SetContent(strings.Join(addresses, "\n"))
		if p.Reach != nil && p.reach.Way == engine.WayNone {
			p.Navigator.Toast(lang.L("The address is copied. So far it works on this computer only."))
			return
		}
		p.Navigator.Toast(lang.L("The address is copied. Paste it where the other app asks for a webhook."))
	})
}

func (p *Page) duplicate(r row) {
	definition := p.recipe(r.id).Draft
	definition.Name = lang.L("{{.Name}} (copy)", map[string]any{"Name": r.name})
	p.do(lang.L("“{{.Recipe}}” cannot be copied.", named(r)), func(ctx context.Context) error {
		made, err := p.Desk.AddRecipe(ctx, definition)
		definition.Name = made.Name
		return err
	}, func() {
		p.Navigator.Toast(lang.L("“{{.Recipe}}” is there now, switched off.", map[string]any{"Recipe": definition.Name}))
		p.loader.Load()
	})
}

func (p *Page) remove(r row) {
	if r.on { // before the question, not after its answer
		widget.NewMessage(p.Navigator.Dialogs(), lang.L("“{{.Recipe}}” is not deleted.", named(r)),
			lang.L("It is on. Switch it off before you delete it.")).Show()
		return
	}
	widget.NewConfirm(p.Navigator.Dialogs(), lang.L("Delete “{{.Recipe}}”?", named(r)),
		lang.L("Its address stops working, and the history of its runs goes with it. This cannot be undone."),
		lang.L("Delete"), true, func() {
			p.do(lang.L("“{{.Recipe}}” is not deleted.", named(r)), func(ctx context.Context) error {
				return p.Desk.DeleteRecipe(ctx, r.id)
			}, func() {
				p.Navigator.Toast(lang.L("“{{.Recipe}}” is deleted.", named(r)))
				p.loader.Load()
			})
		}).Show()
}

func (p *Page) export(r row) {
	var data []byte
	p.do(lang.L("“{{.Recipe}}” cannot be exported.", named(r)), func(ctx context.Context) (err error) {
		data, err = p.Desk.Export(ctx, r.id)
		return err
	}, func() {
		p.Files.Save(fileName(r.name), data, func(err error) {
			if err != nil {
				p.tell(lang.L("“{{.Recipe}}” cannot be exported.", named(r)), err)
				return
			}
			p.Navigator.Toast(lang.L("“{{.Recipe}}” is exported. Keys and passwords are not in the file.", named(r)))
		})
	})
}

// importFile lets the user choose a recipe file, and opens what is in it or says what is wrong with it.
func (p *Page) importFile() {
	p.Files.Open([]string{".yaml", ".yml", ".json"}, func(name string, data []byte, err error) {
		if err != nil {
			p.tell(lang.L("The file cannot be read."), err)
			return
		}
		p.Loop.Go(func() {
			r, added, err := p.Desk.Import(context.Background(), name, data)
			p.Loop.Post(func() { p.imported(name, r, added, err) })
		})
	})
}

func (p *Page) imported(name string, r engine.Recipe, added bool, err error) {
	var problems engine.Problems
	switch {
	case errors.As(err, &problems):
		var d *widget.Dialog
		d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("Bellhop cannot use {{.File}} as it is", map[string]any{"File": name}),
			problemList(problems), widget.NewFilledButton("", lang.L("OK"), func() { d.Hide() }))
		d.Show()
	case err != nil:
		p.tell(lang.L("The recipe cannot be imported."), err)
	default:
		sentence := lang.L("“{{.Recipe}}” is up to date with the file.", map[string]any{"Recipe": r.Name})
		if added {
			sentence = lang.L("“{{.Recipe}}” is imported, switched off.", map[string]any{"Recipe": r.Name})
		}
		p.Navigator.Toast(sentence)
		p.OnOpen(r.ID)
	}
}

// recipe is the recipe of a row as it was read last.
func (p *Page) recipe(id int64) engine.Recipe {
	for _, c := range p.cards {
		if c.ID == id {
			return c.Recipe
		}
	}
	return engine.Recipe{ID: id}
}

var notInFileName = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// fileName makes a file's name of a recipe's.
func fileName(recipe string) string {
	name := strings.Trim(notInFileName.ReplaceAllString(strings.ToLower(recipe), "-"), "-")
	if name == "" {
		name = "recipe"
	}
	return name + ".yaml"
}

func named(r row) map[string]any { return map[string]any{"Recipe": r.name} }
