package logic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// What is remembered is small: it is read and written while others wait to save.
const (
	longestName   = 200      // characters
	largestMemory = 64 << 10 // bytes of JSON
	longestKey    = 200      // bytes; of a longer key its hash is kept
)

// memory reads what is kept under the field `name`: the recipe's own, or with `shared` that of all recipes.
func (c Call) memory(ctx context.Context, tx engine.Tx) (m engine.Memory, value any, err error) {
	name := c.text("name")
	if name == "" {
		return m, nil, mistake("The name under which something is kept is empty. Give it one, such as last order.")
	}
	if utf8.RuneCountInString(name) > longestName {
		return m, nil, mistake("The name %s is longer than %d characters.", show(name), longestName)
	}
	id := c.RecipeID
	if c.yes("shared") {
		id = 0
	}
	if m, err = tx.Memory(ctx, id, name); err != nil || m.Value == nil {
		return m, nil, err
	}
	value, err = mapping.Decode(m.Value)
	return m, value, err
}

// keep stores a value under m's name.
func (c Call) keep(tx engine.Tx, m engine.Memory, value any) error {
	var err error
	if m.Value, err = json.Marshal(value); err != nil {
		return err
	}
	if len(m.Value) > largestMemory {
		return mistake("What is to be kept as %s is larger than %d KiB. Keep only what you need of it, or use a table.", show(m.Name), largestMemory>>10)
	}
	if now := c.Env.Now; now.After(m.UpdatedAt) { // a clock that was set back does not make it older
		m.UpdatedAt = now
	}
	return tx.SetMemory(m)
}

// remember keeps the field `value` for later runs; the result is `value` and what was kept `before`, with
// whether it has `changed`.
func remember(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	m, before, err := c.memory(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	value := c.With["value"]
	changed := m.Value == nil || !same(before, value)
	note := "as before"
	if changed {
		note = "was " + show(before)
	}
	return Outcome{Output: map[string]any{"value": value, "before": before, "changed": changed}, Note: note}, c.keep(tx, m, value)
}

// recall gives what was kept, or else the field `otherwise`; the result is `value`, whether it was `found`,
// and `since` when it is kept.
func recall(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	m, value, err := c.memory(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	if m.Value == nil {
		return Outcome{
			Output: map[string]any{"value": c.With["otherwise"], "found": false, "since": nil},
			Note:   "nothing is kept as " + show(m.Name),
		}, nil
	}
	return Outcome{Output: map[string]any{"value": value, "found": true, "since": c.local(m.UpdatedAt).Format(time.RFC3339)}}, nil
}

// counter adds the field `by` to what was counted under a name, and gives the new `value`. With `reset`
// it begins at nothing with each day, week (from Monday) or month in the recipe's time zone.
func counter(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	m, counted, err := c.memory(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	begin, err := c.periodBegin()
	if err != nil {
		return Outcome{}, err
	}
	if m.Value == nil || m.UpdatedAt.Before(begin) {
		counted = json.Number("0")
	}
	by := c.With["by"]
	if c.text("by") == "" {
		by = json.Number("1")
	}
	value, err := calculate(plus, counted, by, c.Env)
	if err != nil {
		return Outcome{}, mistake("The counter %s cannot go from %s by %s: both must be numbers.", show(m.Name), show(counted), show(by))
	}
	return Outcome{Output: map[string]any{"value": value}, Note: "now " + show(value)}, c.keep(tx, m, value)
}

// periodBegin returns when the period began in which it is now; zero if a counter never begins anew.
func (c Call) periodBegin() (time.Time, error) {
	now := c.local(c.Env.Now)
	year, month, day := now.Date()
	switch period := c.text("reset"); period {
	case "", "never":
		return time.Time{}, nil
	case "day":
	case "week":
		day -= (int(now.Weekday()) + 6) % 7
	case "month":
		day = 1
	default:
		return time.Time{}, mistake("A counter begins anew with each day, week or month, or never; %s is none of these.", show(period))
	}
	return time.Date(year, month, day, 0, 0, 0, 0, now.Location()), nil
}

// local returns a time in the recipe's time zone.
func (c Call) local(t time.Time) time.Time {
	if c.Env.Zone == nil {
		return t.UTC()
	}
	return t.In(c.Env.Zone)
}

// dedupe lets each key through once: within so many `days`, or else as long as keys are remembered. It
// ends the run of a key that came before.
func dedupe(_ context.Context, tx engine.Tx, c Call) (Outcome, error) {
	key := c.text("key")
	if key == "" {
		return Outcome{}, mistake("What tells one from another is empty, so Bellhop cannot say whether it came before. Insert data that every event has, such as its number.")
	}
	const mostDays = int(engine.SeenFor / (24 * time.Hour))
	days, err := c.whole("days", 0, 1, mostDays)
	if err != nil {
		return Outcome{}, err
	}
	place, kept := "step "+c.Step, key // no name of a trigger's place has a space
	if len(key) > longestKey {
		sum := sha256.Sum256([]byte(key))
		kept = hex.EncodeToString(sum[:])
	}
	first, at, err := tx.MarkSeen(c.RecipeID, place, kept)
	if err != nil {
		return Outcome{}, err
	}
	if !first && days > 0 && c.Env.Now.Sub(at) >= time.Duration(days)*24*time.Hour {
		if err := tx.ForgetSeen(c.RecipeID, place, kept); err != nil {
			return Outcome{}, err
		}
		if first, _, err = tx.MarkSeen(c.RecipeID, place, kept); err != nil {
			return Outcome{}, err
		}
	}
	if first {
		return Outcome{Note: show(key) + " is new"}, nil
	}
	return Outcome{Note: show(key) + " was seen before on " + c.local(at).Format("2006-01-02 15:04"), Ends: engine.Filtered}, nil
}
