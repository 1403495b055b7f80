package logic

import (
	"maps"
	"slices"
	"strings"

	"bellhop/engine/mapping"
)

// lookup finds `value` among the names of `table`, a group of names and values, and gives what stands beside
// it as `value`, or else `otherwise`. Capitals and spaces around do not count, unless two names differ by
// nothing else.
func lookup(c Call) (Outcome, error) {
	table, ok := c.With["table"].(map[string]any)
	if !ok {
		return Outcome{}, mistake("The step needs names and values to look up in, and %s is not that.", show(c.With["table"]))
	}
	wanted := c.text("value")
	value, found := table[wanted]
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if found {
			break
		}
		if strings.EqualFold(strings.TrimSpace(name), wanted) {
			value, found = table[name], true
		}
	}
	if found {
		return Outcome{Output: map[string]any{"value": value, "found": true}, Note: show(wanted) + " is " + show(value)}, nil
	}
	otherwise := c.With["otherwise"]
	if mapping.Text(otherwise) == "" {
		return Outcome{}, mistake("%s is not in the list to look up in. Add it, or say what is used otherwise.", show(wanted))
	}
	return Outcome{Output: map[string]any{"value": otherwise, "found": false}, Note: show(wanted) + " is not in the list"}, nil
}
