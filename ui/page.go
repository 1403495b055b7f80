package ui

import (
	"fyne.io/fyne/v2"

	"bellhop/engine"
)

// Page is one screen. All its methods are called on the UI goroutine and must not block: what a page
// shows it reads through a Loader.
type Page interface {
	// Title is the page's name in words.
	Title() string
	// Content is what is shown; the same object each time.
	Content() fyne.CanvasObject
	// Show is called when the page becomes visible, and again when changes were missed: read
	// everything anew.
	Show()
	// Hide is called when the page is not visible any more: stop what runs only for show.
	Hide()
	// Apply tells a visible page what changed since, in order, at most once every CoalesceEvery.
	// Of several changes of one run only the last is told. The changes are hints: read the store.
	Apply(changes []engine.Change)
}

// Leaver is a Page that has a say in being left, such as an editor that is not saved yet.
type Leaver interface {
	// Leave returns true if the page may be left now. Else it asks the user by itself and goes on
	// by calling done later.
	Leave(done func()) bool
}

// Escaper is a Page that has something of its own to close before the page itself.
type Escaper interface {
	// Escape closes it; false if there is nothing.
	Escape() bool
}

// Navigator is what pages get to move around with. Window is one.
type Navigator interface {
	// Go shows a main page by the name it was added with, and closes sub-pages.
	Go(name string)
	// Open shows a page over the whole window, without the rail, until Back.
	Open(page Page)
	// Back closes the sub-page on top.
	Back()
	// Retitle tells that the title of the page that is shown is another now.
	Retitle()
	// Toast says one sentence at the bottom of the window for some seconds.
	Toast(sentence string)
	// Dialogs is the window that dialogs belong to.
	Dialogs() fyne.Window
}
