package fact

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
)

// Run names a run: as its recipe does, or else by its event's id, unless Bellhop made that up.
func Run(r engine.Run) string {
	switch {
	case r.Title != "":
		return phrase.Label(r.Title)
	case r.EventKey != "" && !strings.HasPrefix(r.EventKey, "evt_"):
		return r.EventKey
	}
	return lang.L("Event {{.N}}", map[string]any{"N": r.EventID})
}

// Decided says in words how a step of logic let its run go on; empty for other steps, and for one that is
// not over.
func Decided(s engine.StepRun, o engine.Operation) string {
	done := s.State == engine.Succeeded
	switch ends := s.Ended || s.State == engine.Filtered || done && o.Logic == engine.LogicStop; {
	case ends && s.Round != "":
		return lang.L("Ends this round")
	case ends:
		return lang.L("Ends the run")
	case done && o.Logic != "":
		return lang.L("Goes on")
	}
	return ""
}
