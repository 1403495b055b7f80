package settings_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/page/settings"
	"bellhop/ui/uitest"
)

func TestAllIsTakenIntoAFile(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap("Save a file…")
	w.answer("Save")
	require.Equal(t, []settings.BundleOptions{{}}, w.mover.made)
	require.Contains(t, w.words(), "It is saved as /home/ana/Documents/Bellhop 2026-11-21.bellhop. 2 runs are under way, and not in it.")

	w.tap("Save a file…")
	w.answer("With the secrets of the connections, off")
	w.answer("With all runs, off")
	w.fill("Passphrase", "four words are enough")
	w.fill("Passphrase, again", "four words are enouhg")
	w.answer("Save")
	require.Len(t, w.mover.made, 1)
	require.Contains(t, uitest.Words(w.dialog()), "The two are not the same.")
	w.fill("Passphrase, again", "four words are enough")
	w.files.path = "/media/stick"
	w.answer("Choose another folder")
	w.mover.err = engine.Errorf(engine.Unavailable, "There is no room on the stick.")
	w.answer("Save")
	require.Contains(t, uitest.Words(w.dialog()), "There is no room on the stick.")
	w.mover.err = nil
	w.answer("Save")
	require.Equal(t, settings.BundleOptions{Secrets: true, Passphrase: "four words are enough", History: true}, w.mover.made[2])
	require.Contains(t, w.words(), "It is saved as /media/stick/Bellhop 2026-11-21.bellhop.")
	require.Nil(t, w.window.Canvas().Overlays().Top())
}

// Before anything is replaced it is shown what is in the file and what goes.
func TestRestore(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.files.path = "/media/stick/old.bellhop"
	w.tap("Open a file…")
	words := uitest.Words(w.dialog())
	for _, want := range []string{
		"Yesterday 12:30, by Bellhop 0.2.0", "3, of which 1 on", "in it, under a passphrase", "2210 runs",
		"This takes the place of what is here now: 1 recipe, 1 connection and 12 runs. That is kept in a folder of its own.",
		"quit it there first, or everything is done twice",
	} {
		require.Contains(t, words, want)
	}
	w.answer("Restore and restart")
	require.Contains(t, uitest.Words(w.dialog()), "Type the passphrase")
	w.fill("Passphrase", "wrong")
	w.answer("Restore and restart")
	require.Contains(t, uitest.Words(w.dialog()), "The passphrase does not fit.")
	require.Empty(t, w.mover.restored)
	w.fill("Passphrase", "four words are enough")
	w.answer("Restore and restart")
	require.Equal(t, []string{"/media/stick/old.bellhop"}, w.mover.restored)
	require.Equal(t, []string{"restart"}, w.went)

	w.tap("Open a file…")
	w.answer("Restore without secrets, off")
	require.NotContains(t, uitest.Words(w.dialog()), "Type the passphrase")
	w.answer("Restore and restart")
	require.Equal(t, "/media/stick/old.bellhop without secrets", w.mover.restored[1])

	w = newWorld(t)
	w.mover.passphrase, w.mover.inside = "", settings.Contents{Connections: 2}
	w.files.path = "/x.bellhop"
	w.open().tap("Open a file…")
	require.Contains(t, uitest.Words(w.dialog()), "not in it: enter them again")
	require.NotContains(t, uitest.Words(w.dialog()), "done twice")
	require.NotContains(t, uitest.Words(w.dialog()), "Restore without secrets", "there are none")
	w.answer("Cancel")
	require.Empty(t, w.mover.restored)

	w.mover.err = engine.Errorf(engine.Invalid, "This is no file of Bellhop’s.")
	w.tap("Open a file…")
	require.Nil(t, w.window.Canvas().Overlays().Top())
	require.Contains(t, w.words(), "This is no file of Bellhop’s.")
}

func TestExportAndRecoveryCode(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.files.path = "/home/ana/recipes"
	w.tap("Export all recipes")
	require.Contains(t, w.words(), "3 recipes are in /home/ana/recipes.")
	w.tap("Make a recovery code")
	require.Contains(t, uitest.Words(w.dialog()), "7K2M4-QX8ZP-3NVTD-W5R9C\nD0N0T-8ELL5-7H3M9-XYZAB")
	w.answer("Copy")
	require.Equal(t, []string{"The recovery code is copied."}, w.navigator.Toasts)
	w.answer("Done")
	require.NotContains(t, w.words(), "7K2M4")

	w.mover.codeMade = now.Add(-time.Hour)
	w.tap("Make a recovery code")
	require.Contains(t, uitest.Words(w.dialog()), "The one that was made Today 13:30 is useless then.")
	require.Equal(t, 1, w.mover.codes, "asked first")
	w.answer("Make a new one")
	require.Equal(t, 2, w.mover.codes)
	w.answer("Done")
	w.mover.err = engine.Errorf(engine.Unavailable, "The keyring is locked.")
	w.tap("Make a recovery code")
	require.Contains(t, w.words(), "The keyring is locked.")

	w = newWorld(t)
	w.params.Mover, w.params.ExportAll, w.params.Recovery = nil, nil, nil
	require.NotContains(t, w.open().words(), "Backup and moving")
}
