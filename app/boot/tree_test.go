package boot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// counting is an app that counts what it is sent, and refuses some of it.
type counting struct {
	*httptest.Server
	mu      sync.Mutex
	got     map[string]int
	refuses []string
}

func newCounting(t *testing.T) *counting {
	t.Helper()
	c := &counting{got: map[string]int{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.got[string(body)]++
		if slices.Contains(c.refuses, string(body)) {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *counting) refuse(what ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuses = what
}

func (c *counting) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	got := map[string]int{}
	for text, n := range c.got {
		got[text] = n
	}
	return got
}

// TestATreeOfSteps: paths, a loop at once, steps for a failure and a retry of what failed, through the
// door and on the real store.
func TestATreeOfSteps(t *testing.T) {
	app := newCounting(t)
	s := open(t, t.TempDir())
	send := func(id, text string) string {
		return fmt.Sprintf(`{id: %s, use: http.request, with: {method: POST, url: "%s", text: "%s"}}`, id, app.URL, text)
	}
	_, address := start(t, s, fmt.Appendf(nil, `
recipe: 1
name: Pack
trigger: {use: webhook.received}
steps:
  - id: which
    use: logic.paths
    paths:
      - name: Abroad
        when: {match: all, rules: [{value: "{{trigger.country}}", is: not_equals, than: PT}]}
        steps: [%s]
      - name: Otherwise
        steps: [%s]
  - id: each
    use: logic.loop
    with: {items: "{{trigger.lines}}", at_once: 4}
    steps:
      - %s
      - {id: put, use: logic.compose, with: {values: {title: "{{each.item.title}}"}}}
  - %s
if_failed:
  - %s
`, send("abroad", "customs {{trigger.id}}"), send("home", "home {{trigger.id}}"), send("line", "{{each.number}} {{each.item.title}}"),
		send("done", "{{each.succeeded}} of {{each.count}}"), send("tell", "{{failure.message}}")))

	var lines []map[string]any
	for n := range 12 {
		lines = append(lines, map[string]any{"title": fmt.Sprintf("shirt %d", n)})
	}
	order, err := json.Marshal(map[string]any{"id": 7, "country": "US", "lines": lines})
	require.NoError(t, err)

	app.refuse("3 shirt 2", "11 shirt 10")
	require.Equal(t, 200, post(t, address, string(order)))
	run := newest(t, s, engine.Failed)
	require.Equal(t, "each", run.Failure.Step)
	require.Contains(t, run.Failure.Message, "2 of 12 failed")
	got := app.all()
	require.Equal(t, 1, got[run.Failure.Message], "the steps for a failure tell it")
	require.Zero(t, got["12 of 12"])
	for _, step := range run.Steps {
		if step.Step == "line" && (step.Round == "2" || step.Round == "10") {
			require.Equal(t, engine.Failed, step.State)
		} else if step.Step == "line" {
			require.Equal(t, engine.Succeeded, step.State, step.Round)
		}
	}

	app.refuse()
	require.NoError(t, s.Retry(context.Background(), run.ID, ""))
	run = newest(t, s, engine.Succeeded)
	got = app.all()
	for text, n := range map[string]int{"customs 7": 1, "home 7": 0, "1 shirt 0": 1, "12 shirt 11": 1, "3 shirt 2": 2, "11 shirt 10": 2, "12 of 12": 1} {
		require.Equal(t, n, got[text], text)
	}
	for _, step := range run.Steps {
		if step.Step == "each" {
			var result struct {
				Succeeded int
				Results   []struct{ Title string }
			}
			require.NoError(t, json.Unmarshal(step.Output, &result))
			require.Equal(t, 12, result.Succeeded)
			require.Equal(t, "shirt 10", result.Results[10].Title, "in the order of the items")
		}
	}
}

// TestCountedAndCollected: steps that remember, in loops at once and across runs that wait for each other.
func TestCountedAndCollected(t *testing.T) {
	app := newCounting(t)
	s := open(t, t.TempDir())
	_, address := start(t, s, fmt.Appendf(nil, `
recipe: 1
name: Collect
trigger: {use: webhook.received}
steps:
  - id: each
    use: logic.loop
    with: {items: [1, 2, 3, 4, 5], at_once: 5}
    steps:
      - {id: count, use: logic.counter, with: {name: all}}
  - {id: collect, use: logic.batch, with: {value: "{{trigger.id}}", count: 4}}
  - {id: post, use: http.request, with: {method: POST, url: "%s", text: "{{collect.items | join: ' '}}"}}
`, app.URL))
	for id := range 4 {
		require.Equal(t, 200, post(t, address, fmt.Sprintf(`{"id":"%d"}`, id)))
		if id == 0 {
			newest(t, s, engine.Waiting) // the first one takes what the others bring
		}
	}
	waitFor(t, func() bool {
		counts, err := s.StateCounts(t.Context())
		require.NoError(t, err)
		return counts[engine.Succeeded] == 4
	})
	runs, err := s.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	counted := map[string]bool{}
	for _, r := range runs {
		run, err := s.Store.Run(t.Context(), r.ID)
		require.NoError(t, err)
		for _, step := range run.Steps {
			if step.Step == "count" {
				require.False(t, counted[string(step.Output)], "%s is counted once", step.Output)
				counted[string(step.Output)] = true
			}
		}
	}
	require.Len(t, counted, 20)
	got := app.all()
	require.Len(t, got, 1, "%v", got)
	for text := range got {
		require.ElementsMatch(t, []string{"0", "1", "2", "3"}, strings.Fields(text))
	}
}

// TestARecipeCallsAnother: in every round of a loop at once, and goes on with what that one gives.
func TestARecipeCallsAnother(t *testing.T) {
	app := newCounting(t)
	s := open(t, t.TempDir())
	shout, _, err := s.Import(t.Context(), "shout.yaml", []byte(`
recipe: 1
name: Shout
trigger: {use: recipe.called}
steps:
  - {id: put, use: logic.compose, with: {values: {text: "{{trigger.word | upper}}"}}}
`))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), shout.ID, true))
	_, address := start(t, s, fmt.Appendf(nil, `
recipe: 1
name: Talk
trigger: {use: webhook.received}
steps:
  - id: each
    use: logic.loop
    with: {items: [tea, salt, soap], at_once: 3}
    steps:
      - {id: shout, use: recipe.call, with: {recipe: Shout, data: {word: "{{each.item}}"}, wait: true}}
      - {id: post, use: http.request, with: {method: POST, url: "%s", text: "{{shout.text}}"}}
`, app.URL))
	require.Equal(t, 200, post(t, address, `{}`))
	waitFor(t, func() bool {
		counts, err := s.StateCounts(t.Context())
		require.NoError(t, err)
		return counts[engine.Succeeded] == 4
	})
	require.Equal(t, map[string]int{"TEA": 1, "SALT": 1, "SOAP": 1}, app.all())
}
