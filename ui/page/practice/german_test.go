package practice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/ui/uitest"
)

// German is longer: beside the navigation of a window of 1000 there are 790.
func TestItFitsIntoASmallWindowInGerman(t *testing.T) {
	uitest.NewApp(t)
	uitest.German(t)
	s := newPage(used())
	s.Show()
	s.loop.Turn()
	require.Contains(t, s.words(), "Übungsbestellung senden")
	require.LessOrEqual(t, s.Content().MinSize().Width, float32(790))
}
