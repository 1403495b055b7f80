package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestSecretsKeptForARecipe(t *testing.T) {
	t.Parallel()
	account := engine.Account{Secrets: map[string]string{
		"key": "k", "secret": "all", engine.KeptName("secret", 7): "seven", engine.KeptName("other", 7): "o", engine.KeptName("secret", 17): "seventeen",
	}}
	for recipe, want := range map[int64][2]string{7: {"seven", "o"}, 17: {"seventeen", ""}, 1: {"all", ""}} {
		own := account.For(recipe)
		require.Equal(t, want, [2]string{own.Value("secret"), own.Value("other")})
		require.Equal(t, "k", own.Value("key"))
	}
	require.Equal(t, "all", account.Value("secret"), "the account is as it was")
	require.Len(t, account.Secrets, 5)
	require.Equal(t, int64(7), engine.KeptFor(engine.KeptName("secret", 7)))
	for _, name := range []string{"secret", "secret@", "@x", ""} {
		require.Zero(t, engine.KeptFor(name), name)
	}
}
