package schedule

import (
	"fmt"
	"strconv"
	"time"

	"bellhop/engine"
)

// Pace is how often Bellhop looks at something by itself, and for what it starts runs besides what is
// new: the fields of engine.LookFields, read.
type Pace struct {
	Every time.Duration
	// First is for how many of the newest items the first look starts runs.
	First int
	// WhileOff is true if what came while the recipe was off starts runs too.
	WhileOff bool
}

var lookUnits = map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour}

// ParsePace reads what a recipe says about a trigger at which Bellhop looks by itself. The error is
// engine.Problems with the fields' names as paths; the Pace can be used all the same.
func ParsePace(o engine.Operation, with map[string]any) (Pace, error) {
	p := &parser{operation: o, with: with}
	pace := Pace{Every: p.lookEvery(), First: p.first()}
	switch p.text(engine.FieldWhileOff) {
	case "", engine.WhileOffSkip:
	case engine.WhileOffRun:
		pace.WhileOff = true
	default:
		p.wrong(engine.FieldWhileOff, "What comes while the recipe is off is one of: %s, %s.", engine.WhileOffSkip, engine.WhileOffRun)
	}
	if len(p.problems) > 0 {
		return pace, p.problems
	}
	return pace, nil
}

func (p *parser) lookEvery() time.Duration {
	text := p.text(engine.FieldEvery)
	if text == "" {
		return engine.DefaultLook
	}
	name := p.text(engine.FieldUnit)
	if name == "" {
		name = "minutes"
	}
	unit, ok := lookUnits[name]
	if !ok {
		p.wrong(engine.FieldUnit, "The unit is seconds, minutes or hours.")
		return engine.DefaultLook
	}
	least, most := max(1, int(engine.ShortestLook/unit)), int(engine.LongestLook/unit)
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.wrong(engine.FieldEvery, "Write a whole number of %s, from %d to %d.", name, least, most)
		return engine.DefaultLook
	}
	return time.Duration(n) * unit
}

func (p *parser) first() int {
	text := p.text(engine.FieldFirst)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > engine.MostFirst {
		p.wrong(engine.FieldFirst, "Write a whole number from 0 to %d.", engine.MostFirst)
		return 0
	}
	return n
}

// Describe returns how often in words, such as "Every 5 minutes".
func (p Pace) Describe() string {
	if p.Every%time.Minute != 0 {
		return fmt.Sprintf("Every %d seconds", p.Every/time.Second)
	}
	return everyInWords(p.Every)
}
