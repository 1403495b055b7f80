package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Status is what the rail's panel says.
type Status struct {
	Tone theme.Tone
	// State is one word, such as "Running".
	State string
	// Detail follows it, such as "4 recipes on".
	Detail string
	// Note is a sentence, such as "Only this computer can reach it".
	Note string
	// Deed is what can be done about it in a few words, such as "Make it reachable", and OnDeed does it; ""
	// if there is nothing.
	Deed   string
	OnDeed func()
}

// Overview is what the window says besides its pages.
type Overview struct {
	Status Status
	// Badges is how many things need the user, by the name of the main page that shows them.
	Badges map[string]int
	// Useful names the optional main pages that there is a use for.
	Useful map[string]bool
}

// Params is what a window needs. All of it is required but OnSize.
type Params struct {
	// Window is the empty window to fill.
	Window fyne.Window
	Loop   Loop
	// Changes are the engine's. The window reads them while Run runs.
	Changes <-chan engine.Change
	// Overview reads what the rail says; it is called off the UI goroutine.
	Overview func(ctx context.Context) (Overview, error)
	// OnSize is told the window's size when it is hidden or closed, to open it in that size again.
	OnSize func(size fyne.Size)
}

// overviewEvery is how often the rail is brought up to date at most: it counts over all runs.
const overviewEvery = time.Second

// MainPage is a page that the rail leads to.
type MainPage struct {
	// Name is what Navigator.Go and Overview.Badges call it.
	Name string
	Icon theme.IconName
	Page Page
	// Optional pages are in the rail only while there is a use for them; see Overview.Useful.
	Optional bool
	// Key leads to it together with Ctrl, besides its number; it may be empty.
	Key fyne.KeyName
}

// Window is Bellhop's window: the rail, the main page chosen there, and sub-pages over both. Its
// methods are for the UI goroutine, except Run.
type Window struct {
	window   fyne.Window
	loop     Loop
	live     *live
	overview *Loader[Overview]
	onSize   func(fyne.Size)

	rail    *rail
	mains   []MainPage
	items   []*widget.NavItem
	current int
	subs    []Page
	// visible is the page that was told Show last and not Hide since.
	visible Page

	place *fyne.Container // what fills the window
	main  *fyne.Container // beside the rail
	frame fyne.CanvasObject
	toast *toastLayer
}

var _ Navigator = (*Window)(nil)

// NewWindow fills the window with the rail; AddPage adds the pages, and Show shows it.
func NewWindow(p Params) *Window {
	w := &Window{window: p.Window, loop: p.Loop, onSize: p.OnSize, current: -1}
	w.live = &live{changes: p.Changes, post: p.Loop.Post, apply: w.apply}
	w.live.hidden.Store(true)
	w.overview = NewLoader(p.Loop, p.Overview, func(o Overview, err error) {
		if err != nil {
			// The page that is shown tells of the store's troubles; the rail keeps what it last knew.
			return
		}
		w.SetStatus(o.Status)
		for i, m := range w.mains {
			w.items[i].SetBadge(o.Badges[m.Name])
			widget.SetVisible(w.items[i], !m.Optional || o.Useful[m.Name] || i == w.current)
		}
	})
	w.overview.Every = overviewEvery
	w.rail = newRail()
	w.main = container.NewStack()
	w.frame = widget.Border(nil, nil, w.rail.object, nil, w.main)
	w.place = container.NewStack(w.frame)
	w.toast = &toastLayer{loop: p.Loop}
	w.window.SetPadded(false)
	w.window.SetContent(container.NewStack(w.place, w.toast.container()))
	w.addKeys()
	return w
}

// AddPage adds a main page below those added before. The first one is shown.
func (w *Window) AddPage(m MainPage) {
	i := len(w.mains)
	item := widget.NewNavItem(m.Icon, m.Page.Title(), func() { w.Go(m.Name) })
	w.mains, w.items = append(w.mains, m), append(w.items, item)
	item.Hidden = m.Optional
	w.rail.add(item)
	if i < 9 {
		w.addShortcut(fyne.KeyName(fmt.Sprint(i+1)), m.Name)
	}
	if m.Key != "" {
		w.addShortcut(m.Key, m.Name)
	}
	if i == 0 {
		w.goTo(0)
	}
}

// addShortcut makes Ctrl and a key lead to a main page.
func (w *Window) addShortcut(key fyne.KeyName, page string) {
	w.window.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
		if !w.covered() {
			w.Go(page)
		}
	})
}

// Run carries changes from the engine to the pages until ctx ends. It blocks; run it in a goroutine.
func (w *Window) Run(ctx context.Context) { w.live.run(ctx) }

// Show shows the window with everything read anew, also when it is visible already.
func (w *Window) Show() {
	w.window.Show()
	w.window.RequestFocus()
	if w.live.hidden.Swap(false) {
		w.overview.Load()
		w.reveal()
	}
}

// Hide hides the window; nothing is read or drawn until Show.
func (w *Window) Hide() {
	w.Close()
	w.window.Hide()
}

// Hidden says whether nobody sees the window: it was not shown yet, or hidden or closed since.
func (w *Window) Hidden() bool { return w.live.hidden.Load() }

// Close tells OnSize the size and the page that it is left; nothing is read until Show. It does not close the
// fyne.Window, nor hide it.
func (w *Window) Close() {
	w.rememberSize()
	w.live.hidden.Store(true)
	w.overview.Stop()
	w.conceal()
}

// Go shows a main page and closes sub-pages.
func (w *Window) Go(name string) {
	for i, m := range w.mains {
		if m.Name == name {
			w.leave(func() { w.goTo(i) })
			return
		}
	}
}

// Open shows a page over the whole window, unless it is shown already.
func (w *Window) Open(page Page) {
	if w.page() == page {
		return
	}
	w.conceal()
	w.subs = append(w.subs, page)
	w.reveal()
}

// Back closes the sub-page on top, if there is one.
func (w *Window) Back() {
	if len(w.subs) == 0 {
		return
	}
	w.leave(func() {
		w.conceal()
		if len(w.subs) > 0 {
			w.subs = w.subs[:len(w.subs)-1]
		}
		w.reveal()
	})
}

// Retitle puts the title of the page that is shown into the window's frame.
func (w *Window) Retitle() {
	if page := w.page(); page != nil {
		if title := page.Title() + " – Bellhop"; title != w.window.Title() {
			w.window.SetTitle(title)
		}
	}
}

// Toast says one sentence at the bottom of the window for some seconds.
func (w *Window) Toast(sentence string) { w.toast.show(sentence) }

// Dialogs is the fyne.Window.
func (w *Window) Dialogs() fyne.Window { return w.window }

// SetStatus changes what the rail's panel says.
func (w *Window) SetStatus(s Status) { w.rail.status.set(s) }

// goTo shows main page i.
func (w *Window) goTo(i int) {
	w.conceal()
	w.subs = nil
	w.current = i
	for j, item := range w.items {
		item.SetSelected(j == i)
	}
	w.reveal()
}

// leave calls next now, or when the page that is shown has been asked and agrees.
func (w *Window) leave(next func()) {
	if l, ok := w.page().(Leaver); ok && !l.Leave(next) {
		return
	}
	next()
}

// page is the page that is on top, or nil.
func (w *Window) page() Page {
	switch {
	case len(w.subs) > 0:
		return w.subs[len(w.subs)-1]
	case w.current >= 0:
		return w.mains[w.current].Page
	}
	return nil
}

// conceal tells the visible page that it is not.
func (w *Window) conceal() {
	if w.visible != nil {
		w.visible.Hide()
		w.visible = nil
	}
}

// reveal puts the page on top into the window, and tells it unless the window is hidden.
func (w *Window) reveal() {
	page := w.page()
	if page == nil {
		return
	}
	if len(w.subs) > 0 {
		w.place.Objects = []fyne.CanvasObject{page.Content()}
	} else {
		w.main.Objects = []fyne.CanvasObject{page.Content()}
		w.place.Objects = []fyne.CanvasObject{w.frame}
		w.main.Refresh()
	}
	w.window.Canvas().Unfocus()
	w.Retitle()
	w.place.Refresh()
	if w.live.hidden.Load() {
		return
	}
	w.visible = page
	page.Show()
}

// apply tells the visible page, and the rail, what changed.
func (w *Window) apply(changes []engine.Change) {
	w.overview.Load()
	if w.visible == nil {
		return
	}
	if len(changes) == 1 && changes[0].Kind == engine.Lagged {
		w.visible.Show()
		return
	}
	w.visible.Apply(changes)
}

func (w *Window) addKeys() {
	w.window.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if ev.Name != fyne.KeyEscape {
			return
		}
		if w.covered() {
			overlays := w.window.Canvas().Overlays()
			overlays.Remove(overlays.Top()) // a dialog or menu
			return
		}
		if e, ok := w.page().(Escaper); ok && e.Escape() {
			return
		}
		w.Back()
	})
}

// covered says whether a dialog or menu lies over the page: the keys are its.
func (w *Window) covered() bool { return w.window.Canvas().Overlays().Top() != nil }

func (w *Window) rememberSize() {
	if size := w.window.Canvas().Size(); w.onSize != nil && size.Width > 0 {
		w.onSize(size)
	}
}

// toastTime is how long a toast stays.
const toastTime = 4 * time.Second

// toastLayer lies over the window and holds one toast at most. It is a layer of the content and not
// an overlay of the canvas, which would take the pointer away from the page.
type toastLayer struct {
	loop  Loop
	toast *widget.Toast
	timer *time.Timer
}

func (l *toastLayer) container() fyne.CanvasObject {
	l.toast = widget.NewToast("")
	l.toast.Hide()
	// Above the buttons that pages have along their lower edge.
	bottom := container.New(layout.NewCustomPaddedLayout(0, 80, 0, 0), container.NewCenter(l.toast))
	return widget.Border(nil, bottom, nil, nil, widget.Spacer())
}

func (l *toastLayer) show(sentence string) {
	if l.timer != nil {
		l.timer.Stop()
	}
	l.toast.SetText(sentence)
	l.toast.Show()
	var timer *time.Timer
	timer = time.AfterFunc(toastTime, func() {
		l.loop.Post(func() {
			// A toast that was shown meanwhile has its own time.
			if l.timer == timer {
				l.toast.Hide()
			}
		})
	})
	l.timer = timer
}
