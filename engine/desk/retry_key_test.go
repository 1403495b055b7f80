package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// TestWhatAnAppRefusedIsAskedAgainWithAnotherKey: apps such as Stripe repeat their answer to a key they know, so a step that
// is corrected, or retried when the reason is gone, needs another. Where nobody knows what the app did, the key stays.
func TestWhatAnAppRefusedIsAskedAgainWithAnotherKey(t *testing.T) {
	said := action.Failure{Err: engine.Errorf(engine.Refused, "Too much."), Detail: "amount_too_large", Phase: action.Answered}
	for name, c := range map[string]struct {
		wrong action.Failure
		same  bool
	}{
		"it said no":                        {said, false},
		"the answer was lost":               {lost, true},
		"it did it, and answered strangely": {no, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(engine.Definition{Steps: []engine.Step{act("one", "one")}})
			b.apps.wrong = map[string]action.Failure{"one": c.wrong}
			b.handle(t)
			b.apps.wrong = nil
			require.NoError(t, b.desk.Retry(t.Context(), 1, ""))
			b.handle(t)
			require.Equal(t, engine.Succeeded, b.shelf.run.State)
			require.Len(t, b.apps.keys, 2)
			require.Equal(t, c.same, b.apps.keys[0] == b.apps.keys[1], "%v", b.apps.keys)
		})
	}
}
