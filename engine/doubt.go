package engine

// Doubts returns the records of a run's steps in doubt that a person decides about: those of loops are in doubt
// for what is in them, and those of the steps for a failed run are not gone into again.
func (d Definition) Doubts(run Run) []StepRun {
	steps := d.Walk()
	var all []StepRun
	for _, s := range run.Steps {
		if s.State == Unsure && s.Position < len(steps) && !steps[s.Position].IfFailed && len(steps[s.Position].Steps) == 0 {
			all = append(all, s)
		}
	}
	return all
}
