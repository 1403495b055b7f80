package recipe_test

import (
	"io/fs"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/recipe"
)

var shipped = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Load(assets.Connectors()) })

// catalog has the connectors that ship with the program.
func catalog(t testing.TB) engine.Catalog {
	t.Helper()
	c, err := shipped()
	require.NoError(t, err)
	require.NoError(t, c.Problems().Err())
	return c
}

// connections are those that the tests' recipes name.
var connections = []engine.Connection{
	{Name: "My shop", Connector: "shopify", Fields: map[string]string{"shop": "my-shop"}, SecretFields: []string{"client_secret"}},
	{Name: "Shop Slack", Connector: "slack", SecretFields: []string{"bot_token"}},
	{Name: "Slack by webhook", Connector: "slack", SecretFields: []string{"webhook_url"}},
}

func TestTemplatesAreRight(t *testing.T) {
	files, err := fs.Glob(assets.Templates(), "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			data, err := fs.ReadFile(assets.Templates(), file)
			require.NoError(t, err)
			_, problems := recipe.Check(data, recipe.Params{Catalog: catalog(t), Connections: connections})
			require.NoError(t, problems.Err())
		})
	}
}

func TestSummary(t *testing.T) {
	for file, want := range map[string]string{
		"shopify-to-slack.yaml": "When a new order arrives in Shopify, only if the total price is over 100, send a message to #orders in Slack.",
		"webhook-to-slack.yaml": "When another app calls this recipe's address, send a message to #general in Slack.",
	} {
		data, err := fs.ReadFile(assets.Templates(), file)
		require.NoError(t, err)
		d, problems := recipe.Parse(data)
		require.NoError(t, problems.Err())
		require.Equal(t, want, recipe.Summary(d, catalog(t)))
	}
}
