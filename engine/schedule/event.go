package schedule

import (
	"encoding/json"
	"time"

	"bellhop/engine"
)

// data is what pills see of a tick, as `trigger`. All but ScheduledAt is as clocks and calendars in
// the schedule's zone show it.
type data struct {
	ScheduledAt string `json:"scheduled_at"` // RFC 3339
	Date        string `json:"date"`         // 2026-11-23
	Time        string `json:"time"`         // 07:00
	Weekday     string `json:"weekday"`      // Monday
	Day         int    `json:"day"`
	Month       int    `json:"month"`
	Year        int    `json:"year"`
	// Late is true of a time that was missed, and is made up for.
	Late bool `json:"late"`
}

// Key is the key of the event of a time. It tells the time itself, and nothing of the schedule: so
// the same time never starts a recipe twice, whatever happens to its clock, its state or its times.
func Key(at time.Time) string { return "schedule " + at.UTC().Format(time.RFC3339) }

// Event returns a tick as an event of a recipe.
func (t Tick) Event(recipeID int64, now time.Time) (engine.Event, error) {
	body, err := json.Marshal(data{
		ScheduledAt: t.At.Format(time.RFC3339), Date: t.At.Format(time.DateOnly), Time: t.At.Format("15:04"),
		Weekday: t.At.Weekday().String(), Day: t.At.Day(), Month: int(t.At.Month()), Year: t.At.Year(), Late: t.Late,
	})
	return engine.Event{
		RecipeID: recipeID, Key: Key(t.At), Body: body, ContentType: "application/json", ReceivedAt: now,
	}, err
}
