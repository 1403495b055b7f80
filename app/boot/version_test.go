package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// TestACommandOfAnotherVersionWaitsForTheNextStart: an update was installed while Bellhop runs. The engine that runs goes
// on, and commands of the new one leave its data alone.
func TestACommandOfAnotherVersionWaitsForTheNextStart(t *testing.T) {
	dir := t.TempDir()
	config := boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file", Version: "1.0.0"}
	s, err := boot.Open(t.Context(), config)
	require.NoError(t, err)
	config.Version = "1.1.0"
	_, err = boot.OpenData(t.Context(), config)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "Bellhop 1.0.0 still runs on this data, and this is Bellhop 1.1.0.")

	config.Version = "1.0.0"
	d, err := boot.OpenData(t.Context(), config)
	require.NoError(t, err, "commands of the same version work beside it")
	require.NoError(t, d.Close())

	require.NoError(t, s.Close())
	config.Version = "1.1.0"
	d, err = boot.OpenData(t.Context(), config)
	require.NoError(t, err, "and the new one after it")
	require.NoError(t, d.Close())
}
