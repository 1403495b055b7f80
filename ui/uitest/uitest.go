// Package uitest is the ground of tests of what people see: an app without a screen in Bellhop's
// theme, a loop that the test turns, pictures and markup to compare with.
//
// Fyne has one app per process, so tests that use it must not run in parallel.
package uitest

import (
	"image"
	"image/png"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/ui"
	"bellhop/ui/theme"
)

// NewApp makes an app without a screen, in Bellhop's light theme and in English.
func NewApp(t testing.TB) fyne.App { return NewAppIn(t, theme.Light) }

// NewAppIn is NewApp in a mode.
func NewAppIn(t testing.TB, mode theme.Mode) fyne.App {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(mode))
	require.NoError(t, ui.LoadTranslations())
	ui.UseLanguage("en") // whatever the computer's is
	return app
}

// Loop is a ui.Loop that does nothing until Turn.
type Loop struct{ work chan func() }

// NewLoop makes a loop with nothing to do.
func NewLoop() *Loop { return &Loop{work: make(chan func(), 10_000)} }

// UI is the loop as pages take it. Go and Post may be called from any goroutine.
func (l *Loop) UI() ui.Loop {
	add := func(f func()) { l.work <- f }
	return ui.Loop{Go: add, Post: add}
}

// Turn does everything there is to do, in order, and what comes of it, on the test's goroutine. It
// returns how much was done.
func (l *Loop) Turn() int {
	for n := 0; ; n++ {
		select {
		case f := <-l.work:
			f()
		default:
			return n
		}
	}
}

// Navigator is a ui.Navigator that remembers what it was asked.
type Navigator struct {
	Window   fyne.Window
	Went     []string
	Opened   []ui.Page
	Backs    int
	Retitles int
	Toasts   []string
}

var _ ui.Navigator = (*Navigator)(nil)

// Go remembers the name.
func (n *Navigator) Go(name string) { n.Went = append(n.Went, name) }

// Open remembers the page.
func (n *Navigator) Open(page ui.Page) { n.Opened = append(n.Opened, page) }

// Back counts.
func (n *Navigator) Back() { n.Backs++ }

// Retitle counts.
func (n *Navigator) Retitle() { n.Retitles++ }

// Toast remembers the sentence.
func (n *Navigator) Toast(sentence string) { n.Toasts = append(n.Toasts, sentence) }

// Dialogs returns Window.
func (n *Navigator) Dialogs() fyne.Window { return n.Window }

// Window shows an object in a window of that size until the test ends, on the theme's background.
func Window(t testing.TB, object fyne.CanvasObject, width, height float32) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, object)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, height))
	return w
}

// Markup compares an object, in a window of that size, with the markup in testdata/<name>.xml.
// What differs is written to testdata/failed, from where it can be copied if it is right.
func Markup(t *testing.T, name string, object fyne.CanvasObject, width, height float32) {
	t.Helper()
	w := Window(t, object, width, height)
	HideUnseen(object)
	test.AssertRendersToMarkup(t, name+".xml", w.Canvas())
}

// HideUnseen hides, before markup is made of an object, what is in it only for the mouse and draws nothing.
func HideUnseen(object fyne.CanvasObject) {
	for o := range Visible(object) {
		if _, ok := o.(interface{ Unseen() }); ok {
			o.Hide()
		}
	}
}

// Visible gives an object and all that is visible in it, parents first.
func Visible(object fyne.CanvasObject) iter.Seq[fyne.CanvasObject] {
	return func(yield func(fyne.CanvasObject) bool) { visible(object, yield) }
}

func visible(object fyne.CanvasObject, yield func(fyne.CanvasObject) bool) bool {
	if object == nil || !object.Visible() {
		return true
	}
	if !yield(object) {
		return false
	}
	var inside []fyne.CanvasObject
	switch o := object.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, o := range inside {
		if !visible(o, yield) {
			return false
		}
	}
	return true
}

// Words returns all words that are visible in an object, one line for each text, to search in.
func Words(object fyne.CanvasObject) string {
	var words []string
	for o := range Visible(object) {
		if text, ok := o.(interface{ Words() string }); ok {
			words = append(words, text.Words())
		}
	}
	return strings.Join(words, "\n")
}

// Find returns the first visible widget of type T in an object for which is returns true, and fails
// the test if there is none.
func Find[T fyne.CanvasObject](t testing.TB, object fyne.CanvasObject, is func(T) bool) T {
	t.Helper()
	for o := range Visible(object) {
		if found, ok := o.(T); ok && is(found) {
			return found
		}
	}
	require.Fail(t, "no such widget is visible")
	panic("unreachable")
}

// Tap presses what is visible in an object under the name that a screen reader says.
func Tap(t testing.TB, object fyne.CanvasObject, name string) {
	t.Helper()
	for o := range Visible(object) {
		a, ok := o.(fyne.Accessible)
		if !ok || a.AccessibilityLabel() != name {
			continue
		}
		if p, ok := o.(fyne.Tappable); ok {
			test.Tap(p)
			return
		}
	}
	require.Fail(t, "nothing to press", "named %q; words:\n%s", name, Words(object))
}

// RenderTo is the environment variable with the folder for pictures to look at.
const RenderTo = "BELLHOP_RENDER"

// Render draws an object in light and in dark into <name>-light.png and <name>-dark.png in the folder
// that RenderTo names. Without it, it does nothing. make is called once for each mode.
func Render(t testing.TB, name string, width, height float32, make func(app fyne.App) fyne.CanvasObject) {
	t.Helper()
	dir := os.Getenv(RenderTo)
	if dir == "" {
		return
	}
	for mode, suffix := range map[theme.Mode]string{theme.Light: "light", theme.Dark: "dark"} {
		app := NewAppIn(t, mode)
		write(t, filepath.Join(dir, name+"-"+suffix+".png"), Picture(app, make(app), width, height))
	}
}

// Picture draws an object in a window of that size.
func Picture(app fyne.App, object fyne.CanvasObject, width, height float32) image.Image {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(object)
	c.Resize(fyne.NewSize(width, height))
	return software.RenderCanvas(c, app.Settings().Theme())
}

func write(t testing.TB, file string, picture image.Image) {
	t.Helper()
	f, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, picture))
	require.NoError(t, f.Close())
}
