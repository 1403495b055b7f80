package notice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestAnAddressThatChangedIsToldOnce(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		up := engine.Reach{Way: engine.WayNgrok, Link: engine.Link{State: engine.LinkUp}, Worked: time.Now(), URL: "https://one.ngrok-free.app"}
		h.reached(up)
		h.pass(time.Hour)
		require.Empty(t, h.told(), "it is the first one")
		up.URL, up.Before = "https://two.ngrok-free.app", up.URL
		h.reached(up)
		h.pass(10 * time.Minute)
		n := h.tells()
		require.Equal(t, engine.NoticeReach, n.Kind)
		require.Equal(t, "Bellhop's address has changed", n.Title)
		require.Contains(t, n.Text, "It is https://two.ngrok-free.app now. Apps that send to https://one.ngrok-free.app must be told")
		h.reached(up)
		h.pass(24 * time.Hour)
		require.Empty(t, h.told())
	})
}
