package editor

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine/schedule"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// shownTimes is how many of the next times are shown.
const shownTimes = 5

// times tells of a schedule when it starts the recipe next, so that nobody has to work that out.
type times struct {
	now    func() time.Time
	text   *widget.Text
	object fyne.CanvasObject
}

func newTimes(now func() time.Time) *times {
	t := &times{now: now, text: widget.NewText("")}
	t.object = widget.NewFormField(lang.L("The next times"), false, t.text, lang.L("In your time zone. The recipe starts then if it is on and Bellhop runs."))
	return t
}

func (t *times) refresh(e draft.Element) {
	now := t.now()
	found, err := schedule.Parse(e.Operation, e.With, now.Location())
	if err != nil {
		t.text.SetText(lang.L("They are shown once the settings are complete."))
		return
	}
	lines := []string{found.Describe()}
	for _, next := range found.Upcoming(now, shownTimes) {
		lines = append(lines, "• "+dayInWords(next, now))
	}
	t.text.SetText(strings.Join(lines, "\n"))
}

// dayInWords says a time to come: "Today 18:02", "Tomorrow 18:02", "Mon 23 Nov 18:02".
func dayInWords(t, now time.Time) string {
	t = t.In(now.Location())
	year, month, day := now.Date()
	if t.Before(time.Date(year, month, day+2, 0, 0, 0, 0, now.Location())) {
		return when.Day(t, now)
	}
	return when.Weekday(t) + " " + when.Day(t, now)
}
