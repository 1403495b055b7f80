package runtime_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func delay(with map[string]any) engine.Step {
	return engine.Step{ID: "wait", Use: "logic.delay", With: with}
}

func until(value string) engine.Step {
	return engine.Step{ID: "wait", Use: "logic.delay_until", With: map[string]any{"until": value}}
}

func TestADelayedRunGoesOnWhenItsTimeHasCome(t *testing.T) {
	for name, c := range map[string]struct {
		step engine.Step
		wait time.Duration
		note string
	}{
		"for minutes, the default": {delay(map[string]any{"for": json.Number("30")}), 30 * time.Minute, "until 2026-11-21 09:30"},
		"for a part of a day":      {delay(map[string]any{"for": "1.5", "unit": "days"}), 36 * time.Hour, "until 2026-11-22 21:00"},
		"until a time":             {until("2026-12-24T08:00:00Z"), 32*24*time.Hour + 23*time.Hour, "until 2026-12-24 08:00"},
		"until a time of the data": {until("{{trigger.send_at}}"), time.Hour, "until 2026-11-21 10:00"},
		"until a time that passed": {until("2026-11-20 12:00"), 0, "the time had come already"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, `{"send_at":"2026-11-21T10:00:00Z"}`, act("before", nil), c.step, act("after", nil))
			err := b.handle(t)
			if c.wait > 0 {
				due, waits := engine.SnoozedUntil(err)
				require.True(t, waits)
				require.Equal(t, begin.Add(c.wait), due)
				require.Equal(t, engine.Waiting, b.run(t).State)
				require.Nil(t, b.run(t).Failure, "to wait is no failure")
				require.Len(t, b.outside.calls, 1)

				b.now = due // perhaps after a restart: all there is, is in the store
			}
			run := b.finish(t)
			require.Equal(t, engine.Succeeded, run.State)
			require.Len(t, b.outside.calls, 2)
			require.Equal(t, c.note, run.Steps[1].Note)
			require.Equal(t, engine.Succeeded, run.Steps[1].State)
			require.Equal(t, c.wait, run.Steps[1].FinishedAt.Sub(run.Steps[1].StartedAt))
		})
	}
}

func TestWhatIsNoTimeToWaitFailsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		step engine.Step
		want string
	}{
		"no number":        {delay(map[string]any{"for": "soon"}), "soon"},
		"a time before":    {delay(map[string]any{"for": "-5"}), "-5"},
		"no unit":          {delay(map[string]any{"for": "5", "unit": "moons"}), "moons"},
		"more than a year": {delay(map[string]any{"for": "1e9", "unit": "weeks"}), "no time to wait"},
		"centuries":        {delay(map[string]any{"for": "99999999999", "unit": "weeks"}), "a year at most"},
		"no time":          {until("tomorrow maybe"), "tomorrow maybe"},
		"a far time":       {until("2036-01-01"), "a year at most"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, c.step, act("after", nil))
			run := b.finish(t)
			require.Equal(t, engine.Failed, run.State)
			require.Contains(t, run.Failure.Message, c.want)
			require.Empty(t, b.outside.calls)
		})
	}
}
