package connectortest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/schedule"
)

// times looks at the next times of a schedule, and at the event of the first of them.
func times(t *testing.T, o engine.Operation, test engine.OperationTest) {
	s, err := schedule.Parse(o, test.With, time.UTC)
	require.NoError(t, err)
	after, err := time.Parse(time.RFC3339, test.Times.After)
	require.NoError(t, err)
	require.NotEmpty(t, test.Times.Next)
	var next []string
	upcoming := s.Upcoming(after, len(test.Times.Next))
	for _, one := range upcoming {
		next = append(next, one.Format(time.RFC3339))
	}
	require.Equal(t, test.Times.Next, next)
	if test.Times.Says != "" {
		require.Equal(t, test.Times.Says, s.Describe())
	}
	if test.Times.Label != "" {
		event, err := schedule.Tick{At: upcoming[0]}.Event(1, after)
		require.NoError(t, err)
		require.Equal(t, test.Times.Label, label(t, o, event))
	}
}
