package dryrun

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
)

// ends are the states a tried run can end in, with what is said of them, in the order of saying.
var ends = []struct {
	state engine.State
	says  string
}{
	{engine.Filtered, "filtered out"},
	{engine.Held, "held for a person"},
	{engine.Unsure, "left in doubt"},
	{engine.Failed, "failed"},
}

// Summary says in a sentence what would have happened, such as "Of 20 events, 4 would have gone to Slack
// and 16 been filtered out."
func (r Result) Summary() string {
	total := len(r.Outcomes)
	var parts []string
	for _, app := range slices.Sorted(maps.Keys(r.Apps)) {
		parts = append(parts, fmt.Sprintf("%d would have gone to %s", r.Apps[app], app))
	}
	for _, end := range ends {
		if n := r.States[end.state]; n > 0 {
			verb := "would have been"
			if end.state == engine.Failed {
				verb = "would have"
			}
			parts = append(parts, fmt.Sprintf("%d %s %s", n, verb, end.says))
		}
	}
	what := "events"
	if total == 1 {
		what = "event"
	}
	switch len(parts) {
	case 0:
		return fmt.Sprintf("Of %d %s, nothing would have been sent anywhere.", total, what)
	case 1:
		return fmt.Sprintf("Of %d %s, %s.", total, what, parts[0])
	}
	return fmt.Sprintf("Of %d %s, %s and %s.", total, what, strings.Join(parts[:len(parts)-1], ", "), parts[len(parts)-1])
}
