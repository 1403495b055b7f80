package connector_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/connector"
)

func TestLimitsAreChecked(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"{per_second: 2.5, at_once: 4}": "",
		"{per_minute: 50}":              "",
		"{per_second: -1}":              "above 0",
		"{at_once: 65}":                 "from 1 to 64",
		"{at_once: -1}":                 "from 1 to 64",
		"{}":                            "needs per_second",
		"{per_hour: 5}":                 "per_hour",
		"{per_second: soon}":            "per_second",
	} {
		c, problems := connector.Lint("x.yaml", []byte("connector: 1\nname: x\nlimits: "+text+"\n"))
		var said []string
		for _, p := range problems {
			if p.Line == 3 {
				said = append(said, p.Message)
			}
		}
		if says == "" {
			require.Empty(t, said, text)
			require.NotZero(t, *c.Limits)
			continue
		}
		require.Contains(t, strings.Join(said, " "), says, text)
	}
	require.Equal(t, engine.Limits{PerSecond: 2, PerMinute: 9, AtOnce: engine.DefaultAtOnce},
		engine.Limits{PerSecond: 2}.Over(engine.Limits{PerSecond: 1, PerMinute: 9}).Over(engine.Limits{}))
}
