// Command icon draws the icon files that packages need, out of the app's one picture:
//
//	go run ./app/internal/icon DIR
//
// writes DIR/hicolor/NxN/apps/NAME.png for Linux, DIR/bellhop.ico for Windows and DIR/bellhop.icns for macOS.
// The same picture makes the same bytes, on every system.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"

	"bellhop/assets/icons"
)

// name is the icon's name on Linux, that of the desktop entry.
const name = "app.bellhop.Bellhop"

// sizes are in pixels: those that desktops ask for, see the hicolor theme's index.
var sizes = []int{16, 22, 24, 32, 48, 64, 128, 256, 512}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: icon DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "icon:", err)
		os.Exit(1)
	}
}

// write draws every file below dir.
func write(dir string) error {
	drawn, err := drawAll(icons.AppIcon)
	if err != nil {
		return err
	}
	files := map[string][]byte{"bellhop.ico": ico(drawn), "bellhop.icns": icns(drawn)}
	for _, size := range sizes {
		files[fmt.Sprintf("hicolor/%dx%d/apps/%s.png", size, size, name)] = drawn[size]
	}
	for path, content := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// drawAll returns the picture as PNG in each of the sizes.
func drawAll(picture []byte) (map[int][]byte, error) {
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("the app's picture: %w", err)
	}
	whole := image.NewRGBA(decoded.Bounds().Sub(decoded.Bounds().Min))
	draw.Draw(whole, whole.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	drawn := map[int][]byte{}
	for _, size := range sizes {
		var out bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, shrink(whole, size)); err != nil {
			return nil, err
		}
		drawn[size] = out.Bytes()
	}
	return drawn, nil
}
