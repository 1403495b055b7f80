package phrase_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine/connector"
	"bellhop/engine/recipe"
	"bellhop/ui/phrase"
)

func TestAnEnglishWindowSaysWhatTheEngineSays(t *testing.T) {
	shipped, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	data, err := fs.ReadFile(assets.Templates(), "shopify-to-slack.yaml")
	require.NoError(t, err)
	d, problems := recipe.Parse(data)
	require.NoError(t, problems.Err())
	require.Equal(t, "When a new order arrives in Shopify, only if the total price is over 100, send a message to #orders in Slack.",
		recipe.Summary(d, phrase.Catalog(shipped)))
}
