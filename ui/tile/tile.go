// Package tile says how the tiles of connectors and operations look.
package tile

import (
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Connector returns the look of an app's tile: its colour and glyph.
func Connector(c engine.Connector) widget.TileLook {
	glyph := c.Glyph
	if glyph == "" {
		r, _ := utf8.DecodeRuneInString(c.Title)
		glyph = string(r)
	}
	return widget.TileLook{Color: c.Color, Letter: glyph, Name: c.Title}
}

// Operation returns the look of a step's or trigger's tile by the operation's full name: its app's, or
// for logic an icon of its own. What the catalogue does not know, or "", is a question mark.
func Operation(catalog engine.Catalog, use string) widget.TileLook {
	c, o, ok := catalog.Operation(use)
	if !ok {
		name := use
		if name == "" {
			name = lang.L("Not chosen yet")
		}
		return widget.TileLook{Icon: theme.IconQuestion, Name: name}
	}
	return Of(c, o)
}

// Of returns how an operation that is known looks.
func Of(c engine.Connector, o engine.Operation) widget.TileLook {
	switch o.Logic {
	case "":
		return Connector(c)
	case engine.LogicFilter:
		return widget.TileLook{Icon: theme.IconFilter, Name: o.Title}
	case engine.LogicDelay, engine.LogicDelayUntil:
		return widget.TileLook{Icon: theme.IconClock, Name: o.Title}
	case engine.LogicPaths:
		return widget.TileLook{Icon: theme.IconPaths, Name: o.Title}
	case engine.LogicLoop:
		return widget.TileLook{Icon: theme.IconLoop, Name: o.Title}
	case engine.LogicStop:
		return widget.TileLook{Icon: theme.IconStop, Name: o.Title}
	}
	look := Connector(c)
	look.Color, look.Name = "", o.Title // the grey of logic
	return look
}
