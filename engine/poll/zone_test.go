package poll_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The computer travels while Bellhop is off: times of day are those of where it is now, and what was
// run for at home does not come again, nor is a day left out.
func TestTheTimeZoneChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		to   string
		want []string
	}{
		"westwards": {"America/New_York", []string{"2000-01-01T07:00:00Z", "2000-01-01T07:00:00-05:00", "2000-01-02T07:00:00-05:00"}},
		"eastwards": {"Asia/Tokyo", []string{"2000-01-01T07:00:00Z", "2000-01-02T07:00:00+09:00", "2000-01-03T07:00:00+09:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, b *bench) {
				there, err := time.LoadLocation(test.to)
				require.NoError(t, err)
				b.store.publish(1, "schedule.daily", map[string]any{"time": "07:00"})
				b.start()
				b.pass(7*time.Hour + time.Minute)
				b.stop()
				b.Zone = func() *time.Location { return there }
				b.start()
				b.pass(40 * time.Hour)
				require.Equal(t, test.want, b.ran())
			})
		})
	}
}
