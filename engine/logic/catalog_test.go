package logic_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/logic"
)

// others are what package runtime does itself.
var others = []string{
	engine.LogicFilter, engine.LogicPaths, engine.LogicLoop, engine.LogicDelay, engine.LogicDelayUntil, engine.LogicStop,
	engine.LogicCall, engine.LogicRespond,
}

// TestCatalog: each logic is described in the connector file, and somebody does it.
func TestCatalog(t *testing.T) {
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	c, ok := catalog.Connector("logic")
	require.True(t, ok)
	for _, name := range engine.Logics {
		pure, kept := logic.Find(name)
		if slices.Contains(others, name) {
			require.True(t, pure == nil && kept == nil, name)
			continue
		}
		require.NotEqual(t, pure != nil, kept != nil, "%s is either pure or kept", name)
		i := slices.IndexFunc(c.Actions, func(o engine.Operation) bool { return o.Logic == name })
		require.GreaterOrEqual(t, i, 0, "%s is described", name)
		o := c.Actions[i]
		require.NotEmpty(t, o.Help, name)
		require.NotEmpty(t, o.Summary, name)
		require.NotEmpty(t, o.Fields, name)
		if name != engine.LogicDedupe { // which has no result
			require.NotEmpty(t, o.Sample, name)
		}
	}
	pure, kept := logic.Find("nonsense")
	require.True(t, pure == nil && kept == nil)
}
