package reach

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
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
		{"2026-11-30T23:59:58Z", 3, "2026-11-01T00:00:00Z"}, // set back a little
		{"2026-12-01T00:00:01Z", 2, "2026-12-01T00:00:00Z"},
		{"2031-05-05T12:00:00Z", 1, "2031-05-01T00:00:00Z"}, // years off, and right again
		{"2026-12-02T12:00:00Z", 3, "2026-12-01T00:00:00Z"},
		{"1970-01-01T00:00:07Z", 1, "1970-01-01T00:00:00Z"},
		{"1969-12-31T23:00:00-05:00", 2, "1970-01-01T00:00:00Z"},
		{"2026-12-31T23:59:59Z", 4, "2026-12-01T00:00:00Z"},
		{"2027-01-01T00:00:00Z", 1, "2027-01-01T00:00:00Z"},
	} {
		u.turn(at(step.now))
		u.requests.Add(1)
		month := u.read(at(step.now))
		require.Equal(t, step.want, month.Requests, step.now)
		require.Equal(t, at(step.of), month.Since, step.now)
	}
}

// TestAComputerThatStartsInAnotherYear goes on with the month's count once its clock is set right.
func TestAComputerThatStartsInAnotherYear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		november := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		month, others := engine.Usage{Since: november, Requests: 1204, Bytes: 9}, []engine.Usage(nil)
		for _, year := range []int{2019, 2026, 1970, 2019, 2038, 2026} {
			var u usage // each is a start of Bellhop
			now := november.AddDate(year-2026, 0, 20)
			u.restore(month, others, now)
			u.requests.Add(1)
			month, others = u.read(now), u.before()
		}
		require.Equal(t, engine.Usage{Since: november, Requests: 1206, Bytes: 9}, month)
		require.LessOrEqual(t, len(others), mostMonths)
	})
}

// TestNothingIsLostAtTheTurnOfAMonth, however many deliveries come just then.
func TestNothingIsLostAtTheTurnOfAMonth(t *testing.T) {
	last, first := time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	var u usage
	u.turn(last)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 1000 {
				now := last
				if n > 500+i {
					now = first
				}
				u.turn(now)
				u.requests.Add(1)
			}
		})
	}
	all.Wait()
	sum := u.read(first).Requests
	for _, month := range u.before() {
		sum += month.Requests
	}
	require.EqualValues(t, 8000, sum)
}
