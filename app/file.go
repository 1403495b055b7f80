//go:build !headless

package main

import (
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"bellhop/engine"
	"bellhop/ui/page/recipes"
)

// files lets the user choose files in dialogs over a window.
type files struct{ window fyne.Window }

var _ recipes.Files = files{}

func (f files) Open(endings []string, done func(name string, data []byte, err error)) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			if err != nil {
				done("", nil, err)
			}
			return
		}
		defer func() { _ = file.Close() }() // it was only read
		data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
		if err == nil && len(data) > maxFile {
			err = engine.Errorf(engine.Invalid, "The file is too large to be a recipe.")
		}
		done(file.URI().Name(), data, err)
	}, f.window)
	d.SetFilter(storage.NewExtensionFileFilter(endings))
	d.Show()
}

func (f files) Save(name string, data []byte, done func(err error)) {
	d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		if err != nil || file == nil {
			if err != nil {
				done(err)
			}
			return
		}
		_, err = file.Write(data)
		if closed := file.Close(); err == nil {
			err = closed
		}
		done(err)
	}, f.window)
	d.SetFileName(name)
	d.Show()
}
