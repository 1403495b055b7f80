package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/assets/zones"
)

// Every time zone of the list is one that the settings take, and has a country to find it by.
func TestTheTimeZonesThereAre(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for line := range strings.Lines(zones.List) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, country, _ := strings.Cut(strings.TrimSpace(line), "\t")
		_, err := time.LoadLocation(name)
		require.NoError(t, err)
		require.False(t, seen[name], name)
		require.True(t, country != "" || name == "UTC", name)
		seen[name] = true
	}
	require.Greater(t, len(seen), 400)
	require.True(t, seen["Europe/Lisbon"] && seen["UTC"])
}
