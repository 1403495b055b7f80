package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// askBundle asks what goes into the file, and where, and writes it.
func (p *Page) askBundle(done func(path string, c Contents)) {
	var d *widget.Dialog
	passphrase, again := widget.NewSecretEntry(lang.L("Passphrase")), widget.NewSecretEntry(lang.L("Passphrase, again"))
	passphrase.PlaceHolder, again.PlaceHolder = lang.L("Passphrase"), lang.L("Again")
	secret := widget.NewFormField("", false, widget.Column(theme.Space2, passphrase, again),
		lang.L("Write it down: without it nobody opens them, and Bellhop cannot either."))
	secret.Hide()
	withSecrets := widget.NewToggle(lang.L("With the secrets of the connections"), false, func(on bool) {
		widget.SetVisible(secret, on)
		d.Fit()
		if on {
			p.Navigator.Dialogs().Canvas().Focus(passphrase)
		}
	})
	withHistory := widget.NewToggle(lang.L("With all runs"), false, nil)

	folder := p.Documents
	where := p.newRow(lang.L("Folder"), short(folder), nil)
	change := widget.NewButton(lang.L("Change…"), func() {
		p.Files.Folder(func(path string, err error) {
			if err == nil {
				folder = path
				where.setHelp(short(folder))
				return
			}
			where.say(err)
		})
	})
	change.Name = lang.L("Choose another folder")
	where.object.Add(change)
	wrong := newWrong()

	cancel := widget.NewButton(lang.L("Cancel"), func() { d.Hide() })
	save := widget.NewFilledButton("", lang.L("Save"), nil)
	save.OnTapped = func() {
		o := BundleOptions{Secrets: withSecrets.On, History: withHistory.On}
		secret.SetError("")
		if o.Secrets {
			if o.Passphrase = passphrase.Text; o.Passphrase != again.Text {
				secret.SetError(lang.L("The two are not the same. Type them again."))
				d.Fit()
				return
			}
		}
		wrong.tell(nil)
		save.Disable()
		cancel.Disable()
		save.SetText(lang.L("Saving…"))
		var path string
		var c Contents
		p.do(func(ctx context.Context) (err error) {
			path, c, err = p.Mover.Bundle(ctx, folder, o)
			return err
		}, func(err error) {
			save.Enable()
			cancel.Enable()
			save.SetText(lang.L("Save"))
			if err != nil {
				wrong.tell(err)
				d.Fit()
				return
			}
			d.Hide()
			done(path, c)
		})
	}
	passphrase.OnSubmitted = func(string) { p.Navigator.Dialogs().Canvas().Focus(again) }
	again.OnSubmitted = func(string) { save.Tapped(nil) }
	line := func(name, help string, t *widget.Toggle) fyne.CanvasObject { return p.newRow(name, help, t).object }
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("Take all into a file"), newColumn(theme.Space3,
		widget.NewText(lang.L("Recipes with their versions, connections, tables, settings and your own apps are in it.")),
		line(withSecrets.Name, lang.L("Encrypted under a passphrase. Without them you enter them again after moving."), withSecrets),
		secret,
		line(withHistory.Name, lang.L("With what came in and was sent. The file may become large."), withHistory),
		where.object, wrong.text), cancel, save)
	d.Show()
}

// askRestore shows what is in a file and what it replaces, and restores it.
func (p *Page) askRestore(path string, inside, here Contents) {
	var d *widget.Dialog
	rows := append([]widget.KeyValue{
		{Key: lang.L("Made"), Value: lang.L("{{.Time}}, by Bellhop {{.Version}}", map[string]any{"Time": when.Day(inside.MadeAt, p.Now()), "Version": inside.Version})},
	}, inside.inWords()...)
	secrets, history := lang.L("not in it: enter them again"), lang.L("not in it")
	if inside.Secrets {
		secrets = lang.L("in it, under a passphrase")
	}
	if inside.History {
		history = lang.N("{{.Count}} runs", inside.Runs, map[string]any{"Count": inside.Runs})
	}
	if inside.Connections > 0 {
		rows = append(rows, widget.KeyValue{Key: lang.L("Secrets"), Value: secrets})
	}
	rows = append(rows, widget.KeyValue{Key: lang.L("Runs"), Value: history})
	body := newColumn(theme.Space3, widget.NewSunken(widget.NewKeyValues(rows...)),
		widget.NewText(lang.L("This takes the place of what is here now: {{.Recipes}}, {{.Connections}} and {{.Runs}}. That is kept in a folder of its own.", map[string]any{
			"Recipes":     lang.N("{{.Count}} recipes", len(here.Recipes), map[string]any{"Count": len(here.Recipes)}),
			"Connections": lang.N("{{.Count}} connections", here.Connections, map[string]any{"Count": here.Connections}),
			"Runs":        lang.N("{{.Count}} runs", here.Runs, map[string]any{"Count": here.Runs}),
		})))
	if len(inside.On) > 0 {
		body.Add(widget.NewBanner(theme.Warn, "", lang.L("Recipes that are on work at once. If Bellhop runs with them on another computer, quit it there first, or everything is done twice.")))
	}
	passphrase := widget.NewSecretEntry(lang.L("Passphrase"))
	asked := widget.NewFormField(lang.L("Passphrase"), true, passphrase, "")
	wrong := newWrong()
	without := widget.NewToggle(lang.L("Restore without secrets"), false, func(on bool) {
		widget.SetVisible(asked, !on)
		wrong.tell(nil)
		d.Fit()
		if !on {
			p.Navigator.Dialogs().Canvas().Focus(passphrase)
		}
	})
	if inside.Secrets {
		body.Add(asked)
		body.Add(p.newRow(without.Name, lang.L("If the passphrase is lost. You enter the secrets of your connections again then."), without).object)
	}
	body.Add(wrong.text)

	cancel := widget.NewButton(lang.L("Cancel"), func() { d.Hide() })
	words := lang.L("Restore and restart")
	if p.OnRestart == nil {
		words = lang.L("Restore")
	}
	restore := widget.NewFilledButton("", words, nil)
	restore.Style = widget.Danger
	restore.OnTapped = func() {
		o := RestoreOptions{WithoutSecrets: without.On}
		if !without.On {
			o.Passphrase = passphrase.Text
		}
		if inside.Secrets && !without.On && o.Passphrase == "" {
			wrong.tell(engine.Errorf(engine.Invalid, "%s", lang.L("Type the passphrase that the secrets are under.")))
			d.Fit()
			return
		}
		wrong.tell(nil)
		restore.Disable()
		cancel.Disable()
		restore.SetText(lang.L("Restoring…"))
		p.do(func(ctx context.Context) error { return p.Mover.Restore(ctx, path, o) }, func(err error) {
			if err != nil {
				restore.Enable()
				cancel.Enable()
				restore.SetText(words)
				wrong.tell(err)
				d.Fit()
				if inside.Secrets && !without.On {
					p.Navigator.Dialogs().Canvas().Focus(passphrase)
				}
				return
			}
			d.Hide()
			if p.OnRestart != nil {
				p.OnRestart()
			}
		})
	}
	passphrase.OnSubmitted = func(string) { restore.Tapped(nil) }
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("Restore from this file?"), body, cancel, restore)
	d.Show()
	if inside.Secrets {
		p.Navigator.Dialogs().Canvas().Focus(passphrase)
	}
}

// wrong says what went wrong in a dialog, or nothing.
type wrong struct{ text *widget.Text }

func newWrong() *wrong {
	w := &wrong{text: widget.NewText("")}
	w.text.SetColor(theme.ColorError)
	w.text.Hide()
	return w
}

func (w *wrong) tell(err error) {
	if err != nil {
		w.text.SetText(phrase.Error(err))
	}
	widget.SetVisible(w.text, err != nil)
}
