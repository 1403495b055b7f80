//go:build !headless

package main

import (
	"net"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhereDisplaysListen(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]place{
		":0":             {{"unix", "/tmp/.X11-unix/X0"}, {"unix", "@/tmp/.X11-unix/X0"}},
		":1.0":           {{"unix", "/tmp/.X11-unix/X1"}, {"unix", "@/tmp/.X11-unix/X1"}},
		"unix:2":         {{"unix", "/tmp/.X11-unix/X2"}, {"unix", "@/tmp/.X11-unix/X2"}},
		"localhost:10.0": {{"tcp", "localhost:6010"}},
		"nonsense":       nil,
		":nonsense":      nil,
	} {
		require.Equal(t, want, x11Places(name), name)
	}
}

func TestADisplayThatDoesNotAnswerIsNone(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // windows need no display to be named there
	}
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("WAYLAND_DISPLAY", "wayland-7")
	t.Setenv("DISPLAY", "")
	says, ok := display()
	require.False(t, ok)
	require.Contains(t, says, "WAYLAND_DISPLAY=wayland-7 does not answer")

	listener, err := net.Listen("unix", filepath.Join(dir, "wayland-7"))
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	says, ok = display()
	require.True(t, ok)
	require.Equal(t, "WAYLAND_DISPLAY=wayland-7", says)
}
