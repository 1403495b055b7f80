package editor

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// stepMenu is what can be done with a step, wherever it is asked for.
func (p *Page) stepMenu(place draft.Place) []*fyne.MenuItem {
	item := menuItem
	up := item(theme.IconUp, lang.L("Move up"), func() { p.moveStep(place, -1) })
	up.Disabled = !p.session.CanMove(place, -1)
	down := item(theme.IconDown, lang.L("Move down"), func() { p.moveStep(place, 1) })
	down.Disabled = !p.session.CanMove(place, 1)
	return []*fyne.MenuItem{
		item(theme.IconEdit, lang.L("Rename"), func() { p.renameStep(place) }),
		item(theme.IconPlus, lang.L("Duplicate"), func() { p.duplicateStep(place) }),
		item(theme.IconCopy, lang.L("Copy"), func() { p.copyStep(place) }),
		up, down,
		fyne.NewMenuItemSeparator(),
		item(theme.IconTrash, lang.L("Delete"), func() { p.deleteStep(place) }),
	}
}

func menuItem(icon theme.IconName, label string, action func()) *fyne.MenuItem {
	i := fyne.NewMenuItem(label, action)
	i.Icon = theme.Icon(icon, theme.ColorMuted)
	return i
}

func (p *Page) deleteStep(place draft.Place) { p.atCard(p.session.Delete(place)) }

func (p *Page) duplicateStep(place draft.Place) { p.atCard(p.session.Duplicate(place)) }

func (p *Page) moveStep(place draft.Place, by int) { p.atCard(p.session.Move(place, by)) }

// atCard shows a change of which steps there are, and leaves the keyboard at the card it is about.
func (p *Page) atCard(did bool) {
	if did {
		p.detail.open()
		p.restructured(true)
		p.flow.focus(p.session.Selected())
	}
}

func (p *Page) copyStep(place draft.Place) {
	if text := p.session.Copy(place); text != "" {
		fyne.CurrentApp().Clipboard().SetContent(text)
		p.Navigator.Toast(lang.L("Copied. Paste it below a step of any recipe."))
	}
}

func (p *Page) pasteStep() {
	if p.session == nil {
		return
	}
	spot := p.session.After(p.session.Selected())
	if p.detail.spot != nil {
		spot = *p.detail.spot // where a step is being added just now
	}
	if p.session.Paste(spot, fyne.CurrentApp().Clipboard().Content()) {
		p.atCard(true)
		return
	}
	p.Navigator.Toast(lang.L("There is no step to paste. Copy one first, with its menu."))
}

// renameStep asks for a step's name.
func (p *Page) renameStep(place draft.Place) {
	step, ok := p.session.Step(place)
	if !ok {
		return
	}
	e := p.session.Element(place)
	entry := widget.NewEntry(lang.L("Name of the step"))
	entry.SetText(step.Name)
	entry.PlaceHolder = e.Operation.Title
	var d *widget.Dialog
	done := func() {
		d.Hide()
		p.changed(p.session.RenameStep(place, entry.Text))
		p.detail.build()
		p.detail.refresh()
	}
	entry.OnSubmitted = func(string) { done() }
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("Rename the step"), entry,
		widget.NewButton(lang.L("Cancel"), func() { d.Hide() }), widget.NewFilledButton("", lang.L("Rename"), done))
	d.Show()
	p.Navigator.Dialogs().Canvas().Focus(entry)
}

func (p *Page) undo() { p.timeTravel((*draft.Session).Undo) }

func (p *Page) redo() { p.timeTravel((*draft.Session).Redo) }

func (p *Page) timeTravel(step func(*draft.Session) bool) {
	if p.session == nil || !step(p.session) {
		return
	}
	p.detail.stay()
	p.restructured(true)
}

// addKeys makes the page's shortcuts known to the window while the page is shown.
func (p *Page) addKeys() {
	p.removeKeys()
	add := func(shortcut fyne.Shortcut, do func()) {
		p.keys = append(p.keys, shortcut)
		p.Navigator.Dialogs().Canvas().AddShortcut(shortcut, func(fyne.Shortcut) {
			if p.session != nil {
				do()
			}
		})
	}
	custom := func(key fyne.KeyName, modifier fyne.KeyModifier, do func()) {
		add(&desktop.CustomShortcut{KeyName: key, Modifier: modifier}, do)
	}
	const control = fyne.KeyModifierShortcutDefault
	add(&fyne.ShortcutUndo{}, p.undo)
	add(&fyne.ShortcutRedo{}, p.redo)
	add(&fyne.ShortcutCopy{}, func() { p.copyStep(p.session.Selected()) })
	add(&fyne.ShortcutPaste{}, p.pasteStep)
	custom(fyne.KeyZ, control|fyne.KeyModifierShift, p.redo)
	custom(fyne.KeyS, control, p.saver.now)
	custom(fyne.KeyD, control, func() { p.duplicateStep(p.session.Selected()) })
	custom(fyne.KeyUp, fyne.KeyModifierAlt, func() { p.moveStep(p.session.Selected(), -1) })
	custom(fyne.KeyDown, fyne.KeyModifierAlt, func() { p.moveStep(p.session.Selected(), 1) })
}

func (p *Page) removeKeys() {
	for _, shortcut := range p.keys {
		p.Navigator.Dialogs().Canvas().RemoveShortcut(shortcut)
	}
	p.keys = nil
}
