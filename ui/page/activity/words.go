package activity

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
)

// titleOf names a run: as its recipe does, or else by its event's id, unless Bellhop made that up.
func titleOf(r engine.Run) string {
	switch {
	case r.Title != "":
		return r.Title
	case r.EventKey != "" && !strings.HasPrefix(r.EventKey, "evt_"):
		return r.EventKey
	}
	return lang.L("Event {{.N}}", map[string]any{"N": r.EventID})
}

// sentences parts the first sentence from the others.
func sentences(text string) (first, rest string) {
	for _, end := range []string{". ", "? ", "! "} {
		if i := strings.Index(text, end); i >= 0 && (first == "" || i < len(first)) {
			first, rest = text[:i+1], text[i+2:]
		}
	}
	if first == "" {
		return text, ""
	}
	return first, strings.TrimSpace(rest)
}
