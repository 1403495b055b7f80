package settings_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
)

// TestThePasswordOfAProxyIsNeverShown: typed within the address or by itself, it is kept, and stands in no field.
func TestThePasswordOfAProxyIsNeverShown(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.NotContains(t, w.words(), "Password for the proxy", "only a proxy that asks for a name takes one")
	w.write("Proxy", "http://ann:pr0xypass@proxy.example:3128")
	require.Equal(t, "http://ann@proxy.example:3128", w.entry("Proxy").Text)
	require.Equal(t, "pr0xypass", w.desk.password)
	require.Contains(t, w.words(), "•••••••• saved")
	require.NotContains(t, w.words(), "pr0xypass")

	w.tap("Replace Password for the proxy")
	w.entry("Password for the proxy").SetText("half typed")
	w.window.Canvas().Unfocus()
	w.loop.Turn()
	require.Equal(t, "pr0xypass", w.desk.password, "it is replaced on purpose only")
	w.tap("Keep the saved Password for the proxy")
	w.tap("Replace Password for the proxy")
	require.Empty(t, w.entry("Password for the proxy").Text)
	w.entry("Password for the proxy").SetText(" with spaces ")
	w.tap("Save Password for the proxy")
	require.Equal(t, " with spaces ", w.desk.password)
	require.Contains(t, w.words(), "Saved")

	w.tap("Remove Password for the proxy")
	require.Empty(t, w.desk.password)
	w.desk.err = engine.Errorf(engine.Unavailable, "The keyring is locked.")
	w.write("Password for the proxy", "an0ther")
	require.Contains(t, w.words(), "The keyring is locked.")
	require.Equal(t, "an0ther", w.entry("Password for the proxy").Text, "nothing is lost")
	w.desk.err = nil
	w.window.Canvas().Focus(w.entry("Password for the proxy"))
	w.entry("Password for the proxy").TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.loop.Turn()
	require.Equal(t, "an0ther", w.desk.password)
	w.write("Proxy", "http://proxy.example:3128")
	require.NotContains(t, w.words(), "Password for the proxy")
}

// TestAPasswordThatIsStillAmongTheSettingsIsNotShownEither, such as while the keyring is locked.
func TestAPasswordThatIsStillAmongTheSettingsIsNotShownEither(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Proxy = "http://ann:pr0xypass@proxy.example:3128"
	w.open()
	require.Equal(t, "http://ann@proxy.example:3128", w.entry("Proxy").Text)
	require.Contains(t, w.words(), "•••••••• saved")
	w.write("Proxy", "http://ann@proxy.example:3128")
	require.Equal(t, "http://ann:pr0xypass@proxy.example:3128", w.desk.settings.Proxy, "nothing was typed")
}
