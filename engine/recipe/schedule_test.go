package recipe_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

func scheduled(use string, with map[string]any) engine.Definition {
	return engine.Definition{
		Format: 1, Name: "Report", Trigger: engine.Trigger{Use: use, With: with},
		Steps: []engine.Step{{ID: "halt", Use: "logic.stop"}},
	}
}

func TestSummaryOfSchedules(t *testing.T) {
	for want, d := range map[string]engine.Definition{
		"Every 15 minutes, stop here.":                          scheduled("schedule.every", map[string]any{"every": json.Number("15")}),
		"Every weekday at 07:00, stop here.":                    scheduled("schedule.weekly", map[string]any{"days": []any{"monday", "tuesday", "wednesday", "thursday", "friday"}, "time": "7:00"}),
		"When it is … on the 1st of the month, stop here.":      scheduled("schedule.monthly", nil),
		"When it is 07:00 on the 15th of the month, stop here.": scheduled("schedule.monthly", map[string]any{"day": json.Number("15"), "time": "07:00", "zone": "Nowhere"}),
		"When it is … on Monday and Tuesday, stop here.":        scheduled("schedule.weekly", map[string]any{"days": []any{"monday", "tuesday"}}),
		"When it is … on someday, stop here.":                   scheduled("schedule.weekly", map[string]any{"days": []any{"someday"}}),
	} {
		require.Equal(t, want, recipe.Summary(d, catalog(t)))
	}
	require.Equal(t, "Every day at 07:00", recipe.TriggerSummary(engine.Trigger{Use: "schedule.daily", With: map[string]any{"time": "07:00"}}, catalog(t)))
}

func TestSchedulesAreChecked(t *testing.T) {
	for _, test := range []struct {
		use  string
		with map[string]any
		path string // "" if all is right
		says string
	}{
		{"schedule.monthly", map[string]any{"day": json.Number("31"), "time": "07:00", "missed": "each"}, "", ""},
		{"schedule.daily", map[string]any{"time": "07:00", "zone": "Atlantis"}, "trigger.with.zone", "no time zone"},
		{"schedule.daily", nil, "trigger.with.time", "is missing"},
		{"schedule.every", map[string]any{"every": "abc"}, "trigger.with.every", "must be a number"},
		{"schedule.every", map[string]any{"every": json.Number("0")}, "trigger.with.every", "whole number of minutes"},
		{"schedule.weekly", map[string]any{"days": []any{"monday", "tusday"}, "time": "07:00"}, "trigger.with.days[1]", "cannot be"},
		{"schedule.weekly", map[string]any{"days": json.Number("3"), "time": "07:00"}, "trigger.with.days", "must be a list"},
		{"schedule.cron", map[string]any{"line": "every day"}, "trigger.with.line", "five fields"},
		{"schedule.cron", map[string]any{"line": "{{trigger.line}}"}, "trigger.with.line", "nothing has happened yet"},
	} {
		problems := recipe.Validate(scheduled(test.use, test.with), recipe.Params{Catalog: catalog(t)})
		if test.path == "" {
			require.NoError(t, problems.Err())
			continue
		}
		require.Len(t, problems, 1, "%v", test.with)
		require.Equal(t, test.path, problems[0].Path)
		require.Contains(t, problems[0].Message, test.says)
	}
}

func TestSchedulesAsFiles(t *testing.T) {
	d := scheduled("schedule.weekly", map[string]any{"days": []any{"monday", "friday"}, "time": "07:00"})
	file, err := recipe.YAML(d, catalog(t))
	require.NoError(t, err)
	again, problems := recipe.Check(file, recipe.Params{Catalog: catalog(t)})
	require.NoError(t, problems.Err())
	require.Equal(t, d, again)
}
