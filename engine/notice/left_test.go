package notice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestAnAppThatSendsInVainIsTold(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.notices.Left("Shopify", "Orders", "https://old.example/hooks/abc")
		h.pass(10 * time.Minute)
		n := h.tells()
		require.Equal(t, engine.NoticeReach, n.Kind)
		require.Equal(t, "Shopify goes on sending in vain", n.Title)
		require.Contains(t, n.Text, "made there for “Orders”. Remove it in Shopify by hand: https://old.example/hooks/abc")
		h.pass(24 * time.Hour)
		require.Empty(t, h.told())
	})
}
