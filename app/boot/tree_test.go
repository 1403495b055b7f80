package boot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
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
