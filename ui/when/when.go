// Package when says times in words.
package when

import (
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/ui/phrase"
)

// Ago says how long before now a time was, as short as people say it: "just now", "4 min ago",
// "2 h ago", "Yesterday 18:02", "21 Nov 18:02". Both times are shown in now's time zone. The zero time
// is "never".
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return lang.L("never")
	}
	t = t.In(now.Location())
	switch past := now.Sub(t); {
	case past < time.Minute && past > -time.Minute:
		return lang.L("just now")
	case past > 0 && past < time.Hour:
		return lang.L("{{.N}} min ago", number(past/time.Minute))
	case past > 0 && past < 12*time.Hour:
		return lang.L("{{.N}} h ago", number(past/time.Hour))
	}
	return Day(t, now)
}

// Day says the day and the time of day: "Today 18:02", "Yesterday 18:02", "21 Nov 18:02",
// "21 Nov 2025 18:02".
func Day(t, now time.Time) string {
	if t.IsZero() {
		return lang.L("never")
	}
	t = t.In(now.Location())
	clock := map[string]any{"Time": t.Format("15:04")}
	switch days(t, now) {
	case 0:
		return lang.L("Today {{.Time}}", clock)
	case 1:
		return lang.L("Yesterday {{.Time}}", clock)
	case -1:
		return lang.L("Tomorrow {{.Time}}", clock)
	}
	date := map[string]any{"Day": t.Day(), "Month": months()[t.Month()-1], "Year": t.Year(), "Time": clock["Time"]}
	if t.Year() == now.Year() {
		return lang.L("{{.Day}} {{.Month}} {{.Time}}", date)
	}
	return lang.L("{{.Day}} {{.Month}} {{.Year}} {{.Time}}", date)
}

func months() []string {
	return strings.Fields(lang.L("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"))
}

// Weekday says the day of the week, as short as a calendar does: "Mon".
func Weekday(t time.Time) string {
	return strings.Fields(lang.L("Sun Mon Tue Wed Thu Fri Sat"))[t.Weekday()]
}

// Clock says the time of day of today, and the day too of any other day.
func Clock(t, now time.Time) string {
	if !t.IsZero() && days(t.In(now.Location()), now) == 0 {
		return t.In(now.Location()).Format("15:04")
	}
	return Day(t, now)
}

// Took says how long something took: "3 ms", "1.4 s", "2 min 5 s", "3 h 2 min".
func Took(d time.Duration) string {
	if d >= time.Second {
		d = d.Round(100 * time.Millisecond)
	}
	switch {
	case d < time.Second:
		return lang.L("{{.N}} ms", number(max(d, 0)/time.Millisecond))
	case d < time.Minute:
		return lang.L("{{.Seconds}} s", map[string]any{"Seconds": phrase.Number(d.Seconds(), 1)})
	case d < time.Hour:
		return lang.L("{{.Minutes}} min {{.Seconds}} s", map[string]any{"Minutes": int(d.Minutes()), "Seconds": int(d.Seconds()) % 60})
	}
	return lang.L("{{.Hours}} h {{.Minutes}} min", map[string]any{"Hours": int(d.Hours()), "Minutes": int(d.Minutes()) % 60})
}

func number(n time.Duration) map[string]any { return map[string]any{"N": int64(n)} }

// days counts the midnights from t to now, both in one time zone.
func days(t, now time.Time) int {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(now).Sub(midnight(t)) / (24 * time.Hour))
}
