package ui_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestAnOptionalPageIsInTheRailOnceThereIsAUseForIt(t *testing.T) {
	uitest.NewApp(t)
	loop, useful := uitest.NewLoop(), false
	changes := make(chan engine.Change)
	native := test.NewTempWindow(t, widget.NewText(""))
	w := ui.NewWindow(ui.Params{
		Window: native, Loop: loop.UI(), Changes: changes,
		Overview: func(context.Context) (ui.Overview, error) {
			return ui.Overview{Useful: map[string]bool{"tables": useful}}, nil
		},
	})
	w.AddPage(ui.MainPage{Name: "recipes", Icon: theme.IconRecipes, Page: &page{title: "Recipes"}})
	w.AddPage(ui.MainPage{Name: "tables", Icon: theme.IconTable, Page: &page{title: "Tables"}, Optional: true})
	again := func() {
		w.Hide()
		w.Show()
		loop.Turn()
	}
	again()
	require.NotContains(t, uitest.Words(native.Content()), "Tables")
	w.Go("tables")
	require.Equal(t, "Tables – Bellhop", native.Title(), "whoever knows the way gets there")
	again()
	require.Contains(t, uitest.Words(native.Content()), "Tables", "one sees where one is")
	w.Go("recipes")
	again()
	require.NotContains(t, uitest.Words(native.Content()), "Tables")
	useful = true
	again()
	require.Contains(t, uitest.Words(native.Content()), "Tables")
}
