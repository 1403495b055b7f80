package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// weekdays are the days in the order of a working week.
var weekdays = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// lastDay is the last day of every month, as a month that lacks it takes its own last.
const lastDay = 31

func clock(hour, minute int) string { return fmt.Sprintf("%02d:%02d", hour, minute) }

func everyInWords(every time.Duration) string {
	minutes, hours := int(every/time.Minute), int(every/time.Hour)
	switch {
	case every == time.Minute:
		return "Every minute"
	case every == time.Hour:
		return "Every hour"
	case every%time.Hour == 0:
		return fmt.Sprintf("Every %d hours", hours)
	}
	return fmt.Sprintf("Every %d minutes", minutes)
}

// daysInWords says "weekday", "day", or the days by their names.
func daysInWords(days []time.Weekday) string {
	var names []string
	for _, day := range weekdays {
		if slices.Contains(days, day) {
			names = append(names, day.String())
		}
	}
	switch n := len(names); {
	case n == 7:
		return "day"
	case n == 5 && !slices.Contains(days, time.Saturday) && !slices.Contains(days, time.Sunday):
		return "weekday"
	case n > 1:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func dayInWords(day int) string {
	if day == lastDay {
		return "the last day"
	}
	ending := "th"
	if day/10 != 1 && day%10 >= 1 && day%10 <= 3 {
		ending = []string{"st", "nd", "rd"}[day%10-1]
	}
	return "the " + strconv.Itoa(day) + ending
}
