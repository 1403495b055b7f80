package recipes

import (
	"context"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/form"
	"bellhop/ui/widget"
)

// tallForm is how many questions are asked without scrolling.
const tallForm = 4

// Run starts a recipe by hand, as its card does; name is what it is called.
func (p *Page) Run(id int64, name string) { p.runNow(row{id: id, name: name}) }

// runNow starts a recipe by hand, after asking what it wants to know.
func (p *Page) runNow(r row) {
	var fields []engine.Field
	p.do(lang.L("“{{.Recipe}}” cannot be run.", named(r)), func(ctx context.Context) (err error) {
		fields, err = p.Desk.Form(ctx, r.id)
		return err
	}, func() {
		if len(fields) == 0 {
			p.begin(r, nil, func() {})
			return
		}
		p.ask(r, fields)
	})
}

// ask shows the recipe's form. It stays until the run has begun, so that what was typed is not lost.
func (p *Page) ask(r row, fields []engine.Field) {
	f := form.New(fields, nil, form.Options{})
	var d *widget.Dialog
	run := widget.NewFilledButton("", lang.L("Run"), func() { p.begin(r, f.Values(), func() { d.Hide() }) })
	cancel := widget.NewButton(lang.L("Cancel"), func() { d.Hide() })
	title := lang.L("Run “{{.Recipe}}”", named(r))
	if len(fields) > tallForm {
		d = widget.NewDialog(p.Navigator.Dialogs(), title, widget.Sized(container.NewVScroll(f), 0, 320), cancel, run)
	} else {
		d = widget.NewDialog(p.Navigator.Dialogs(), title, f, cancel, run)
	}
	d.Show()
}

func (p *Page) begin(r row, values map[string]any, then func()) {
	p.do(lang.L("“{{.Recipe}}” cannot be run.", named(r)), func(ctx context.Context) error {
		_, err := p.Desk.Start(ctx, r.id, values)
		return err
	}, func() {
		then()
		p.Navigator.Toast(lang.L("“{{.Recipe}}” runs. Activity shows how it goes.", named(r)))
		p.loader.Load()
	})
}
