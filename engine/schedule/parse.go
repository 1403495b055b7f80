package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// longest is the longest that "every" can be.
const longest = 366 * 24 * time.Hour

// needs names the fields that tell the times of each kind; besides, all read zone and missed.
var needs = map[engine.Repeat][]string{
	engine.RepeatEvery:   {"every", "unit"},
	engine.RepeatDaily:   {"time"},
	engine.RepeatWeekly:  {"days", "time"},
	engine.RepeatMonthly: {"day", "time"},
	engine.RepeatCron:    {"line"},
}

// Fields returns the names of the fields that a trigger of that kind must have; nil if there is no
// such kind. They mean:
//
//	every   a whole number, of unit: minutes or hours
//	time    a time of day, such as 07:00, 7:00 or 7:00 pm
//	days    a list of monday to sunday
//	day     1 to 31, or last; in a month without that day it is the last
//	line    the five fields of a crontab: minute, hour, day of the month, month, day of the week
//	zone    a time zone such as Europe/Lisbon; empty is the one that Parse is given
//	missed  skip, once or each; empty is once
func Fields(kind engine.Repeat) []string {
	if needs[kind] == nil {
		return nil
	}
	return append(slices.Clone(needs[kind]), "zone", "missed")
}

// Parse reads what a recipe says about a trigger that is a schedule. local is the time zone
// where it names none. The error is engine.Problems with the fields' names as paths.
func Parse(o engine.Operation, with map[string]any, local *time.Location) (Schedule, error) {
	if o.Schedule == nil {
		return Schedule{}, engine.Errorf(engine.Invalid, "%q has no times.", o.Title)
	}
	p := &parser{operation: o, with: with}
	s := Schedule{zone: p.zone(local), missed: p.missed()}
	switch o.Schedule.Repeat {
	case engine.RepeatEvery:
		every := p.every()
		s.times, s.says = interval{anchorOf(s.zone), every}, everyInWords(every)
	case engine.RepeatDaily:
		hour, minute := p.timeOfDay()
		s.times = daily{hour, minute, func(time.Time) bool { return true }, s.zone}
		s.says = fmt.Sprintf("Every day at %s", clock(hour, minute))
	case engine.RepeatWeekly:
		hour, minute := p.timeOfDay()
		days := p.days()
		s.times = daily{hour, minute, func(day time.Time) bool { return slices.Contains(days, day.Weekday()) }, s.zone}
		s.says = fmt.Sprintf("Every %s at %s", daysInWords(days), clock(hour, minute))
	case engine.RepeatMonthly:
		hour, minute := p.timeOfDay()
		day := p.day()
		s.times, s.says = daily{hour, minute, dayOf(day), s.zone}, fmt.Sprintf("On %s of every month at %s", dayInWords(day), clock(hour, minute))
	case engine.RepeatCron:
		s.times, s.says = p.line(s.zone), fmt.Sprintf("At the times of %s", p.text("line"))
	default:
		p.wrong("", "There is no schedule of the kind %q.", o.Schedule.Repeat)
	}
	if p.text("zone") != "" {
		s.says += " (" + p.text("zone") + ")"
	}
	if len(p.problems) > 0 {
		return Schedule{}, p.problems
	}
	return s, nil
}

// parser reads fields, and collects what is wrong with them.
type parser struct {
	operation engine.Operation
	with      map[string]any
	problems  engine.Problems
}

func (p *parser) wrong(field, format string, args ...any) {
	p.problems = append(p.problems, engine.Problem{Path: field, Message: fmt.Sprintf(format, args...)})
}

// value returns a field's value, or its default.
func (p *parser) value(name string) any {
	v, given := p.with[name]
	if !given || v == nil || v == "" {
		f, _ := p.operation.Field(name)
		v = f.Default
	}
	return v
}

func (p *parser) text(name string) string {
	v := p.value(name)
	if v == nil {
		return ""
	}
	return strings.TrimSpace(mapping.Text(v))
}

func (p *parser) zone(local *time.Location) *time.Location {
	name := p.text("zone")
	if name == "" {
		return local
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		p.wrong("zone", "There is no time zone %q. Write it like Europe/Lisbon or UTC.", name)
		return time.UTC
	}
	return zone
}

func (p *parser) missed() Missed {
	switch m := Missed(p.text("missed")); m {
	case "":
		return Once
	case Skip, Once, Each:
		return m
	default:
		p.wrong("missed", "Missed times are one of: %s, %s, %s.", Skip, Once, Each)
		return Once
	}
}

var units = map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour}

func (p *parser) every() time.Duration {
	unit, ok := units[p.text("unit")]
	if !ok {
		p.wrong("unit", "The unit is minutes or hours.")
		return time.Minute
	}
	n, err := strconv.Atoi(p.text("every"))
	if err != nil || n < 1 || n > int(longest/unit) {
		p.wrong("every", "Write a whole number of %s, from 1 to %d.", p.text("unit"), longest/unit)
		return time.Minute
	}
	return time.Duration(n) * unit
}

func (p *parser) timeOfDay() (hour, minute int) {
	text := strings.ToUpper(strings.ReplaceAll(p.text("time"), " ", ""))
	for _, layout := range []string{"15:04", "3:04PM", "3PM"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Hour(), t.Minute()
		}
	}
	p.wrong("time", "Write a time of day like 07:00 or 18:30.")
	return 0, 0
}

func (p *parser) days() []time.Weekday {
	list, _ := p.value("days").([]any)
	var days []time.Weekday
	for i, one := range list {
		name := strings.ToLower(mapping.Text(one))
		day := slices.IndexFunc(weekdays, func(d time.Weekday) bool { return strings.ToLower(d.String()) == name })
		if day < 0 {
			p.wrong(fmt.Sprintf("days[%d]", i), "%q is no day of the week. Write monday, tuesday and so on.", mapping.Text(one))
			continue
		}
		days = append(days, weekdays[day])
	}
	if len(list) == 0 {
		p.wrong("days", "Choose at least one day.")
	}
	return days
}

func (p *parser) day() int {
	text := p.text("day")
	if text == "last" {
		return lastDay
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > lastDay {
		p.wrong("day", "The day of the month is 1 to 31, or last.")
		return 1
	}
	return n
}

// crontab reads five fields. A sixth for seconds and words like @daily are left to other programs.
var crontab = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// everyHour are the bits of an hour field that names all 24.
const everyHour = 1<<24 - 1

func (p *parser) line(zone *time.Location) times {
	text := p.text("line")
	const how = "Write the five fields of a crontab line: minute, hour, day of the month, month, day of the week (0 is Sunday). 0 7 * * 1-5 is every weekday at 07:00."
	if strings.ContainsAny(text, "=@") {
		p.wrong("line", "%s The time zone has a field of its own.", how)
		return nil
	}
	parsed, err := crontab.Parse(text)
	spec, ok := parsed.(*cron.SpecSchedule)
	if err != nil || !ok {
		p.wrong("line", "This cannot be read. %s", how)
		return nil
	}
	spec.Location = time.UTC // it works on wall times
	if spec.Next(anchorOf(time.UTC)).IsZero() {
		p.wrong("line", "This time never comes: no year has such a day.")
		return nil
	}
	if spec.Hour&everyHour == everyHour {
		return hourly{spec, zone}
	}
	return line{spec, zone}
}
