// Package icons holds Bellhop's drawings: lines of 2 in a square of 24, in currentColor, and the bell.
package icons

import "embed"

// FS holds one SVG file for each icon.
//
//go:embed *.svg
var FS embed.FS

// Bellhop is the brass bell as SVG.
//
//go:embed bellhop.svg
var Bellhop []byte

// AppIcon is the app's icon, a PNG of 512 by 512 drawn from appicon.svg.
//
//go:embed Icon.png
var AppIcon []byte

// Tray holds the tray's icon in each state, in colours that show on light and dark panels.
//
//go:embed tray/*.svg
var Tray embed.FS
