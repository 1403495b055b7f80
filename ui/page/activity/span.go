package activity

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/when"
)

// span is the time of a whole run.
type span struct{ begin, end time.Time }

// spanOf goes from when the run was accepted to its end, or to now. The recorded times of its steps
// count too: clocks are set back sometimes.
func spanOf(d journal, now time.Time) span {
	s := span{d.CreatedAt, d.FinishedAt}
	if s.end.IsZero() {
		s.end = now
	}
	for _, step := range d.Steps {
		if step.FinishedAt.After(s.end) {
			s.end = step.FinishedAt
		}
		if !step.StartedAt.IsZero() && step.StartedAt.Before(s.begin) {
			s.begin = step.StartedAt
		}
	}
	return s
}

// part returns a time as a part of the span, 0 to 1.
func (s span) part(t time.Time) float32 {
	whole := s.end.Sub(s.begin)
	if whole <= 0 || t.IsZero() {
		return 0
	}
	return min(max(float32(t.Sub(s.begin))/float32(whole), 0), 1)
}

// draw shows on a lane when a step was at work.
func (s span) draw(l *lane, r *engine.StepRun) {
	end := r.FinishedAt
	if end.IsZero() {
		end = s.end
	}
	color := theme.ColorPrimary
	switch r.State {
	case engine.Failed:
		color = theme.ColorError
	case engine.Unsure, engine.Held, engine.Waiting:
		color = theme.ColorWarn
	}
	words := lang.L("Began {{.After}} after the run did, took {{.Took}}",
		map[string]any{"After": when.Took(r.StartedAt.Sub(s.begin)), "Took": when.Took(end.Sub(r.StartedAt))})
	l.set(s.part(r.StartedAt), s.part(end), color, words)
}

// second says a time to the second, and the day too unless it is today.
func second(t, now time.Time) string {
	local := t.In(now.Location())
	day := when.Day(t, now)
	clock := local.Format("15:04")
	if i := len(day) - len(clock); i >= 0 && day[i:] == clock {
		return day[:i] + local.Format("15:04:05")
	}
	return day
}
