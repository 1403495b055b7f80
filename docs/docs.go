// Package docs is Bellhop's documentation, within the program.
package docs

import "embed"

// FS holds the pages as Markdown, and their pictures.
//
//go:embed *
var FS embed.FS
