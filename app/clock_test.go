package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// kathmandu is a zone that no computer of ours is in: it is 5:45 hours ahead.
const kathmandu = "Asia/Kathmandu"

// dataIn makes a data folder whose settings have a time zone.
func dataIn(t *testing.T, zone string) string {
	dir := t.TempDir()
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.ChangeSettings(t.Context(), func(s *engine.Settings) { s.TimeZone = zone }))
	require.NoError(t, d.Close())
	return dir
}

// call runs a command on a data folder and returns what it prints.
func call(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	run(t.Context(), append([]string{"--data", dir, "--secrets", "file"}, args...), strings.NewReader(""), &out, &complaints)
	require.Empty(t, complaints.String())
	return out.String()
}

func TestTimesAreThoseOfTheChosenZone(t *testing.T) {
	zone, err := time.LoadLocation(kathmandu)
	require.NoError(t, err)
	dir := dataIn(t, kathmandu)
	before := time.Now().Add(-time.Second)
	call(t, dir, "backup")
	file := filepath.Join(t.TempDir(), "all.bellhop")
	call(t, dir, "bundle", file)
	call(t, dir, "pause", "1h")
	for name, c := range map[string]struct {
		args []string
		mark string
		from time.Time
	}{
		"doctor":          {[]string{"doctor"}, "the newest of ", before},
		"pause in doctor": {[]string{"doctor"}, "paused until ", before.Add(time.Hour)},
		"pause":           {[]string{"pause", "1h"}, "paused until ", before.Add(time.Hour)},
		"restore --check": {[]string{"restore", "--check", file}, "made         ", before},
	} {
		_, rest, ok := strings.Cut(call(t, dir, c.args...), c.mark)
		require.True(t, ok, name)
		at, err := time.ParseInLocation(time.DateTime, rest[:len(time.DateTime)], zone)
		require.NoError(t, err, name)
		require.WithinRange(t, at, c.from.Truncate(time.Second), c.from.Add(time.Minute), name)
	}
	require.Contains(t, call(t, dir, "pause", "1h", "--json"), "Z\"", "a program gets UTC")
}

func TestTimesAreReadInTheChosenZone(t *testing.T) {
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dataIn(t, kathmandu), Secrets: "file"})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	at, err := pastTime("--since", "2026-11-21 14:30", d.Now())
	require.NoError(t, err)
	require.Equal(t, "2026-11-21T08:45:00Z", at.UTC().Format(time.RFC3339))
}

// Where there is no data, the computer's zone counts.
func TestTimesWithoutData(t *testing.T) {
	c := &cli{dir: t.TempDir(), out: &printer{Writer: io.Discard}}
	c.takeZone(t.Context())
	at := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	require.Equal(t, at.Local().Format(time.DateTime), c.clock(at))
	require.Equal(t, "–", c.clock(time.Time{}))
}

func TestTheDoctorTellsOfAnotherAddressFromTheNextStart(t *testing.T) {
	dir := t.TempDir()
	listen := func(asked string) *boot.System {
		s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Secrets: "file", Listen: asked, AnyPort: true, Version: version})
		require.NoError(t, err)
		return s
	}
	choose := func(s *boot.System, address string) {
		require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Listen = address }))
	}
	const news = "from its next start on it listens at "
	s := listen("")
	require.NotContains(t, call(t, dir, "doctor"), news)
	choose(s, "127.0.0.1:0")
	require.Contains(t, call(t, dir, "doctor"), news+"127.0.0.1:0, as the settings say\n")
	require.NoError(t, s.Close())
	s = listen("")
	require.NotContains(t, call(t, dir, "doctor"), news, "now it does")
	choose(s, "")
	require.Contains(t, call(t, dir, "doctor"), news+boot.DefaultListen)
	require.NoError(t, s.Close())

	s = listen("localhost:0")
	require.NotContains(t, call(t, dir, "doctor"), news, "whoever starts it so does it again")
	choose(s, "127.0.0.1:9000")
	require.Contains(t, call(t, dir, "doctor"), news+"127.0.0.1:9000, as the settings say, unless it is told otherwise again")
	require.NoError(t, s.Close())
}
