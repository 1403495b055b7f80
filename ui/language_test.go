package ui_test

import (
	"testing"

	"fyne.io/fyne/v2/lang"
	"github.com/stretchr/testify/require"

	"bellhop/ui"
)

// The dialogs of Fyne follow it too: "Cancel" is one of its own texts.
func TestTheLanguageIsChosen(t *testing.T) {
	require.NoError(t, ui.LoadTranslations())
	defer ui.UseLanguage("en")
	require.Equal(t, "Cancel", lang.L("Cancel"))
	ui.UseLanguage("de")
	require.Equal(t, "Abbrechen", lang.L("Cancel"))
	require.Equal(t, "Rezepte", lang.L("Recipes"))
	ui.UseLanguage("")
	require.Equal(t, "Abbrechen", lang.L("Cancel"))
	ui.UseLanguage("en")
	require.Equal(t, "Cancel", lang.L("Cancel"))
	require.Equal(t, []string{"de", "en"}, ui.Languages())
}
