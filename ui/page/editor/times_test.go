package editor_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine/connector"
	"bellhop/ui/uitest"
)

const everyMorning = `{"recipe": 1, "name": "Good morning", "trigger": {"use": "schedule.weekly",
	"with": {"days": ["monday", "saturday", "sunday"], "time": "18:00"}}, "steps": []}`

// schedules adds the connector that Bellhop comes with to the kitchen's.
func schedules(k *kitchen) {
	shipped, err := connector.Load(assets.Connectors())
	require.NoError(k.t, err)
	schedule, ok := shipped.Connector("schedule")
	require.True(k.t, ok)
	k.catalog = append(k.catalog.(shelf), schedule)
}

func TestTheNextTimesAreShown(t *testing.T) {
	k := open(t, everyMorning, schedules)
	require.Contains(t, k.words(), "Every Monday, Saturday and Sunday at 18:00\n• Today 18:00\n• Tomorrow 18:00\n• Mon 23 Nov 18:00\n• Sat 28 Nov 18:00\n• Sun 29 Nov 18:00")
	require.Contains(t, k.words(), "1 · Every week\nEvery Monday, Saturday and Sunday at 18:00", "the card")
	require.NotContains(t, k.words(), "Address for the webhook")

	k.write("Time of day", "7 am")
	require.Contains(t, k.words(), "Every Monday, Saturday and Sunday at 07:00\n• Tomorrow 07:00")
	k.write("Time of day", "late")
	require.Contains(t, k.words(), "It is late on Monday, Saturday and Sunday", "the card")
	require.Contains(t, k.words(), "They are shown once the settings are complete.")
	require.Contains(t, k.words(), "Write a time of day like 07:00 or 18:30.")
}

// A time zone of the schedule's own does not change whose clock the times are shown by.
func TestTheNextTimesAreThoseOfThisComputer(t *testing.T) {
	k := open(t, `{"recipe": 1, "name": "Good morning", "trigger": {"use": "schedule.daily", "with": {"time": "18:00", "zone": "UTC"}}, "steps": []}`, func(k *kitchen) {
		schedules(k)
		k.now = k.now.In(time.FixedZone("", 7*60*60))
	})
	require.Contains(t, k.words(), "Every day at 18:00 (UTC)\n• Tomorrow 01:00\n• Mon 23 Nov 01:00")
}

func TestPicturesOfTimes(t *testing.T) {
	uitest.Render(t, "editor-schedule", 1280, 800, func(fyne.App) fyne.CanvasObject {
		k := newKitchen(t, everyMorning, schedules)
		k.show()
		return k.page.Content()
	})
}
