package runtime_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// grower makes recipes of any shape.
type grower struct {
	*rand.Rand
	n int
}

func (g *grower) id(kind string) string {
	g.n++
	return fmt.Sprintf("%s%d", kind, g.n)
}

// steps makes up to most steps, nested up to depth deep.
func (g *grower) steps(most, depth int) []engine.Step {
	steps := make([]engine.Step, 1+g.IntN(most))
	for i := range steps {
		steps[i] = g.step(depth)
		switch g.IntN(6) {
		case 0:
			steps[i].OnFailure = engine.OnFailureHold
		case 1, 2:
			steps[i].OnFailure = engine.OnFailureContinue
		}
	}
	return steps
}

func (g *grower) step(depth int) engine.Step {
	kinds := 12
	if depth > 1 {
		kinds = 18
	}
	switch kind := g.IntN(kinds); kind {
	case 0:
		return does(g.id("bad"), "fail")
	case 1, 2:
		return does(g.id("late"), "fail once")
	case 3:
		return filter(g.id("f"), "{{trigger.name}}", "equals", []string{"#1", "#1", "#1", "#2"}[g.IntN(4)])
	case 4:
		if g.IntN(4) == 0 {
			return engine.Step{ID: g.id("end"), Use: "logic.stop"}
		}
		return engine.Step{ID: g.id("wait"), Use: "logic.delay", With: map[string]any{"for": number(fmt.Sprint(1 + g.IntN(9)))}}
	case 5:
		return engine.Step{ID: g.id("call"), Use: "logic.call", With: map[string]any{"wait": g.IntN(2) == 0}}
	case 6:
		return engine.Step{ID: g.id("put"), Use: "logic.compose", With: map[string]any{"values": map[string]any{"a": "{{trigger.name}}"}}}
	case 12, 13, 14:
		return loop(g.id("each"), "{{trigger.lines}}", fmt.Sprint(1+g.IntN(3)), g.steps(3, depth-1)...)
	case 15, 16, 17:
		ways := make([]engine.Path, 2+g.IntN(2))
		for i := range ways {
			ways[i] = engine.Path{
				Name:  fmt.Sprintf("way %d", i),
				When:  when("{{trigger.country}}", "equals", []string{"US", "PT"}[g.IntN(2)]),
				Steps: g.steps(2, depth-1),
			}
		}
		ways[len(ways)-1].When = nil
		return paths(g.id("which"), []string{"first", "all"}[g.IntN(2)], ways...)
	}
	return act(g.id("act"), nil)
}

// TestKilledInAnyShape: what TestKilledAtEveryMoment shows of chosen recipes, of any.
func TestKilledInAnyShape(t *testing.T) {
	ends := map[engine.State]int{}
	for seed := range uint64(150) {
		g := &grower{Rand: rand.New(rand.NewPCG(seed, 7))}
		definition := engine.Definition{Steps: g.steps(4, 3)}
		undisturbed := newWorld(definition)
		want, doubts, moments := undisturbed.live(t)
		require.Zero(t, doubts)
		ends[want.State]++
		for range 12 {
			lives := []int{g.IntN(moments + 1), g.IntN(moments + 1), g.IntN(moments + 1)}
			w := newWorld(definition)
			run, _, _ := w.live(t, lives...)
			require.Equal(t, want.State, run.State, "seed %d, killed after %v: %+v", seed, lives, run.Failure)
			require.Equal(t, undisturbed.effects, w.effects, "seed %d, killed after %v", seed, lives)
			require.Len(t, w.store.runs, len(undisturbed.store.runs), "seed %d, killed after %v", seed, lives)
			require.Len(t, run.Steps, len(want.Steps), "seed %d, killed after %v", seed, lives)
		}
	}
	for _, state := range []engine.State{engine.Succeeded, engine.Filtered, engine.Failed, engine.Held} {
		require.Greater(t, ends[state], 5, "%s: the recipes are of all kinds: %v", state, ends)
	}
}
