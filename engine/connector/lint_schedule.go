package connector

import (
	"slices"

	"bellhop/engine"
	"bellhop/engine/schedule"
	"bellhop/engine/source"
)

// schedule checks that a trigger has the fields that tell its times.
func (l *linter) schedule(at string, o engine.Operation) {
	wanted := schedule.Fields(o.Schedule.Repeat)
	if wanted == nil {
		var kinds []string
		for _, kind := range engine.Repeats {
			kinds = append(kinds, string(kind))
		}
		l.known(source.Join(at, "schedule.repeat"), string(o.Schedule.Repeat), kinds, "Times cannot be told by %q.", o.Schedule.Repeat)
		return
	}
	names := fieldNames(o.Fields)
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			l.report.Value(at, "Times that repeat %s are told by a field %q, which is missing.", o.Schedule.Repeat, name)
		}
	}
}
