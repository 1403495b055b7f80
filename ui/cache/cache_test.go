package cache_test

import (
	"os"
	"os/exec"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	_ "fyne.io/fyne/v2/test" // brings Fyne's cache
	"github.com/stretchr/testify/require"

	"bellhop/ui/cache"
)

// fyneLifetime is what Fyne's cache has made of FYNE_CACHE. There is no public way to ask.
//
//go:linkname fyneLifetime fyne.io/fyne/v2/internal/cache.ValidDuration
var fyneLifetime time.Duration

func TestFyneReadsOurLifetime(t *testing.T) {
	t.Parallel()
	want, err := time.ParseDuration(cache.Lifetime)
	require.NoError(t, err)
	if set := os.Getenv("BELLHOP_TEST_LIFETIME"); set != "" {
		want, err = time.ParseDuration(set)
		require.NoError(t, err)
	}
	require.Equal(t, want, fyneLifetime)
}

// TestLifetimeOfTheUser starts this test again in an environment that says something else.
func TestLifetimeOfTheUser(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFyneReadsOurLifetime$")
	cmd.Env = append(os.Environ(), "FYNE_CACHE=7m", "BELLHOP_TEST_LIFETIME=7m")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
