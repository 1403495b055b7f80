package settings

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// findingsHeight is the height of the list of findings, in pixels before scaling.
const findingsHeight = 380

// examine looks whether everything is fine.
func (p *Page) examine() fyne.CanvasObject {
	var r *row
	button := widget.NewButton(lang.L("Look"), nil)
	button.Name = lang.L("Look whether everything is fine")
	button.OnTapped = func() {
		button.Disable()
		r.setHelp(lang.L("Looking…"))
		var found []Finding
		p.do(func(ctx context.Context) error {
			found = p.Help.Examine(ctx)
			return nil
		}, func(error) {
			button.Enable()
			trouble := 0
			for _, f := range found {
				if !f.Fine {
					trouble++
				}
			}
			if trouble == 0 {
				r.setHelp(lang.L("Everything is fine."))
			} else {
				r.setHelp(lang.N("{{.Count}} things are not fine.", trouble, map[string]any{"Count": trouble}))
			}
			p.showFindings(found)
		})
	}
	r = p.newRow(lang.L("Is everything fine?"), lang.L("Looks at the data, the backups, the secrets, the network and your recipes."), button)
	return r.object
}

// showFindings lists them, first what is not fine.
func (p *Page) showFindings(found []Finding) {
	list := newColumn(theme.Space3)
	var lines []string
	for _, fine := range []bool{false, true} {
		for _, f := range found {
			if f.Fine != fine {
				continue
			}
			icon, color, sign := theme.IconAlert, theme.ColorError, "✗ "
			if fine {
				icon, color, sign = theme.IconCheck, theme.ColorOK, "✓ "
			}
			words := widget.NewParts(widget.Part{Text: f.What, Bold: true}, widget.Part{Text: "  " + f.Says})
			list.Add(widget.RowTop(theme.Space3, widget.NewIcon(icon, color, 18), widget.Grow(words)))
			lines = append(lines, sign+f.What+": "+f.Says)
		}
	}
	var d *widget.Dialog
	scroll := container.NewVScroll(container.New(insets{right: theme.Space3}, list))
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("What Bellhop found"), widget.Sized(scroll, 0, findingsHeight),
		widget.NewButton(lang.L("Copy"), func() {
			fyne.CurrentApp().Clipboard().SetContent(strings.Join(lines, "\n"))
			p.Navigator.Toast(lang.L("The list is copied."))
		}),
		widget.NewFilledButton("", lang.L("Done"), func() { d.Hide() }))
	d.Show()
}
