package settings

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// Mover takes all of Bellhop into a file, and back. It is called off the UI goroutine.
type Mover interface {
	// Bundle writes all into a new file in a folder, and returns the file's path.
	Bundle(ctx context.Context, folder string, o BundleOptions) (path string, c Contents, err error)
	// Inspect says what is in such a file. All of it is read; an error says why it is of no use here, or that
	// the passphrase, unless it is empty, does not fit.
	Inspect(ctx context.Context, path, passphrase string) (Contents, error)
	// Here says what there is now.
	Here(ctx context.Context) (Contents, error)
	// Restore makes what is in such a file ready to take the place of what there is now, at the next start, and
	// stops the engine. If there is an error, nothing has changed.
	Restore(ctx context.Context, path string, o RestoreOptions) error
}

// Recovery makes codes that bring the secrets back. It is called off the UI goroutine.
type Recovery interface {
	// RecoveryCode makes a code; one that was made before is useless from then on.
	RecoveryCode(ctx context.Context) (string, error)
	// RecoveryCodeMadeAt returns when the code that holds was made; zero if there is none.
	RecoveryCodeMadeAt(ctx context.Context) (time.Time, error)
}

// BundleOptions say what goes into the file besides recipes, connections, tables and settings.
type BundleOptions struct {
	// Secrets takes the connections' secrets along, encrypted under Passphrase.
	Secrets    bool
	Passphrase string
	// History takes the runs along.
	History bool
}

// RestoreOptions say how such a file is restored.
type RestoreOptions struct {
	Passphrase string
	// WithoutSecrets leaves those in the file out, for when the passphrase is lost.
	WithoutSecrets bool
}

// Contents says what there is, in a file or here.
type Contents struct {
	// Version is the Bellhop that made the file, at MadeAt.
	Version string
	MadeAt  time.Time
	// Recipes are their names, and On of them those that are on.
	Recipes, On                     []string
	Connections, Tables, Connectors int
	// Secrets says whether the connections' secrets are in it.
	Secrets bool
	// History says whether the runs are in it. Runs counts them, and UnderWay those that were not over.
	History        bool
	Runs, UnderWay int
}

// bundleEndings are how such files' names end.
var bundleEndings = []string{".bellhop"}

// moving is the section of taking all along.
func (p *Page) moving() fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if p.Mover != nil {
		rows = append(rows, p.bundling(), p.restoring())
	}
	if p.ExportAll != nil {
		rows = append(rows, p.exporting())
	}
	if p.Recovery != nil {
		rows = append(rows, p.recovery())
	}
	if len(rows) == 0 {
		return nil
	}
	return p.section(lang.L("Backup and moving"), lang.L("All of Bellhop in one file, for safe keeping or for another computer."), rows...)
}

// bundling writes all into a file.
func (p *Page) bundling() fyne.CanvasObject {
	var r *row
	r = p.newRow(lang.L("Take all into a file"), lang.L("Recipes, connections, tables and settings; if you want, the secrets and the runs too."),
		widget.NewButton(lang.L("Save a file…"), func() {
			p.askBundle(func(path string, c Contents) {
				says := lang.L("It is saved as {{.File}}.", map[string]any{"File": path})
				if c.UnderWay > 0 && !c.History {
					says += " " + lang.N("{{.Count}} runs are under way, and not in it.", c.UnderWay, map[string]any{"Count": c.UnderWay})
				}
				r.setHelp(says)
			})
		}))
	return r.object
}

// restoring puts back what is in a file.
func (p *Page) restoring() fyne.CanvasObject {
	var r *row
	button := widget.NewButton(lang.L("Open a file…"), nil)
	button.OnTapped = func() {
		p.Files.Choose(bundleEndings, func(path string, err error) {
			if err != nil {
				r.say(err)
				return
			}
			button.Disable()
			var inside, here Contents
			p.do(func(ctx context.Context) (err error) {
				if inside, err = p.Mover.Inspect(ctx, path, ""); err == nil {
					here, err = p.Mover.Here(ctx)
				}
				return err
			}, func(err error) {
				button.Enable()
				if err != nil {
					r.say(err)
					return
				}
				r.rest()
				p.askRestore(path, inside, here)
			})
		})
	}
	r = p.newRow(lang.L("Restore from a file"), lang.L("You see what is in it first. What is here now is kept in a folder of its own."), button)
	return r.object
}

// exporting writes the recipes as text.
func (p *Page) exporting() fyne.CanvasObject {
	var r *row
	button := widget.NewButton(lang.L("Export…"), nil)
	button.Name = lang.L("Export all recipes")
	var n int
	button.OnTapped = func() {
		p.intoFolder(r, button, func(ctx context.Context, folder string) (err error) {
			n, err = p.ExportAll(ctx, folder)
			return err
		}, func(folder string) string {
			return lang.N("{{.Count}} recipes are in {{.Folder}}.", n, map[string]any{"Count": n, "Folder": folder})
		})
	}
	r = p.newRow(lang.L("Export all recipes"), lang.L("A text file for each, into a folder: to read, to share, to import again."), button)
	return r.object
}

// intoFolder has something written into a folder that is chosen, off the UI goroutine. The row says what came of it.
func (p *Page) intoFolder(r *row, button *widget.Button, write func(ctx context.Context, folder string) error, says func(folder string) string) {
	p.Files.Folder(func(folder string, err error) {
		if err != nil {
			r.say(err)
			return
		}
		button.Disable()
		p.do(func(ctx context.Context) error { return write(ctx, folder) }, func(err error) {
			button.Enable()
			if err != nil {
				r.say(err)
				return
			}
			r.setHelp(says(folder))
		})
	})
}

// recovery makes a code that the secrets can be had back with.
func (p *Page) recovery() fyne.CanvasObject {
	var r *row
	button := widget.NewButton(lang.L("Make one…"), nil)
	button.Name = lang.L("Make a recovery code")
	code := func() {
		button.Disable()
		var made string
		p.do(func(ctx context.Context) (err error) {
			made, err = p.Recovery.RecoveryCode(ctx)
			return err
		}, func(err error) {
			button.Enable()
			if err != nil {
				r.say(err)
				return
			}
			p.showCode(made)
		})
	}
	// Only now is it asked whether there is one: the keyring may want to be unlocked for it.
	button.OnTapped = func() {
		button.Disable()
		var before time.Time
		p.do(func(ctx context.Context) (err error) {
			before, err = p.Recovery.RecoveryCodeMadeAt(ctx)
			return err
		}, func(err error) {
			button.Enable()
			r.rest()
			switch {
			case err != nil:
				r.say(err)
			case before.IsZero():
				code()
			default:
				widget.NewConfirm(p.Navigator.Dialogs(), lang.L("Make a new recovery code?"),
					lang.L("The one that was made {{.Time}} is useless then.", map[string]any{"Time": when.Day(before, p.Now())}),
					lang.L("Make a new one"), false, code).Show()
			}
		})
	}
	r = p.newRow(lang.L("Recovery code"), lang.L("Brings the secrets of your connections back if this computer loses their key."), button)
	return r.object
}

// showCode shows it until the dialog is closed. It stands nowhere else.
func (p *Page) showCode(code string) {
	var d *widget.Dialog
	words := widget.NewText(inLines(code))
	words.Monospace, words.SizeName = true, theme.SizeCardTitle
	words.Refresh()
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("Your recovery code"),
		widget.Column(theme.Space3, widget.NewSunken(words),
			widget.NewHelp(lang.L("Write it down now: Bellhop does not keep it. Whoever has it and this computer’s files can read your secrets."))),
		widget.NewButton(lang.L("Copy"), func() {
			fyne.CurrentApp().Clipboard().SetContent(code)
			p.Navigator.Toast(lang.L("The recovery code is copied."))
		}),
		widget.NewFilledButton("", lang.L("Done"), func() { d.Hide() }))
	d.Show()
}

// inLines breaks a code between its groups, four of them on a line.
func inLines(code string) string {
	var lines []string
	for groups := range slices.Chunk(strings.Split(code, "-"), 4) {
		lines = append(lines, strings.Join(groups, "-"))
	}
	return strings.Join(lines, "\n")
}

// inWords tells what there is: "3 recipes, 2 of them on", and so forth.
func (c Contents) inWords() []widget.KeyValue {
	recipes := fmt.Sprint(len(c.Recipes))
	if len(c.On) > 0 {
		recipes = lang.L("{{.N}}, of which {{.On}} on", map[string]any{"N": len(c.Recipes), "On": len(c.On)})
	}
	rows := []widget.KeyValue{
		{Key: lang.L("Recipes"), Value: recipes},
		{Key: lang.L("Connections"), Value: fmt.Sprint(c.Connections)},
		{Key: lang.L("Tables"), Value: fmt.Sprint(c.Tables)},
	}
	if c.Connectors > 0 {
		rows = append(rows, widget.KeyValue{Key: lang.L("Your own apps"), Value: fmt.Sprint(c.Connectors)})
	}
	return rows
}

// short leaves out the middle of a path that is too long for one line.
func short(path string) string {
	const most = 52
	if len([]rune(path)) <= most {
		return path
	}
	parts := strings.Split(path, string(filepath.Separator))
	for len(parts) > 2 && len([]rune(strings.Join(parts, "/")))+2 > most {
		parts = parts[1:]
	}
	return "…" + string(filepath.Separator) + filepath.Join(parts...)
}
