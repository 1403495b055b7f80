// Package file lets the user choose files to read and to write.
package file

import (
	"fmt"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"

	"bellhop/engine"
	"bellhop/ui"
)

// maxFile is the largest file that is read, in bytes, unless somebody says otherwise: far above any
// recipe, far below memory.
const maxFile = 4 << 20

// Dialogs lets the user choose files by Fyne's dialogs. done is called on the UI goroutine, and not at
// all if the user chooses none.
type Dialogs struct {
	loop      ui.Loop
	navigator ui.Navigator
	largest   int64
	// folder is where Folder and Choose begin; "" is where Fyne does.
	folder string
}

// New makes dialogs over the navigator's window.
func New(loop ui.Loop, navigator ui.Navigator) *Dialogs {
	return &Dialogs{loop: loop, navigator: navigator, largest: maxFile}
}

// UpTo returns dialogs that read files of up to so many bytes.
func (d *Dialogs) UpTo(bytes int64) *Dialogs {
	other := *d
	other.largest = bytes
	return &other
}

// Open reads a file that the user chooses among those with such an ending.
func (d *Dialogs) Open(endings []string, done func(name string, data []byte, err error)) {
	choose := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			done("", nil, engine.Wrap(err, engine.Unavailable, "%s", lang.L("The file cannot be opened. Perhaps it is gone, or it belongs to somebody else.")))
		case r != nil:
			d.loop.Go(func() {
				data, err := read(r, d.largest)
				d.loop.Post(func() { done(r.URI().Name(), data, err) })
			})
		}
	}, d.navigator.Dialogs())
	choose.SetFilter(storage.NewExtensionFileFilter(endings))
	choose.Show()
	choose.Resize(d.room()) // there is nothing to resize before
}

// room is as much of the window as a dialog can use: Fyne's own size shows three files in a row.
func (d *Dialogs) room() fyne.Size {
	window := d.navigator.Dialogs().Canvas().Size()
	return fyne.NewSize(min(window.Width-80, 880), min(window.Height-80, 600))
}

func read(r io.ReadCloser, largest int64) ([]byte, error) {
	defer func() { _ = r.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return nil, engine.Wrap(err, engine.Unavailable, "%s", lang.L("The file cannot be read to its end."))
	}
	if int64(len(data)) > largest {
		return nil, engine.Errorf(engine.Invalid, "%s", lang.L("The file is too large: {{.Most}} MB are read at most.", map[string]any{"Most": largest >> 20}))
	}
	return data, nil
}

// Save writes data where the user says; name is what is proposed.
func (d *Dialogs) Save(name string, data []byte, done func(err error)) {
	choose := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			done(unwritten(err))
		case w != nil:
			d.loop.Go(func() {
				err := write(w, data)
				d.loop.Post(func() { done(err) })
			})
		}
	}, d.navigator.Dialogs())
	choose.SetFileName(name)
	choose.Show()
	choose.Resize(d.room()) // there is nothing to resize before
}

func write(w io.WriteCloser, data []byte) error {
	if _, err := w.Write(data); err != nil {
		_ = w.Close() // the first error says more
		return unwritten(err)
	}
	if err := w.Close(); err != nil {
		return unwritten(err)
	}
	return nil
}

func unwritten(err error) error {
	return engine.Wrap(fmt.Errorf("write export: %w", err), engine.Unavailable, "%s",
		lang.L("The file cannot be written there. Perhaps the disk is full, or you may not write to that folder."))
}
