//go:build !headless

package main

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	shortcuts "fyne.io/fyne/v2/driver/desktop"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/widget"
)

// settingNoted keeps that a person was told what closing the window does: where there is a tray, and where not.
const (
	settingNoted       = "noted_tray"
	settingNotedNoTray = "noted_no_tray"
)

const (
	// trayPatience is how long a hidden window waits for a tray: panels start after the programs of a login, and
	// start anew now and then. After that it is shown, small, for nobody could find it.
	trayPatience = 15 * time.Second
	// freeAfter is how long after it was hidden the window's memory is given back.
	freeAfter = 3 * time.Second
	// focusLag is how late the system may tell that the window had the keyboard before it was put away.
	focusLag = 500 * time.Millisecond
)

// homeParams are what a home needs. All are called on the UI goroutine.
type homeParams struct {
	native fyne.Window
	// minimise makes the native window small, and quit ends the program.
	minimise func()
	quit     func()
	// rest waits until there is something to do, and forget gives back the memory of a window that nobody sees;
	// both may be nil.
	rest, forget func()
}

// home is where the window goes when it is closed: to the tray, or small where there is none.
type home struct {
	*desktop
	homeParams
	// trayed is whether the desktop shows tray icons.
	trayed atomic.Bool
	// focused is true while the window has the keyboard, and atRuns while it shows the runs.
	focused, atRuns bool
	// watching is true while both are so, and seen when they were last, in microseconds.
	watching atomic.Bool
	seen     atomic.Int64
	again    chan struct{}
	// small is true while the window is minimised by Bellhop itself, which no system tells.
	small    bool
	shrunk   time.Time // when
	wait     *time.Timer
	patience time.Duration // see trayPatience
	// dozing is true while doze comes again and again.
	dozing bool
	// asking is the question whether to quit, and note what says what closing does, that was shown last.
	asking, note *widget.Dialog
}

// newHome takes over what happens when the window is closed, and Ctrl+Q.
func newHome(d *desktop, p homeParams) *home {
	h := &home{desktop: d, homeParams: p, again: make(chan struct{}, 1), patience: trayPatience}
	d.onRuns = func(shown bool) {
		h.atRuns = shown
		h.look()
	}
	p.native.SetCloseIntercept(h.close)
	p.native.Canvas().AddShortcut(&shortcuts.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierShortcutDefault},
		func(fyne.Shortcut) { h.askQuit() })
	return h
}

// open shows the window, wherever it is.
func (h *home) open() {
	h.small = false
	h.window.Show()
}

// begin shows the window at the start; hidden, if it can be, when it is wanted so.
func (h *home) begin(hidden bool) {
	if !hidden {
		h.open()
		return
	}
	h.expect()
	h.settle()
}

// close is what closing the window does.
func (h *home) close() {
	if h.small { // it was closed in the list of windows, where it cannot be made smaller
		h.open()
		h.askQuit()
		return
	}
	tray := h.trayed.Load()
	var settings engine.Settings
	var noted string
	h.loop.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), savingTime)
		defer cancel()
		settings, _ = engine.ReadSettings(ctx, h.Store) // without them, as usual
		noted, _ = h.Store.Setting(ctx, h.noteOf(tray))
		h.loop.Post(func() {
			switch {
			case settings.QuitOnClose:
				h.quit()
			case noted != "":
				h.leave()
			default:
				h.explain(tray)
			}
		})
	})
}

// explain says what closing the window does, until a person has read it.
func (h *home) explain(tray bool) {
	note := ui.NoteNoTray
	if tray {
		note = ui.NoteTray
	}
	if h.note != nil {
		h.note.Hide() // it is open still, or was closed by Escape
	}
	h.note = note(h.native, func() {
		h.keep(h.noteOf(tray), "yes")
		h.leave()
	}, h.quit)
}

func (h *home) noteOf(tray bool) string {
	if tray {
		return settingNoted
	}
	return settingNotedNoTray
}

// keep writes a small thing down. Where that fails it is told or asked once more: no reason to bother anybody.
func (h *home) keep(key, value string) {
	h.loop.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), savingTime)
		defer cancel()
		_ = h.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(key, value) })
	})
}

// leave puts the window away.
func (h *home) leave() {
	if !h.trayed.Load() {
		h.shrink()
		return
	}
	h.window.Hide()
	h.left()
	h.settle()
}

// shrink makes the window small, and lets it do nothing meanwhile.
func (h *home) shrink() {
	h.window.Close()
	h.small, h.shrunk = true, time.Now()
	h.minimise()
	h.left()
	h.settle()
}

// settle lets a hidden window cost next to nothing.
func (h *home) settle() {
	if h.forget != nil {
		time.AfterFunc(freeAfter, func() {
			h.loop.Post(func() {
				if h.window.Hidden() { // it is not open again by then
					h.forget()
				}
			})
		})
	}
	if !h.dozing && h.rest != nil {
		h.dozing = true
		h.doze()
	}
}

// doze rests again and again while the window is hidden: Fyne looks for events and things to draw sixty times a
// second also where there is nothing to see, which took over one percent of a processor's time.
func (h *home) doze() {
	if !h.window.Hidden() {
		h.dozing = false
		return
	}
	h.rest()
	h.loop.Post(h.doze)
}

// trayShown is told whether the desktop shows tray icons. It is called off the UI goroutine.
func (h *home) trayShown(shown bool) {
	h.trayed.Store(shown)
	h.loop.Post(h.expect)
}

// expect shows a hidden window small if there is no tray for too long.
func (h *home) expect() {
	if h.wait != nil {
		h.wait.Stop()
		h.wait = nil
	}
	if h.trayed.Load() || !h.window.Hidden() || h.small {
		return
	}
	h.wait = time.AfterFunc(h.patience, func() {
		h.loop.Post(func() {
			if !h.trayed.Load() && h.window.Hidden() && !h.small {
				h.native.Show()
				h.shrink()
			}
		})
	})
}

// entered is told that the window has the keyboard now, and left that it has not any more.
func (h *home) entered() {
	if h.small && time.Since(h.shrunk) > focusLag { // a person brought it back
		h.open()
	}
	if h.window.Hidden() { // it is told late
		return
	}
	h.focused = true
	h.look()
}

func (h *home) left() {
	h.focused = false
	h.look()
}

// look notes that a person looks at the runs, or did until now. Whoever sees another page has not seen what failed.
func (h *home) look() {
	looks := h.focused && h.atRuns
	if looked := h.watching.Swap(looks); !looks && !looked {
		return
	}
	now := time.Now()
	h.seen.Store(now.UnixMicro())
	h.keep(settingLooked, now.UTC().Format(time.RFC3339Nano))
	select {
	case h.again <- struct{}{}:
	default:
	}
}

// looked returns when a person looked at the runs last: what failed before is no news.
func (h *home) looked(ctx context.Context) time.Time {
	if h.watching.Load() {
		return time.Now()
	}
	if seen := h.seen.Load(); seen != 0 {
		return time.UnixMicro(seen)
	}
	kept, err := h.Store.Setting(ctx, settingLooked)
	if err != nil {
		return time.Time{}
	}
	looked, _ := time.Parse(time.RFC3339Nano, kept) // never, if nothing is kept
	return looked
}

// askQuit ends Bellhop; where recipes stop with it, after a question.
func (h *home) askQuit() {
	h.loop.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), savingTime)
		defer cancel()
		on := 0
		recipes, err := h.Store.Recipes(ctx)
		for _, r := range recipes {
			if r.On {
				on++
			}
		}
		counts, _ := h.StateCounts(ctx) // what is not known is not told
		underWay := counts[engine.Queued] + counts[engine.Running] + counts[engine.Waiting]
		h.loop.Post(func() {
			if err == nil && on == 0 {
				h.quit()
				return
			}
			hidden := h.window.Hidden()
			h.open()
			if h.asking != nil {
				h.asking.Hide() // what it says is old
			}
			h.asking = ui.AskQuit(h.native, on, underWay, h.quit, func() {
				if hidden {
					h.leave()
				}
			})
		})
	})
}
