package editor_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A trial is of what one sees: the draft is saved first.
func TestTheDraftIsSavedBeforeItIsTriedOut(t *testing.T) {
	var saved []string
	came := 0
	k := open(t, bigOrders, func(k *kitchen) {
		k.onTryOut = func() { saved = append(saved, k.stored.Draft.Name) }
		k.onDeliveries = func() { came++ }
	})
	k.write("Name of the recipe", "Another name")
	k.tap("Try it out with the last events")
	require.Equal(t, []string{"Another name"}, saved)
	k.tap("My webhook does not arrive?")
	require.Equal(t, 1, came)
}
