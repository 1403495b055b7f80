package theme

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"

	"bellhop/assets/icons"
)

// IconName is the name of a file in assets/icons, without its ending.
type IconName string

// The icons.
const (
	IconBell        IconName = "bell"
	IconRecipes     IconName = "recipes"
	IconActivity    IconName = "activity"
	IconConnections IconName = "connections"
	IconPractice    IconName = "practice"
	IconSettings    IconName = "settings"
	IconCheck       IconName = "check"
	IconAlert       IconName = "alert"
	IconClock       IconName = "clock"
	IconFilter      IconName = "filter"
	IconPlus        IconName = "plus"
	IconMore        IconName = "more"
	IconBack        IconName = "back"
	IconNext        IconName = "next"
	IconUp          IconName = "up"
	IconDown        IconName = "down"
	IconPlay        IconName = "play"
	IconStop        IconName = "stop"
	IconPause       IconName = "pause"
	IconCopy        IconName = "copy"
	IconTrash       IconName = "trash"
	IconRetry       IconName = "retry"
	IconReplay      IconName = "replay"
	IconEdit        IconName = "edit"
	IconSearch      IconName = "search"
	IconClose       IconName = "close"
	IconMoon        IconName = "moon"
	IconQuestion    IconName = "question"
	IconInfo        IconName = "info"
	IconLink        IconName = "link"
	IconKey         IconName = "key"
	IconEye         IconName = "eye"
	IconOpen        IconName = "open"
	IconGrip        IconName = "grip"
	IconShop        IconName = "shop"
	IconMessage     IconName = "message"
	IconGlobe       IconName = "globe"
	IconInsert      IconName = "insert"
	IconUndo        IconName = "undo"
	IconRedo        IconName = "redo"
	IconPaths       IconName = "paths"
	IconLoop        IconName = "loop"
	IconTable       IconName = "table"
)

// Icon returns an icon drawn in the colour of that name, in whatever variant is shown.
// It panics if there is no such icon, which a test rules out for the constants.
func Icon(name IconName, colorName fyne.ThemeColorName) fyne.Resource {
	return &icon{name: string(name), color: colorName, svg: drawing(name)}
}

// IconIn returns an icon in a colour that is the same in light and dark, such as on a tile.
func IconIn(name IconName, c color.NRGBA) fyne.Resource {
	return fyne.NewStaticResource(fmt.Sprintf("%s_%02x%02x%02x.svg", name, c.R, c.G, c.B), inked(drawing(name), c))
}

func drawing(name IconName) []byte {
	svg, err := icons.FS.ReadFile(string(name) + ".svg")
	if err != nil {
		panic(fmt.Sprintf("no icon %q: %v", name, err))
	}
	return svg
}

// Bell returns the brass bell, in its own colours.
func Bell() fyne.Resource { return fyne.NewStaticResource("bellhop.svg", icons.Bellhop) }

// icon is a line drawing. Fyne's themed resources recolour fills only, and these are strokes.
type icon struct {
	name  string
	color fyne.ThemeColorName
	svg   []byte
}

var _ fyne.ThemedResource = (*icon)(nil)

// Name tells drawings apart in Fyne's cache, so the colour is part of it.
func (i *icon) Name() string { return string(i.color) + "_" + i.name + ".svg" }

// Content is the drawing in the colour as it is now.
func (i *icon) Content() []byte {
	c := color.NRGBAModel.Convert(Color(i.color)).(color.NRGBA)
	return inked(i.svg, c)
}

// inked returns the drawing in one colour.
func inked(svg []byte, c color.NRGBA) []byte {
	return bytes.ReplaceAll(svg, []byte("currentColor"), fmt.Appendf(nil, "#%02x%02x%02x", c.R, c.G, c.B))
}

// ThemeColorName names the colour.
func (i *icon) ThemeColorName() fyne.ThemeColorName { return i.color }

// Icons returns the names of all icons in alphabetical order, for tests and galleries.
func Icons() []IconName {
	files, err := icons.FS.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var names []IconName
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".svg")
		if ok && name != "bellhop" && name != "appicon" {
			names = append(names, IconName(name))
		}
	}
	return names
}
