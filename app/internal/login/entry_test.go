//go:build !windows && !darwin

package login_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/internal/login"
	"bellhop/engine"
)

// newEntry is of a program that is there.
func newEntry(t *testing.T) (*login.Entry, string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bell hop")
	require.NoError(t, os.WriteFile(program, nil, 0o755))
	e, err := login.New(login.Params{Program: program, Args: []string{"--hidden"}})
	require.NoError(t, err)
	return e, program
}

func isOn(t *testing.T, e *login.Entry) bool {
	t.Helper()
	on, err := e.On()
	require.NoError(t, err)
	return on
}

func TestItIsSwitchedOnAndOff(t *testing.T) {
	for name, c := range map[string]struct{ config, file string }{
		"in the home":                {"", ".config/autostart/bellhop.desktop"},
		"where the desktop wants it": {"conf", "conf/autostart/bellhop.desktop"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("XDG_CONFIG_HOME", "")
			if c.config != "" {
				t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, c.config))
			}
			e, program := newEntry(t)
			require.False(t, isOn(t, e))
			require.NoError(t, e.Set(false), "off is off")
			require.NoError(t, e.Set(true))
			require.True(t, isOn(t, e))
			written, err := os.ReadFile(filepath.Join(home, c.file))
			require.NoError(t, err)
			require.Contains(t, string(written), `Exec="`+program+`" --hidden`)
			require.NoError(t, e.Set(true))
			require.NoError(t, e.Set(false))
			require.False(t, isOn(t, e))
			left, err := os.ReadDir(filepath.Dir(filepath.Join(home, c.file)))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func TestAnEntryOfAProgramThatWasMovedIsMended(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	before, old := newEntry(t)
	now, _ := newEntry(t)
	mend := func(e *login.Entry) bool {
		mended, err := e.Mend()
		require.NoError(t, err)
		return mended
	}
	require.False(t, mend(now), "what is off stays off")
	require.False(t, isOn(t, now))
	require.NoError(t, before.Set(true))
	require.False(t, mend(now), "both are there: the one that was chosen stays")
	require.NoError(t, os.Remove(old))
	require.True(t, mend(now))
	require.False(t, mend(now), "once")
	require.False(t, mend(before), "it is the other's now")
}

func TestWhereItCannotBeWrittenItSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(file, "config"))
	e, _ := newEntry(t)
	err := e.Set(true)
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.ErrorContains(t, err, "not a directory")
}

func TestWithoutAProgramItIsThisOne(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	e, err := login.New(login.Params{})
	require.NoError(t, err)
	require.NoError(t, e.Set(true))
	require.True(t, isOn(t, e))
}
