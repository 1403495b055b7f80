package connector_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine/connector"
)

func TestShippedConnectors(t *testing.T) {
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	require.NoError(t, catalog.Problems().Err())
}
