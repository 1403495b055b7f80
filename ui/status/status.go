// Package status says in words, glyph and tone where a run stands.
package status

import (
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Look is how a state is shown.
type Look struct {
	Icon theme.IconName
	Word string
	Tone theme.Tone
}

// Of returns the look of a state. Of a state unknown to this Bellhop it shows the bare name.
func Of(state engine.State) Look {
	switch state {
	case engine.Queued:
		return Look{theme.IconClock, lang.L("Queued"), theme.Neutral}
	case engine.Running:
		return Look{theme.IconPlay, lang.L("Running"), theme.Primary}
	case engine.Waiting:
		return Look{theme.IconClock, lang.L("Waiting"), theme.Warn}
	case engine.Succeeded:
		return Look{theme.IconCheck, lang.L("Succeeded"), theme.OK}
	case engine.Filtered:
		return Look{theme.IconFilter, lang.L("Filtered"), theme.Neutral}
	case engine.Failed:
		return Look{theme.IconAlert, lang.L("Failed"), theme.Bad}
	case engine.Held:
		return Look{theme.IconPause, lang.L("Held"), theme.Warn}
	case engine.Unsure:
		return Look{theme.IconQuestion, lang.L("Unsure"), theme.Warn}
	case engine.Cancelled:
		return Look{theme.IconStop, lang.L("Cancelled"), theme.Neutral}
	}
	return Look{theme.IconQuestion, string(state), theme.Neutral}
}

// Set shows a state on a chip. words replaces the state's own word, such as by "4 min ago"; empty keeps
// it.
func Set(c *widget.Chip, state engine.State, words string) {
	look := Of(state)
	if words == "" {
		words = look.Word
	}
	c.Set(look.Icon, words, look.Tone)
}
