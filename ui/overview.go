package ui

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/status"
	"bellhop/ui/theme"
)

// RunningStatus is what the rail says while the engine runs.
func RunningStatus(recipes []engine.Recipe) Status {
	on := 0
	for _, r := range recipes {
		if r.On {
			on++
		}
	}
	return Status{
		Tone: theme.OK, State: lang.L("Running"),
		Detail: lang.N("{{.Count}} recipes on", on, map[string]any{"Count": on}),
	}
}

// Reached adds whether deliveries from the internet arrive, unless there is something else to say. onOpen
// opens the page about that.
func (s Status) Reached(r engine.Reach, now time.Time, onOpen func()) Status {
	if s.Note != "" {
		return s
	}
	look := status.OfReach(r, now)
	s.Note, s.Deed, s.OnDeed = look.Word, lang.L("Details"), onOpen
	switch {
	case r.Way == engine.WayNone:
		s.Deed = lang.L("Make it reachable")
	case status.Unreachable(r):
		s.Tone, s.Deed = look.Tone, lang.L("See why")
		if cut := len(r.Cut); cut > 0 {
			s.Note += ": " + lang.N("{{.Count}} recipes affected", cut, map[string]any{"Count": cut})
		}
	}
	return s
}

// OfflineStatus is what the rail says while nothing outside can be reached.
func OfflineStatus() Status {
	return Status{
		Tone: theme.Warn, State: lang.L("Offline"),
		Note: lang.L("Steps wait, and go on by themselves"),
	}
}

// UnsavedStatus is what the rail says while nothing can be saved; onOpen says why.
func UnsavedStatus(onOpen func()) Status {
	return Status{
		Tone: theme.Bad, State: lang.L("Nothing is saved"),
		Note: lang.L("Deliveries are turned away, and runs wait"), Deed: lang.L("See why"), OnDeed: onOpen,
	}
}

// PausedStatus is what the rail says while all recipes rest; onResume lets them go on.
func PausedStatus(until, now time.Time, onResume func()) Status {
	return Status{
		Tone: theme.Warn, State: lang.L("Paused"), Note: lang.L("{{.Until}}. What comes in is queued.", map[string]any{"Until": PausedWords(until, now)}),
		Deed: lang.L("Resume"), OnDeed: onResume,
	}
}
