package runtime_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// TestADelayIsNotCutShortByARunThatWasStarted: a run that started another without waiting for it, or by
// sending to its address, may wait for something else when that one ends.
func TestADelayIsNotCutShortByARunThatWasStarted(t *testing.T) {
	for name, steps := range map[string][]engine.StepRun{
		"a delay": {
			{Position: 0, Step: "call", State: engine.Succeeded, Output: []byte(`{"run":1}`)},
			{Position: 1, Step: "delay", State: engine.Waiting},
		},
		"another run": {{Step: "call", State: engine.Waiting, Output: []byte(`{"run":8}`)}},
		"nothing":     nil,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, act("post", nil))
			run := b.run(t)
			run.CalledBy = 5
			b.store.runs[1] = run
			due := begin.Add(time.Hour)
			b.store.runs[5] = engine.Run{ID: 5, State: engine.Waiting, DueAt: due, Steps: steps}
			require.Equal(t, engine.Succeeded, b.finish(t).State)
			require.Equal(t, due, b.store.runs[5].DueAt)
		})
	}
}
