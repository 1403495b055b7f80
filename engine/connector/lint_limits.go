package connector

import (
	"bellhop/engine"
	"bellhop/engine/source"
)

// mostAtOnce is how many requests the engine ever has on their way: more is no limit.
const mostAtOnce = 64

// limits checks what an app is said to take.
func (l *linter) limits(at string, limits engine.Limits) {
	for key, value := range map[string]float64{"per_second": limits.PerSecond, "per_minute": limits.PerMinute} {
		if value < 0 {
			l.report.Value(source.Key(at, key), "A limit is above 0. Leave it out if there is none.")
		}
	}
	switch {
	case limits.AtOnce < 0 || limits.AtOnce > mostAtOnce:
		l.report.Value(source.Key(at, "at_once"), "at_once is from 1 to %d. Left out, it is %d.", mostAtOnce, engine.DefaultAtOnce)
	case limits == (engine.Limits{}):
		l.report.Value(at, "limits needs per_second, per_minute or at_once.")
	}
}
