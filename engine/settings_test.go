package engine_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// drawer keeps settings in memory.
type drawer map[string]string

func (d drawer) Setting(_ context.Context, key string) (string, error) { return d[key], nil }

func (d drawer) SetSetting(key, value string) error {
	d[key] = value
	return nil
}

func TestSettings(t *testing.T) {
	t.Parallel()
	kept := drawer{}
	got, err := engine.ReadSettings(t.Context(), kept)
	require.NoError(t, err)
	require.Zero(t, got)

	want := engine.Settings{
		Theme: engine.ThemeDark, TimeZone: "Europe/Lisbon", Way: engine.WayAddress, Address: "https://hooks.example.com",
		Listen: "127.0.0.1:9000", Proxy: "socks5://127.0.0.1:1080",
		Notices: engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00", QuietFrom: "22:00", QuietTo: "07:00"},
	}
	require.NoError(t, engine.WriteSettings(kept, want))
	got, err = engine.ReadSettings(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, want, got)

	for _, wrong := range []engine.Settings{
		{Theme: "pink"},
		{TimeZone: "Mars/Olympus"},
		{Way: engine.WayAddress},
		{Way: engine.WayAddress, Address: "ftp://hooks.example.com"},
		{Way: engine.WayAddress, Address: "https://me:secret@hooks.example.com"},
		{Way: engine.WayAddress, Address: "https://hooks.example.com:99999"},
		{Way: engine.WayAddress, Address: "https://hooks.example.com:0"},
		{Way: engine.WayAddress, Address: "https://:8443"},
		{Way: "pigeon"},
		{Listen: "8420"},
		{Proxy: "proxy.example:3128"},
		{Notices: engine.NoticeSettings{QuietFrom: "22:00"}},
		{Notices: engine.NoticeSettings{DigestAt: "6 pm"}},
		{Notices: engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "7:00"}},
	} {
		err := engine.WriteSettings(kept, wrong)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%+v", wrong)
		require.NotContains(t, err.Error(), "secret")
	}
	got, err = engine.ReadSettings(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, want, got, "nothing wrong was kept")

	for _, strange := range []string{"{", `{"theme":"pink"}`} {
		require.NoError(t, kept.SetSetting("settings", strange))
		got, err = engine.ReadSettings(t.Context(), kept)
		require.NoError(t, err)
		require.Zero(t, got, "what cannot be understood counts as not chosen")
	}
}

// A choice that this Bellhop does not know costs none of the others: deliveries go on to arrive as chosen.
func TestAChoiceThatMakesNoSenseCostsNoOther(t *testing.T) {
	t.Parallel()
	all := engine.Settings{
		Language: "de", Theme: engine.ThemeDark, TimeZone: "Europe/Lisbon", QuitOnClose: true, KeepAwake: true,
		Way: engine.WayAddress, Address: "https://hooks.example.com", Listen: "127.0.0.1:9000", Proxy: "socks5://127.0.0.1:1080",
		Notices: engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00", QuietFrom: "22:00", QuietTo: "07:00"},
	}
	for name, test := range map[string]struct {
		key   string
		value any
		lost  func(*engine.Settings)
	}{
		"theme":                 {"theme", "sepia", func(s *engine.Settings) { s.Theme = "" }},
		"time zone":             {"time_zone", "Mars/Olympus", func(s *engine.Settings) { s.TimeZone = "" }},
		"way":                   {"way", "pigeon", func(s *engine.Settings) { s.Way, s.Address = "", "" }},
		"address":               {"address", "here", func(s *engine.Settings) { s.Way, s.Address = "", "" }},
		"listen":                {"listen", "8420", func(s *engine.Settings) { s.Listen = "" }},
		"proxy":                 {"proxy", "proxy.example", func(s *engine.Settings) { s.Proxy = "" }},
		"another type":          {"keep_awake", "on battery", func(s *engine.Settings) { s.KeepAwake = false }},
		"something unknown":     {"colour", "blue", func(*engine.Settings) {}},
		"notices unlike any":    {"notices", []any{}, func(s *engine.Settings) { s.Notices = engine.NoticeSettings{} }},
		"hours of another kind": {"notices", map[string]any{"mode": "digest", "digest_at": "6 pm", "quiet_from": "22:00"}, func(s *engine.Settings) { s.Notices = engine.NoticeSettings{Mode: engine.NoticeDigest} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept, choices := drawer{}, map[string]any{}
			require.NoError(t, engine.WriteSettings(kept, all))
			require.NoError(t, json.Unmarshal([]byte(kept["settings"]), &choices))
			choices[test.key] = test.value
			text, err := json.Marshal(choices)
			require.NoError(t, err)
			kept["settings"] = string(text)
			want := all
			test.lost(&want)
			got, err := engine.ReadSettings(t.Context(), kept)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}
