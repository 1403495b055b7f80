package activity

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func ids(runs []engine.Run) []int64 {
	var out []int64
	for _, r := range runs {
		out = append(out, r.ID)
	}
	return out
}

func runs(ids ...int64) []engine.Run {
	var out []engine.Run
	for _, id := range ids {
		out = append(out, engine.Run{ID: id, State: engine.Failed})
	}
	return out
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		have   []int64
		more   bool
		states []engine.State
		merge  []int64
		want   []int64
	}{
		"new on top":                    {[]int64{5, 3}, true, nil, []int64{9, 7}, []int64{9, 7, 5, 3}},
		"in between":                    {[]int64{5, 3}, true, nil, []int64{4}, []int64{5, 4, 3}},
		"there already":                 {[]int64{5, 3}, true, nil, []int64{3}, []int64{5, 3}},
		"older than what is read":       {[]int64{5, 3}, true, nil, []int64{1}, []int64{5, 3}},
		"older, and all is read":        {[]int64{5, 3}, false, nil, []int64{1}, []int64{5, 3, 1}},
		"first of all":                  {nil, false, nil, []int64{1}, []int64{1}},
		"not what was asked for":        {[]int64{5}, false, []engine.State{engine.Held}, []int64{9}, []int64{5}},
		"stays in a state not read for": {[]int64{5}, false, []engine.State{engine.Held}, []int64{5}, []int64{5}},
	} {
		s := shelf{runs: runs(test.have...), more: test.more, wish: wish{states: test.states}}
		s.merge(runs(test.merge...))
		require.Equal(t, test.want, ids(s.runs), name)
	}
}

func TestShelfForgetsTheOldest(t *testing.T) {
	t.Parallel()
	s := shelf{}
	for id := int64(1); id <= mostRuns+3; id++ {
		s.merge(runs(id))
	}
	require.Len(t, s.runs, mostRuns)
	require.Equal(t, int64(4), s.last())
	require.True(t, s.more)
}

func TestInboxLosesNothing(t *testing.T) {
	t.Parallel()
	var b inbox
	require.True(t, b.empty())
	b.add(2)
	b.add(1)
	require.Equal(t, []int64{1, 2}, b.take())
	require.False(t, b.empty(), "taken is not shown")
	b.add(3)
	require.Equal(t, []int64{1, 2, 3}, b.take(), "the read before was given up")
	b.add(2)
	b.done()
	require.Equal(t, []int64{2}, b.take(), "it changed again while it was read")
	b.done()
	require.True(t, b.empty())
}

func TestMeasuringARowMakesNoParts(t *testing.T) {
	t.Parallel()
	r := newRow()
	require.Equal(t, rowHeight, r.MinSize().Height)
	require.Nil(t, r.box, "the list measures a new row with each refresh, and Fyne keeps what is made for days")
}
