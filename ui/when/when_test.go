package when_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/ui/uitest"
	"bellhop/ui/when"
)

var lisbon = time.FixedZone("WEST", 3600)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, lisbon)
	if err != nil {
		panic(err)
	}
	return t
}

func TestAgo(t *testing.T) {
	uitest.NewApp(t)
	now := at("2026-11-21 09:14:00")
	tests := []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, "never"},
		{now, "just now"},
		{now.Add(-59 * time.Second), "just now"},
		{now.Add(30 * time.Second), "just now"}, // clocks differ a little
		{now.Add(-time.Minute), "1 min ago"},
		{now.Add(-59 * time.Minute).UTC(), "59 min ago"},
		{now.Add(-time.Hour), "1 h ago"},
		{now.Add(-11 * time.Hour), "11 h ago"},
		{at("2026-11-20 18:02:00"), "Yesterday 18:02"},
		{at("2026-11-20 18:02:00").UTC(), "Yesterday 18:02"},
		{at("2026-11-19 18:02:00"), "19 Nov 18:02"},
		{at("2025-12-31 23:59:59"), "31 Dec 2025 23:59"},
		{at("2026-11-21 10:30:00"), "Today 10:30"},
		{at("2026-11-22 07:00:00"), "Tomorrow 07:00"},
	}
	for _, test := range tests {
		require.Equal(t, test.want, when.Ago(test.at, now))
	}
}

func TestDayAndClock(t *testing.T) {
	uitest.NewApp(t)
	now := at("2026-11-21 00:30:00")
	require.Equal(t, "Yesterday 23:59", when.Day(at("2026-11-20 23:59:00"), now))
	require.Equal(t, "Today 00:10", when.Day(at("2026-11-21 00:10:00").UTC(), now), "in now's time zone")
	require.Equal(t, "00:10", when.Clock(at("2026-11-21 00:10:00"), now))
	require.Equal(t, "Yesterday 23:59", when.Clock(at("2026-11-20 23:59:00"), now))
	require.Equal(t, "never", when.Clock(time.Time{}, now))
}

func TestTook(t *testing.T) {
	uitest.NewApp(t)
	for d, want := range map[time.Duration]string{
		-time.Second:                          "0 ms",
		3 * time.Millisecond:                  "3 ms",
		1400 * time.Millisecond:               "1.4 s",
		59*time.Second + 40*time.Millisecond:  "59 s",
		59*time.Second + 990*time.Millisecond: "1 min 0 s",
		125 * time.Second:                     "2 min 5 s",
		3*time.Hour + 2*time.Minute:           "3 h 2 min",
	} {
		require.Equal(t, want, when.Took(d), "%v", d)
	}
}
