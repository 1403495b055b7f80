package ui_test

import (
	"testing"

	"fyne.io/fyne/v2/lang"
	"github.com/stretchr/testify/require"

	"bellhop/ui"
)

// The computer here speaks no German; Fyne does.
func TestTheLanguageIsChosen(t *testing.T) {
	require.NoError(t, ui.LoadTranslations())
	defer ui.UseLanguage("en")
	require.Equal(t, "Cancel", lang.L("Cancel"))
	ui.UseLanguage("de")
	require.Equal(t, "Abbrechen", lang.L("Cancel"))
	ui.UseLanguage("")
	require.Equal(t, "Abbrechen", lang.L("Cancel"))
	ui.UseLanguage("en")
	require.Equal(t, "Cancel", lang.L("Cancel"))
	require.Contains(t, ui.Languages(), "en")
}
