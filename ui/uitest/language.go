package uitest

import (
	"testing"

	"bellhop/ui"
)

// German makes the texts that are made from now on be German, which is a third longer than English, until the test ends.
// Call it after NewApp.
func German(t testing.TB) {
	t.Helper()
	ui.UseLanguage("de")
	t.Cleanup(func() { ui.UseLanguage("en") })
}
