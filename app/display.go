//go:build !headless

package main

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// displayPatience is how long a display may take to answer: a window system on this computer does at once.
const displayPatience = 2 * time.Second

// display says whether a window can be shown here. One that is named but does not answer cannot: Fyne would
// end with a panic.
func display() (string, bool) {
	if runtime.GOOS != "linux" {
		return "yes", true
	}
	var silent []string
	for _, d := range []struct {
		variable string
		places   func(string) []place
	}{{"WAYLAND_DISPLAY", waylandPlaces}, {"DISPLAY", x11Places}} {
		value := os.Getenv(d.variable)
		if value == "" {
			continue
		}
		if anyAnswers(d.places(value)) {
			return d.variable + "=" + value, true
		}
		silent = append(silent, d.variable+"="+value)
	}
	if len(silent) > 0 {
		return strings.Join(silent, " and ") + " does not answer; `bellhop serve` needs none", false
	}
	return "there is no display; `bellhop serve` needs none", false
}

// place is where a display listens.
type place struct{ network, address string }

func anyAnswers(places []place) bool {
	for _, p := range places {
		if conn, err := net.DialTimeout(p.network, p.address, displayPatience); err == nil {
			_ = conn.Close() // it was only a try
			return true
		}
	}
	return false
}

// waylandPlaces says where a Wayland display of that name listens: see wl_display_connect.
func waylandPlaces(name string) []place {
	if !filepath.IsAbs(name) {
		name = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), name)
	}
	return []place{{"unix", name}}
}

// x11Places says where an X display such as ":0", "localhost:10.0" or "/private/tmp/x:0" listens: see X(7).
func x11Places(name string) []place {
	colon := strings.LastIndexByte(name, ':')
	if colon < 0 {
		return nil
	}
	host, number := name[:colon], name[colon+1:]
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return nil
	}
	switch {
	case strings.HasPrefix(host, "/"):
		return []place{{"unix", name}, {"unix", host}}
	case host == "" || host == "unix":
		socket := "/tmp/.X11-unix/X" + number
		return []place{{"unix", socket}, {"unix", "@" + socket}}
	}
	return []place{{"tcp", net.JoinHostPort(host, strconv.Itoa(6000+n))}}
}
