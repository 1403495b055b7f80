package schedule_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/schedule"
)

func TestPace(t *testing.T) {
	t.Parallel()
	o := engine.Operation{Watch: engine.WatchFeed, Fields: engine.LookFields()}
	for name, test := range map[string]struct {
		with  map[string]any
		want  schedule.Pace
		says  string
		wrong string // the field that is wrong
	}{
		"nothing said":     {nil, schedule.Pace{Every: time.Minute}, "Every minute", ""},
		"minutes":          {map[string]any{"every": json.Number("5")}, schedule.Pace{Every: 5 * time.Minute}, "Every 5 minutes", ""},
		"the shortest":     {map[string]any{"every": "10", "unit": "seconds"}, schedule.Pace{Every: 10 * time.Second}, "Every 10 seconds", ""},
		"hours":            {map[string]any{"every": "2", "unit": "hours"}, schedule.Pace{Every: 2 * time.Hour}, "Every 2 hours", ""},
		"the last three":   {map[string]any{"first": json.Number("3")}, schedule.Pace{Every: time.Minute, First: 3}, "", ""},
		"while it was off": {map[string]any{"while_off": "run"}, schedule.Pace{Every: time.Minute, WhileOff: true}, "", ""},
		"too short":        {map[string]any{"every": "9", "unit": "seconds"}, schedule.Pace{Every: time.Minute}, "", "every"},
		"zero":             {map[string]any{"every": "0"}, schedule.Pace{Every: time.Minute}, "", "every"},
		"a fraction":       {map[string]any{"every": "1.5"}, schedule.Pace{Every: time.Minute}, "", "every"},
		"too long":         {map[string]any{"every": "9999", "unit": "hours"}, schedule.Pace{Every: time.Minute}, "", "every"},
		"no such unit":     {map[string]any{"every": "1", "unit": "days"}, schedule.Pace{Every: time.Minute}, "", "unit"},
		"too many":         {map[string]any{"first": "101"}, schedule.Pace{Every: time.Minute}, "", "first"},
		"no such choice":   {map[string]any{"while_off": "once"}, schedule.Pace{Every: time.Minute}, "", "while_off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := schedule.ParsePace(o, test.with)
			require.Equal(t, test.want, got)
			if test.says != "" {
				require.Equal(t, test.says, got.Describe())
			}
			if test.wrong == "" {
				require.NoError(t, err)
				return
			}
			var problems engine.Problems
			require.ErrorAs(t, err, &problems)
			require.Equal(t, test.wrong, problems[0].Path)
		})
	}
}
