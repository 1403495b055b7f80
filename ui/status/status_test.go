package status_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestEveryStateHasItsWordAndGlyph(t *testing.T) {
	uitest.NewApp(t)
	words := map[string]engine.State{}
	for _, state := range engine.States {
		look := status.Of(state)
		require.NotEmpty(t, look.Icon, state)
		require.NotEqual(t, string(state), look.Word, "%s has no word of its own", state)
		require.NotContains(t, words, look.Word)
		words[look.Word] = state
	}
	require.Equal(t, theme.Neutral, status.Of(engine.Filtered).Tone, "filtered is not a failure")
	require.Equal(t, "later", status.Of("later").Word)
}

func TestChip(t *testing.T) {
	uitest.NewApp(t)
	c := widget.NewChip("", "", theme.Neutral)
	status.Set(c, engine.Failed, "")
	require.Equal(t, "Failed", c.Text)
	status.Set(c, engine.Succeeded, "4 min ago")
	require.Equal(t, "4 min ago", c.Text)
	require.Equal(t, theme.OK, c.Tone)
}
