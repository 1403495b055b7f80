package reach

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheCountOfAMonthAndAClockThatIsSet: a little over the month's turn and back, or years ahead and back.
func TestTheCountOfAMonthAndAClockThatIsSet(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return v
	}
	var u usage
	for _, step := range []struct {
		now  string
		want int64 // counted so far, with this one
		of   string
	}{
		{"2026-11-30T23:59:59Z", 1, "2026-11-01T00:00:00Z"},
		{"2026-12-01T00:59:59+01:00", 2, "2026-11-01T00:00:00Z"}, // it is November in UTC still
		{"2026-12-01T00:00:00Z", 1, "2026-12-01T00:00:00Z"},
		{"2026-11-30T23:59:58Z", 2, "2026-12-01T00:00:00Z"},
		{"2031-05-05T12:00:00Z", 1, "2031-05-01T00:00:00Z"},
		{"2026-12-02T12:00:00Z", 1, "2026-12-01T00:00:00Z"},
		{"2026-12-31T23:59:59Z", 2, "2026-12-01T00:00:00Z"},
	} {
		u.turn(at(step.now))
		u.requests.Add(1)
		month := u.read(at(step.now))
		require.Equal(t, step.want, month.Requests, step.now)
		require.Equal(t, at(step.of), month.Since, step.now)
	}
}
