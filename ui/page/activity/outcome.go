package activity

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/theme"
	"bellhop/ui/when"
)

// deed is something that can be done about a run.
type deed int

const (
	tryAgain deed = iota // retry from the failed step
	sendAgain
	openStep
	openConnection
	leaveIt // cancel a run that waits for a person
)

// outcome says in words why a run stands where it stands, and what helps.
type outcome struct {
	tone       theme.Tone
	lead, text string
	deeds      []deed
}

// outcomeOf returns what there is to say; ok is false where the steps say it all.
func outcomeOf(d desk.RunDetail, now time.Time) (o outcome, ok bool) {
	f := d.Failure
	if f == nil {
		f = &engine.Failure{}
	}
	lead, text := sentences(f.Message)
	switch d.State {
	case engine.Failed:
		if lead == "" {
			lead = lang.L("The run failed.")
		}
		return outcome{theme.Bad, lead, text, failureDeeds(d)}, true
	case engine.Held:
		if lead == "" {
			lead = lang.L("The run waits for you.")
		}
		return outcome{theme.Warn, lead, join(text, lang.L("The run waits until you decide.")), append(failureDeeds(d), leaveIt)}, true
	case engine.Unsure:
		return outcome{theme.Warn, lang.L("It was sent, but the answer was lost."),
			lang.L("Whether it arrived is not known, so Bellhop does not send it a second time by itself. Look there first: if it did not arrive, send it again."),
			[]deed{sendAgain, openStep, leaveIt}}, true
	case engine.Waiting:
		again := lang.L("Bellhop goes on by itself: {{.Time}}.", map[string]any{"Time": when.Day(d.DueAt, now)})
		if d.Failure == nil {
			return outcome{theme.Warn, lang.L("The run waits."), again, nil}, true
		}
		deeds := []deed{openStep}
		if f.Code == engine.Unauthorized && connectionOf(d) != "" {
			deeds = []deed{openConnection}
		}
		return outcome{theme.Warn, lead, join(text, lang.L("Bellhop tries again by itself: {{.Time}}.", map[string]any{"Time": when.Day(d.DueAt, now)})), deeds}, true
	case engine.Filtered:
		return outcome{theme.Neutral, lang.L("A filter ended this run, as it should."), noteOf(d), nil}, true
	case engine.Cancelled:
		return outcome{theme.Neutral, lang.L("This run was cancelled."), lang.L("What its steps did until then stays done."), nil}, true
	case engine.Queued:
		return waitsInLine(d, now), true
	}
	return outcome{}, false
}

// waitsInLine tells of a run that has not begun whether it has its turn after others.
func waitsInLine(d desk.RunDetail, now time.Time) outcome {
	switch {
	case d.Behind():
		return outcome{theme.Neutral, lang.L("This run waits for its turn."),
			lang.L("This recipe's runs go one after the other, and one before it is not over, or needs you."), nil}
	case d.DueAt.After(now):
		return outcome{theme.Neutral, lang.L("This run waits for its turn."),
			lang.L("A run before it failed. Bellhop goes on by itself: {{.Time}}.", map[string]any{"Time": when.Day(d.DueAt, now)}), nil}
	default:
		return outcome{theme.Neutral, lang.L("This run is about to begin."), "", nil}
	}
}

// failureDeeds are what helps against a failure: where the connection is at fault, its repair first.
func failureDeeds(d desk.RunDetail) []deed {
	if d.Failure != nil && d.Failure.Code == engine.Unauthorized && connectionOf(d) != "" {
		return []deed{openConnection, tryAgain}
	}
	return []deed{tryAgain, openStep}
}

// failedStep returns where the run's failure is, counted from 0 in the recipe's steps; -1 if it is in
// none, such as when the event could not be read.
func failedStep(d desk.RunDetail) int {
	if d.Failure != nil {
		for i, s := range d.Definition.Steps {
			if s.ID == d.Failure.Step {
				return i
			}
		}
	}
	if d.State != engine.Unsure && d.State != engine.Held {
		return -1
	}
	// The step that is unsure is the last one that was begun.
	for i, s := range d.Definition.Steps {
		if r := recordOf(d, s.ID); r != nil && r.State == d.State {
			return i
		}
	}
	return -1
}

// startOf returns the step that a retry begins with, as the desk finds it: the one that failed, or
// else the first that is not done, or else the first of all.
func startOf(d desk.RunDetail) int {
	if i := failedStep(d); i >= 0 {
		return i
	}
	for i, s := range d.Definition.Steps {
		r := recordOf(d, s.ID)
		if r == nil && d.State == engine.Succeeded {
			break // the run ended before, as it should
		}
		if r == nil || r.State != engine.Succeeded {
			return i
		}
	}
	return 0
}

// connectionOf names the connection of the step that failed; "" if it has none.
func connectionOf(d desk.RunDetail) string {
	if i := failedStep(d); i >= 0 {
		return d.Definition.Steps[i].Connection
	}
	return ""
}

// recordOf returns what is on record of a step, or nil if the run never came to it.
func recordOf(d desk.RunDetail, step string) *engine.StepRun {
	for i := len(d.Steps) - 1; i >= 0; i-- {
		if d.Steps[i].Step == step {
			return &d.Steps[i]
		}
	}
	return nil
}

// repeated names the steps that reached outside and would do so once more if the run began again at
// step from.
func repeated(d desk.RunDetail, from int) []string {
	var ids []string
	for i, s := range d.Definition.Steps {
		r := recordOf(d, s.ID)
		if i >= from && r != nil && r.State == engine.Succeeded && len(r.Attempts) > 0 {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// noteOf is what the filter said that ended the run.
func noteOf(d desk.RunDetail) string {
	for _, s := range d.Steps {
		if s.State == engine.Filtered && s.Note != "" {
			return lang.L("{{.Why}}, so the steps after it were left out.", map[string]any{"Why": s.Note})
		}
	}
	return ""
}

func join(first, second string) string {
	if first == "" {
		return second
	}
	return first + " " + second
}
