package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/widget"
)

// Help is where help is found. Read, Examine and Diagnose are not offered where they are missing.
type Help struct {
	Version string
	// Data and Logs are the folders with the data and with the log files.
	Data, Logs string
	// Read opens the documentation in another program, and Open a folder. They are called off the UI goroutine,
	// one at a time.
	Read func() error
	Open func(folder string) error
	// Examine looks whether everything is fine. It is called off the UI goroutine.
	Examine func(ctx context.Context) []Finding
	// Diagnose writes a file for whoever helps, without secrets, into a folder. It returns the file's path and
	// is called off the UI goroutine.
	Diagnose func(ctx context.Context, folder string) (path string, err error)
}

// Finding is something that is fine, or is not.
type Finding struct {
	What, Says string
	Fine       bool
}

// help is the section of what to do when help is needed.
func (p *Page) help() fyne.CanvasObject {
	rows := []fyne.CanvasObject{p.newRow(lang.L("Version"), p.Help.Version, nil).object}
	add := func(name, help, words string, open func() error) {
		var r *row
		b := widget.NewButton(words, func() {
			p.do(func(context.Context) error { return open() }, func(err error) {
				if err != nil {
					r.say(err)
				}
			})
		})
		b.Name = words + ": " + name
		r = p.newRow(name, help, b)
		rows = append(rows, r.object)
	}
	if p.Help.Read != nil {
		add(lang.L("Documentation"), lang.L("How Bellhop works, and how to connect your apps. No internet is needed for it."), lang.L("Read"), p.Help.Read)
	}
	if p.Help.Examine != nil {
		rows = append(rows, p.examine())
	}
	if p.Help.Diagnose != nil {
		rows = append(rows, p.diagnose())
	}
	add(lang.L("Log files"), lang.L("What Bellhop did, for whoever helps you."), lang.L("Open folder"), func() error { return p.Help.Open(p.Help.Logs) })
	add(lang.L("Data folder"), p.Help.Data, lang.L("Open folder"), func() error { return p.Help.Open(p.Help.Data) })
	return p.section(lang.L("Help"), "", rows...)
}

// diagnose writes the file for whoever helps.
func (p *Page) diagnose() fyne.CanvasObject {
	var r *row
	button := widget.NewButton(lang.L("Save…"), nil)
	button.Name = lang.L("Save a file for support")
	var path string
	button.OnTapped = func() {
		p.intoFolder(r, button, func(ctx context.Context, folder string) (err error) {
			path, err = p.Help.Diagnose(ctx, folder)
			return err
		}, func(string) string {
			return lang.L("It is saved as {{.File}}. It holds no secrets.", map[string]any{"File": path})
		})
	}
	r = p.newRow(lang.L("File for support"), lang.L("Versions, settings and log files without secrets or personal data. Nothing is sent."), button)
	return r.object
}
