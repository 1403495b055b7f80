package editor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/ui/phrase"
	"bellhop/ui/uitest"
)

// German is longer: what is to be said must fit all the same.
func TestItFitsIntoASmallWindowInGerman(t *testing.T) {
	k := open(t, bigOrders, func(k *kitchen) {
		uitest.German(t)
		live(k)
		k.catalog = phrase.Catalog(k.catalog)
		k.onTryOut = func() {}
	})
	require.Contains(t, k.words(), "Veröffentlichen")
	k.tap("3 · Nachricht senden, bereit")
	k.write("Nachricht", "")
	k.wait()
	least := k.page.Content().MinSize()
	t.Log(least)
	require.LessOrEqual(t, least.Width, float32(1000))
	require.LessOrEqual(t, least.Height, float32(640))
}
