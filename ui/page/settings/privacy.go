package settings

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// privacy is the section of what recipes may reach.
func (p *Page) privacy() fyne.CanvasObject {
	return p.section(lang.L("Privacy and safety"), lang.L("What recipes may reach on this computer and around it."),
		p.privateAddresses(), p.folders())
}

// names is a list of what is allowed, with a button to remove each.
type names struct {
	box    *fyne.Container
	shown  []string
	follow func(o fyne.CanvasObject)
}

// show shows them; remove takes one out.
func (n *names) show(all []string, remove func(name string)) {
	if n.box.Objects != nil && slices.Equal(all, n.shown) {
		return
	}
	n.shown, n.box.Objects = slices.Clone(all), []fyne.CanvasObject{}
	for _, name := range all {
		n.box.Add(widget.Row(theme.Space2, widget.Grow(widget.NewLine(name)),
			widget.NewIconButton(theme.IconTrash, lang.L("Remove {{.Name}}", map[string]any{"Name": name}), func() { remove(name) })))
	}
	n.follow(n.box)
	widget.SetVisible(n.box, len(all) > 0)
	n.box.Refresh()
}

// privateAddresses lists the addresses around here that requests may go to.
func (p *Page) privateAddresses() fyne.CanvasObject {
	list := &names{box: newColumn(2), follow: p.follow}
	t := p.newText(lang.L("Address to allow"), lang.L("nas.local:8080"))
	r := p.newRow(lang.L("Addresses of your own network"),
		lang.L("Steps send nothing to this computer or its network, so that nobody outside can misuse them for that. Allow what they should reach: an address, a name, or a network such as 192.168.1.0/24."), nil)
	t.rest, t.asked = r.rest, true
	change := func(to []string, done func(err error)) {
		p.do(func(ctx context.Context) error { return p.Desk.AllowPrivate(ctx, to) }, func(err error) {
			if err == nil {
				p.book.private = to
				p.fill()
			}
			done(err)
		})
	}
	t.say = r.say
	t.keep = func(typed string, done func(string, error)) {
		if slices.Contains(p.book.private, typed) {
			done("", nil)
			return
		}
		change(append(slices.Clone(p.book.private), typed), func(err error) { done("", err) })
	}
	add := widget.NewButton(lang.L("Allow"), t.submit)
	p.onShow(func() {
		list.show(p.book.private, func(name string) {
			change(slices.DeleteFunc(slices.Clone(p.book.private), func(n string) bool { return n == name }), r.say)
		})
	})
	return newColumn(theme.Space3, r.object, list.box, widget.Row(theme.Space2, widget.Grow(t.entry), add))
}

// folders lists the folders that recipes may use.
func (p *Page) folders() fyne.CanvasObject {
	list := &names{box: newColumn(2), follow: p.follow}
	var r *row
	done := func(folders []string, err error) {
		if err == nil {
			p.book.folders = folders
			p.fill()
		}
		r.say(err)
	}
	add := widget.NewButton(lang.L("Add a folder…"), func() {
		p.Files.Folder(func(path string, err error) {
			if err != nil {
				r.say(err)
				return
			}
			var folders []string
			p.do(func(ctx context.Context) (err error) {
				if _, err = p.Desk.AddFolder(ctx, path); err == nil {
					folders, err = p.Desk.Folders(ctx)
				}
				return err
			}, func(err error) { done(folders, err) })
		})
	})
	r = p.newRow(lang.L("Folders for files"),
		lang.L("Recipes read and write files only in these, and in the folders within them. The first is taken where a recipe names none."), add)
	p.onShow(func() {
		list.show(p.book.folders, func(name string) {
			var folders []string
			p.do(func(ctx context.Context) (err error) {
				if err = p.Desk.RemoveFolder(ctx, name); err == nil {
					folders, err = p.Desk.Folders(ctx)
				}
				return err
			}, func(err error) { done(folders, err) })
		})
	})
	return newColumn(theme.Space3, r.object, list.box)
}
