package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/assets/translations"
)

// LoadTranslations makes the texts of all languages known to Fyne. Call it once, before any text is
// made.
func LoadTranslations() error {
	// lang.AddTranslationsFS wants a folder below the root, so it is done by hand.
	files, err := translations.FS.ReadDir(".")
	if err != nil {
		return fmt.Errorf("read translations: %w", err)
	}
	for _, f := range files {
		data, err := translations.FS.ReadFile(f.Name())
		if err != nil {
			return fmt.Errorf("read translation %s: %w", f.Name(), err)
		}
		if err := lang.AddTranslations(fyne.NewStaticResource(f.Name(), data)); err != nil {
			return fmt.Errorf("load translation %s: %w", f.Name(), err)
		}
	}
	return nil
}
