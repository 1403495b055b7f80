package fact

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
)

// Run names a run: as its recipe does, or else by its event's id, unless Bellhop made that up.
func Run(r engine.Run) string {
	switch {
	case r.Title != "":
		return r.Title
	case r.EventKey != "" && !strings.HasPrefix(r.EventKey, "evt_"):
		return r.EventKey
	}
	return lang.L("Event {{.N}}", map[string]any{"N": r.EventID})
}
