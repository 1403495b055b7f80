package file

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"

	"bellhop/engine"
)

// In returns dialogs whose Folder and Choose begin in a folder.
func (d *Dialogs) In(folder string) *Dialogs {
	other := *d
	other.folder = folder
	return &other
}

// begin has a dialog begin in the folder, if there is such a one.
func (d *Dialogs) begin(at interface{ SetLocation(fyne.ListableURI) }) {
	if d.folder == "" {
		return
	}
	if folder, err := storage.ListerForURI(storage.NewFileURI(d.folder)); err == nil {
		at.SetLocation(folder)
	}
}

// Folder lets the user choose a folder, and tells its path.
func (d *Dialogs) Folder(done func(path string, err error)) {
	choose := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		switch {
		case err != nil:
			done("", engine.Wrap(err, engine.Unavailable, "%s", lang.L("The folder cannot be opened. Perhaps it is gone, or it belongs to somebody else.")))
		case folder != nil:
			done(folder.Path(), nil)
		}
	}, d.navigator.Dialogs())
	d.begin(choose)
	choose.Show()
	choose.Resize(d.room()) // there is nothing to resize before
}

// Choose lets the user choose a file among those with such an ending, and tells its path: for files that are
// too large to be held in memory.
func (d *Dialogs) Choose(endings []string, done func(path string, err error)) {
	choose := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			done("", engine.Wrap(err, engine.Unavailable, "%s", lang.L("The file cannot be opened. Perhaps it is gone, or it belongs to somebody else.")))
		case r != nil:
			_ = r.Close() // nothing was read
			done(r.URI().Path(), nil)
		}
	}, d.navigator.Dialogs())
	d.begin(choose)
	choose.SetFilter(storage.NewExtensionFileFilter(endings))
	choose.Show()
	choose.Resize(d.room()) // there is nothing to resize before
}
