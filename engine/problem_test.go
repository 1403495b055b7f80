package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestProblemString(t *testing.T) {
	for want, p := range map[string]engine.Problem{
		"Wrong.":                        {Message: "Wrong."},
		`Wrong. Did you mean "right"?`:  {Message: "Wrong.", Suggestion: "right"},
		"a.yaml: Wrong.":                {File: "a.yaml", Message: "Wrong."},
		"a.yaml:2:3: Wrong.":            {File: "a.yaml", Line: 2, Column: 3, Path: "steps[0]", Message: "Wrong."},
		"2:3: Wrong.":                   {Line: 2, Column: 3, Message: "Wrong."},
		"steps[0].with.channel: Wrong.": {Path: "steps[0].with.channel", Message: "Wrong."},
	} {
		require.Equal(t, want, p.String())
	}
}

func TestProblemsSorted(t *testing.T) {
	p := engine.Problems{{Line: 2, Column: 1}, {Line: 1, Column: 9, Message: "a"}, {Line: 1, Column: 9, Message: "b"}, {Line: 1, Column: 2}}
	require.Equal(t, engine.Problems{{Line: 1, Column: 2}, {Line: 1, Column: 9, Message: "a"}, {Line: 1, Column: 9, Message: "b"}, {Line: 2, Column: 1}}, p.Sorted())
	require.Equal(t, 2, p[0].Line, "the original stays as it was")
}
