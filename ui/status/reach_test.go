package status_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
)

func TestHowBellhopIsReachedInWords(t *testing.T) {
	uitest.NewApp(t)
	now := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	worked, since := now.Add(-50*time.Minute), now.Add(-28*time.Minute)
	link := func(state engine.LinkState) engine.Link { return engine.Link{State: state, Since: since} }
	for _, test := range []struct {
		name        string
		reach       engine.Reach
		word        string
		tone        theme.Tone
		unreachable bool
	}{
		{"no way", engine.Reach{}, "Only this computer can reach it", theme.Neutral, false},
		{"no way any more, with what was before", engine.Reach{Problem: "Gone.", Link: link(engine.LinkOff)}, "Only this computer can reach it", theme.Neutral, false},
		{"works", engine.Reach{Way: engine.WayNgrok, Worked: worked, Link: link(engine.LinkUp)}, "Reachable", theme.OK, false},
		{"address works", engine.Reach{Way: engine.WayAddress, Worked: worked, Link: link(engine.LinkUp)}, "Reachable", theme.OK, false},
		{"an address of this computer works", engine.Reach{Way: engine.WayAddress, URL: "http://127.0.0.1:8420", Worked: worked, Link: link(engine.LinkUp)}, "Not reachable from the internet", theme.Warn, false},
		{"not called yet", engine.Reach{Way: engine.WayAddress, Link: link(engine.LinkUp)}, "Checking whether it can be reached…", theme.Neutral, false},
		{"for the first time", engine.Reach{Way: engine.WayNgrok, Link: link(engine.LinkConnecting)}, "Connecting…", theme.Neutral, false},
		{"never came up", engine.Reach{Way: engine.WayNgrok, Problem: "No internet.", Link: link(engine.LinkConnecting)}, "Not reachable", theme.Warn, true},
		{"lost", engine.Reach{Way: engine.WayNgrok, Worked: worked, Problem: "Gone.", Link: link(engine.LinkLost)}, "Unreachable since 14:02", theme.Warn, true},
		{"calls do not arrive", engine.Reach{Way: engine.WayAddress, Worked: worked, Problem: "Nothing answers.", Link: link(engine.LinkUp)}, "Unreachable since 13:40", theme.Warn, true},
		{"since another day", engine.Reach{Way: engine.WayAddress, Worked: now.Add(-24 * time.Hour), Problem: "Nothing answers."}, "Unreachable since Yesterday 14:30", theme.Warn, true},
		{"refused", engine.Reach{Way: engine.WayNgrok, Worked: worked, Problem: "Wrong token.", Link: link(engine.LinkRefused)}, "Not reachable: needs you", theme.Bad, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			look := status.OfReach(test.reach, now)
			require.Equal(t, test.word, look.Word)
			require.Equal(t, test.tone, look.Tone)
			require.NotEmpty(t, look.Icon)
			require.Equal(t, test.unreachable, status.Unreachable(test.reach))
		})
	}
}
