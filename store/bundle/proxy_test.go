package bundle

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestThePasswordOfAProxyIsInNoBundle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	db := openData(t, dir)
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		return engine.WriteSettings(tx, engine.Settings{Language: "de", Proxy: "http://ann:pr0xypass@proxy.example:3128"})
	}))
	for name, history := range map[string]bool{"with history": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			path := bundled(t, dir, func(p *Params) { p.History = history })
			other := t.TempDir()
			_, err := Prepare(t.Context(), restoring(other, path))
			require.NoError(t, err)
			content, err := os.ReadFile(filepath.Join(other, ready, databaseFile))
			require.NoError(t, err)
			require.NotContains(t, string(content), "pr0xypass")
			replace(t, other)
			there, err := engine.ReadSettings(t.Context(), openData(t, other))
			require.NoError(t, err)
			require.Equal(t, engine.Settings{Language: "de", Proxy: "http://ann@proxy.example:3128", ProxyPassword: there.ProxyPassword}, there)
			require.NotEmpty(t, there.ProxyPassword, "it is looked for where secrets are")
		})
	}
	here, err := engine.ReadSettings(t.Context(), db)
	require.NoError(t, err)
	require.Equal(t, "http://ann:pr0xypass@proxy.example:3128", here.Proxy, "the data itself is as it was")
}
