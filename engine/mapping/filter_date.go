package mapping

import (
	"time"
	_ "time/tzdata" // not every computer has a database of time zones

	"bellhop/engine"
)

var dateFilters = []Filter{
	{
		Name: "date", Label: "Date and time",
		Help: "Writes a date as people write it, or in a pattern such as yyyy-MM-dd HH:mm. \"now\" is the time of the run.", In: []string{KindDate},
		Args: []Arg{
			{Name: "format", Label: "Format", Help: "A name, or a pattern of y, M, d, E, H, h, m, s, S, a and X.", Type: engine.FieldChoice, Default: "medium", Options: []engine.Option{
				{Value: "short", Label: "Short date"}, {Value: "medium", Label: "Date"}, {Value: "long", Label: "Long date"}, {Value: "time", Label: "Time"},
				{Value: "datetime", Label: "Date and time"}, {Value: "iso", Label: "For computers (ISO 8601)"},
			}},
			{Name: "zone", Label: "Time zone", Help: "Such as Europe/Lisbon.", Type: engine.FieldText, Default: "your own"},
		},
		check: func(args []any) error {
			if len(args) > 0 && args[0] != nil {
				if err := checkFormat(Text(args[0])); err != nil {
					return err
				}
			}
			if len(args) > 1 && args[1] != nil {
				_, err := zoneOf(args[1])
				return err
			}
			return nil
		},
		apply: func(e *evaluation, in any, args []any) (any, error) {
			env := e.env
			if len(args) > 1 {
				zone, err := zoneOf(args[1])
				if err != nil {
					return nil, err
				}
				env.Zone = zone
			}
			t, ok := ParseTime(in, env)
			if !ok {
				return nil, mistakef("The filter \"date\" needs a date, and %s is none it can read.", show(in))
			}
			return formatTime(t, argText(args, 0, "medium"), env.locale())
		},
	},
}

func zoneOf(v any) (*time.Location, error) {
	name := Text(v)
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, &mistake{message: "There is no time zone " + show(v) + ". Write it like Europe/Lisbon or UTC.", suggestion: engine.Suggest(name, usualZones)}
	}
	zones.Store(name, zone)
	return zone, nil
}
