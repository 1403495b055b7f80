package runtime

import (
	"strconv"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// longestDelay is how long a run may wait at most: a year.
const longestDelay = 366 * 24 * time.Hour

func isDelay(logic string) bool { return logic == engine.LogicDelay || logic == engine.LogicDelayUntil }

// delay lets the run wait. Its time is in the store, so it outlasts a restart.
func (x *execution) delay(s *step, record *engine.StepRun, sc *scope, fields map[string]any) (ending, error) {
	if record.State == engine.Waiting { // only those that are due come back here
		x.succeed(record, sc, nil)
		return ending{}, nil
	}
	until, err := x.delayedUntil(s.operation.Logic, fields)
	if err != nil {
		return x.failed(s, record, err, 0)
	}
	wait := until.Sub(x.Now())
	if wait > longestDelay {
		return x.failed(s, record, engine.Errorf(engine.Invalid,
			"The step would wait until %s. A run can wait for a year at most.", until.Format(time.DateOnly)), 0)
	}
	if wait <= 0 {
		record.Note = "the time had come already"
		x.succeed(record, sc, nil)
		return ending{}, nil
	}
	record.Note = "until " + until.Format("2006-01-02 15:04")
	return x.wait(record, x.Now().Add(wait), 0)
}

// delayUnits are the units of the field `unit`.
var delayUnits = map[string]time.Duration{
	"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

// delayedUntil returns when the run goes on, in the recipe's time zone.
func (x *execution) delayedUntil(logic string, fields map[string]any) (time.Time, error) {
	if logic == engine.LogicDelayUntil {
		until, ok := mapping.ParseTime(fields["until"], x.env)
		if !ok {
			return until, engine.Errorf(engine.Invalid, "%q is no time to wait for. Write it like 2026-11-21 14:30, or choose a date.", mapping.Text(fields["until"]))
		}
		return until, nil
	}
	amount, ok := mapping.ParseDecimal(fields["for"])
	unit, known := delayUnits[mapping.Text(fields["unit"])]
	number, err := strconv.ParseFloat(amount.String(), 64)
	if !ok || !known || err != nil || number < 0 {
		return time.Time{}, engine.Errorf(engine.Invalid, "%q %s is no time to wait. Give a number, such as 30.",
			mapping.Text(fields["for"]), mapping.Text(fields["unit"]))
	}
	wait := time.Duration(min(number*float64(unit), 2*float64(longestDelay)))
	zone := x.env.Zone
	if zone == nil {
		zone = time.UTC
	}
	return x.Now().Add(wait).In(zone), nil
}
