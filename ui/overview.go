package ui

import (
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
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
		Note:   lang.L("Only this computer can reach it"),
	}
}

// OfflineStatus is what the rail says while nothing outside can be reached.
func OfflineStatus() Status {
	return Status{
		Tone: theme.Warn, State: lang.L("Offline"),
		Note: lang.L("Steps wait, and go on by themselves"),
	}
}
