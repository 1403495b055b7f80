//go:build linux && !headless

package main

import (
	"bytes"
	"image/png"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/systray"
)

// trayIconSize is how many pixels wide and high icons are sent to panels, which make them smaller.
const trayIconSize = 64

// napTime is how long a nap lasts if nothing ends it: the tray's clicks do.
const napTime = 5 * time.Second

// panelTray talks to panels without Fyne, which for its tray makes a window that nobody sees: with all that draws
// windows that takes sixty megabytes, also where Bellhop is started hidden and no window is ever shown.
type panelTray struct{ post func(func()) }

var _ trayHost = panelTray{}

// newTrayHost makes the tray. start puts it onto the panel; call it when the app has started, and stop at the end.
func newTrayHost(_ fyne.App, post func(func())) (host trayHost, start, stop func()) {
	start, stop = systray.RunWithExternalLoop(nil, nil)
	return panelTray{post}, start, stop
}

func (p panelTray) SetSystemTrayIcon(icon fyne.Resource) {
	drawing := software.NewTransparentCanvas()
	drawing.SetPadded(false)
	drawing.SetContent(canvas.NewImageFromResource(icon))
	drawing.Resize(fyne.NewSquareSize(trayIconSize))
	var picture bytes.Buffer
	if err := png.Encode(&picture, drawing.Capture()); err != nil {
		fyne.LogError("The tray's icon cannot be drawn", err)
		return
	}
	systray.SetIcon(picture.Bytes())
}

func (panelTray) SetTooltip(words string) { systray.SetTooltip(words) }

func (p panelTray) SetSystemTrayMenu(menu *fyne.Menu) {
	systray.ResetMenu()
	p.add(menu, nil)
}

// add adds the lines of a menu below a line, or for nil to the tray's menu.
func (p panelTray) add(menu *fyne.Menu, below *systray.MenuItem) {
	for _, item := range menu.Items {
		var line *systray.MenuItem
		switch {
		case item.IsSeparator && below == nil:
			systray.AddSeparator()
			continue
		case item.IsSeparator:
			below.AddSeparator()
			continue
		case below == nil:
			line = systray.AddMenuItem(item.Label, "")
		default:
			line = below.AddSubMenuItem(item.Label, "")
		}
		if item.ChildMenu != nil {
			p.add(item.ChildMenu, line)
		}
		go func() {
			for range line.ClickedCh { // until the menu is set anew
				if item.Action != nil {
					p.post(item.Action)
				}
			}
		}()
	}
}
