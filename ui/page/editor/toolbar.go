package editor

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// toolbar is the line at the top: where we are, how the recipe is, and what can be done with all of it.
type toolbar struct {
	page       *Page
	name       *nameEntry
	state      *widget.Chip
	saved      *widget.Text
	undo, redo *widget.Button
	settings   *widget.Button
	tryOut     *widget.Button
	problems   *widget.Button
	publish    *widget.Button
	on         *widget.Toggle
	publishing bool
	// failure says why the draft could not be saved.
	failure *widget.Banner
	row     *fyne.Container
	object  fyne.CanvasObject
}

func newToolbar(p *Page) *toolbar {
	b := &toolbar{page: p, state: widget.NewChip("", "", theme.Neutral), saved: widget.NewMuted("")}
	b.saved.Flow = widget.Whole
	back := widget.NewQuietButton(theme.IconBack, lang.L("Recipes"), func() { p.Navigator.Back() })
	b.name = newNameEntry(lang.L("Name of the recipe"), func(name string) {
		p.changed(p.session.Rename(name))
	})
	b.undo = widget.NewIconButton(theme.IconUndo, lang.L("Undo"), p.undo)
	b.redo = widget.NewIconButton(theme.IconRedo, lang.L("Redo"), p.redo)
	b.settings = widget.NewIconButton(theme.IconSettings, lang.L("Settings of the recipe"), func() { p.detail.openSettings() })
	b.tryOut = widget.NewQuietButton(theme.IconPlay, lang.L("Try out"), b.tryNow)
	b.tryOut.Name = lang.L("Try it out with the last events")
	widget.SetVisible(b.tryOut, p.OnTryOut != nil)
	b.problems = widget.NewButton("", func() { p.detail.problems.toggle() })
	b.problems.Icon = theme.IconAlert
	b.publish = widget.NewFilledButton("", lang.L("Publish"), b.publishNow)
	b.on = widget.NewToggle(lang.L("The recipe"), false, b.switchTo)
	name := container.New(nameLine{b.name}, container.NewThemeOverride(b.name, &flat{}), b.state, b.saved)
	b.failure = widget.NewBanner(theme.Bad, lang.L("Not saved."), "", widget.NewButton(lang.L("Try again"), p.saver.now))
	b.failure.Hide()
	b.row = widget.Row(theme.Space2, back, widget.Grow(name), b.undo, b.redo, b.settings, b.tryOut, b.problems, b.publish, widget.Inset(b.on, 0, theme.Space1))
	b.object = widget.Column(0, widget.NewSurface(theme.ColorSurface, widget.Inset(b.row, 10, theme.Space3)), widget.NewLineH(), b.failure)
	return b
}

func (b *toolbar) refresh() {
	p := b.page
	if p.session == nil {
		return
	}
	b.name.show(p.session.Definition().Name)
	b.state.Set(b.stateWords())
	b.saved.SetText(b.savedWords())
	if p.saver.err != nil {
		b.failure.Set(theme.Bad, lang.L("Not saved."), phrase.Error(p.saver.err))
	}
	if failed := p.saver.err != nil; failed != b.failure.Visible() {
		widget.SetVisible(b.failure, failed)
		p.frame.Refresh()
	}
	widget.SetEnabled(b.undo, p.session.CanUndo())
	widget.SetEnabled(b.redo, p.session.CanRedo())
	n := len(p.session.Problems())
	b.problems.SetText(lang.N("{{.N}} to put right", n, map[string]any{"N": n}))
	widget.SetVisible(b.problems, n > 0)
	widget.SetEnabled(b.publish, n == 0 && b.unpublished() > 0 && !b.publishing)
	b.on.Set(p.recipe.On)
	b.row.Refresh() // the widths follow the words
}

// unpublished counts the changes that do not run yet; all of it counts as one.
func (b *toolbar) unpublished() int {
	if b.page.live == nil {
		return 1
	}
	return draft.Differences(*b.page.live, b.page.session.Definition())
}

func (b *toolbar) stateWords() (theme.IconName, string, theme.Tone) {
	if b.page.live == nil {
		return theme.IconEdit, lang.L("Draft"), theme.Neutral
	}
	words, icon, tone := lang.L("Published"), theme.IconPause, theme.Neutral
	if b.page.recipe.On {
		words, icon, tone = lang.L("Live"), theme.IconCheck, theme.OK
	}
	if n := b.unpublished(); n > 0 {
		changes := lang.N("{{.N}} changes not published", n, map[string]any{"N": n})
		return theme.IconEdit, words + " · " + changes, theme.Primary
	}
	return icon, words, tone
}

func (b *toolbar) savedWords() string {
	s := b.page.saver
	switch {
	case s.err != nil:
		return ""
	case s.busy || s.stop != nil:
		return lang.L("Saving…")
	case s.at.IsZero():
		return ""
	case b.page.Now().Sub(s.at) < time.Minute:
		return lang.L("Saved just now")
	}
	return lang.L("Saved {{.Time}}", map[string]any{"Time": when.Clock(s.at, b.page.Now())})
}

func (b *toolbar) publishNow() {
	p := b.page
	b.publishing = true
	p.saver.now()
	definition := p.session.Definition()
	var warnings []string
	p.saver.do(func(ctx context.Context) error {
		err := p.Desk.Publish(ctx, p.RecipeID)
		if err == nil {
			warnings, _ = p.Desk.Warnings(ctx, p.RecipeID, definition) // it is published in any case
		}
		return err
	}, func(err error) {
		b.publishing = false
		if err != nil {
			b.refused(err)
			return
		}
		p.live = &definition
		if p.recipe.On {
			p.Navigator.Toast(lang.L("Published. From now on “{{.Recipe}}” runs like this.", map[string]any{"Recipe": definition.Name}))
		} else {
			p.Navigator.Toast(lang.L("Published. Switch the recipe on to let it run."))
		}
		if len(warnings) > 0 {
			widget.NewMessage(p.Navigator.Dialogs(), lang.L("Published, but take care"), strings.Join(warnings, "\n\n")).Show()
		}
		p.reload()
	})
	b.refresh()
}

// tryNow shows what the draft would have done, once it is saved.
func (b *toolbar) tryNow() {
	b.page.saver.now()
	b.page.saver.do(func(context.Context) error { return nil }, func(error) { b.page.OnTryOut() })
}

func (b *toolbar) switchTo(on bool) {
	p := b.page
	p.saver.now()
	p.saver.do(func(ctx context.Context) error {
		return p.Desk.Switch(ctx, p.RecipeID, on)
	}, func(err error) {
		if err != nil {
			b.refused(err)
			return
		}
		p.recipe.On = on
		p.reload()
	})
}

// refused shows why something cannot be done: the problems at their places, or a sentence.
func (b *toolbar) refused(err error) {
	b.refresh()
	if _, ok := errors.AsType[engine.Problems](err); ok && len(b.page.session.Problems()) > 0 {
		b.page.detail.problems.open()
		return
	}
	b.page.Navigator.Toast(phrase.Error(err))
}
