package schedule_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/schedule"
)

// fields are what a recipe says of its trigger.
type fields = map[string]any

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return parsed
}

func parse(t testing.TB, repeat engine.Repeat, with fields) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(engine.Operation{Schedule: &engine.ScheduleSpec{Repeat: repeat}}, with, zone(t, "Europe/Lisbon"))
	require.NoError(t, err)
	return s
}

func TestUpcoming(t *testing.T) {
	t.Parallel()
	weekdays := []any{"monday", "tuesday", "wednesday", "thursday", "friday"}
	for _, test := range []struct {
		name   string
		repeat engine.Repeat
		with   fields
		after  string
		says   string
		want   []string
	}{
		{"quarters of an hour", "every", fields{"every": json.Number("15"), "unit": "minutes"}, "2026-11-23T07:00:00Z", "Every 15 minutes",
			[]string{"2026-11-23T07:15:00Z", "2026-11-23T07:30:00Z", "2026-11-23T07:45:00Z"}},
		{"between two times", "every", fields{"every": "6", "unit": "hours"}, "2026-11-23T07:12:31Z", "Every 6 hours",
			[]string{"2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", "2026-11-24T00:00:00Z"}},
		{"before the anchor", "every", fields{"every": "1", "unit": "hours"}, "2020-11-23T07:00:00Z", "Every hour",
			[]string{"2020-11-23T08:00:00Z", "2020-11-23T09:00:00Z"}},
		{"every so often while clocks go forward", "every", fields{"every": "30", "unit": "minutes"}, "2026-03-29T00:00:00Z", "Every 30 minutes",
			[]string{"2026-03-29T00:30:00Z", "2026-03-29T02:00:00+01:00", "2026-03-29T02:30:00+01:00"}},
		{"every so often while clocks go back", "every", fields{"every": "30", "unit": "minutes"}, "2026-10-25T00:00:00Z", "Every 30 minutes",
			[]string{"2026-10-25T01:30:00+01:00", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"}},

		{"every day", "daily", fields{"time": "07:00"}, "2026-11-23T06:59:59Z", "Every day at 07:00",
			[]string{"2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z"}},
		{"a time that is now comes tomorrow", "daily", fields{"time": "7:00 pm"}, "2026-11-23T19:00:00Z", "Every day at 19:00",
			[]string{"2026-11-24T19:00:00Z"}},
		{"summer time keeps the time of day", "daily", fields{"time": "07:00"}, "2026-03-28T06:00:00Z", "Every day at 07:00",
			[]string{"2026-03-28T07:00:00Z", "2026-03-29T07:00:00+01:00", "2026-03-30T07:00:00+01:00"}},
		{"a time that does not exist", "daily", fields{"time": "01:30"}, "2026-03-28T02:00:00Z", "Every day at 01:30",
			[]string{"2026-03-29T02:00:00+01:00", "2026-03-30T01:30:00+01:00"}},
		{"a time that exists twice", "daily", fields{"time": "01:30"}, "2026-10-24T02:00:00+01:00", "Every day at 01:30",
			[]string{"2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00Z"}},
		{"after the first of a time that exists twice", "daily", fields{"time": "01:30"}, "2026-10-25T01:10:00Z", "Every day at 01:30",
			[]string{"2026-10-26T01:30:00Z"}},
		{"a zone of its own", "daily", fields{"time": "07:00", "zone": "America/New_York"}, "2026-11-23T06:00:00Z", "Every day at 07:00 (America/New_York)",
			[]string{"2026-11-23T07:00:00-05:00"}},
		{"clocks that change at midnight", "daily", fields{"time": "00:00", "zone": "America/Havana"}, "2026-03-07T12:00:00Z", "Every day at 00:00 (America/Havana)",
			[]string{"2026-03-08T01:00:00-04:00", "2026-03-09T00:00:00-04:00"}},
		{"clocks that change by half an hour", "daily", fields{"time": "02:15", "zone": "Australia/Lord_Howe"}, "2026-10-03T00:00:00Z", "Every day at 02:15 (Australia/Lord_Howe)",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"a day that the zone left out", "daily", fields{"time": "12:00", "zone": "Pacific/Apia"}, "2011-12-29T00:00:00Z", "Every day at 12:00 (Pacific/Apia)",
			[]string{"2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"}},

		{"weekdays", "weekly", fields{"days": weekdays, "time": "07:00"}, "2026-11-20T07:00:00Z", "Every weekday at 07:00",
			[]string{"2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z"}},
		{"some days", "weekly", fields{"days": []any{"sunday", "Monday", "wednesday"}, "time": "07:00"}, "2026-11-23T08:00:00Z", "Every Monday, Wednesday and Sunday at 07:00",
			[]string{"2026-11-25T07:00:00Z", "2026-11-29T07:00:00Z", "2026-11-30T07:00:00Z"}},
		{"a day that is another in UTC", "weekly", fields{"days": []any{"monday"}, "time": "07:00", "zone": "Pacific/Auckland"}, "2026-11-21T00:00:00Z", "Every Monday at 07:00 (Pacific/Auckland)",
			[]string{"2026-11-23T07:00:00+13:00", "2026-11-30T07:00:00+13:00"}},

		{"a day of the month", "monthly", fields{"day": json.Number("15"), "time": "07:00"}, "2026-11-15T07:00:00Z", "On the 15th of every month at 07:00",
			[]string{"2026-12-15T07:00:00Z", "2027-01-15T07:00:00Z"}},
		{"the last day of months", "monthly", fields{"day": "last", "time": "07:00"}, "2027-01-31T08:00:00Z", "On the last day of every month at 07:00",
			[]string{"2027-02-28T07:00:00Z", "2027-03-31T07:00:00+01:00", "2027-04-30T07:00:00+01:00"}},
		{"a day that some months lack, and a leap year", "monthly", fields{"day": "30", "time": "07:00"}, "2028-01-30T08:00:00Z", "On the 30th of every month at 07:00",
			[]string{"2028-02-29T07:00:00Z", "2028-03-30T07:00:00+01:00"}},

		{"a crontab line", "cron", fields{"line": "0 7 * * 1-5"}, "2026-11-20T07:00:00Z", "At the times of 0 7 * * 1-5",
			[]string{"2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z"}},
		{"a crontab line: day of the month or of the week", "cron", fields{"line": "0 7 1 * mon"}, "2026-11-23T07:00:00Z", "At the times of 0 7 1 * mon",
			[]string{"2026-11-30T07:00:00Z", "2026-12-01T07:00:00Z", "2026-12-07T07:00:00Z"}},
		{"a crontab line: leap days", "cron", fields{"line": "0 0 29 2 *"}, "2026-11-23T07:00:00Z", "At the times of 0 0 29 2 *",
			[]string{"2028-02-29T00:00:00Z"}},
		{"a crontab line: a time that does not exist", "cron", fields{"line": "15,45 1 * * *"}, "2026-03-28T02:00:00Z", "At the times of 15,45 1 * * *",
			[]string{"2026-03-29T02:00:00+01:00", "2026-03-30T01:15:00+01:00"}},
		{"a crontab line: a time that exists twice", "cron", fields{"line": "30 1 * * *"}, "2026-10-24T02:00:00+01:00", "At the times of 30 1 * * *",
			[]string{"2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00Z"}},
		{"a crontab line with every hour, clocks forward", "cron", fields{"line": "*/30 * * * *"}, "2026-03-29T00:00:00Z", "At the times of */30 * * * *",
			[]string{"2026-03-29T00:30:00Z", "2026-03-29T02:00:00+01:00", "2026-03-29T02:30:00+01:00"}},
		{"a crontab line with every hour, clocks back", "cron", fields{"line": "30 * * * *"}, "2026-10-25T00:00:00Z", "At the times of 30 * * * *",
			[]string{"2026-10-25T01:30:00+01:00", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := parse(t, test.repeat, test.with)
			require.Equal(t, test.says, s.Describe())
			var got []string
			for _, one := range s.Upcoming(at(t, test.after), len(test.want)) {
				got = append(got, one.Format(time.RFC3339))
			}
			require.Equal(t, test.want, got)
		})
	}
}

// Whatever the schedule, and wherever in the year one begins: times go forward, and none is left out
// between two of them.
func TestTimesAreOneSeries(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"} {
		for repeat, with := range map[engine.Repeat]fields{
			"every": {"every": "7", "unit": "hours"}, "daily": {"time": "01:30"}, "monthly": {"day": "31", "time": "02:00"},
			"weekly": {"time": "02:30", "days": []any{"sunday"}}, "cron": {"line": "20 * * * *"},
		} {
			with["zone"] = name
			s := parse(t, repeat, with)
			begin := at(t, "2011-12-20T00:00:00Z")
			series := s.Upcoming(begin, 300)
			require.Len(t, series, 300)
			for i, one := range series[1:] {
				before := series[i]
				require.True(t, one.After(before))
				for _, between := range []time.Time{before, before.Add(1), before.Add(one.Sub(before) / 2), one.Add(-1)} {
					require.Equal(t, one, s.Next(between), "%s %s after %s", repeat, name, between)
				}
			}
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	hourly := func(missed schedule.Missed) schedule.Schedule {
		return parse(t, engine.RepeatEvery, fields{"every": "1", "unit": "hours", "missed": string(missed)})
	}
	through := at(t, "2026-11-23T07:00:00Z")
	for _, test := range []struct {
		name   string
		missed schedule.Missed
		now    string
		ticks  int
		late   int // of them
		first  string
		rest   string // up to when it is settled
	}{
		{"nothing yet", "once", "2026-11-23T07:59:59Z", 0, 0, "", "2026-11-23T07:00:00Z"},
		{"on time", "once", "2026-11-23T08:00:00Z", 1, 0, "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"},
		{"nearly on time", "skip", "2026-11-23T08:01:30Z", 1, 0, "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"},
		{"missed: skip", "skip", "2026-11-23T10:10:00Z", 0, 0, "", "2026-11-23T10:00:00Z"},
		{"missed: skip, but one is on time", "skip", "2026-11-23T10:00:01Z", 1, 0, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"},
		{"missed: once", "once", "2026-11-23T10:10:00Z", 1, 1, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"},
		{"once is the default", "", "2026-11-23T10:10:00Z", 1, 1, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"},
		{"missed: each", "each", "2026-11-23T10:00:10Z", 3, 2, "2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z"},
		{"missed: each, but not without end", "each", "2027-11-23T10:10:00Z", schedule.MaxMissed, schedule.MaxMissed, "2027-11-19T07:00:00Z", "2027-11-23T10:00:00Z"},
		{"the clock was set back", "each", "2026-11-22T10:10:00Z", 0, 0, "", "2026-11-23T07:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ticks, settled := hourly(test.missed).Due(through, at(t, test.now))
			require.Len(t, ticks, test.ticks)
			require.True(t, settled.Equal(at(t, test.rest)), settled)
			late := 0
			for i, tick := range ticks {
				require.True(t, i == 0 || tick.At.After(ticks[i-1].At), "oldest first")
				if tick.Late {
					late++
				}
			}
			require.Equal(t, test.late, late)
			if test.first != "" {
				require.True(t, ticks[0].At.Equal(at(t, test.first)), ticks[0].At)
			}
		})
	}
	// Many years of minutes, and times that are far apart.
	long := at(t, "1990-01-01T00:00:00Z")
	ticks, settled := parse(t, engine.RepeatEvery, fields{"every": "1", "unit": "minutes", "missed": "each"}).Due(long, through)
	require.Len(t, ticks, schedule.MaxMissed)
	require.True(t, settled.Equal(through))
	ticks, _ = parse(t, engine.RepeatMonthly, fields{"day": "1", "time": "00:00", "missed": "each"}).Due(at(t, "2026-01-01T00:00:00Z"), through)
	require.Len(t, ticks, 10)
	ticks, _ = parse(t, engine.RepeatMonthly, fields{"day": "1", "time": "00:00", "missed": "each"}).Due(time.Time{}, through)
	require.Len(t, ticks, schedule.MaxMissed)
}

func TestEvent(t *testing.T) {
	t.Parallel()
	s := parse(t, engine.RepeatDaily, fields{"time": "07:00", "zone": "America/New_York"})
	ticks, _ := s.Due(at(t, "2026-11-22T00:00:00Z"), at(t, "2026-11-23T12:30:00Z"))
	require.Len(t, ticks, 1)
	event, err := ticks[0].Event(3, at(t, "2026-11-23T12:30:00Z"))
	require.NoError(t, err)
	require.Equal(t, "schedule 2026-11-23T12:00:00Z", event.Key)
	require.Equal(t, int64(3), event.RecipeID)
	require.JSONEq(t, `{"scheduled_at":"2026-11-23T07:00:00-05:00","date":"2026-11-23","time":"07:00","weekday":"Monday","day":23,"month":11,"year":2026,"late":true}`, string(event.Body))
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		repeat engine.Repeat
		with   fields
		path   string
		says   string
	}{
		{"every", fields{"every": "0", "unit": "minutes"}, "every", "whole number of minutes, from 1 to 527040"},
		{"every", fields{"every": "1.5", "unit": "hours"}, "every", "whole number of hours, from 1 to 8784"},
		{"every", fields{"every": "99999999999999999999", "unit": "hours"}, "every", "whole number"},
		{"every", fields{"every": "5", "unit": "days"}, "unit", "minutes or hours"},
		{"daily", fields{}, "time", "time of day like 07:00"},
		{"daily", fields{"time": "25:00"}, "time", "time of day like 07:00"},
		{"daily", fields{"time": "07:00", "zone": "Lisbon"}, "zone", `no time zone "Lisbon"`},
		{"daily", fields{"time": "07:00", "zone": "Local"}, "zone", `no time zone "Local"`},
		{"daily", fields{"time": "07:00", "missed": "all"}, "missed", "skip, once, each"},
		{"weekly", fields{"time": "07:00"}, "days", "at least one day"},
		{"weekly", fields{"time": "07:00", "days": []any{"monday", "mo"}}, "days[1]", `"mo" is no day`},
		{"weekly", fields{"time": "07:00", "days": "monday"}, "days", "at least one day"},
		{"monthly", fields{"time": "07:00", "day": "32"}, "day", "1 to 31, or last"},
		{"cron", fields{"line": ""}, "line", "five fields"},
		{"cron", fields{"line": "0 7 * *"}, "line", "five fields"},
		{"cron", fields{"line": "0 0 7 * * *"}, "line", "five fields"},
		{"cron", fields{"line": "0 7 * * 7"}, "line", "0 is Sunday"},
		{"cron", fields{"line": "@daily"}, "line", "five fields"},
		{"cron", fields{"line": "TZ=UTC"}, "line", "a field of its own"},
		{"cron", fields{"line": "0 0 30 2 *"}, "line", "never comes"},
		{"fortnightly", fields{}, "", "no schedule of the kind"},
	} {
		_, err := schedule.Parse(engine.Operation{Schedule: &engine.ScheduleSpec{Repeat: test.repeat}}, test.with, time.UTC)
		var problems engine.Problems
		require.ErrorAs(t, err, &problems, "%v", test.with)
		require.Len(t, problems, 1)
		require.Equal(t, test.path, problems[0].Path)
		require.Contains(t, problems[0].Message, test.says)
	}
	_, err := schedule.Parse(engine.Operation{Title: "New order"}, nil, time.UTC)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}

func TestDefaultsOfTheOperation(t *testing.T) {
	t.Parallel()
	o := engine.Operation{
		Schedule: &engine.ScheduleSpec{Repeat: engine.RepeatDaily},
		Fields:   []engine.Field{{Name: "time", Default: "09:00"}, {Name: "zone", Default: "UTC"}},
	}
	s, err := schedule.Parse(o, fields{"zone": ""}, zone(t, "Asia/Tokyo"))
	require.NoError(t, err)
	require.Equal(t, "Every day at 09:00 (UTC)", s.Describe())
}

func FuzzLine(f *testing.F) {
	for _, line := range []string{"0 7 * * 1-5", "*/10 * * * *", "0 0 29 2 *", "TZ=UTC 0 7 * * *", "0-59/7 1,2 L * sun"} {
		f.Add(line, int64(1774742400))
	}
	lisbon := zone(f, "Europe/Lisbon")
	f.Fuzz(func(t *testing.T, line string, second int64) {
		o := engine.Operation{Schedule: &engine.ScheduleSpec{Repeat: engine.RepeatCron}}
		s, err := schedule.Parse(o, fields{"line": line}, lisbon)
		if err != nil {
			return
		}
		after := time.Unix(second%(1<<32), 0)
		if next := s.Next(after); !next.IsZero() {
			require.True(t, next.After(after))
			require.Zero(t, next.Second())
		}
	})
}
