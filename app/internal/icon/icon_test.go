package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets/icons"
)

func size(t *testing.T, content []byte) image.Point {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	return picture.Bounds().Size()
}

func TestWrite(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	require.NoError(t, write(first))
	require.NoError(t, write(second))
	for _, path := range []string{"bellhop.ico", "bellhop.icns", "hicolor/16x16/apps/app.bellhop.Bellhop.png", "hicolor/512x512/apps/app.bellhop.Bellhop.png"} {
		a, err := os.ReadFile(filepath.Join(first, path))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(second, path))
		require.NoError(t, err)
		require.True(t, bytes.Equal(a, b), "%s is the same each time", path)
	}
}

func TestTheDesktopEntryNamesTheIcon(t *testing.T) {
	t.Parallel()
	entry, err := os.ReadFile("../../../assets/package/linux/" + name + ".desktop")
	require.NoError(t, err)
	require.Contains(t, string(entry), "\nIcon="+name+"\n")
}

func TestICO(t *testing.T) {
	t.Parallel()
	drawn, err := drawAll(icons.AppIcon)
	require.NoError(t, err)
	file := ico(drawn)
	require.Equal(t, []byte{0, 0, 1, 0, 7, 0}, file[:6])
	end := 6 + 16*7
	for i := range 7 {
		entry := file[6+16*i:]
		length, offset := int(binary.LittleEndian.Uint32(entry[8:])), int(binary.LittleEndian.Uint32(entry[12:]))
		require.Equal(t, end, offset, "one follows the other")
		end += length
		side := (int(entry[0])+255)%256 + 1 // 0 means 256
		require.Equal(t, image.Pt(side, side), size(t, file[offset:offset+length]))
	}
	require.Len(t, file, end)
}

func TestICNS(t *testing.T) {
	t.Parallel()
	drawn, err := drawAll(icons.AppIcon)
	require.NoError(t, err)
	file := icns(drawn)
	require.Equal(t, "icns", string(file[:4]))
	require.Equal(t, len(file), int(binary.BigEndian.Uint32(file[4:])))
	sides := map[string]int{}
	for rest := file[8:]; len(rest) > 0; {
		length := int(binary.BigEndian.Uint32(rest[4:]))
		sides[string(rest[:4])] = size(t, rest[8:length]).X
		rest = rest[length:]
	}
	require.Equal(t, map[string]int{"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic11": 32, "ic12": 64, "ic13": 256, "ic14": 512}, sides)
}

func TestShrink(t *testing.T) {
	t.Parallel()
	half := image.NewRGBA(image.Rect(0, 0, 6, 6)) // blue at the left, nothing at the right
	for y := range 6 {
		for x := range 3 {
			half.SetRGBA(x, y, color.RGBA{B: 200, A: 255})
		}
	}
	t.Run("to a divisor", func(t *testing.T) {
		got := shrink(half, 2)
		require.Equal(t, color.RGBA{B: 200, A: 255}, got.RGBAAt(0, 1))
		require.Equal(t, color.RGBA{}, got.RGBAAt(1, 1))
	})
	t.Run("to one pixel", func(t *testing.T) {
		require.Equal(t, color.RGBA{B: 100, A: 128}, shrink(half, 1).RGBAAt(0, 0), "half of the colour and half as solid")
	})
	t.Run("to what does not divide", func(t *testing.T) {
		got := shrink(half, 4) // the second column covers one and a half pixels: all of it blue
		require.Equal(t, color.RGBA{B: 200, A: 255}, got.RGBAAt(1, 0))
		require.Equal(t, color.RGBA{}, got.RGBAAt(2, 0))
		got = shrink(half, 5) // the third covers 2.4 to 3.6: half blue
		require.Equal(t, color.RGBA{B: 100, A: 128}, got.RGBAAt(2, 0))
	})
}
