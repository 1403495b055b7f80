// Package ui is Bellhop's window: the rail, the page that is shown, and the one bridge from the engine.
//
// # How a page is written
//
// A page lives in ui/page/<screen> and is a Page. It declares the small interfaces it needs of the
// engine and the store (never the packages that fill them), and takes them with a Loop and a
// Navigator:
//
//	type Params struct {
//		Loop      ui.Loop
//		Navigator ui.Navigator
//		Recipes   interface{ Recipes(context.Context) ([]engine.Recipe, error) }
//	}
//
// Its objects are made once, in New, and rows and cards are made once and filled anew: what is thrown
// away stays in memory for days (see ui/cache). It reads with a Loader, off the UI goroutine, and shows what was
// read in the Loader's show function:
//
//	p.loader = ui.NewLoader(params.Loop, params.Recipes.Recipes, p.show)
//	func (p *Page) Show()                    { p.loader.Load() }
//	func (p *Page) Hide()                    { p.loader.Stop() }
//	func (p *Page) Apply(_ []engine.Change)  { p.loader.Load() }
//
// To do something slow (save, send, test), use a Loader too, or Loop.Go and, in it, Loop.Post for what
// touches widgets. Nothing else may touch them from another goroutine; fyne.Do is only for the app.
//
// Layout: widget.NewPage(widget.NewPageHeader(title, actions…), body) gives a page its space; rows and
// columns come from widget.Row, Column, Grow, Width and Inset with theme.Space1 to Space7. Anything that
// can have more than some 50 rows is a fyne widget.List with single-line texts (widget.NewLine,
// NewMuted): rebind every callback in UpdateItem. Long text goes into widget.CodeView, never into a
// Text or an Entry.
//
// Widgets: Text (NewTitle, NewSubtitle, NewCardTitle, NewText, NewLine, NewStrong, NewMuted, NewHelp,
// NewCaption, NewHeadline, NewParts), Button (NewButton, NewFilledButton, NewQuietButton, NewIconButton,
// NewLink, NewMenuButton), Card, TapCard, Panel, Surface, Chip, Choice, Tile, TileRow, Toggle, Bars, Dot,
// Icon, Banner, Entry (NewEntry, NewSecretEntry, NewLongEntry, NewSearchEntry), FormField, NewKeyValues,
// NewEmptyState, Tabs, Dialog (NewDialog, NewConfirm, NewMessage), CodeView, Toast (Navigator.Toast), lines (NewLineH, NewLineV). Use
// widget.Entry and not Fyne's, which keeps the window's shortcuts to itself. The words and colours of
// a run's state come from ui/status, the words of a time from ui/when.
//
// Texts: lang.L("…") with the English text as a literal, and the same text in
// assets/translations/en.json; a test compares. Colours by name only. A state is a glyph, a word and
// a tone. Every empty page says what to do next. What is only an icon has a name.
//
// Tests: uitest.NewApp, uitest.NewLoop (Turn does what there is to do), uitest.Navigator, uitest.Tap
// and Words for what the user does and sees, uitest.Markup for one golden per state, and uitest.Render
// with BELLHOP_RENDER=<folder> for pictures to look at, light and dark.
package ui
