package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestWalkPutsAStepBeforeThoseItHolds(t *testing.T) {
	d := engine.Definition{
		Steps: []engine.Step{
			{ID: "which", Paths: []engine.Path{
				{Name: "Abroad", Steps: []engine.Step{{ID: "tax"}, {ID: "each", Steps: []engine.Step{{ID: "pack"}}}}},
				{Name: "Otherwise", Steps: []engine.Step{{ID: "ship"}}},
			}},
			{ID: "tell"},
		},
		IfFailed: []engine.Step{{ID: "alarm"}},
	}
	type placed struct {
		id, at       string
		parent, path int
		ifFailed     bool
	}
	var got []placed
	for i, p := range d.Walk() {
		require.Equal(t, i, p.Position)
		got = append(got, placed{p.ID, p.At, p.Parent, p.Path, p.IfFailed})
	}
	require.Equal(t, []placed{
		{"which", "steps[0]", -1, 0, false},
		{"tax", "steps[0].paths[0].steps[0]", 0, 0, false},
		{"each", "steps[0].paths[0].steps[1]", 0, 0, false},
		{"pack", "steps[0].paths[0].steps[1].steps[0]", 2, 0, false},
		{"ship", "steps[0].paths[1].steps[0]", 0, 1, false},
		{"tell", "steps[1]", -1, 0, false},
		{"alarm", "if_failed[0]", -1, 0, true},
	}, got)
}
