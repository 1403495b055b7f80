package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// Mover takes all of Bellhop to a file, and back.
type Mover interface{}

func (p *Page) moving() fyne.CanvasObject {
	return section(lang.L("Backup and moving"), lang.L("One file with your recipes, to keep or to take to another computer."))
}
