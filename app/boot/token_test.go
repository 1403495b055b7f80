package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// Who pastes something else by mistake keeps the way in that works.
func TestWhatIsNoTokenTakesNoTokensPlace(t *testing.T) {
	s := open(t, t.TempDir())
	require.NoError(t, s.SetToken(t.Context(), " tok_1234567890\n"))
	for _, wrong := range []string{"ngrok config add-authtoken tok_1234567890", "two\nlines", `"tok_1234567890"`, "tökën"} {
		err := s.SetToken(t.Context(), wrong)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), wrong)
		require.NotContains(t, err.Error(), "tok_", "a token is shown to nobody")
		has, err := s.HasToken(t.Context())
		require.NoError(t, err)
		require.True(t, has)
	}
	require.NoError(t, s.SetToken(t.Context(), ""), "that forgets it")
	has, err := s.HasToken(t.Context())
	require.NoError(t, err)
	require.False(t, has)
}
