package status

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/when"
)

// OfReach returns the look of how deliveries from the internet stand, in a few words.
func OfReach(r engine.Reach, now time.Time) Look {
	switch {
	case r.Way == engine.WayNone:
		return Look{theme.IconGlobe, lang.L("Only this computer can reach it"), theme.Neutral}
	case r.Link.State == engine.LinkRefused:
		return Look{theme.IconAlert, lang.L("Not reachable: needs you"), theme.Bad}
	case Unreachable(r):
		look := Look{theme.IconAlert, lang.L("Not reachable"), theme.Warn}
		if since := unreachableSince(r); !since.IsZero() {
			look.Word = lang.L("Unreachable since {{.Time}}", map[string]any{"Time": when.Clock(since, now)})
		}
		return look
	case r.Link.State == engine.LinkConnecting:
		return Look{theme.IconClock, lang.L("Connecting…"), theme.Neutral}
	case r.Reachable() && r.Nearby():
		return Look{theme.IconAlert, lang.L("Not reachable from the internet"), theme.Warn}
	case r.Reachable():
		return Look{theme.IconCheck, lang.L("Reachable"), theme.OK}
	}
	return Look{theme.IconClock, lang.L("Checking whether it can be reached…"), theme.Neutral}
}

// Unreachable says whether deliveries are known not to arrive, although they should.
func Unreachable(r engine.Reach) bool {
	switch r.Link.State {
	case engine.LinkLost, engine.LinkRefused:
		return r.Way != engine.WayNone
	}
	return r.Way != engine.WayNone && (r.Problem != "" || r.Link.Problem != "")
}

// unreachableSince is the earliest moment at which deliveries are known not to have arrived; zero if they
// never have.
func unreachableSince(r engine.Reach) time.Time {
	if r.Link.State == engine.LinkLost && !r.Link.Since.IsZero() {
		return r.Link.Since
	}
	return r.Worked
}
