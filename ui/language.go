package ui

import (
	"strings"
	_ "unsafe" // for go:linkname

	"bellhop/assets/translations"
)

// Languages returns the languages that there are texts in, as BCP 47 tags.
func Languages() []string {
	files, err := translations.FS.ReadDir(".")
	if err != nil {
		panic(err) // the files are within the program
	}
	var tags []string
	for _, f := range files {
		tags = append(tags, strings.TrimSuffix(f.Name(), ".json"))
	}
	return tags
}

// UseLanguage makes the texts that are made from now on be in one of Languages, instead of the computer's; ""
// changes nothing. Call it after LoadTranslations.
func UseLanguage(tag string) {
	if tag != "" {
		setupLang(tag)
	}
}

// setupLang is how Fyne chooses the language of lang.L, also in its own dialogs. It offers no other way to
// another language than the computer's (fyne.io/fyne/v2 v2.8.1, lang/lang.go), and the build fails where it
// is gone.
//
//go:linkname setupLang fyne.io/fyne/v2/lang.setupLang
func setupLang(tag string)
