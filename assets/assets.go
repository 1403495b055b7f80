// Package assets holds the data that ships inside the program: connector files and recipe templates.
package assets

import (
	"embed"
	"io/fs"
)

// FS holds `connectors/NAME.yaml`, the apps that Bellhop knows, and `templates/NAME.yaml`, recipes
// to start from.
//
//go:embed connectors/*.yaml templates/*.yaml
var FS embed.FS

// Connectors returns the connector files, at the top of a file system of their own.
func Connectors() fs.FS { return sub("connectors") }

// Templates returns the recipe templates, at the top of a file system of their own.
func Templates() fs.FS { return sub("templates") }

func sub(folder string) fs.FS {
	below, err := fs.Sub(FS, folder)
	if err != nil {
		panic(err) // the name of an embedded folder is always valid
	}
	return below
}
