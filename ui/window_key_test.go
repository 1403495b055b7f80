package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/ui"
	"bellhop/ui/theme"
)

func TestAPageHasAKeyOfItsOwn(t *testing.T) {
	s := newShown(t)
	s.AddPage(ui.MainPage{Name: "settings", Icon: theme.IconSettings, Key: fyne.KeyComma, Page: &page{title: "Settings"}})
	s.press(t, fyne.KeyComma)
	require.Equal(t, "Settings – Bellhop", s.fyne.Title())
	s.press(t, fyne.Key1)
	require.Equal(t, "Recipes – Bellhop", s.fyne.Title())
	s.press(t, fyne.Key3)
	require.Equal(t, "Settings – Bellhop", s.fyne.Title())
}
