//go:build !headless

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

const ownersToken = "2abcDEFghiJKLmnoPQRstuVWXyz_0123456789abcdefghij"

// typed fills in the entry of that name.
func (s *screen) typed(name, text string) {
	s.t.Helper()
	uitest.Find(s.t, s.window.Content(), func(e *widget.Entry) bool { return e.Name == name }).SetText(text)
}

// From a computer that nobody reaches to one that is reached, over a token with a mistake in it; then ngrok
// goes away for a while.
func TestBellhopIsMadeReachableFromTheWindow(t *testing.T) {
	e := edge.Start(t, edge.Options{Tokens: []string{ownersToken}, Domains: []string{"shop.ngrok-free.app"}})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, e.CA(), 0o600))
	t.Setenv("BELLHOP_NGROK_SERVER", e.AgentAddr())
	t.Setenv("BELLHOP_NGROK_CA", ca)
	t.Setenv("BELLHOP_NGROK_PUBLIC", e.PublicAddr())
	s := newScreen(t)
	r, _, err := s.system.Import(t.Context(), "called.yaml", []byte(
		"recipe: 1\nname: Called\ntrigger: {use: webhook.received}\nsteps:\n  - {id: stop, use: logic.stop}\n"))
	require.NoError(t, err)
	require.NoError(t, s.system.Switch(t.Context(), r.ID, true))

	s.sees("1 recipe waits for an app that cannot send to this computer yet.")
	s.sees("Only this computer can reach it")
	s.tap("Make it reachable")
	s.tap("Set up with ngrok")
	s.tap("I have an account")
	s.typed("Token", strings.Replace(ownersToken, "z", "2", 1))
	s.tap("Next")
	s.tap("Connect and test")
	s.sees("ngrok does not accept this authtoken.")
	s.tap("Paste the token again")
	s.typed("Token", ownersToken)
	s.tap("Next")
	s.tap("Connect and test")
	s.sees("It works.")
	s.sees("https://shop.ngrok-free.app")
	require.NotContains(t, s.words(), ownersToken)
	s.tap("Done")
	s.sees("Reachable")

	e.Down()
	s.sees("Unreachable since")
	s.sees("Gets nothing from the other app now")
	s.tap("Called")
	s.sees("https://shop.ngrok-free.app/hooks/" + r.Token)
	s.sees("does not arrive now")
	e.Up(t)
	s.until(func() bool { return !strings.Contains(s.words(), "does not arrive now") })
	settings, err := s.system.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, engine.WayNgrok, settings.Way)
}
