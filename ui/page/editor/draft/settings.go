package draft

import "bellhop/engine"

// Settings are what a recipe says about its runs and deliveries.
type Settings struct {
	Runs      engine.RunRules
	Answer    engine.Answer
	PerMinute int
	Personal  []string
}

// Settings returns the recipe's.
func (s *Session) Settings() Settings {
	set := Settings{PerMinute: s.definition.Trigger.PerMinute, Personal: s.definition.Personal}
	if s.definition.Runs != nil {
		set.Runs = *s.definition.Runs
	}
	if s.definition.Trigger.Answer != nil {
		set.Answer = *s.definition.Trigger.Answer
	}
	return set
}

// SetSettings sets all of them, because the user changed the one named. Changes of the same one in a row
// are undone as one. What says nothing is not written down.
func (s *Session) SetSettings(changed string, set Settings) bool {
	return s.do("settings "+changed, func(d engine.Definition) (engine.Definition, Place) {
		d.Runs, d.Trigger.Answer, d.Trigger.PerMinute, d.Personal = nil, nil, set.PerMinute, set.Personal
		if set.Runs != (engine.RunRules{}) {
			d.Runs = &set.Runs
		}
		if !same(set.Answer, engine.Answer{}) {
			d.Trigger.Answer = &set.Answer
		}
		return d, s.place
	})
}
